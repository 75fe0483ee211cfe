"""Whether the catalogue and a city's profile on it fit: every word they use is known, every class is named, and the city's own codes are free."""

from collections import Counter
from collections.abc import Iterable, Iterator

from city.catalogue import MAJOR_LENGTH, PROOFS, Catalogue, Profile, Said, layered
from city.class_codes import ClassCode, is_local, next_local_class, parse_class
from city.departments import DEPARTMENTS
from city.limits import read_limit
from city.soundness.draft import Flaw, listed, meant

LIMITS = 'such as "2uh" (urgent hours), "1nd" (natural days), "4wh" (work hours), "5wd" (work days) or "90m"'


def catalogue_flaws(catalogue: Catalogue) -> Iterator[Flaw]:
    """What does not fit in the catalogue itself."""
    for id_, said in catalogue.templates.items():
        yield from _word_flaws("templates", id_, said, catalogue)
        yield from _sensor_flaws("templates", id_, said, catalogue)
    yield from _rule_flaws(catalogue)
    nobody = Profile()
    for code, said in catalogue.classes.items():
        yield from _word_flaws("classes", code, said, catalogue)
        yield from _sensor_flaws("classes", code, said, catalogue)
        yield from _whole_flaws(catalogue, nobody, code)
        if code[:MAJOR_LENGTH] not in catalogue.majors:
            yield Flaw("classes", code, "code", f"{code}: no major {code[:MAJOR_LENGTH]}")


def _rule_flaws(catalogue: Catalogue) -> Iterator[Flaw]:
    """A rule's template finds a class of which it shows a condition."""
    for id_, rule in catalogue.rules.items():
        if rule.event_class not in catalogue.classes:
            what = f"{id_}: no class {rule.event_class}{meant(rule.event_class, catalogue.classes)}"
            yield Flaw("rules", id_, "class", what)
            continue
        conditions = layered(catalogue, Profile(), rule.event_class).conditions or ()
        if not any(id_ in (each.sensors or ()) for each in conditions):
            what = f"{id_}: no condition of {rule.event_class} names it among its sensors"
            yield Flaw("rules", id_, "class", what)


def profile_flaws(catalogue: Catalogue, profile: Profile) -> Iterator[Flaw]:
    """What does not fit in a city's profile. Flaws of `[catalogue]` itself have the kind "catalogue"."""
    for field in ("use", "leave_out"):
        for beginning in getattr(profile, field):
            if beginning and not any(code.startswith(beginning) for code in catalogue.classes):
                yield Flaw("catalogue", "", field, f"{field}: no class of the catalogue begins with {beginning!r}")
    for department in profile.skills:
        if department not in DEPARTMENTS:
            what = f"skills: no department {department!r}{meant(department, DEPARTMENTS)}"
            yield Flaw("catalogue", "", department, what)
    for code, said in profile.classes.items():
        yield from _word_flaws("classes", code, said, catalogue)
        misnumbered = [] if code in catalogue.classes else list(_own_code_flaws(catalogue, profile, code))
        yield from misnumbered or _whole_flaws(catalogue, profile, code)


def _word_flaws(kind: str, id_: str, said: Said, catalogue: Catalogue) -> Iterator[Flaw]:
    unknown: Iterable[tuple[str, str, Iterable[str], Iterable[str]]] = (
        ("department", "department", (said.department,) if said.department else (), DEPARTMENTS),
        ("templates", "template", said.templates or (), catalogue.templates),
        ("closing", "proof", said.closing or (), PROOFS),
    )
    for field, word, named, known in unknown:
        for one in named:
            if one not in known:
                there = meant(one, known) or (f": there are {listed(known)}" if field == "closing" else "")
                yield Flaw(kind, id_, field, f"{id_}: no {word} {one!r}{there}")
    if said.limit is not None and read_limit(said.limit) is None:
        yield Flaw(kind, id_, "limit", f"{id_}: limit {said.limit!r} is not a duration or a limit {LIMITS}")
    if kind == "templates" and said.templates:
        yield Flaw(kind, id_, "templates", f"{id_}: a template is not made of other templates")
    yield from _condition_flaws(kind, id_, said)


def _sensor_flaws(kind: str, id_: str, said: Said, catalogue: Catalogue) -> Iterator[Flaw]:
    """Only the catalogue's own: a city's conditions may name any of the city's rules."""
    for sensor in (sensor for each in said.conditions or () for sensor in each.sensors or ()):
        if sensor not in catalogue.rules:
            what = f"{id_}: no rule {sensor!r}{meant(sensor, catalogue.rules)}"
            yield Flaw(kind, id_, "conditions", what)


def _condition_flaws(kind: str, id_: str, said: Said) -> Iterator[Flaw]:
    conditions = said.conditions or ()
    for name, times in Counter(each.id for each in conditions).items():
        if times > 1:
            yield Flaw(kind, id_, "conditions", f"{id_}: condition {name} is here {times} times")
    for each in conditions:
        if not each.id.strip():
            yield Flaw(kind, id_, "conditions", f"{id_}: a condition has an id")
        if each.limit is not None and read_limit(each.limit) is None:
            what = f"{id_}: limit {each.limit!r} of the condition {each.id} is not a duration or a limit {LIMITS}"
            yield Flaw(kind, id_, "conditions", what)


def _whole_flaws(catalogue: Catalogue, profile: Profile, code: str) -> Iterator[Flaw]:
    """What is still unsaid when all layers lie together."""
    said = layered(catalogue, profile, code)
    if said.name is None:
        yield Flaw("classes", code, "name", "missing field name")
    for each in said.conditions or ():
        if not each.drop and not ((each.zh or "").strip() and (each.en or "").strip()):
            yield Flaw(
                "classes", code, "conditions", f"{code}: the condition {each.id} has both zh and en, neither empty"
            )


def _own_code_flaws(catalogue: Catalogue, profile: Profile, code: str) -> Iterator[Flaw]:
    """A city numbers its own components and events down from 99, so that they never meet the national ones; any other code is free."""
    own = _parsed(code)
    if own is None or not catalogue.classes:
        return
    if code[:MAJOR_LENGTH] not in catalogue.majors:
        there = listed(each for each in catalogue.majors if each.startswith(own.kind))
        yield Flaw("classes", code, "code", f"{code}: there is no major {code[:MAJOR_LENGTH]}: there are {there}")
        return
    national = _codes(code for code, said in catalogue.classes.items() if not said.local)
    if not is_local(own, national):
        near = meant(code, catalogue.classes)
        free = _free(own, _codes([*catalogue.classes, *profile.classes]), national)
        what = f"{code} is not in the catalogue{near}: the city's own are numbered from 99 down{free}"
        yield Flaw("classes", code, "code", what)


def _free(own: ClassCode, taken: set[ClassCode], national: set[ClassCode]) -> str:
    try:
        return f", here as {next_local_class(own.kind, own.major, taken=taken, national=national).text}"
    except ValueError as none:
        return f", but {none}"


def _codes(texts: Iterable[str]) -> set[ClassCode]:
    return {code for text in texts if (code := _parsed(text)) is not None}


def _parsed(text: str) -> ClassCode | None:
    try:
        return parse_class(text)
    except ValueError:
        return None
