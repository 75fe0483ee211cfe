from typing import Any

import pytest

from city.registry import Registry
from city.soundness.devices import device_flaws
from tests.city.soundness.builders import DEVICE, EAST, REGISTRY, WEST, changed, draft, said


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"district": "990109"}, "district: gauge-2: no district 990109 (did you mean 990101?)"),
        ({"cell": "990101001001009"}, "cell: gauge-2: no cell 990101001001009 (did you mean 990101001001002?)"),
        ({"metrics": ["water_levl_m"]}, "metrics: gauge-2: no metric water_levl_m (did you mean water_level_m?)"),
        ({"metrics": []}, "metrics: gauge-2 has no metric: it could send nothing"),
        ({"kind": ""}, "kind: gauge-2 has no kind"),
        ({"lon": 111.3015}, f"lon: gauge-2 is registered in {WEST}, but 111.3015, 30.7005 lies in {EAST}"),
        ({"lat": 30.8}, f"lon: gauge-2 is registered in {WEST}, but 111.3005, 30.8 lies in no cell"),
    ],
)
def test_a_device_that_does_not_fit_is_named(fields: dict[str, Any], what: str) -> None:
    found = said(draft(changed(DEVICE, id="gauge-2", **fields)))
    assert f"devices gauge-2 {what}" in found
    # A wrong district is also one that the cell does not lie in.
    assert len(found) == (2 if "district" in fields else 1)


@pytest.mark.parametrize("id_", ["a/b", "a+", "#", "a b"])
def test_an_id_that_cannot_stand_in_an_mqtt_topic_is_refused(id_: str) -> None:
    (flaw,) = said(draft(changed(DEVICE, id=id_)))
    assert "an id stands in MQTT topics" in flaw


def test_a_device_on_the_border_belongs_to_whichever_cell_it_is_registered_in() -> None:
    assert said(draft(changed(DEVICE, lon=111.301))) == []
    assert said(draft(changed(DEVICE, lon=111.301, cell=EAST))) == []


def test_nothing_is_said_of_a_place_when_the_cells_could_not_be_read() -> None:
    no_cells = draft(unread=frozenset({"cells"}))
    registry: Registry = changed(REGISTRY, cells={})
    assert said(changed(no_cells, registry=registry, mentioned={**no_cells.mentioned, "cells": frozenset()})) == []


def test_every_device_that_stands_elsewhere_is_named_with_the_place_where_it_stands() -> None:
    """Of cells that both claim a spot the one with the smaller code is named."""
    twice = "990101001001009"
    cells = {**REGISTRY.cells, twice: changed(REGISTRY.cells[EAST], code=twice)}
    devices = [changed(DEVICE, id=f"gauge-{lon}", lon=lon) for lon in (111.3005, 111.3015, 111.4)]
    registry: Registry = changed(REGISTRY, cells=cells, devices={one.id: one for one in devices})
    whole = draft()
    mentioned = {**whole.mentioned, "cells": frozenset(cells), "devices": frozenset(registry.devices)}
    found = [
        flaw for flaw in device_flaws(changed(whole, registry=registry, mentioned=mentioned)) if flaw.field == "lon"
    ]
    assert [(flaw.id, flaw.what.rsplit(" lies ")[-1]) for flaw in found] == [
        ("gauge-111.3015", f"in {EAST}"),
        ("gauge-111.4", "in no cell"),
    ]


@pytest.mark.parametrize(
    ("lon", "lat", "like"),
    [
        (30.7005, 111.3005, "in no cell: longitude and latitude are swapped"),
        (0.0, 0.0, "in no cell: it was never filled in"),
        (111.3005, 0.0, "in no cell: it was never filled in"),
        (112.0, 30.7, "in no cell"),
    ],
)
def test_a_position_that_looks_like_a_known_slip_says_so(lon: float, lat: float, like: str) -> None:
    (flaw,) = said(draft(changed(DEVICE, lon=lon, lat=lat)))
    assert flaw.endswith(like)
