"""Copies of the example cities with something changed in them."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEMO = Path(__file__).parents[2] / "examples" / "demo"
BEIJING = DEMO.parent / "beijing-air"

Feature = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """One change: in `file` the first `old` becomes `new`. `at` is where the mistake is, in the changed text; `said` what it must say."""

    file: str
    old: str
    new: str
    at: str
    said: str


def copy(folder: Path, source: Path = DEMO) -> Path:
    """A city's data in a folder that may be changed."""
    city = folder / "city"
    shutil.copytree(source, city, ignore=shutil.ignore_patterns("*.py", "making", "__pycache__"))
    return city


def edit(city: Path, change: Edit) -> None:
    """Makes one change, which must find its place."""
    path = city / change.file
    text = path.read_text(encoding="utf-8")
    assert change.old in text, f"{change.file} no longer holds {change.old!r}"
    path.write_text(text.replace(change.old, change.new, 1), encoding="utf-8")


def line_of(city: Path, change: Edit) -> int:
    """The line, from 1, on which `at` stands now; it must stand there only."""
    text = (city / change.file).read_text(encoding="utf-8")
    assert text.count(change.at) == 1, f"{change.at!r} stands {text.count(change.at)} times in {change.file}"
    return text[: text.index(change.at)].count("\n") + 1


def redraw(city: Path, code: str, change: Callable[[Feature], None]) -> None:
    """Changes one feature of cells.geojson in its line."""
    path = city / "cells.geojson"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if f'"{code}"' in line)
    feature = json.loads(lines[at].removesuffix(","))
    change(feature)
    lines[at] = json.dumps(feature, ensure_ascii=False) + ("," if lines[at].endswith(",") else "")
    path.write_text("\n".join(lines), encoding="utf-8")


def append_feature(city: Path, feature: Feature) -> None:
    """Adds a feature as the last line but one."""
    path = city / "cells.geojson"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n]}", ",\n" + json.dumps(feature) + "\n]}"), encoding="utf-8")


def cell_line(city: Path, code: str) -> int:
    """The last line of cells.geojson on which a code stands."""
    lines = (city / "cells.geojson").read_text(encoding="utf-8").split("\n")
    return max(number for number, line in enumerate(lines, start=1) if f'"{code}"' in line)


def bend(feature: Feature, point: int, share: float) -> None:
    """Moves a point of an outline by a share of the way from the outline's middle: outwards, or inwards if negative."""
    ring = feature["geometry"]["coordinates"][0]
    middle = [sum(corner[axis] for corner in ring[:-1]) / (len(ring) - 1) for axis in (0, 1)]
    ring[point] = [value + share * (value - centre) for value, centre in zip(ring[point], middle, strict=True)]
