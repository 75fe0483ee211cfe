"""How the catalogue of classes is shown as a page: a table for each major, with everything a class says once its layers lie together."""

from collections.abc import Iterable, Iterator

from city.catalogue import PROOFS, Catalogue, Profile, by_major, filing_limit, merged
from city.departments import DEPARTMENTS
from city.registry import Condition, EventClass

ASSUMED, LOCAL = "¹", "²"
HEADINGS = ("code", "中文", "English", "limit", "filing conditions", "department", "closed by", "sensor rules")

PAGE = """# The classes of components, events and social governance

Printed from `city/classes/` by `make classes`; a test keeps the two equal. A profile in the style of GB/T 30428: its texts were not read, and
the words here are ours. The limits of events follow one city's published table. Those of components do for covers, gratings, poles, lamps, bridges,
leaks, dirt and what is out of use; all others, and everything under S, are assumed. A city sets its own in its `classes.toml`
([decision 0013](decisions/0013-catalogue-and-profile.md)).

Limits: `uh` urgent hours and `nd` natural days count all of the time, `wh` work hours and `wd` work days of eight work hours only the work
calendar's. A condition without a limit of its own has the class's. {assumed} marks a class that is our assumption as a whole, {local} a
local class, numbered down from 99. A sensor rule counts where a city's `rules.toml` has it; `sensor_clear` where a sensor found the case.

{majors}
## Departments

{departments}

## What closes a case

{proofs}

## Sensor rules

A city's `rules.toml` takes one over with `template = "<id>"` and says beside it only what is different there. The levels are remembered or
assumed: a city sets its own.

{rules}
"""


def markdown(catalogue: Catalogue) -> str:
    """The whole page."""
    groups = by_major(merged(catalogue, Profile()).values())
    return PAGE.format(
        assumed=ASSUMED,
        local=LOCAL,
        majors="\n".join(_major(catalogue, code, classes) for code, classes in groups.items()),
        departments=_table(("word", "中文", "English"), ((f"`{id_}`", n.zh, n.en) for id_, n in DEPARTMENTS.items())),
        proofs=_table(("word", "中文", "English"), ((f"`{id_}`", n.zh, n.en) for id_, n in PROOFS.items())),
        rules=_table(("template", "class", "metric", "raised and cleared at", "中文", "English"), _rules(catalogue)),
    )


def _major(catalogue: Catalogue, code: str, classes: list[EventClass]) -> str:
    major = catalogue.majors.get(code)
    title = f"{code} {major.name.zh} · {major.name.en}" if major else code
    return f"## {title}\n\n{_table(HEADINGS, (_row(catalogue, each) for each in classes))}\n"


def _row(catalogue: Catalogue, kind: EventClass) -> tuple[str, ...]:
    marks = (ASSUMED if catalogue.classes[kind.code].assumed else "") + (LOCAL if kind.local else "")
    department = DEPARTMENTS.get(kind.department)
    sensors = dict.fromkeys(sensor for condition in kind.conditions for sensor in condition.sensors)
    return (
        kind.code + marks,
        kind.name.zh,
        kind.name.en,
        filing_limit(kind).text,
        "<br>".join(_condition(each) for each in kind.conditions),
        department.en if department else "",
        ", ".join(kind.closing),
        ", ".join(sensors),
    )


def _condition(condition: Condition) -> str:
    limit = f" ({condition.limit})" if condition.limit else ""
    return f"{condition.text.zh} / {condition.text.en}{limit}"


def _rules(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    for id_, rule in catalogue.rules.items():
        metric = f"`{rule.metric}`" if rule.metric else ""
        levels = f"{rule.on:g}, {rule.off:g}" if rule.metric else ""
        yield f"`{id_}`", rule.event_class, metric, levels, rule.name.zh, rule.name.en


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
