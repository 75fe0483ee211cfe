"""A simulated grid worker: what they do with their tasks, where they walk, and what they say, as a function of time."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from city.task import TaskState
from geo.distance import metres
from simulator.noise import fraction
from simulator.sayings import DONES, RETURNS, pick

Point = tuple[float, float]

WALK_MS = 2.5
SPEED_UP = 20.0
SHORTEST_WAY_MS, LONGEST_WAY_MS = 6_000, 35_000
POSITION_EVERY_MS = 10_000
PATROL_EVERY_MS = 90_000
PATROL_DEGREES = 0.0006
IGNORED, RETURNED, GIVEN_UP = 0.04, 0.10, 0.13
MOST_REMEMBERED = 20


class Stage(StrEnum):
    """Where a worker is with a task."""

    DECIDING = "deciding"
    WAITING = "waiting"
    TRAVELLING = "travelling"
    WORKING = "working"


class Job(Struct, frozen=True, kw_only=True):
    """A task in a worker's hands; `due_at` is when its stage ends."""

    task: str
    event_class: str
    cell: str
    place: Point
    stage: Stage
    due_at: int


class Said(Struct, frozen=True, kw_only=True):
    """What a worker says: `kind` is a reply's kind, or "position"."""

    kind: str
    at: int
    place: Point
    job: Job | None = None
    text: str = ""


class Person(Struct, frozen=True, kw_only=True):
    """A worker with the duty place `home` (WGS-84 degrees) and where they are; `left` is where and when they set out."""

    id: str
    home: Point
    place: Point
    left: Point = (0.0, 0.0)
    left_at: int = 0
    next_position_at: int = 0
    jobs: tuple[Job, ...] = ()
    finished: tuple[str, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether nothing is in their hands."""
        return not self.jobs


def offered(person: Person, job: Job, state: TaskState, now: int) -> Person:
    """The worker after the phone showed a task; one in 25 is never answered. What is known already changes nothing."""
    if job.task in person.finished or any(one.task == job.task for one in person.jobs):
        return person
    chance = fraction(job.task, "decision")
    match state:
        case TaskState.OFFERED if chance >= IGNORED:
            taken = replace(
                job, stage=Stage.DECIDING, due_at=now + 3_000 + int(5_000 * fraction(job.task, "decides after"))
            )
        case TaskState.ACCEPTED:
            taken = replace(job, stage=Stage.WAITING, due_at=now)
        case TaskState.ARRIVED:
            taken = replace(job, stage=Stage.WORKING, due_at=now + _work_ms(job))
        case _:
            return person
    return replace(person, jobs=(*person.jobs, taken))


def withdrawn(person: Person, task: str) -> Person:
    """The worker after a task was taken back or ended."""
    return replace(person, jobs=tuple(one for one in person.jobs if one.task != task))


def step(person: Person, now: int, *, on_duty: bool) -> tuple[Person, list[Said]]:
    """What the worker does and says by `now`; called about once a second."""
    said: list[Said] = []
    for job in person.jobs:
        if job.due_at <= now:
            person = _go_on(person, job, now, said)
    if person.jobs and not any(one.stage in {Stage.TRAVELLING, Stage.WORKING} for one in person.jobs):
        person = _set_out(person, now)
    if now >= person.next_position_at and (on_duty or not person.idle):
        person = _show_position(person, now, said)
    return person, said


def _go_on(person: Person, job: Job, now: int, said: list[Said]) -> Person:
    match job.stage:
        case Stage.DECIDING if fraction(job.task, "decision") < RETURNED:
            said.append(_say(person, job, now, kind="return"))
            return _finish(person, job)
        case Stage.DECIDING:
            said.append(_say(person, job, now, kind="accept"))
            return _put(person, replace(job, stage=Stage.WAITING, due_at=now))
        case Stage.TRAVELLING:
            person = replace(person, place=job.place, next_position_at=now + POSITION_EVERY_MS)
            said.append(_say(person, job, now, kind="arrive"))
            return _put(person, replace(job, stage=Stage.WORKING, due_at=now + _work_ms(job)))
        case Stage.WORKING:
            gives_up = RETURNED <= fraction(job.task, "decision") < GIVEN_UP
            said.append(_say(person, job, now, kind="return" if gives_up else "done"))
            return _finish(person, job)
        case Stage.WAITING:
            return person


def _set_out(person: Person, now: int) -> Person:
    """One thing is done after the other, in the order of saying yes."""
    job = next((one for one in person.jobs if one.stage is Stage.WAITING), None)
    if job is None:
        return person
    way = metres(*person.place, *job.place) / (WALK_MS * SPEED_UP) * 1000
    arrives_at = now + int(min(max(way, SHORTEST_WAY_MS), LONGEST_WAY_MS))
    moved = replace(person, left=person.place, left_at=now, next_position_at=now)
    return _put(moved, replace(job, stage=Stage.TRAVELLING, due_at=arrives_at))


def _show_position(person: Person, now: int, said: list[Said]) -> Person:
    """On the way to a task every 10 s; on patrol they turn up at another corner of their duty grid now and then."""
    travelling = next((one for one in person.jobs if one.stage is Stage.TRAVELLING), None)
    if travelling is not None:
        share = min((now - person.left_at) / (travelling.due_at - person.left_at), 1.0)
        place = _between(person.left, travelling.place, share)
    elif person.idle:
        place = _near(person.home, person.id, now)
    else:
        place = person.place
    said.append(Said(kind="position", at=now, place=place))
    pause = POSITION_EVERY_MS if travelling else PATROL_EVERY_MS
    return replace(person, place=place, next_position_at=now + pause)


def _say(person: Person, job: Job, now: int, *, kind: str) -> Said:
    texts = {"return": RETURNS, "done": DONES}.get(kind, ("",))
    return Said(kind=kind, at=now, place=person.place, job=job, text=pick(texts, job.task, kind))


def _put(person: Person, job: Job) -> Person:
    return replace(person, jobs=tuple(job if one.task == job.task else one for one in person.jobs))


def _finish(person: Person, job: Job) -> Person:
    return replace(withdrawn(person, job.task), finished=(*person.finished, job.task)[-MOST_REMEMBERED:])


def _work_ms(job: Job) -> int:
    return 10_000 + int(15_000 * fraction(job.task, "works for"))


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _near(home: Point, *chance: object) -> Point:
    east, north = fraction(*chance, "east") - 0.5, fraction(*chance, "north") - 0.5
    return home[0] + PATROL_DEGREES * east, home[1] + PATROL_DEGREES * north
