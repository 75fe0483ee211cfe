"""A city before it is known to fit together, and what is said about a thing in it that does not."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from msgspec import Struct

from city.names import Name
from city.registry import Registry


class Flaw(Struct, frozen=True):
    """What does not fit: the kind of thing ("devices", "rules", …), its id, the field, and a sentence in English. A city runs with a `warning`."""

    kind: str
    id: str
    field: str
    what: str
    warning: bool = False


class Draft(Struct, frozen=True, kw_only=True):
    """What could be read of a city. `mentioned` holds the ids of every kind, also of those things that could not be read.

    `unread` are the kinds whose file could not be read at all: nothing is said against what refers to them.
    `broken` are the geometries that are no valid areas, by cell code: what they leave empty is no gap.
    """

    registry: Registry
    places: Mapping[str, Name]
    mentioned: Mapping[str, frozenset[str]]
    broken: Mapping[str, Mapping[str, Any]] = {}
    unread: frozenset[str] = frozenset()

    def knows(self, kind: str, id_: str) -> bool:
        """Whether there is, or may be, such a thing, readable or not."""
        return kind in self.unread or id_ in self.mentioned.get(kind, frozenset())


MOST_SLIPS = 2
MOST_COMPARED = 5000  # with more words than that, comparing them all would take longer than reading them


def meant(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, or nothing; nothing either where there are too many to compare."""
    words = list(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6) if len(words) <= MOST_COMPARED else []
    return f" (did you mean {near[0]}?)" if near else ""


def mistyped(word: str, known: Iterable[str]) -> bool:
    """Whether a word differs from a known one by so few letters that it is a slip, and not a thing that a city does not have yet."""
    return any(0 < _apart(word, each) <= MOST_SLIPS for each in known)


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence."""
    return ", ".join(words)


def _apart(one: str, other: str) -> int:
    """By how many letters two words differ, counted where they do not match."""
    if abs(len(one) - len(other)) > MOST_SLIPS:
        return MOST_SLIPS + 1
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(end - start, last - first) for tag, start, end, first, last in codes if tag != "equal")
