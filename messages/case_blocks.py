"""How a district's cases are kept: a block for each incident, pages of what is remembered, and a head with the outbox that says which count.

Each block has two places and is written to the one that does not count, before the head: a decision is kept whole, or not at all.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from city.cases.state import CaseClock, DistrictCases
from city.incident import Incident
from city.report import WorkerPosition
from city.task import OPEN_TASK_STATES, Task
from messages.case_memory import Memory, changed_pages, memory_of, put_together
from messages.case_outputs import Output
from messages.records import decode, encode

Block = tuple[str, bytes | None]
Get = Callable[[str], bytes | None]
PAGE = "memory/"
PLACES = ("#a", "#b")


class CaseBlock(Struct, frozen=True, kw_only=True):
    """One incident with everything that only it needs."""

    incident: Incident
    tasks: list[Task]
    clock: CaseClock | None


class Head(Struct, frozen=True, kw_only=True):
    """All that is small, and the outbox. `places` says of each incident, in their order, and of each page of the memory which block counts."""

    district: str
    now: int
    places: dict[str, str]
    positions: dict[str, WorkerPosition]
    applied: dict[str, int]
    outbox: list[Output]


class Kept(Struct, frozen=True, kw_only=True):
    """What is kept: the cases and what is remembered besides, where their blocks lie, and the keys of blocks that a crash left behind."""

    cases: DistrictCases
    memory: Memory = field(default_factory=Memory)
    places: Mapping[str, str] = {}
    left: list[str] = []


def save(cases: DistrictCases, kept: Kept, outbox: list[Output]) -> tuple[list[Block], Kept]:
    """The blocks to write, in this order, so that `cases` and `outbox` are kept where `kept` was; and what is kept then."""
    changed: dict[str, bytes | None] = {
        id_: encode(_block(cases, id_)) for id_ in cases.incidents if _differs(cases, kept.cases, id_)
    }
    memory = memory_of(cases)
    for number, page in changed_pages(kept.memory, memory).items():
        changed[f"{PAGE}{number}"] = encode(page) if page else None
    names = [*cases.incidents, *sorted({name for name in (*kept.places, *changed) if name.startswith(PAGE)})]
    places = {name: _place(name, kept, changed) for name in names if name not in changed or changed[name]}
    written: list[Block] = [(_key(cases.district, name, places[name]), data) for name, data in changed.items() if data]
    gone = [_key(cases.district, name, place) for name in kept.places if name not in places for place in "ab"]
    head = (cases.district, encode(_head(cases, places, outbox)))
    deleted = {*gone, *kept.left} - {key for key, _ in written}
    return [*written, head, *((key, None) for key in sorted(deleted))], Kept(cases=cases, memory=memory, places=places)


def load(district: str, stored: Get, keys: Iterable[str] = ()) -> tuple[Kept, list[Output]]:
    """What is kept of a district, and what of its outbox may not have been sent; a district that has nothing yet begins empty.

    `stored` gives a block by its key; `keys` are those of all blocks that begin with the district's name and a slash.
    Raises msgspec.ValidationError when what is kept is of another kind, KeyError when a block is missing.
    """
    data = stored(district)
    if data is None:
        return Kept(cases=DistrictCases(district=district), left=[key for key in keys if key.endswith(PLACES)]), []
    head = decode(data, Head)
    found = {name: _need(stored, _key(district, name, place)) for name, place in head.places.items()}
    memory = put_together(decode(page, Memory) for name, page in found.items() if name.startswith(PAGE))
    blocks = [decode(block, CaseBlock) for name, block in found.items() if not name.startswith(PAGE)]
    counting = {_key(district, name, place) for name, place in head.places.items()}
    left = [key for key in keys if key.endswith(PLACES) and key not in counting]
    return Kept(cases=_cases(head, blocks, memory), memory=memory, places=head.places, left=left), head.outbox


def _key(district: str, name: str, place: str) -> str:
    return f"{district}/{name}#{place}"


def _place(name: str, kept: Kept, changed: Mapping[str, bytes | None]) -> str:
    before = kept.places.get(name, "b")
    if name not in changed:
        return before
    return "b" if before == "a" else "a"


def _differs(cases: DistrictCases, before: DistrictCases, id_: str) -> bool:
    """Frozen values are replaced when they change, so it is enough to ask whether they are still the same ones."""
    incident = cases.incidents[id_]
    if incident is not before.incidents.get(id_) or cases.clocks.get(id_) is not before.clocks.get(id_):
        return True
    return any(cases.tasks[task] is not before.tasks.get(task) for task in incident.tasks)


def _block(cases: DistrictCases, id_: str) -> CaseBlock:
    incident = cases.incidents[id_]
    return CaseBlock(
        incident=incident, tasks=[cases.tasks[task] for task in incident.tasks], clock=cases.clocks.get(id_)
    )


def _head(cases: DistrictCases, places: dict[str, str], outbox: list[Output]) -> Head:
    return Head(
        district=cases.district,
        now=cases.now,
        places=places,
        positions=cases.positions,
        applied=cases.applied,
        outbox=outbox,
    )


def _need(stored: Get, key: str) -> bytes:
    data = stored(key)
    if data is None:
        raise KeyError(f"the block {key} is missing from the state")
    return data


def _cases(head: Head, blocks: list[CaseBlock], memory: Memory) -> DistrictCases:
    incidents = {block.incident.id: block.incident for block in blocks}
    tasks = {task.id: task for block in blocks for task in block.tasks}
    causes = {cause.id: incident.id for incident in incidents.values() for cause in incident.causes}
    return DistrictCases(
        district=head.district,
        now=head.now,
        incidents=incidents,
        tasks=tasks,
        clocks={block.incident.id: block.clock for block in blocks if block.clock is not None},
        past=memory.past,
        known=memory.known | causes,
        heard=memory.heard,
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
