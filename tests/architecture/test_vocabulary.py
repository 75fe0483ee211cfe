"""One word for one thing: every field name on the wire stands in one list."""

import types
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from city.window import ClosedWindow, LateReading
from messages import reports, telemetry
from messages.packs import PackHead
from messages.rejects import Answer
from messages.telemetry import PackLine
from messages.topics import TOPICS

LIST = Path(__file__).with_name("vocabulary.txt")
TEACHING = """
The words on the wire and tests/architecture/vocabulary.txt differ.
  said, but not in the list: {new}
  in the list, but said by nobody: {gone}
A new field: look first whether the list has a word for the thing (a time is `..._at`, in epoch milliseconds; a unit is the end of a metric's
name; `id` is the thing's own, another thing's id carries that thing's name). If so, use it. If not, add the word to the list, and to
docs/glossary.md if people will ask what it means. A field that goes is a new version of its message, because somebody out there reads it.
"""


def test_every_word_on_the_wire_is_in_the_vocabulary() -> None:
    listed = LIST.read_text(encoding="utf-8").split()
    said = words()

    new, gone = ", ".join(sorted(said - set(listed))), ", ".join(sorted(set(listed) - said))
    assert said == set(listed), TEACHING.format(new=new or "nothing", gone=gone or "nothing")


def test_the_vocabulary_is_sorted_and_says_nothing_twice() -> None:
    listed = LIST.read_text(encoding="utf-8").splitlines()

    assert listed == sorted(set(listed))


def test_every_word_is_written_in_one_way() -> None:
    """Lower case, words joined by underscores, no shorthand for at."""
    wrong = [
        word
        for word in words()
        if not word.replace("_", "").isalnum() or word != word.lower() or word.endswith(("_time", "_ts"))
    ]

    assert not wrong


def words() -> set[str]:
    held = [topic.holds for topic in TOPICS if not isinstance(topic.holds, str)]
    decoders = [
        value
        for module in (reports, telemetry)
        for value in vars(module).values()
        if isinstance(value, msgspec.json.Decoder)
    ]
    taken = [decoder.type for decoder in decoders]
    seen: set[type] = set()
    for kind in (*held, *taken, PackHead, PackLine, ClosedWindow, LateReading, Answer):
        _visit(kind, seen)
    return {field.encode_name for kind in seen for field in msgspec.structs.fields(kind)}


def _visit(annotation: Any, seen: set[type]) -> None:
    if get_origin(annotation) is not None or isinstance(annotation, types.UnionType):
        for part in get_args(annotation):
            _visit(part, seen)
    elif isinstance(annotation, type) and issubclass(annotation, msgspec.Struct) and annotation not in seen:
        seen.add(annotation)
        for field in msgspec.structs.fields(annotation):
            _visit(field.type, seen)
