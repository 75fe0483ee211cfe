"""How a district's cases are kept: a head with the outbox and all that has just changed, and a block for each incident."""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from city.cases.state import CaseClock, DistrictCases, PastCase
from city.incident import Incident
from city.report import WorkerPosition
from city.task import OPEN_TASK_STATES, Task
from messages.case_outputs import Output
from messages.records import decode, encode

Block = tuple[str, bytes | None]


class CaseBlock(Struct, frozen=True, kw_only=True):
    """One incident with everything that only it needs."""

    incident: Incident
    tasks: list[Task]
    clock: CaseClock | None


class Head(Struct, frozen=True, kw_only=True):
    """All of a district's cases but the incidents that have not changed; `ids` lists them all, in their order.

    State and outbox go to Kafka in this one record, so that a decision is kept whole or not at all. The blocks of what has changed are
    written after it; should they be missing, the head holds them.
    """

    district: str
    now: int
    ids: list[str]
    changed: list[CaseBlock]
    past: dict[str, PastCase]
    known: dict[str, str]
    heard: dict[str, int]
    positions: dict[str, WorkerPosition]
    applied: dict[str, int]
    outbox: list[Output]


class Kept(Struct, frozen=True, kw_only=True):
    """What was kept: the cases, which of their blocks are surely written (as a value to compare with), and what may not have been sent."""

    cases: DistrictCases
    written: DistrictCases
    outbox: list[Output]


def save(cases: DistrictCases, written: DistrictCases, outbox: list[Output]) -> tuple[Block, list[Block]]:
    """The head, to be written first, and then the blocks in which `cases` differ from what is `written`; names are the keys."""
    changed = [_block(cases, id_) for id_ in cases.incidents if _differs(cases, written, id_)]
    gone: list[Block] = [
        (block_name(cases.district, id_), None) for id_ in written.incidents if id_ not in cases.incidents
    ]
    here: list[Block] = [(block_name(cases.district, block.incident.id), encode(block)) for block in changed]
    return (cases.district, encode(_head(cases, changed, outbox))), here + gone


def load(district: str, stored: Callable[[str], bytes | None]) -> Kept:
    """A district's cases as they were kept last; a district that has none yet begins empty. `stored` gives a block by its name.

    Raises msgspec.ValidationError when what is kept is of another kind, KeyError when a block is missing.
    """
    kept = stored(district)
    if kept is None:
        empty = DistrictCases(district=district)
        return Kept(cases=empty, written=empty, outbox=[])
    head = decode(kept, Head)
    fresh = {block.incident.id: block for block in head.changed}
    blocks = [fresh.get(id_) or _stored_block(district, id_, stored) for id_ in head.ids]
    cases = _cases(head, blocks)
    sure = {id_: incident for id_, incident in cases.incidents.items() if id_ not in fresh}
    return Kept(cases=cases, written=replace(cases, incidents=sure), outbox=head.outbox)


def block_name(district: str, incident: str) -> str:
    """The key of an incident's block."""
    return f"{district}/{incident}"


def _differs(cases: DistrictCases, written: DistrictCases, id_: str) -> bool:
    """Frozen values are replaced when they change, so it is enough to ask whether they are still the same ones."""
    incident = cases.incidents[id_]
    if incident is not written.incidents.get(id_) or cases.clocks.get(id_) is not written.clocks.get(id_):
        return True
    return any(cases.tasks[task] is not written.tasks.get(task) for task in incident.tasks)


def _block(cases: DistrictCases, id_: str) -> CaseBlock:
    incident = cases.incidents[id_]
    return CaseBlock(
        incident=incident, tasks=[cases.tasks[task] for task in incident.tasks], clock=cases.clocks.get(id_)
    )


def _head(cases: DistrictCases, changed: list[CaseBlock], outbox: list[Output]) -> Head:
    return Head(
        district=cases.district,
        now=cases.now,
        ids=list(cases.incidents),
        changed=changed,
        past=cases.past,
        known={cause: incident for cause, incident in cases.known.items() if incident not in cases.incidents},
        heard=cases.heard,
        positions=cases.positions,
        applied=cases.applied,
        outbox=outbox,
    )


def _stored_block(district: str, id_: str, stored: Callable[[str], bytes | None]) -> CaseBlock:
    kept = stored(block_name(district, id_))
    if kept is None:
        raise KeyError(f"the block of incident {id_} is missing from the state of district {district}")
    return decode(kept, CaseBlock)


def _cases(head: Head, blocks: list[CaseBlock]) -> DistrictCases:
    incidents = {block.incident.id: block.incident for block in blocks}
    tasks = {task.id: task for block in blocks for task in block.tasks}
    causes = {cause.id: incident.id for incident in incidents.values() for cause in incident.causes}
    return DistrictCases(
        district=head.district,
        now=head.now,
        incidents=incidents,
        tasks=tasks,
        clocks={block.incident.id: block.clock for block in blocks if block.clock is not None},
        past=head.past,
        known=head.known | causes,
        heard=head.heard,
        load=_load(tasks.values()),
        positions=head.positions,
        applied=head.applied,
    )


def _load(tasks: Iterable[Task]) -> dict[str, int]:
    load: dict[str, int] = {}
    for task in tasks:
        if task.state in OPEN_TASK_STATES:
            load[task.worker] = load.get(task.worker, 0) + 1
    return load
