"""Tables and outlines as they come out of a city's own files."""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from city.intake.mapping import CellMapping, DeviceMapping, LayerMapping, WorkerMapping
from city.intake.places import Drawn
from city.intake.remark import Grade, Remark
from city.intake.table import Table
from city.names import Name
from geo.mending import Outline

WEST, SOUTH = 111.30, 30.70
SIDE = 0.001

COMMUNITIES = {"990101001001": Name(zh="桐亭社区", en="Tongting"), "990101001002": Name(zh="兰溪社区", en="Lanxi")}
LAYER = LayerMapping(file="a.gpkg", code="DM", zh="MC", en="EN")
CELLS = CellMapping(file="a.gpkg", code="DM", zh="MC", en="EN")
DEVICES = DeviceMapping(file="d.csv", id="id", kind="kind", metrics="metrics", lon="lon", lat="lat", cell="cell")
WORKERS = WorkerMapping(file="w.csv", id="id", zh="zh", en="en", skills="skills", grids="grids")


def table(rows: Sequence[Mapping[str, Any]], *, lines: bool = False, file: str = "a.gpkg", **more: Any) -> Table:
    """A table of these rows; with `lines` one of a CSV file whose rows begin on line 2."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name) for row in rows] for name in names}
    numbers = tuple(range(2, 2 + len(rows))) if lines else ()
    return Table(file=file, columns=columns, count=len(rows), lines=numbers, **more)


def square(column: int, row: int = 0) -> Any:
    """A square of a board, anticlockwise, in degrees."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return shapely.orient_polygons(shapely.box(west, south, west + SIDE, south + SIDE))


def outlines(*areas: Any) -> list[Outline]:
    """Outlines without a flaw."""
    return [Outline(area=area) for area in areas]


def drawn(code: str, area: Any = None, *, where: str = "a.gpkg, feature 1") -> Drawn:
    """A place that was taken."""
    return Drawn(code=code, name=Name(zh="甲", en="A"), area=area, where=where)


def said(remarks: Sequence[Remark], grade: Grade | None = None) -> list[str]:
    """The English sentences, of one grade or of all."""
    return [str(remark) for remark in remarks if grade in (None, remark.grade)]


def mistakes(remarks: Sequence[Remark]) -> list[str]:
    """The sentences that keep a city out."""
    return said(remarks, Grade.MISTAKE)
