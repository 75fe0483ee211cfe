"""The whole board as one picture: which incidents and tasks are on it, and in which order."""

from adapters.installation import Standing
from city.incident import Incident
from city.places.due import is_open
from operations.board import Board
from operations.cases import ended_at
from operations.classes import brief
from operations.flow_figures import refused_by_reason
from operations.pictures import BoardPicture, CityPicture, DeviceCounts, Pulse, RejectsPicture

MOST_INCIDENTS = 500
SHOWN_ENDED_MS = 86_400_000


def picture(board: Board, *, sequence: str, now: int) -> BoardPicture:
    """The board at `now` (epoch ms), as of the event `sequence`."""
    incidents = shown_incidents(board, now)
    registry = board.registry
    by_reason = refused_by_reason(board.flow.sums.values())
    return BoardPicture(
        sequence=sequence,
        now=now,
        city=city(board),
        districts=sorted(registry.districts.values(), key=lambda district: district.code),
        cells=board.states,
        incidents=incidents,
        tasks=[task for incident in incidents for task in board.cases.tasks_of(incident.id)],
        workers=[board.worker(worker, now) for _, worker in sorted(registry.workers.items())],
        devices=devices(board),
        ledger=board.flow.ledger(),
        age_ms=board.flow.age_ms(now),
        readings_per_s=board.flow.readings_per_s(now),
        classes=brief(registry.classes.values()),
        findings=len(board.concerns.open_findings),
        rejects=RejectsPicture(total=sum(by_reason.values()), by_reason=by_reason, latest=list(board.refused)),
    )


def shown_incidents(board: Board, now: int) -> list[Incident]:
    """All open incidents and those that ended in the last 24 hours, newest first, at most 500, open ones before ended ones."""
    everything = sorted(board.cases.incidents.values(), key=lambda incident: incident.detected_at, reverse=True)
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
