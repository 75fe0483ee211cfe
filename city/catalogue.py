"""What each class of incident is once everything said about it lies together: templates, the catalogue, and the city's own words on top."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import reduce
from typing import TypeVar

import msgspec
from msgspec import Struct

from city.limits import Limit, of_seconds, read_limit
from city.names import Name
from city.registry import Condition, EventClass, Severity
from city.rules import Rule

S = TypeVar("S", bound=Struct)

MAJOR_LENGTH = 3
COMPONENT = "C"
AS_SAID = (
    "name", "family", "severity", "work", "offer_seconds", "clear_seconds", "watch_seconds",
    "instructions", "department", "closing", "local",
)  # fmt: skip


class Proof(StrEnum):
    """What shows that a case is done: photos of the place, the sensor's reading back below its level, or words."""

    PHOTO_BEFORE = "photo_before"
    PHOTO_AFTER = "photo_after"
    SENSOR_CLEAR = "sensor_clear"
    TEXT = "text"


PROOFS: Mapping[str, Name] = {
    Proof.PHOTO_BEFORE: Name(zh="处置前照片", en="photo before"),
    Proof.PHOTO_AFTER: Name(zh="处置后照片", en="photo after"),
    Proof.SENSOR_CLEAR: Name(zh="传感器恢复", en="sensor back to normal"),
    Proof.TEXT: Name(zh="文字说明", en="a written account"),
}


class SaidOfCondition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one layer says about a filing condition; None is silence. `drop` takes away what a layer below says."""

    id: str
    zh: str | None = None
    en: str | None = None
    limit: str | None = None
    severity: Severity | None = None
    sensors: tuple[str, ...] | None = None
    drop: bool | None = None


class Said(Struct, frozen=True, kw_only=True):
    """What one layer (a template, the catalogue, a city) says about a class; None is silence. Fields as in EventClass.

    `templates` are laid below it, the first uppermost.
    """

    name: Name | None = None
    templates: tuple[str, ...] | None = None
    family: str | None = None
    skill: str | None = None
    department: str | None = None
    severity: Severity | None = None
    limit: str | None = None
    work: str | None = None
    offer_seconds: int | None = None
    clear_seconds: int | None = None
    watch_seconds: int | None = None
    instructions: Name | None = None
    closing: tuple[str, ...] | None = None
    conditions: tuple[SaidOfCondition, ...] | None = None
    local: bool | None = None
    assumed: bool | None = None


class Major(Struct, frozen=True, kw_only=True):
    """A group of classes: the three characters that their codes begin with."""

    code: str
    name: Name


class Catalogue(Struct, frozen=True, kw_only=True):
    """The classes that any city can use, by code, with the templates and the rules for sensors that they name, by id."""

    majors: dict[str, Major] = {}
    templates: dict[str, Said] = {}
    rules: dict[str, Rule] = {}
    classes: dict[str, Said] = {}


class Profile(Struct, frozen=True, kw_only=True):
    """What a city makes of the catalogue.

    `use` and `leave_out` are beginnings of codes: all classes with one of the first and none of the second; no `use` is all of them.
    `skills` gives the skill that a department's tasks ask of a worker where it is not the department's own word. `classes` says what is
    different here, and what is the city's own.
    """

    use: tuple[str, ...] = ("",)
    leave_out: tuple[str, ...] = ()
    skills: dict[str, str] = {}
    classes: dict[str, Said] = {}


def over(upper: Said, lower: Said) -> Said:
    """Both layers as one: what the upper says, and what the lower says where the upper is silent; conditions one by one."""
    one = _over(upper, lower)
    if upper.conditions is None or lower.conditions is None:
        return one
    return msgspec.structs.replace(one, conditions=_conditions_over(upper.conditions, lower.conditions))


def used(catalogue: Catalogue, profile: Profile) -> list[str]:
    """The codes of the city's classes: those it takes of the catalogue, and those that it speaks of itself."""
    taken = [
        code
        for code in catalogue.classes
        if code.startswith(profile.use) and not (profile.leave_out and code.startswith(profile.leave_out))
    ]
    return sorted({*taken, *profile.classes})


def merged(catalogue: Catalogue, profile: Profile) -> dict[str, EventClass]:
    """The city's classes by code. A class that nobody names has its code for a name."""
    return {code: settled(catalogue, profile, code) for code in used(catalogue, profile)}


def settled(catalogue: Catalogue, profile: Profile, code: str) -> EventClass:
    """One class with all its layers laid together; where all are silent, EventClass's own defaults."""
    said = layered(catalogue, profile, code)
    plain = {field: value for field in AS_SAID if (value := getattr(said, field)) is not None}
    limit = read_limit(said.limit or "")
    if limit is not None:
        plain |= {"limit": limit.text, "limit_seconds": round(limit.ms / 1000)}
    plain.setdefault("name", Name(zh=code, en=code))
    plain.setdefault("local", bool(catalogue.classes) and code not in catalogue.classes)
    major = catalogue.majors.get(code[:MAJOR_LENGTH])
    return EventClass(
        code=code,
        skill=_skill(said, profile.skills),
        conditions=tuple(_settled_conditions(said.conditions or ())),
        major=major.name if major else None,
        **plain,
    )


def layered(catalogue: Catalogue, profile: Profile, code: str) -> Said:
    """Everything said about a class as one layer. The city's own choice of templates counts instead of the catalogue's."""
    own = over(profile.classes.get(code, Said()), catalogue.classes.get(code, Said()))
    below = [catalogue.templates[name] for name in own.templates or () if name in catalogue.templates]
    return reduce(over, below, own)


def filing_limit(kind: EventClass, condition: str = "") -> Limit:
    """How long handling may take: as the filed condition says, else as the class says, else its `limit_seconds` of all time."""
    texts = [each.limit for each in kind.conditions if each.id == condition]
    found = (read_limit(text) for text in (*texts, kind.limit) if text)
    return next((limit for limit in found if limit is not None), of_seconds(kind.limit_seconds))


def filing_severity(kind: EventClass, condition: str = "") -> Severity:
    """How grave it is: as the filed condition says, else as the class says."""
    said = (each.severity for each in kind.conditions if each.id == condition)
    return next((severity for severity in said if severity is not None), kind.severity)


def filed_name(kind: EventClass, condition: str = "") -> Name:
    """What a case is called: a component's class names only the thing, so there the filing condition says what is wrong with it."""
    wrong = next((each.text for each in kind.conditions if each.id == condition), None)
    if wrong is None or not kind.code.startswith(COMPONENT):
        return kind.name
    return Name(f"{kind.name.zh}：{wrong.zh}", f"{kind.name.en}: {wrong.en}")


def found_condition(kind: EventClass, rule: str) -> str:
    """The filing condition that a finding of this rule shows, or "" where the class has none that names the rule."""
    return next((each.id for each in kind.conditions if rule in each.sensors), "")


def by_major(classes: Iterable[EventClass]) -> dict[str, list[EventClass]]:
    """The classes in the order of their codes, by the beginning of their codes."""
    found: dict[str, list[EventClass]] = {}
    for each in sorted(classes, key=lambda kind: kind.code):
        found.setdefault(each.code[:MAJOR_LENGTH], []).append(each)
    return found


def _over(upper: S, lower: S) -> S:
    said = {name: value for name in upper.__struct_fields__ if (value := getattr(upper, name)) is not None}
    return msgspec.structs.replace(lower, **said)


def _conditions_over(
    upper: tuple[SaidOfCondition, ...], lower: tuple[SaidOfCondition, ...]
) -> tuple[SaidOfCondition, ...]:
    """First what only the upper has, for it is the more particular; then the lower's, in its order."""
    said = {each.id: each for each in upper}
    known = {each.id for each in lower}
    changed = (_over(said[each.id], each) if each.id in said else each for each in lower)
    return (*(each for each in upper if each.id not in known), *changed)


def _settled_conditions(said: Iterable[SaidOfCondition]) -> Iterator[Condition]:
    for each in said:
        if not each.drop:
            limit = read_limit(each.limit or "")
            text = Name(zh=each.zh or each.id, en=each.en or each.id)
            yield Condition(
                id=each.id,
                text=text,
                limit=limit.text if limit else "",
                severity=each.severity,
                sensors=each.sensors or (),
            )


def _skill(said: Said, skills: Mapping[str, str]) -> str:
    department = said.department or ""
    return said.skill if said.skill is not None else skills.get(department, department)
