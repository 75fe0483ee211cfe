"""What a district remembers of what has left its cases, spread over pages: little of it changes at a time, and only that is written.

Which page something lies in is told by the CRC-32 of its incident or, for what was heard, of its own id.
"""

from collections.abc import Iterable, Mapping
from zlib import crc32

from msgspec import Struct

from city.cases.state import DistrictCases, PastCase

PAGES = 64


class Memory(Struct, frozen=True, kw_only=True):
    """Incidents that have left (`past`), the causes of incidents that are not held (`known`: cause → incident), and what was heard (id → when)."""

    past: dict[str, PastCase] = {}
    known: dict[str, str] = {}
    heard: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self.past or self.known or self.heard)


def memory_of(cases: DistrictCases) -> Memory:
    """All of a district's cases that belongs to no incident it holds."""
    known = {cause: incident for cause, incident in cases.known.items() if incident not in cases.incidents}
    return Memory(past=cases.past, known=known, heard=cases.heard)


def changed_pages(before: Memory, after: Memory) -> dict[int, Memory]:
    """The pages, by number, that are not as they were, with what they hold now."""
    ids = _differing(before.past, after.past) | _differing(before.heard, after.heard)
    causes = _differing(before.known, after.known)
    ids |= {after.known.get(cause) or before.known[cause] for cause in causes}
    return {number: _page(after, number) for number in sorted(set(map(_number, ids)))}


def put_together(pages: Iterable[Memory]) -> Memory:
    """The memory that lies in these pages; what is older comes first, as far as it is dated."""
    past: dict[str, PastCase] = {}
    known: dict[str, str] = {}
    heard: dict[str, int] = {}
    for page in pages:
        past |= page.past
        known |= page.known
        heard |= page.heard

    def ended(incident: str) -> tuple[int, str]:
        return (past[incident].closed_at if incident in past else 0), incident

    return Memory(
        past={id_: past[id_] for id_ in sorted(past, key=ended)},
        known={cause: known[cause] for cause in sorted(known, key=lambda cause: (ended(known[cause]), cause))},
        heard={id_: heard[id_] for id_ in sorted(heard, key=lambda id_: (heard[id_], id_))},
    )


def _page(memory: Memory, number: int) -> Memory:
    return Memory(
        past={id_: past for id_, past in memory.past.items() if _number(id_) == number},
        known={cause: incident for cause, incident in memory.known.items() if _number(incident) == number},
        heard={id_: at for id_, at in memory.heard.items() if _number(id_) == number},
    )


def _number(id_: str) -> int:
    return crc32(id_.encode()) % PAGES


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """The keys that only one of them has, or both with different values."""
    if before == after:
        return set()
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
