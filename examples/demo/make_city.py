"""Writes the data of the demonstration city beside itself: places, cells, devices and workers, the same from the same seed.

The TOML files are written by hand. Run it from the project's root: `.venv/bin/python examples/demo/make_city.py [SEED]`.
"""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from making import equipment, ground, naming
from making.crew import workers

from city.names import Name
from city.registry import Cell, Device, Worker
from geo.codes import town_of

FOLDER = Path(__file__).parent
SEED = 20260301


def main(folder: Path, seed: int) -> None:
    """Makes everything and writes it into `folder`."""
    rng = np.random.default_rng(seed)
    plots = ground.plots(rng)
    places, cells = _named(plots, rng)
    _write_table(
        folder / "places.csv", ("code", "zh", "en"), ((code, name.zh, name.en) for code, name in places.items())
    )
    _write_cells(folder / "cells.geojson", cells.values())
    _write_devices(folder / "devices.csv", equipment.devices(cells, rng))
    _write_workers(
        folder / "workers.csv",
        workers([plot.code for plot in plots], {plot.code: list(plot.cells) for plot in plots}, rng),
    )


def _named(plots: Sequence[ground.Plot], rng: np.random.Generator) -> tuple[dict[str, Name], dict[str, Cell]]:
    towns = sorted({town_of(plot.code) for plot in plots})
    stems = iter(naming.place_stems(len(towns) + len(plots), rng))
    places = {town: naming.town_name(next(stems), town) for town in towns}
    cells: dict[str, Cell] = {}
    for plot in plots:
        stem = next(stems)
        places[plot.code] = naming.community_name(stem, village=plot.village)
        for serial, (code, geometry) in enumerate(plot.cells.items(), start=1):
            name = naming.cell_name(stem, village=plot.village, serial=serial)
            cells[code] = Cell(code=code, name=name, geometry=geometry)
    return dict(sorted(places.items())), cells


def _write_cells(path: Path, cells: Iterable[Cell]) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code": cell.code, "zh": cell.name.zh, "en": cell.name.en},
            "geometry": cell.geometry,
        }
        for cell in cells
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    path.write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", encoding="utf-8")


def _write_devices(path: Path, devices: Iterable[Device]) -> None:
    header = ("id", "district", "cell", "kind", "metrics", "lon", "lat", "zh", "en")
    rows = (
        (
            each.id,
            each.district,
            each.cell,
            each.kind,
            " ".join(each.metrics),
            each.lon,
            each.lat,
            each.name.zh,
            each.name.en,
        )
        for each in devices
        if each.name
    )
    _write_table(path, header, rows)


def _write_workers(path: Path, crew: Iterable[Worker]) -> None:
    header = ("id", "district", "zh", "en", "skills", "grids", "shift_start", "shift_end", "days", "capacity")
    rows = (
        (
            each.id,
            each.district,
            each.name.zh,
            each.name.en,
            " ".join(each.skills),
            " ".join(each.grids),
            each.shift.start,
            each.shift.end,
            " ".join(str(day) for day in each.shift.days),
            each.capacity,
        )
        for each in crew
    )
    _write_table(path, header, rows)


def _write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(FOLDER, int(sys.argv[1]) if len(sys.argv) > 1 else SEED)
