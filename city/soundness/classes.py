"""Whether every class of incident can be handled by somebody."""

from collections.abc import Iterator

from city.registry import EventClass
from city.soundness.draft import Draft, Flaw, listed, meant

WORKS = ("worker", "none")
TIMES = ("limit_seconds", "offer_seconds")


def class_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among the classes."""
    skills = {skill for worker in draft.registry.workers.values() for skill in worker.skills}
    for each in draft.registry.classes.values():
        if each.work not in WORKS:
            yield Flaw("classes", each.code, "work", f"work is one of {listed(WORKS)}, not {each.work!r}")
        if each.work == "worker":
            yield from _skill_flaws(each, skills, sure="workers" not in draft.unread)
        for field in TIMES:
            if getattr(each, field) <= 0:
                yield Flaw(
                    "classes", each.code, field, f"{each.code}: a time of {getattr(each, field)} s is over at once"
                )


def _skill_flaws(each: EventClass, skills: set[str], *, sure: bool) -> Iterator[Flaw]:
    if not each.skill:
        yield Flaw("classes", each.code, "skill", f'{each.code} needs a skill, or work = "none"')
    elif sure and each.skill not in skills:
        what = f"{each.code} asks for the skill {each.skill!r}, which no worker has{meant(each.skill, skills)}"
        yield Flaw("classes", each.code, "skill", what)
