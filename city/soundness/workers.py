"""Whether every worker has a duty grid that exists and a shift that can be worked."""

from collections.abc import Collection, Iterator

from city.registry import Worker
from city.soundness.draft import Draft, Flaw, meant
from city.time_of_day import minutes_of
from geo.codes import LENGTHS, Level, district_of

WEEK = range(1, 8)


def worker_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among the workers."""
    named = _places_of_cells(draft)
    for worker in draft.registry.workers.values():
        if not draft.knows("districts", worker.district):
            what = f"{worker.id}: no district {worker.district}{meant(worker.district, draft.mentioned['districts'])}"
            yield Flaw("workers", worker.id, "district", what)
        yield from _grid_flaws(draft, worker, named)
        yield from _shift_flaws(worker)
        if worker.capacity < 1:
            what = f"{worker.id}: a capacity of {worker.capacity} means no task ever"
            yield Flaw("workers", worker.id, "capacity", what)
        if set(worker.id) & set("/+# \t"):
            yield Flaw(
                "workers", worker.id, "id", f"{worker.id!r}: an id stands in MQTT topics, so without / + # and blanks"
            )


def _places_of_cells(draft: Draft) -> frozenset[str]:
    """The towns and communities that cells name by their codes: a small city need not list them."""
    lengths = (LENGTHS[Level.TOWN], LENGTHS[Level.COMMUNITY])
    return frozenset(cell[:length] for cell in draft.mentioned.get("cells", ()) for length in lengths)


def _grid_flaws(draft: Draft, worker: Worker, named: Collection[str]) -> Iterator[Flaw]:
    for place in worker.grids:
        if place not in named and not any(draft.knows(kind, place) for kind in ("cells", "places", "districts")):
            near = meant(place, draft.mentioned["cells"] | draft.mentioned["places"])
            yield Flaw("workers", worker.id, "grids", f"{worker.id}: no place {place}{near}")
        elif district_of(place) != worker.district:
            what = f"{worker.id}: {place} does not lie in the worker's district {worker.district}"
            yield Flaw("workers", worker.id, "grids", what)


def _shift_flaws(worker: Worker) -> Iterator[Flaw]:
    for field, text in (("shift_start", worker.shift.start), ("shift_end", worker.shift.end)):
        try:
            minutes_of(text)
        except ValueError as wrong:
            yield Flaw("workers", worker.id, field, f"{worker.id}: {wrong}")
    days = worker.shift.days
    if not days or len(set(days)) < len(days) or any(day not in WEEK for day in days):
        what = f"{worker.id}: days are the ISO week days 1 (Monday) to 7, each once, not {' '.join(map(str, days)) or 'none'}"
        yield Flaw("workers", worker.id, "days", what)
