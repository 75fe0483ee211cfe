"""Whether every class of incident can be handled by somebody."""

from collections.abc import Iterator

from city.registry import EventClass
from city.soundness.draft import Draft, Flaw, listed, meant, mistyped

WORKS = ("worker", "none")
TIMES = ("limit_seconds", "offer_seconds")


def class_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among the classes."""
    skills = {skill for worker in draft.registry.workers.values() for skill in worker.skills}
    wanted: dict[str, list[EventClass]] = {}
    for each in draft.registry.classes.values():
        if each.work not in WORKS:
            yield Flaw("classes", each.code, "work", f"work is one of {listed(WORKS)}, not {each.work!r}")
        if each.work == "worker":
            wanted.setdefault(each.skill, []).append(each)
        for field in TIMES:
            if getattr(each, field) <= 0:
                yield Flaw(
                    "classes", each.code, field, f"{each.code}: a time of {getattr(each, field)} s is over at once"
                )
    for each in wanted.pop("", []):
        yield Flaw("classes", each.code, "skill", f'{each.code} needs a skill, or work = "none"')
    if "workers" not in draft.unread:
        for skill in sorted(set(wanted) - skills):
            yield _skill_flaw(skill, wanted[skill], skills)


def _skill_flaw(skill: str, asking: list[EventClass], skills: set[str]) -> Flaw:
    """One flaw a skill, however many classes ask for it: it is put right in one place."""
    first, *others = asking
    who = f"{first.code} and {len(others)} more ask" if others else f"{first.code} asks"
    what = f"{who} for the skill {skill!r}, which no worker has{meant(skill, skills)}"
    return Flaw("classes", first.code, "skill", what, warning=not mistyped(skill, skills))
