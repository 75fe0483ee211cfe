"""Who is sent: the worker of the nearest level of duty who could be there first, with the reasons for this one and against the others."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from typing import Any

from msgspec import Struct

from city.registry import Worker
from city.shifts import on_shift
from city.task import Why
from geo.codes import LENGTHS, Level
from geo.distance import metres

MINUTES_A_TASK = 15.0
METRES_A_MINUTE = 250.0  # an electric bicycle in town
UNKNOWN_MINUTES = 20.0
A_LEVEL = 1000.0  # more than load and distance can add up to, so that a level always decides first
SHOWN = 5


class Duty(IntEnum):
    """How near the place is to a worker's duty grid; nearer goes first."""

    GRID = 0
    TOWN = 1
    DISTRICT = 2


class LeftOut(StrEnum):
    """Why a worker could not be asked."""

    WITHOUT_SKILL = "without_skill"
    OFF_SHIFT = "off_shift"
    FULL = "full"
    ASKED_BEFORE = "asked_before"


class Request(Struct, frozen=True, kw_only=True):
    """What a worker is wanted for: where (cell code, lon and lat in degrees), with which skill, and who was asked already."""

    cell: str
    lon: float
    lat: float
    skill: str
    asked: frozenset[str] = frozenset()


class Crew(Struct, frozen=True, kw_only=True):
    """A district's workers as they stand at `now` (epoch ms): open tasks and places (lon, lat in degrees) by worker."""

    workers: list[Worker]
    load: Mapping[str, int]
    places: Mapping[str, tuple[float, float]]
    now: int
    utc_offset_minutes: int


class Assigned(Struct, frozen=True, kw_only=True):
    """The worker who is asked, why, and who else was considered: the next best with scores, those left out with the reason."""

    worker: Worker
    why: list[Why]
    considered: list[dict[str, Any]]


class NobodyThere(Struct, frozen=True, kw_only=True):
    """Nobody can be asked now: how many were left out for which reason."""

    left_out: dict[LeftOut, int]

    @property
    def all_asked(self) -> bool:
        """Whether somebody could be asked if only they had not been asked before."""
        return LeftOut.ASKED_BEFORE in self.left_out


def choose(request: Request, crew: Crew) -> Assigned | NobodyThere:
    """The best worker for a request. Duty grid goes before town, town before district; within a level the lower score, then the lower id."""
    verdicts = {worker.id: _left_out(worker, request, crew) for worker in crew.workers}
    able = [(worker, _factors(worker, request, crew)) for worker in crew.workers if verdicts[worker.id] is None]
    able.sort(key=lambda pair: (_score(pair[1]), pair[0].id))
    if not able:
        return NobodyThere(left_out=dict(Counter(reason for reason in verdicts.values() if reason)))
    others = [_runner_up(worker, why, request) for worker, why in able[1 : SHOWN + 1]]
    return Assigned(worker=able[0][0], why=able[0][1], considered=others + _left(verdicts, request, crew.workers))


def appoint(worker: Worker, request: Request, crew: Crew, actor: str) -> Assigned:
    """A worker whom an operator named: shift, skill and capacity are the operator's business, and the task says so."""
    named = Why(factor="operator", value=actor, score=0.0)
    return Assigned(worker=worker, why=[named, *_factors(worker, request, crew)], considered=[])


def _left_out(worker: Worker, request: Request, crew: Crew) -> LeftOut | None:
    if request.skill and request.skill not in worker.skills:
        return LeftOut.WITHOUT_SKILL
    if not on_shift(worker.shift, crew.now, crew.utc_offset_minutes):
        return LeftOut.OFF_SHIFT
    if crew.load.get(worker.id, 0) >= worker.capacity:
        return LeftOut.FULL
    if worker.id in request.asked:
        return LeftOut.ASKED_BEFORE
    return None


def _factors(worker: Worker, request: Request, crew: Crew) -> list[Why]:
    duty, load = _duty(worker, request.cell), crew.load.get(worker.id, 0)
    place = crew.places.get(worker.id)
    away = None if place is None else round(metres(*place, request.lon, request.lat))
    minutes = UNKNOWN_MINUTES if away is None else min(away / METRES_A_MINUTE, A_LEVEL / 4)
    return [
        Why(factor="duty", value=duty.name.lower(), score=duty * A_LEVEL),
        Why(factor="open_tasks", value=load, score=min(load * MINUTES_A_TASK, A_LEVEL / 2)),
        Why(factor="distance_m", value=away, score=round(minutes, 1)),
    ]


def _duty(worker: Worker, cell: str) -> Duty:
    town = LENGTHS[Level.TOWN]
    if any(len(grid) > town and cell.startswith(grid) for grid in worker.grids):
        return Duty.GRID
    if any(len(grid) >= town and grid[:town] == cell[:town] for grid in worker.grids):
        return Duty.TOWN
    return Duty.DISTRICT


def _score(why: Iterable[Why]) -> float:
    return sum(factor.score for factor in why)


def _runner_up(worker: Worker, why: Iterable[Why], request: Request) -> dict[str, Any]:
    return {"worker": worker.id, "duty": _duty(worker, request.cell).name.lower(), "score": round(_score(why), 1)}


def _left(verdicts: Mapping[str, LeftOut | None], request: Request, workers: Iterable[Worker]) -> list[dict[str, Any]]:
    """Those of the duty grid by name, for they are missed; everybody else as a number."""
    missed = [worker.id for worker in workers if verdicts[worker.id] and _duty(worker, request.cell) is Duty.GRID][
        :SHOWN
    ]
    named: list[dict[str, Any]] = [{"worker": worker_id, "left_out": verdicts[worker_id]} for worker_id in missed]
    counts = Counter(reason for worker_id, reason in verdicts.items() if reason and worker_id not in missed)
    return named + [{"left_out": reason, "count": counts[reason]} for reason in LeftOut if counts[reason]]
