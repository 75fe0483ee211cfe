"""Which line of a city's file something stands on: tables of TOML, rows of CSV, features of GeoJSON, and the mistakes found there."""

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

_TABLE = re.compile(r"\s*\[\[\s*([\w-]+)\s*\]\]")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")
_SECTION = re.compile(r"\s*\[")
_FEATURE = re.compile(r'"type"\s*:\s*"Feature"')
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


@dataclass(frozen=True, order=True)
class Mistake:
    """What is wrong in a city's folder, and where."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Entry:
    """One thing as it is written down: its fields, the line it begins on, and the lines of its fields where they have their own."""

    file: str
    line: int
    fields: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)

    def mistake(self, what: str, name: str = "") -> Mistake:
        """A mistake in this entry, on the line of the named field if that has one."""
        return Mistake(self.file, self.lines.get(name, self.line), what)


Found = tuple[list[Entry], list[Mistake]]


def toml_entries(folder: Path, file: str, table: str | None, *, beside: str = "") -> Found:
    """The `[[table]]` entries of a TOML file, or its top level as one entry when no table is named; a table `[beside]` may stand there too."""
    text, mistakes = _text(folder, file)
    if mistakes:
        return [], mistakes
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return [], [Mistake(file, _line_of_error(str(wrong), text), f"not TOML: {_AT_LINE.sub('', str(wrong))}")]
    if table is None:
        return [Entry(file, 1, document, _key_lines(text, 0))], []
    if isinstance(document.get(beside), dict):
        del document[beside]
    return _tables(file, document, table, text)


def toml_table(folder: Path, file: str, table: str) -> Entry | None:
    """The one table `[table]` of a TOML file with the tables in it, if it has that; what is wrong with the file says `toml_entries`."""
    text, mistakes = _text(folder, file)
    try:
        found = tomllib.loads(text).get(table)
    except tomllib.TOMLDecodeError:
        return None
    if mistakes or not isinstance(found, dict):
        return None
    line = _key_lines(text, 0, tables=True)[table]
    lines = _key_lines(text, line)
    for inner in (name for name, value in found.items() if isinstance(value, dict)):
        head = re.search(rf"^\s*\[\s*{table}\s*\.\s*{re.escape(inner)}\s*\]", text, re.MULTILINE)
        if head:
            at = text[: head.end()].count("\n") + 1
            lines = _key_lines(text, at) | {inner: at} | lines
    return Entry(file, line, found, lines)


def toml_tables(folder: Path, file: str) -> tuple[dict[str, Entry], list[Mistake]]:
    """The `[table]` sections of a TOML file by name; what stands outside of them is a mistake."""
    text, mistakes = _text(folder, file)
    if mistakes:
        return {}, mistakes
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return {}, [Mistake(file, _line_of_error(str(wrong), text), f"not TOML: {_AT_LINE.sub('', str(wrong))}")]
    starts = _key_lines(text, 0, tables=True)
    sections = {}
    for name, fields in document.items():
        line = starts.get(name, 1)
        if isinstance(fields, dict):
            sections[name] = Entry(file, line, fields, _key_lines(text, line))
        else:
            mistakes.append(Mistake(file, line, f"{name} stands outside of every [section]"))
    return sections, mistakes


def csv_entries(folder: Path, file: str, columns: frozenset[str], *, needed: frozenset[str]) -> Found:
    """The rows of a CSV file with a header, whose columns are some of `columns` and all that are `needed`."""
    text, mistakes = _text(folder, file)
    if mistakes:
        return [], mistakes
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, [])
    mistakes = [
        Mistake(file, 1, f"unknown column {name!r}{nearest(name, columns)}") for name in header if name not in columns
    ]
    missing = sorted(needed - set(header))
    if missing:
        return [], [*mistakes, Mistake(file, 1, f"missing column {', '.join(missing)}")]
    entries = []
    line = reader.line_num + 1
    for row in reader:
        if len(row) == len(header):
            entries.append(Entry(file, line, dict(zip(header, row, strict=True))))
        elif row:
            mistakes.append(Mistake(file, line, f"{len(row)} values, but the header has {len(header)} columns"))
        line = reader.line_num + 1
    return entries, mistakes


def feature_entries(folder: Path, file: str) -> Found:
    """The features of a GeoJSON FeatureCollection: their properties, and `geometry`."""
    text, mistakes = _text(folder, file)
    if mistakes:
        return [], mistakes
    try:
        document = json.loads(text)
    except json.JSONDecodeError as wrong:
        return [], [Mistake(file, wrong.lineno, f"not JSON: {wrong.msg}")]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        return [], [Mistake(file, 1, "not a GeoJSON FeatureCollection: it has no list of features")]
    entries = []
    for feature, line in zip(features, _feature_lines(text, len(features)), strict=True):
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
            entries.append(Entry(file, line, {**feature["properties"], "geometry": feature.get("geometry")}))
        else:
            mistakes.append(Mistake(file, line, "not a feature with properties and a geometry"))
    return entries, mistakes


def nearest(word: str, known: frozenset[str]) -> str:
    """The end of a sentence about an unknown field: the nearest right one, or all there are."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f": did you mean {near[0]}?" if near else f": there are {', '.join(sorted(known))}"


def _text(folder: Path, file: str) -> tuple[str, list[Mistake]]:
    try:
        return (folder / file).read_text(encoding="utf-8-sig"), []
    except FileNotFoundError:
        return "", [Mistake(file, 1, "the file is missing")]
    except OSError as wrong:
        return "", [Mistake(file, 1, f"the file cannot be read: {wrong.strerror}")]
    except UnicodeDecodeError as wrong:
        line = (folder / file).read_bytes()[: wrong.start].count(b"\n") + 1
        return "", [Mistake(file, line, "not text in UTF-8")]


def _tables(file: str, document: dict[str, Any], table: str, text: str) -> Found:
    starts = [at for at, line in enumerate(text.splitlines()) if (head := _TABLE.match(line)) and head[1] == table]
    mistakes = [
        Mistake(
            file, _key_lines(text, 0, tables=True).get(name, 1), f"unknown table {name!r}: this file holds [[{table}]]"
        )
        for name in document
        if name != table
    ]
    tables = document.get(table, [])
    if not isinstance(tables, list) or len(tables) != len(starts):
        return [], [*mistakes, Mistake(file, 1, f"write each {table} as its own [[{table}]]")]
    entries = [Entry(file, at + 1, each, _key_lines(text, at + 1)) for each, at in zip(tables, starts, strict=True)]
    return entries, mistakes


def _key_lines(text: str, start: int, *, tables: bool = False) -> dict[str, int]:
    """The lines of the keys from `start` (counted from 0) to the next table; with `tables` those of the tables themselves as well."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines()[start:], start=start + 1):
        if _SECTION.match(line) and not tables:
            break
        found = _KEY.match(line) or _TABLE.match(line) or re.match(r"\s*\[\s*([\w-]+)\s*\]", line)
        if found:
            lines.setdefault(found[1], number)
    return lines


def _feature_lines(text: str, count: int) -> Iterator[int]:
    starts = [found.start() for found in _FEATURE.finditer(text)]
    line, seen = 1, 0
    for start in starts[:count]:
        line += text.count("\n", seen, start)
        seen = start
        yield line
    for _ in range(count - len(starts)):
        yield line


def _line_of_error(message: str, text: str) -> int:
    found = _AT_LINE.search(message)
    return int(found[1]) if found and found[1] else text.count("\n") + 1
