"""Draws a cell around each station: an eight-sided one, wide enough to be seen on a map of the city, too small to touch the next.

Run it from the project's root: `.venv/bin/python examples/beijing-air/make_cells.py`.
"""

import csv
import json
from math import cos, pi, radians, sin
from pathlib import Path

from geo.generate import EARTH_M_A_DEGREE

FOLDER = Path(__file__).parent
RADIUS_M = 1700.0
SIDES = 8


def main(folder: Path) -> None:
    """Writes `cells.geojson` from `devices.csv`."""
    with (folder / "devices.csv").open(encoding="utf-8", newline="") as file:
        stations = list(csv.DictReader(file))
    lines = ",\n".join(json.dumps(_feature(station), ensure_ascii=False, separators=(",", ":")) for station in stations)
    text = '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n"
    (folder / "cells.geojson").write_text(text, encoding="utf-8")


def _feature(station: dict[str, str]) -> dict[str, object]:
    lon, lat = float(station["lon"]), float(station["lat"])
    corners = [(pi / SIDES + 2 * pi * side / SIDES) for side in range(SIDES)]
    ring = [
        [
            round(lon + RADIUS_M * cos(turn) / EARTH_M_A_DEGREE / cos(radians(lat)), 6),
            round(lat + RADIUS_M * sin(turn) / EARTH_M_A_DEGREE, 6),
        ]
        for turn in corners
    ]
    name = {
        language: station[language].replace("空气站", "站").replace("air station", "station")
        for language in ("zh", "en")
    }
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"type": "Feature", "properties": {"code": station["cell"], **name}, "geometry": geometry}


if __name__ == "__main__":
    main(FOLDER)
