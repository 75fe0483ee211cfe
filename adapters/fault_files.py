"""How the faults of a city's own files are handed back: as GeoJSON for a map, and as a picture."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from city.intake.picture import drawn
from city.intake.remark import Remark
from city.registry import Cell
from geo.area import polygon_of

GEOJSON = "faults.geojson"
PICTURE = "faults.svg"


def write(folder: Path, remarks: Sequence[Remark], cells: Mapping[str, Any]) -> None:
    """Writes both files into the folder, which is made. `cells` are shapes in degrees by code, drawn below the faults."""
    folder.mkdir(parents=True, exist_ok=True)
    features = ",\n".join(msgspec.json.encode(_feature(remark)).decode() for remark in remarks)
    text = f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'
    (folder / GEOJSON).write_text(text, encoding="utf-8")
    (folder / PICTURE).write_text(drawn(remarks, cells), encoding="utf-8")


def shapes_of(cells: Iterable[Cell]) -> dict[str, Any]:
    """The cells' areas by code."""
    return {cell.code: polygon_of(cell.geometry) for cell in cells}


def remove(folder: Path) -> None:
    """Takes away what an earlier import has said."""
    for name in (GEOJSON, PICTURE):
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _feature(remark: Remark) -> dict[str, Any]:
    properties = {
        "kind": remark.kind,
        "grade": remark.grade.value,
        "codes": list(remark.codes),
        "where": remark.where,
        "area_m2": remark.m2 if remark.m2 is None else round(remark.m2, 2),
        "zh": remark.what.zh,
        "en": remark.what.en,
    }
    return {"type": "Feature", "properties": properties, "geometry": remark.area}
