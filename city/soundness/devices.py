"""Whether every device stands in its cell and sends metrics that exist."""

from collections.abc import Iterator

import numpy as np
import shapely

from city.registry import Device
from city.soundness.draft import Draft, Flaw, meant
from geo.area import polygons_of
from geo.lookup import SLACK_DEGREES
from geo.plausible import looks_half_filled, looks_swapped, looks_without_fix


def device_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among the devices."""
    yield from _outside(draft)
    for device in draft.registry.devices.values():
        yield from _unknown(draft, device)
        if not device.metrics:
            yield Flaw("devices", device.id, "metrics", f"{device.id} has no metric: it could send nothing")
        if not device.kind:
            yield Flaw("devices", device.id, "kind", f"{device.id} has no kind")
        if set(device.id) & set("/+# \t"):
            yield Flaw(
                "devices", device.id, "id", f"{device.id!r}: an id stands in MQTT topics, so without / + # and blanks"
            )


def _unknown(draft: Draft, device: Device) -> Iterator[Flaw]:
    if not draft.knows("districts", device.district):
        what = f"{device.id}: no district {device.district}{meant(device.district, draft.mentioned['districts'])}"
        yield Flaw("devices", device.id, "district", what)
    if not draft.knows("cells", device.cell):
        what = f"{device.id}: no cell {device.cell}{meant(device.cell, draft.mentioned['cells'])}"
        yield Flaw("devices", device.id, "cell", what)
    elif not device.cell.startswith(device.district):
        what = f"{device.id}: cell {device.cell} does not lie in district {device.district}"
        yield Flaw("devices", device.id, "cell", what)
    for metric in device.metrics:
        if not draft.knows("metrics", metric):
            what = f"{device.id}: no metric {metric}{meant(metric, draft.mentioned['metrics'])}"
            yield Flaw("devices", device.id, "metrics", what)


def _outside(draft: Draft) -> Iterator[Flaw]:
    cells = draft.registry.cells
    placed = [device for device in draft.registry.devices.values() if device.cell in cells]
    if not placed:
        return
    codes = sorted(cells)
    areas = polygons_of([cells[code].geometry for code in codes])
    position = {code: at for at, code in enumerate(codes)}
    points = np.atleast_1d(shapely.points([(device.lon, device.lat) for device in placed]))
    astray = ~shapely.dwithin(areas[[position[device.cell] for device in placed]], points, SLACK_DEGREES)
    tree = shapely.STRtree(areas if astray.any() else [])
    for at in np.flatnonzero(astray).tolist():
        device, there = placed[at], tree.query(points[at], predicate="intersects")
        where = f"in {codes[there.min()]}" if there.size else "in no cell"
        what = f"{device.id} is registered in {device.cell}, but {device.lon}, {device.lat} lies {where}{_likeness(device)}"
        yield Flaw("devices", device.id, "lon", what)


def _likeness(device: Device) -> str:
    """The end of a sentence about a position that looks like a known slip."""
    if looks_without_fix(device.lon, device.lat) or looks_half_filled(device.lon, device.lat):
        return ": it was never filled in"
    return ": longitude and latitude are swapped" if looks_swapped(device.lon, device.lat) else ""
