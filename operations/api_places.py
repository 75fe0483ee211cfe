"""Asking any place of any level for its figures, and for the list behind each of them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from litestar import Response, get
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from geo.codes import LENGTHS, Level, level_of
from operations.desk import Desk
from operations.place_lists import as_csv, devices_of, workers_of
from operations.place_pictures import ChildList, DeviceList, Named, PlacePage, WorkerList
from operations.place_view import built, figure_columns, named, place_page, rollup_of
from operations.problems import Refused

T = TypeVar("T", bound=Struct)
MINUTES = 15
MOST_MINUTES = 30
LIMIT = 200
MOST = 20_000


class Having(StrEnum):
    """What the places of a list have, or lack, at least one of."""

    OPEN = "open"
    LATE = "late"
    NEAR = "near"
    SILENT = "silent"
    WITHOUT_DUTY = "without_duty"
    WITHOUT_WORKER = "without_worker"
    WITHOUT_SENSOR = "without_sensor"


COLUMNS = {Having.SILENT: "devices_silent"}


class Form(StrEnum):
    """How a list is written."""

    JSON = "json"
    CSV = "csv"


class DeviceState(StrEnum):
    """Whether a device was heard within 24 hours, before that, or never; and any whose position is doubtful."""

    LIVE = "live"
    SILENT = "silent"
    NEVER = "never"
    DOUBTFUL = "doubtful"


Limit = Annotated[
    int, QueryParameter(ge=1, le=MOST, description="How many rows at most; `total` says how many there are")
]
As = Annotated[Form, QueryParameter(name="format", description="`csv` gives the rows as a table")]


@get("/api/v1/places", summary="The places of the city by name", tags=["places"])
async def places(
    desk: NamedDependency[Desk],
    level: Annotated[Level | None, QueryParameter(description="Without it all levels above the cell")] = None,
    within: Annotated[str, QueryParameter(description="A place's code; without it the city")] = "",
) -> list[Named]:
    """City, districts, towns and communities, each with the place it lies in; cells only with `level=cell`."""
    place = known(desk, within) if within else desk.live.board.registry.code
    return named(desk.live.board, place, level) if place else []


@get("/api/v1/places/{code:str}", summary="A place of any level with its figures", tags=["places"])
async def place(
    desk: NamedDependency[Desk],
    code: FromPath[str],
    minutes: Annotated[
        int, QueryParameter(ge=1, le=MOST_MINUTES, description="How many minutes of windows, back from the newest data")
    ] = MINUTES,
) -> PlacePage:
    """4, 6, 9, 12 or 15 digits: a city, district, town, community or cell."""
    return place_page(desk.live.board, known(desk, code), now=desk.now(), minutes=minutes)


@get("/api/v1/places/{code:str}/below", summary="The smaller places in a place", tags=["places"])
async def below(
    desk: NamedDependency[Desk],
    code: FromPath[str],
    *,
    level: Annotated[Level | None, QueryParameter(description="Without it the next level down")] = None,
    having: Annotated[Having | None, QueryParameter(description="Only places with at least one")] = None,
    limit: Limit = LIMIT,
    form: As = Form.JSON,
) -> Response[ChildList]:
    """Which communities of this town have an overdue case, which cells had no worker on shift: places of a level with their figures."""
    board = desk.live.board
    asked = level or board.ground.below(known(desk, code)) or Level.CELL
    if asked is not Level.CELL and LENGTHS[asked] == len(code):  # a cell is listed by itself
        raise Refused(400, f"{code} is itself a {level}; ask for a smaller level.", zh="该地点本身就是所选层级")
    if LENGTHS[asked] < len(code):
        raise Refused(400, f"A {asked} does not lie in a {level_of(code)}.", zh="所选层级不在该地点之内")
    rollup, found = rollup_of(board, desk.now()), board.ground.within(code, asked)
    if having:
        found = rollup.holding(found, COLUMNS.get(having, having))
    some = found.only(range(min(limit, len(found.codes))))
    columns = figure_columns(board, rollup, some)  # here, where the board stands still
    rows = await sync_to_thread(built, board.ground, some, asked, columns)
    return _answer(ChildList(total=len(found.codes), rows=rows), rows, form)


@get("/api/v1/places/{code:str}/devices", summary="The devices of a place", tags=["places"])
async def devices(
    desk: NamedDependency[Desk],
    code: FromPath[str],
    standing: Annotated[
        str | None, QueryParameter(name="state", description=f"One of {', '.join(DeviceState)}")
    ] = None,
    limit: Limit = LIMIT,
    form: As = Form.JSON,
) -> Response[DeviceList]:
    """Which devices are silent in this street: the longest silent first, and those never heard before them."""
    place = known(desk, code)
    if standing is not None and standing not in list(DeviceState):
        raise Refused(400, f"`state` is one of {', '.join(DeviceState)}, not {standing!r}.")
    total, rows = devices_of(desk.live.board, place, state=standing, now=desk.now(), most=limit)
    return _answer(DeviceList(total=total, rows=rows), rows, form)


@get("/api/v1/places/{code:str}/workers", summary="The workers of a place", tags=["places"])
async def workers(
    desk: NamedDependency[Desk],
    code: FromPath[str],
    on_shift: Annotated[bool | None, QueryParameter(description="Only those on shift now, or only the others")] = None,
    limit: Limit = LIMIT,
    form: As = Form.JSON,
) -> Response[WorkerList]:
    """Whose duty grid reaches into the place, those on shift first."""
    found = workers_of(desk.live.board, known(desk, code), on_shift=on_shift, now=desk.now())
    rows = found[:limit]
    return _answer(WorkerList(total=len(found), rows=rows), rows, form)


def known(desk: NamedDependency[Desk], code: FromPath[str]) -> str:
    """The code, if the city has a place of that code. Refuses with 404 otherwise."""
    if not desk.live.board.ground.knows(code):
        raise Refused(404, f"No place of this city has the code {code!r}.", zh=f"本市没有编码为 {code} 的地点")
    return code


def table(rows: Sequence[Struct], headers: Mapping[str, str] | None = None) -> Response[Any]:
    """Rows as a table for a spreadsheet."""
    return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers=dict(headers or {}))


def _answer(found: T, rows: Sequence[Struct], form: Form) -> Response[T]:
    """The list itself, or its rows as a table."""
    return Response(found) if form is Form.JSON else table(rows)
