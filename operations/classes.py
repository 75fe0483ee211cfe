"""The city's classes as pages choose among them: briefly with the board, and by majors with conditions and limits on their own."""

from collections.abc import Iterable

from msgspec import Struct

from city.catalogue import PROOFS, by_major, filing_limit
from city.departments import DEPARTMENTS
from city.names import Name
from city.registry import EventClass, Severity


class BriefClass(Struct, frozen=True, kw_only=True):
    """As much of a class as a list of incidents needs; the rest is at `/api/v1/classes`."""

    code: str
    name: Name
    family: str
    skill: str
    severity: Severity
    work: str
    limit: str
    major: Name | None


class ConditionPicture(Struct, frozen=True, kw_only=True):
    """A filing condition: `limit` and `severity` are what counts for it, its own or the class's; `sensors` are ids of rules."""

    id: str
    text: Name
    limit: str
    limit_name: Name
    severity: Severity
    sensors: tuple[str, ...]


class ClassPicture(Struct, frozen=True, kw_only=True):
    """A whole class. `limit` is short ("4wh"), `limit_name` in words; `closing` says what proves that it is done."""

    code: str
    name: Name
    major: Name | None
    family: str
    skill: str
    severity: Severity
    work: str
    limit: str
    limit_name: Name
    department: str
    department_name: Name | None
    closing: tuple[str, ...]
    closing_names: list[Name]
    conditions: list[ConditionPicture]
    instructions: Name
    local: bool


class MajorPicture(Struct, frozen=True, kw_only=True):
    """The classes whose codes begin alike."""

    code: str
    name: Name
    classes: list[ClassPicture]


class Classes(Struct, frozen=True, kw_only=True):
    """All classes of the city, by majors and codes."""

    majors: list[MajorPicture]


def brief(classes: Iterable[EventClass]) -> list[BriefClass]:
    """The classes in the order of their codes."""
    return [
        BriefClass(
            code=kind.code,
            name=kind.name,
            family=kind.family,
            skill=kind.skill,
            severity=kind.severity,
            work=kind.work,
            limit=filing_limit(kind).text,
            major=kind.major,
        )
        for kind in sorted(classes, key=lambda kind: kind.code)
    ]


def pictured(classes: Iterable[EventClass]) -> Classes:
    """The classes by majors; a major that no class names is called by the beginning of its codes."""
    majors = [
        MajorPicture(
            code=code,
            name=next((kind.major for kind in kinds if kind.major), Name(zh=code, en=code)),
            classes=[_picture(kind) for kind in kinds],
        )
        for code, kinds in by_major(classes).items()
    ]
    return Classes(majors=majors)


def _picture(kind: EventClass) -> ClassPicture:
    limit = filing_limit(kind)
    return ClassPicture(
        code=kind.code,
        name=kind.name,
        major=kind.major,
        family=kind.family,
        skill=kind.skill,
        severity=kind.severity,
        work=kind.work,
        limit=limit.text,
        limit_name=limit.name,
        department=kind.department,
        department_name=DEPARTMENTS.get(kind.department),
        closing=kind.closing,
        closing_names=[PROOFS[proof] for proof in kind.closing if proof in PROOFS],
        conditions=_conditions(kind),
        instructions=kind.instructions,
        local=kind.local,
    )


def _conditions(kind: EventClass) -> list[ConditionPicture]:
    limits = {each.id: filing_limit(kind, each.id) for each in kind.conditions}
    return [
        ConditionPicture(
            id=each.id,
            text=each.text,
            limit=limits[each.id].text,
            limit_name=limits[each.id].name,
            severity=each.severity or kind.severity,
            sensors=each.sensors,
        )
        for each in kind.conditions
    ]
