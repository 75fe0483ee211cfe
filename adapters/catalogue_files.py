"""The catalogue of classes and a city's classes.toml on top of it: the city's classes, or every mistake in either with its file and line."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from adapters.city_entries import built, unique
from adapters.city_source import Entry, Mistake, toml_entries, toml_table
from city.catalogue import Catalogue, Major, Profile, Said, merged
from city.limits import of_seconds
from city.registry import EventClass
from city.rules import Rule
from city.soundness.catalogue import catalogue_flaws, profile_flaws
from city.soundness.draft import Flaw

__all__ = ["Classes", "catalogue_folder", "read_catalogue", "read_classes"]

SHIPPED = Path(__file__).parents[1] / "city" / "classes"
FILE = "classes.toml"
TABLE = "catalogue"
# The files of a catalogue: what each holds, and what that is called there.
MAJORS, TEMPLATES, RULES = ("majors.toml", "major"), ("templates.toml", "template"), ("rules.toml", "rule")
CLASSES = (("components.toml", "class"), ("events.toml", "class"), ("social.toml", "class"))

T = TypeVar("T", bound=msgspec.Struct)
Placed = dict[str, Entry]
Files = tuple[tuple[str, str], ...]


class _Written(Said, frozen=True, kw_only=True):
    """A class or a template as a file has it."""

    code: str = ""
    id: str = ""
    limit_seconds: int | None = None


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[catalogue]` of a city's classes.toml; `folder` is another catalogue than the one shipped, as seen from that file."""

    folder: str = ""
    use: tuple[str, ...] = ("",)
    leave_out: tuple[str, ...] = ()
    skills: dict[str, str] = {}


@dataclass
class Classes:
    """A city's classes by code, where each stands (those it only takes over: where it says so), and what is wrong."""

    values: dict[str, EventClass] = field(default_factory=dict)
    entries: Placed = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    unread: bool = False


def read_catalogue(folder: Path = SHIPPED, *, called: str = TABLE) -> tuple[Catalogue, list[Mistake]]:
    """A catalogue's five kinds of files. `called` stands before the files' names in what is said about them."""
    files = _Files(folder, called)
    majors, _ = files.values(Major, (MAJORS,), "code")
    rules, rule_entries = files.values(Rule, (RULES,), "id")
    templates, template_entries = files.said((TEMPLATES,), "id")
    classes, class_entries = files.said(CLASSES, "code")
    catalogue = Catalogue(majors=majors, templates=templates, rules=rules, classes=classes)
    entries = {"templates": template_entries, "classes": class_entries, "rules": rule_entries}
    if not files.mistakes:
        files.mistakes += [_located(flaw, entries[flaw.kind]) for flaw in catalogue_flaws(catalogue)]
    return catalogue, files.mistakes


def catalogue_folder(folder: Path) -> Path:
    """Where the catalogue lies that the city in `folder` uses: the one it names, if that is there, else the one shipped."""
    table = toml_table(folder, FILE, TABLE)
    named = table.fields.get("folder") if table else None
    chosen = folder / named if isinstance(named, str) and named else SHIPPED
    return chosen if chosen.is_dir() else SHIPPED


def read_classes(folder: Path) -> Classes:
    """The classes that the city in `folder` has: those of its classes.toml, over the catalogue if there is a table `[catalogue]`."""
    files = _Files(folder, "")
    own, entries = files.said(((FILE, "class"),), "code")
    found = Classes(entries=dict(entries), mistakes=files.mistakes, unread=bool(files.mistakes) and not entries)
    table = toml_table(folder, FILE, TABLE)
    catalogue, profile = _chosen(folder, table, own, found)
    flaws = profile_flaws(catalogue, profile)
    there = {"classes": entries} | ({TABLE: {"": table}} if table else {})
    found.mistakes += [_located(flaw, there[flaw.kind]) for flaw in flaws]
    found.values = {
        code: kind for code, kind in merged(catalogue, profile).items() if code in own or code not in entries
    }
    if table:
        found.entries = dict.fromkeys(found.values, Entry(table.file, table.line, {})) | found.entries
    return found


def _chosen(folder: Path, table: Entry | None, own: dict[str, Said], found: Classes) -> tuple[Catalogue, Profile]:
    """The catalogue that the city chose, none if it says nothing of one, and its profile."""
    if table is None:
        return Catalogue(), Profile(classes=own)
    chosen, mistakes = built(_Table, table)
    found.mistakes += mistakes
    if chosen is None:
        catalogue, _ = read_catalogue()
        return catalogue, Profile(classes=own)
    where = catalogue_folder(folder)
    if chosen.folder and where == SHIPPED:
        found.mistakes.append(table.mistake(f"folder: there is no folder {chosen.folder}", "folder"))
    catalogue, mistakes = read_catalogue(where, called=chosen.folder if where != SHIPPED else TABLE)
    found.mistakes += mistakes
    return catalogue, Profile(use=chosen.use, leave_out=chosen.leave_out, skills=chosen.skills, classes=own)


class _Files:
    """The tables of one folder's TOML files, and the mistakes in them."""

    def __init__(self, folder: Path, called: str) -> None:
        self._folder = folder
        self._called = f"{called}/" if called else ""
        self.mistakes: list[Mistake] = []

    def said(self, files: Files, key: str) -> tuple[dict[str, Said], Placed]:
        """What the files say of classes or templates, and where."""
        entries = self._entries(files, key)
        read = {id_: self._built(_Written, entry, key) for id_, entry in entries.items()}
        return {id_: _said(each) for id_, each in read.items() if each is not None}, entries

    def values(self, kind: type[T], files: Files, key: str) -> tuple[dict[str, T], Placed]:
        """The values of a kind that the files hold, and where."""
        entries = self._entries(files, key)
        read = {id_: self._built(kind, entry, key) for id_, entry in entries.items()}
        return {id_: each for id_, each in read.items() if each is not None}, entries

    def _entries(self, files: Files, key: str) -> Placed:
        named: list[tuple[str, Entry]] = []
        for file, word in files:
            entries, mistakes = toml_entries(self._folder, file, word, beside="" if self._called else TABLE)
            self.mistakes += [Mistake(self._called + one.file, one.line, one.what) for one in mistakes]
            for entry in entries:
                placed = Entry(self._called + entry.file, entry.line, entry.fields, entry.lines)
                if entry.fields.get(key):
                    named.append((str(entry.fields[key]), placed))
                else:
                    self.mistakes.append(placed.mistake(f"missing field {key}"))
        first, twice = unique(named, lambda id_: f"{files[0][1]} {id_}")
        self.mistakes += twice
        return first

    def _built(self, kind: type[T], entry: Entry, key: str) -> T | None:
        value, mistakes = built(kind, entry)
        other = "id" if key == "code" else "code"
        if kind is _Written and other in entry.fields:
            mistakes.append(entry.mistake(f"unknown field {other!r}: it is called {key} here", other))
        self.mistakes += mistakes
        return None if mistakes else value


def _said(written: _Written) -> Said:
    """Without the key, and with the limit in one spelling."""
    fields = {name: getattr(written, name) for name in Said.__struct_fields__}
    if written.limit_seconds is not None:
        fields["limit"] = of_seconds(written.limit_seconds).text
    return Said(**fields)


def _located(flaw: Flaw, entries: Placed) -> Mistake:
    entry = entries.get(flaw.id)
    return entry.mistake(flaw.what, flaw.field) if entry else Mistake(FILE, 1, flaw.what)
