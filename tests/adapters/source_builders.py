"""A small city's own files, as an office would hand them over: layers in any format and system, devices and workers as CSV."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio import raw

from geo.planes import converter

WEST, SOUTH, SIDE = 527400.0, 3396700.0, 100.0
PLANE = "EPSG:4546"
pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})  # a test's files need not outlive a power cut
DRIVERS = {".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON"}
TOWN, COMMUNITIES = "990101001", ("990101001001", "990101001002")
CELLS = tuple(f"{community}{serial:03d}" for community in COMMUNITIES for serial in range(1, 5))


def square(column: float, row: float, width: float = 1, height: float = 1) -> Any:
    """A rectangle of a board of 100 m, in metres of the plane."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.box(west, south, west + width * SIDE, south + height * SIDE)


def cell_areas() -> dict[str, Any]:
    """Two communities of two by two cells beside each other, numbered from the north west."""
    places = [(0, 1), (1, 1), (0, 0), (1, 0), (2, 1), (3, 1), (2, 0), (3, 0)]
    return {code: square(*place) for code, place in zip(CELLS, places, strict=True)}


def in_degrees(shape: Any) -> Any:
    """A shape of the plane in degrees of WGS-84."""
    return shapely.transform(shape, converter(PLANE))


def layer(
    path: Path,
    columns: Mapping[str, Sequence[Any]],
    shapes: Sequence[Any],
    *,
    name: str = "",
    crs: str | None = PLANE,
    **more: Any,
) -> Path:
    """Writes a layer; into a GeoPackage that is there already as one more."""
    values = [np.array(value, dtype=object if isinstance(value[0], str | None) else None) for value in columns.values()]
    kind = more.pop("geometry_type", "Polygon")
    options = {"layer": name} if name else {}
    raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        values,
        list(columns),
        geometry_type=kind,
        crs=crs,
        driver=DRIVERS[path.suffix],
        **options,
        **more,
    )
    return path


def geopackage(folder: Path, cells: Mapping[str, Any] | None = None) -> Path:
    """All four levels in one GeoPackage of the plane, under the names that offices use."""
    path = folder / "base.gpkg"
    path.write_bytes(_larger_places())
    areas = cells if cells is not None else cell_areas()
    return layer(path, {"WGDM": list(areas)}, list(areas.values()), name="wangge", geometry_type="Unknown")


@cache
def _larger_places() -> bytes:
    """A GeoPackage of districts, towns and communities, which take longer to write than to copy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "base.gpkg"
        layer(path, {"XZQDM": [990101.0], "XZQMC": ["望津区"], "EN": ["Wangjin"]}, [square(0, 0, 4, 2)], name="qu")
        layer(path, {"JDDM": [f"{TOWN}000"], "JDMC": ["梅溪街道"]}, [square(0, 0, 4, 2)], name="jiedao")
        names = {"SQDM": list(COMMUNITIES), "SQMC": ["桐亭社区", "兰溪社区"]}
        layer(path, names, [square(0, 0, 2, 2), square(2, 0, 2, 2)], name="shequ")
        return path.read_bytes()


MAPPING = """[city]
code = "9901"
name = { zh = "沧江市", en = "Cangjiang" }

[districts]
file = "base.gpkg"
layer = "qu"
code = "XZQDM"
zh = "XZQMC"
en = "EN"

[towns]
file = "base.gpkg"
layer = "jiedao"
code = "JDDM"
zh = "JDMC"

[communities]
file = "base.gpkg"
layer = "shequ"
code = "SQDM"
zh = "SQMC"

[cells]
file = "base.gpkg"
layer = "wangge"
code = "WGDM"
"""
PEOPLE = """
[devices]
file = "devices.csv"
id = "编号"
kind = "类型"
metrics = "指标"
lon = "经度"
lat = "纬度"

[workers]
file = "workers.csv"
id = "工号"
zh = "姓名"
grids = "网格"
"""


def write_mapping(folder: Path, text: str = MAPPING) -> Path:
    """A mapping file."""
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def write_people(folder: Path, *, encoding: str = "gbk") -> None:
    """Two devices and a worker, as a spreadsheet saves them."""
    lines = ["编号;类型;指标;经度;纬度"]
    for number, code in enumerate((CELLS[0], CELLS[-1]), start=1):
        middle = in_degrees(cell_areas()[code]).centroid
        lines.append(f"w{number};road-water;water_level_m、battery_pct;{middle.x:.7f};{middle.y:.7f}")
    (folder / "devices.csv").write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
    people = f"工号,姓名,网格\r\ng1,胡伟刚,{COMMUNITIES[0]} {CELLS[-1]}\r\n"
    (folder / "workers.csv").write_text(people, encoding="utf-8-sig", newline="")
