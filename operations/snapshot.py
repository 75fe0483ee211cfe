"""The whole board as one picture: which incidents and tasks are on it, and in which order."""

from adapters.installation import Standing
from city.incident import Incident
from city.places.due import home, is_open
from geo.codes import lies_in
from operations.board import Board
from operations.cases import ended_at
from operations.cells import CellState
from operations.classes import brief
from operations.flow_figures import refused_by_reason
from operations.pictures import BoardPicture, CityPicture, DeviceCounts, Pulse, RejectsPicture

MOST_INCIDENTS = 500
SHOWN_ENDED_MS = 86_400_000


def picture(board: Board, *, sequence: str, now: int, place: str = "") -> BoardPicture:
    """The board at `now` (epoch ms), as of the event `sequence`; with `place` only the cells, incidents, tasks and workers of that place."""
    incidents = shown_incidents(board, now, place)
    registry = board.registry
    by_reason = refused_by_reason(board.flow.sums.values())
    return BoardPicture(
        sequence=sequence,
        now=now,
        city=city(board),
        districts=sorted(registry.districts.values(), key=lambda district: district.code),
        cells=cells_of(board, place),
        incidents=incidents,
        tasks=[task for incident in incidents for task in board.cases.tasks_of(incident.id)],
        workers=[board.worker(registry.workers[id_], now) for id_ in workers_of(board, place)],
        devices=devices(board),
        ledger=board.flow.ledger(),
        age_ms=board.flow.age_ms(now),
        readings_per_s=board.flow.readings_per_s(now),
        classes=brief(registry.classes.values()),
        findings=len(board.concerns.open_findings),
        rejects=RejectsPicture(total=sum(by_reason.values()), by_reason=by_reason, latest=list(board.refused)),
    )


def cells_of(board: Board, place: str) -> dict[str, CellState]:
    """The states of the cells of a place, of all cells for ""."""
    cells = board.ground.codes[board.ground.span(place)] if place else None
    return board.states if cells is None else {code: board.states[code] for code in cells}


def workers_of(board: Board, place: str) -> list[str]:
    """The workers whose duty reaches into a place, all for ""."""
    if not place:
        return sorted(board.registry.workers)
    cells = board.ground.span(place)
    return board.staff.within(cells.start, cells.stop)


def shown_incidents(board: Board, now: int, place: str = "") -> list[Incident]:
    """All open incidents of a place and those that ended in the last 24 hours, newest first, at most 500, open ones before ended ones."""
    found = (incident for incident in board.cases.incidents.values() if lies_in(home(incident), place))
    everything = sorted(found, key=lambda incident: incident.detected_at, reverse=True)
    going_on = [incident for incident in everything if is_open(incident)]
    ended = [i for i in everything if not is_open(i) and ended_at(i) >= now - SHOWN_ENDED_MS]
    return sorted([*going_on, *ended][:MOST_INCIDENTS], key=lambda incident: incident.detected_at, reverse=True)


def city(board: Board) -> CityPicture:
    """Which city it is; before anything is registered, one without a name."""
    return CityPicture(code=board.registry.code, name=board.registry.name)


def devices(board: Board) -> DeviceCounts:
    """The devices, counted."""
    return DeviceCounts(**board.devices.counts())


def pulse(board: Board, now: int, installation: Standing | None = None) -> Pulse:
    """The heartbeat at `now` (epoch ms)."""
    return Pulse(
        now=now,
        age_ms=board.flow.age_ms(now),
        readings_per_s=board.flow.readings_per_s(now),
        open=sum(1 for incident in board.cases.incidents.values() if is_open(incident)),
        tasks=sum(board.cases.load.values()),
        findings=len(board.concerns.open_findings),
        devices=devices(board),
        installation=installation,
    )
