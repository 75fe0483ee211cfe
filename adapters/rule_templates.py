"""A city's rules.toml, in which a rule may take from a template of the catalogue what it does not say itself: `template = "road-water"`.

Where a rule begins is said once, in numbers or as a named level; a rule that says it in one way takes none of its template's other way.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.catalogue_files import catalogue_folder
from adapters.city_source import Entry, Found, Mistake, toml_entries
from city.soundness.draft import meant

FILE, WORD = "rules.toml", "rule"
TEMPLATE = "template"
IN_NUMBERS, BY_NAME = ("on", "off"), ("level", "level_off")


def rule_entries(folder: Path) -> Found:
    """The rules of the city in `folder`, each with all its fields; without an id of its own a rule has its template's."""
    entries, mistakes = toml_entries(folder, FILE, WORD)
    whole: list[Entry | Mistake] = list(entries)
    if any(TEMPLATE in entry.fields for entry in entries):
        written, _ = toml_entries(catalogue_folder(folder), FILE, WORD)
        templates = {str(one.fields.get("id")): one.fields for one in written}
        whole = [_completed(entry, templates) for entry in entries]
    rules = [one for one in whole if isinstance(one, Entry)]
    wrong = [one for one in whole if isinstance(one, Mistake)]
    return rules, [*mistakes, *wrong, *(twice for rule in rules for twice in _said_twice(rule))]


def _said_twice(rule: Entry) -> Iterator[Mistake]:
    for number in IN_NUMBERS if "level" in rule.fields else ():
        if number in rule.fields:
            yield rule.mistake(f"{number}: the rule has a named level already; leave out {number}, or level", number)


def _completed(entry: Entry, templates: dict[str, dict[str, Any]]) -> Entry | Mistake:
    fields = dict(entry.fields)
    name = fields.pop(TEMPLATE, None)
    if name is None:
        return entry
    template = templates.get(name) if isinstance(name, str) else None
    if template is None:
        return entry.mistake(f"template: no template {name!r}{meant(str(name), templates)}", TEMPLATE)
    said = {_plain(field) for field in fields}
    said |= {*BY_NAME} if "on" in fields else set()
    said |= {*IN_NUMBERS} if "level" in fields else set()
    below = {field: value for field, value in template.items() if _plain(field) not in said}
    return Entry(entry.file, entry.line, below | fields, entry.lines)


def _plain(field: str) -> str:
    """A time may be spelled in two ways: for and for_seconds."""
    return field.removesuffix("_seconds")
