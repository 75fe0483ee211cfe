"""What an entry of a city's file means: one value of the registry, or every field in it that cannot be so."""

import re
from collections.abc import Callable, Collection
from enum import StrEnum
from functools import cache
from math import isfinite
from types import NoneType
from typing import Any, TypeVar, get_args

import msgspec

from adapters.city_source import Entry, Mistake, nearest
from city.names import Name

T = TypeVar("T", bound=msgspec.Struct)
Built = tuple[T | None, list[Mistake]]

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d+)\s*([smhd])")
_STEM = "_seconds"
_AT = re.compile(r" - at \$\.?(.*)")


def built(kind: type[T], entry: Entry, *, strict: bool = True) -> Built[T]:
    """The entry as a `kind`, and what is wrong with it: unknown, missing and mistyped fields, each by itself.

    A field `x_seconds` may be written `x = "10m"`. With `strict` off texts are read as numbers where numbers are wanted, as in CSV.
    """
    fields = _fields(kind)
    values, mistakes = _spelled_out(entry, fields)
    good: dict[str, Any] = {}
    for name, value in values.items():
        try:
            good[fields[name].name] = _converted(value, fields[name].type, strict=strict)
        except (msgspec.ValidationError, ValueError) as wrong:
            mistakes.append(entry.mistake(f"{name}: {_in_words(wrong)}", _written(name, entry)))
    for name, each in fields.items():
        if each.required and name not in values and not _written(name, entry):
            mistakes.append(entry.mistake(f"missing field {name}"))
    return (None if mistakes else kind(**good)), mistakes


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields of a struct by their names in a file: looking them up takes longer than reading an entry."""
    return {each.encode_name: each for each in msgspec.structs.fields(kind)}


def split_cells(entry: Entry, lists: Collection[str], *, drop_empty: Collection[str] = ()) -> Entry:
    """A CSV entry whose `lists` are cut at blanks, zh and en joined to a name, and the empty ones of `drop_empty` left out."""
    fields: dict[str, Any] = {name: value.split() if name in lists else value for name, value in entry.fields.items()}
    zh, en = fields.pop("zh", ""), fields.pop("en", "")
    if zh or en:
        fields["name"] = {"zh": zh, "en": en}
    kept = {name: value for name, value in fields.items() if value or name not in drop_empty}
    return Entry(entry.file, entry.line, kept, entry.lines)


def unique(entries: list[tuple[str, Entry]], called: Callable[[str], str]) -> tuple[dict[str, Entry], list[Mistake]]:
    """Entries by id; the second and later ones of an id are mistakes. `called` says in words what bears the id."""
    first: dict[str, Entry] = {}
    mistakes = []
    for id_, entry in entries:
        if id_ in first:
            mistakes.append(entry.mistake(f"{called(id_)} is here twice: first on line {first[id_].line}"))
        else:
            first[id_] = entry
    return first, mistakes


def seconds(text: str) -> int:
    """A duration such as 90s, 10m, 2h, 1d or 1h 30m in seconds. Raises ValueError when the text is none."""
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError(f'{text!r} is not a duration such as "90s", "10m", "2h" or "1d"')
    return sum(int(number) * SECONDS[unit] for number, unit in parts)


def _spelled_out(entry: Entry, fields: dict[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """The entry's fields under their full names; durations in seconds."""
    values: dict[str, Any] = {}
    mistakes = []
    known = frozenset(fields) | {name.removesuffix(_STEM) for name in fields}
    for name, value in entry.fields.items():
        full = name if name in fields else name + _STEM
        if full not in fields:
            mistakes.append(entry.mistake(f"unknown field {name!r}{nearest(name, known)}", name))
        elif full in values:
            mistakes.append(entry.mistake(f"{name} is given twice, in two spellings", name))
        elif full == name:
            values[full] = value
        else:
            try:
                values[full] = seconds(str(value))
            except ValueError as wrong:
                mistakes.append(entry.mistake(f"{name}: {wrong}", name))
    return values, mistakes


def _written(name: str, entry: Entry) -> str:
    """How the entry spells a field, or nothing when it does not have it."""
    return next((spelling for spelling in (name, name.removesuffix(_STEM)) if spelling in entry.fields), "")


def _converted(value: Any, kind: Any, *, strict: bool) -> Any:
    kind = next((one for one in get_args(kind) if one is not NoneType), kind) if NoneType in get_args(kind) else kind
    if isinstance(value, dict) and kind is Name:
        unknown = set(value) - {"zh", "en"}
        if unknown:
            raise ValueError(f"a name has zh and en, not {', '.join(sorted(unknown))}")
    if isinstance(kind, type) and issubclass(kind, StrEnum) and value not in list(kind):
        raise ValueError(f"there is no {value!r}; it is one of {', '.join(kind)}")
    converted = msgspec.convert(value, type=kind, strict=strict)
    if isinstance(converted, Name) and not (converted.zh.strip() and converted.en.strip()):
        raise ValueError("a name has both zh and en, neither empty")
    if isinstance(converted, str) and not converted.strip():
        raise ValueError("it is empty")
    if isinstance(converted, float) and not isfinite(converted):
        raise ValueError(f"{converted} is no number to reckon with")
    return converted


def _in_words(wrong: Exception) -> str:
    text = _AT.sub(lambda at: f" in {at[1]}" if at[1] else "", str(wrong).replace("`", ""))
    plain = {"Expected": "expected", "Object missing required field": "missing"}
    for technical, said in plain.items():
        text = text.replace(technical, said)
    words = {
        " str": " text",
        " int": " a whole number",
        " float": " a number",
        " array": " a list",
        " bool": " true or false",
        " object": " {…}",
    }
    for technical, said in words.items():
        text = re.sub(rf"{technical}\b", said, text)
    return text
