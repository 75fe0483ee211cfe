"""One place closely: a cell's devices, incidents and last hours; or a larger place, rolled up from its cells."""

from litestar.concurrency import sync_to_thread
from msgspec import Struct

from adapters.logs import log
from city.finding import Finding
from city.incident import Incident
from city.names import Name
from city.places.due import is_open
from city.registry import Device
from city.whereabouts import Doubt
from city.window import ClosedWindow
from geo.codes import Level, district_of, level_of, lies_in
from operations.board import Board
from operations.cells import CellState
from operations.desk import Desk
from operations.pictures import Whereabouts

ABOVE = frozenset({4, 6, 9, 12})
Point = tuple[int, int, float, float, float]


class DevicePicture(Struct, frozen=True, kw_only=True):
    """A device: when it was last heard (event time), what it said last, and whether it counts as live.

    `lon` and `lat` are its registered place; `position` is where it last said it was, and `doubts` what is doubtful about that.
    """

    id: str
    name: Name | None
    kind: str
    metrics: list[str]
    lon: float
    lat: float
    last_at: int | None
    last: dict[str, float]
    live: bool
    online: bool
    position: Whereabouts | None = None
    doubts: list[Doubt] = []


class RulePicture(Struct, frozen=True, kw_only=True):
    """A rule that looks at a metric, with the levels at which it raises and clears."""

    id: str
    name: Name
    type: str
    direction: str
    on: float
    off: float


class Series(Struct, frozen=True, kw_only=True):
    """The last hours of one metric: a window is [start in epoch ms, count, mean, min, max]; `limits` are the levels that raise."""

    title: Name
    unit: str
    seconds: int
    windows: list[Point]
    limits: list[float]
    rules: list[RulePicture]


class CellPicture(Struct, frozen=True, kw_only=True):
    """A cell closely. `history` is false where the windows of the past could not be read."""

    code: str
    name: Name
    state: CellState
    devices: list[DevicePicture]
    incidents: list[Incident]
    findings: list[Finding]
    metrics: dict[str, Series]
    history: bool


class PlacePicture(Struct, frozen=True, kw_only=True):
    """A larger place: how many of its cells are in which state, its devices, and its open incidents."""

    code: str
    level: Level
    name: Name | None
    cells: dict[CellState, int]
    devices: dict[str, int]
    incidents: list[Incident]


async def cell_picture(desk: Desk, code: str, *, span_ms: int) -> CellPicture:
    """The cell `code`, with the windows of the last `span_ms` before the newest data of its district."""
    board = desk.live.board
    until = board.devices.newest.get(district_of(code), desk.now())
    try:
        windows = await sync_to_thread(desk.history.cell_windows, code, until - span_ms, until + span_ms)
        readable = True
    except OSError as error:
        log("cells").warning("history cannot be read", error=str(error))
        windows, readable = [], False
    devices = [device_picture(board, board.registry.devices[id_]) for id_ in board.devices.in_cell.get(code, [])]
    return CellPicture(
        code=code,
        name=board.registry.cells[code].name,
        state=board.states[code],
        devices=devices,
        incidents=_incidents(board, code),
        findings=[f for f in board.concerns.open_findings.values() if f.cell == code],
        metrics=series(board, windows, measured={metric for device in devices for metric in device.metrics}),
        history=readable,
    )


def device_picture(board: Board, device: Device) -> DevicePicture:
    """A device as the board knows it."""
    known = board.devices.known.get(device.id)
    fix = known.track.fix if known and known.track else None
    return DevicePicture(
        id=device.id,
        name=device.name,
        kind=device.kind,
        metrics=device.metrics,
        lon=device.lon,
        lat=device.lat,
        last_at=known.last_at if known else None,
        last={metric: value for metric, (_, value) in known.values.items()} if known else {},
        live=device.id in board.devices.live,
        online=device.id not in board.offline,
        position=Whereabouts(lon=fix.lon, lat=fix.lat, at=fix.at) if fix else None,
        doubts=board.devices.doubts(device.id),
    )


def series(board: Board, windows: list[ClosedWindow], *, measured: set[str]) -> dict[str, Series]:
    """The windows by metric, with the levels of the rules that look at them; a measured metric without windows has an empty list."""
    by_metric: dict[str, list[ClosedWindow]] = {metric: [] for metric in sorted(measured)}
    for window in windows:
        by_metric.setdefault(window.metric, []).append(window)
    return {metric: _series(board, metric, found) for metric, found in by_metric.items()}


def place_picture(board: Board, code: str) -> PlacePicture | None:
    """A city, district, town or community rolled up from its cells; None where the code is none of theirs."""
    if len(code) not in ABOVE or not board.ground.knows(code):
        return None
    level, cells = level_of(code), board.ground.span(code)
    (counted,) = board.shades.counts(board.ground.within(code, level))
    devices = board.presence.within(cells.start, cells.stop)
    return PlacePicture(
        code=code,
        level=level,
        name=board.ground.name(code),
        cells={state: count for state, count in zip(CellState, counted, strict=True) if count},
        devices={"total": len(devices), "live": len(devices.keys() & board.devices.live)},
        incidents=_incidents(board, code),
    )


def _series(board: Board, metric: str, windows: list[ClosedWindow]) -> Series:
    known = board.registry.metrics.get(metric)
    rules = [rule for rule in board.registry.rules.values() if rule.metric == metric]
    return Series(
        title=(known.title if known else None) or Name(zh=metric, en=metric),
        unit=known.unit if known else "",
        seconds=known.window_seconds if known else 60,
        windows=[(w.start, w.count, w.sum / w.count, w.min, w.max) for w in windows if w.count],
        limits=sorted({rule.on for rule in rules}),
        rules=[
            RulePicture(id=r.id, name=r.name, type=r.type, direction=r.direction, on=r.on, off=r.off) for r in rules
        ],
    )


def _incidents(board: Board, place: str) -> list[Incident]:
    """Open incidents of a place first, then ended ones, the newest first."""
    found = [i for i in board.cases.incidents.values() if any(lies_in(cell, place) for cell in i.cells)]
    return sorted(found, key=lambda i: (not is_open(i), -i.detected_at))[:50]
