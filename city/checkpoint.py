"""A district's stream as blocks of bytes and back: only what changed is written, and a write torn by a crash is never read.

Each block has two places, a and b, and is written to the one that does not count. The head names the places that count and is written
last, so that it always speaks of whole blocks. The identities of an open window are a growing list of segments.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from city.channels import Channels
from city.columns import Ints
from city.detect.episode import Episode
from city.detect.mean import MeanWatch
from city.detect.threshold import Watch
from city.facts import Facts, from_bytes, to_bytes
from city.finding import Finding
from city.stream import DistrictStream
from city.sums import Sums
from city.watermark import Watermark
from city.window import Span, Window
from city.windowing import Former

Get = Callable[[str], bytes | None]
Blocks = list[tuple[str, bytes | None]]
HEAD = "head"
FACTS = "facts"
NAMES = "names"
COLUMNS = "columns"


class Saved(Struct):
    """What lies in the state store: the place of each block that counts, and how many segments each window has."""

    places: dict[str, str] = {}
    segments: dict[str, int] = {}
    named: int = -1


class Head(Struct, kw_only=True):
    """All that is small, and where the rest lies. `applied` is the last applied offset per source topic."""

    saved: Saved
    applied: dict[str, int]
    watermark: Watermark
    sums: Sums
    since: int
    listened_at: int
    watches: list[tuple[int, str, Watch]]
    means: list[tuple[str, str, MeanWatch]]
    silent: dict[int, Episode]
    missing: dict[int, list[tuple[int, int]]]
    owed: list[Finding] = []
    former: list[Former] = []


class _Names(Struct):
    devices: list[str]
    channels: list[tuple[str, str]]
    series: list[tuple[str, str]]


class _Columns(Struct):
    heard: bytes
    newest: bytes
    highest: bytes
    counted_at: bytes
    said: bytes = b""


def save(stream: DistrictStream, applied: dict[str, int], saved: Saved) -> Blocks:
    """The blocks to write, in this order, so that the store holds the stream as it is now; `saved` is brought up to date."""
    blocks: Blocks = []
    if stream.unsaved_facts or FACTS not in saved.places:
        _put(FACTS, to_bytes(stream.facts), saved, blocks)
        stream.unsaved_facts = False
    _save_names(stream, saved, blocks)
    _put(COLUMNS, _columns(stream), saved, blocks)
    open_spans = {_name(span): window for span, window in stream.windows.by_span.items()}
    for name, window in open_spans.items():
        if window.unsaved:
            _put(f"window/{name}", _rows(window), saved, blocks)
            number = saved.segments.get(name, 0)
            blocks.append((f"seen/{name}/{number}", np.concatenate(window.unsaved).tobytes()))
            saved.segments[name] = number + 1
            window.unsaved = []
    gone = [name for name in saved.segments if name not in open_spans]
    forgotten = [key for name in gone for key in _forget(name, saved)]
    blocks.append((HEAD, msgspec.msgpack.encode(_head(stream, applied, saved))))
    return blocks + [(key, None) for key in forgotten]


def _put(name: str, data: bytes, saved: Saved, blocks: Blocks) -> None:
    place = "b" if saved.places.get(name) == "a" else "a"
    saved.places[name] = place
    blocks.append((f"{name}#{place}", data))


def _forget(name: str, saved: Saved) -> list[str]:
    saved.places.pop(f"window/{name}", None)
    segments = saved.segments.pop(name)
    return [f"window/{name}#a", f"window/{name}#b", *(f"seen/{name}/{number}" for number in range(segments))]


def _save_names(stream: DistrictStream, saved: Saved, blocks: Blocks) -> None:
    channels = stream.channels
    total = len(channels.devices) + len(channels.channels) + len(channels.series)
    if total != saved.named:
        saved.named = total
        names = _Names(channels.devices.keys, channels.channels.keys, channels.series.keys)
        _put(NAMES, msgspec.msgpack.encode(names), saved, blocks)


def _columns(stream: DistrictStream) -> bytes:
    count = len(stream.channels.devices)
    stream.counted.reserve(count)
    columns = _Columns(
        heard=stream.silence.heard[:count].tobytes(),
        said=stream.silence.said[:count].tobytes(),
        newest=stream.levels.newest[: len(stream.channels.channels)].tobytes(),
        highest=stream.counted.highest[:count].tobytes(),
        counted_at=stream.counted.at[:count].tobytes(),
    )
    return msgspec.msgpack.encode(columns)


def _rows(window: Window) -> bytes:
    used = np.flatnonzero(window.count)
    columns = (used, *(column[used] for column in _figures(window)))
    return msgspec.msgpack.encode([column.tobytes() for column in columns])


def _figures(window: Window) -> tuple[NDArray[Any], ...]:
    return (
        window.count,
        window.whole,
        window.middle,
        window.fine,
        window.least,
        window.most,
        window.first,
        window.last,
        window.late,
    )


def _head(stream: DistrictStream, applied: dict[str, int], saved: Saved) -> Head:
    return Head(
        saved=saved,
        applied=applied,
        watermark=stream.watermark,
        sums=stream.sums,
        since=stream.silence.since,
        listened_at=stream.silence.listened_at,
        watches=[(number, rule, watch) for (number, rule), watch in stream.levels.watches.items()],
        means=[(cell, rule, watch) for (cell, rule), watch in stream.means.watches.items()],
        silent=stream.silence.episodes,
        missing=stream.counted.missing,
        owed=stream.owed,
        former=stream.windowing.former,
    )


def load(facts: Facts, get: Get) -> tuple[DistrictStream, dict[str, int], Saved]:
    """The stream that the store holds, what it had applied, and what is saved; a new one where nothing is.

    The stream goes on with the facts it was saved with, because outputs that a crash repeats left under them; `facts` are those of a new one,
    or of one that was saved without.
    Raises LookupError when a block is missing that the head names.
    """
    stream = DistrictStream(facts)
    data = get(HEAD)
    if data is None:
        return stream, {}, Saved()
    head = msgspec.msgpack.decode(data, type=Head)
    _load_names(stream, _block(get, NAMES, head.saved))
    _load_columns(stream, _block(get, COLUMNS, head.saved), head)
    for name, segments in head.saved.segments.items():
        rows = _block(get, f"window/{name}", head.saved)
        seen = [_need(get(f"seen/{name}/{number}"), name) for number in range(segments)]
        stream.windows.by_span[_span(name)] = _window(rows, seen, len(stream.channels.series))
    stream.watermark, stream.sums = head.watermark, head.sums
    stream.silence.since, stream.silence.listened_at = head.since, head.listened_at
    stream.silence.episodes = head.silent
    stream.levels.watches = {(number, rule): watch for number, rule, watch in head.watches}
    stream.means.watches = {(cell, rule): watch for cell, rule, watch in head.means}
    stream.owed, stream.windowing.former = head.owed, head.former
    if FACTS in head.saved.places:
        stream.resume(from_bytes(_block(get, FACTS, head.saved)))
    else:
        stream.owed += stream.adopt(facts)
    return stream, head.applied, head.saved


def orphans(names: Iterable[str], saved: Saved) -> list[str]:
    """Which of the stored blocks of these names are of windows that are closed, because a crash came before their deletion."""
    places = {f"{name}#{place}" for name in saved.places for place in ("a", "b")}
    segments = {f"seen/{name}/{number}" for name, count in saved.segments.items() for number in range(count)}
    windows = [name for name in names if name.startswith(("window/", "seen/"))]
    return [name for name in windows if name not in places and name not in segments]


def _block(get: Get, name: str, saved: Saved) -> bytes:
    return _need(get(f"{name}#{saved.places[name]}"), name)


def _need(data: bytes | None, name: str) -> bytes:
    if data is None:
        message = f"The state's head names the block {name}, but the store does not have it."
        raise LookupError(message)
    return data


def _load_names(stream: DistrictStream, data: bytes) -> None:
    names = msgspec.msgpack.decode(data, type=_Names)
    stream.channels = Channels(names.devices, names.channels, names.series)


def _load_columns(stream: DistrictStream, data: bytes, head: Head) -> None:
    columns = msgspec.msgpack.decode(data, type=_Columns)
    stream.silence.heard, stream.silence.said = _ints(columns.heard), _ints(columns.said)
    stream.levels.newest = _ints(columns.newest)
    stream.counted.highest, stream.counted.at = _ints(columns.highest), _ints(columns.counted_at)
    stream.counted.missing = head.missing


def _ints(data: bytes) -> Ints:
    return np.frombuffer(data, np.int64).copy()


def _window(rows: bytes, seen: list[bytes], size: int) -> Window:
    window = Window(size)
    used, *columns = msgspec.msgpack.decode(rows, type=list[bytes])
    places = np.frombuffer(used, np.int64)
    for column, data in zip(_figures(window), columns, strict=True):
        column[places] = np.frombuffer(data, column.dtype)
    window.seen = np.sort(np.frombuffer(b"".join(seen), np.uint64))
    return window


def _name(span: Span) -> str:
    return f"{span.closes},{span.start},{span.length}"


def _span(name: str) -> Span:
    closes, start, length = name.split(",")
    return Span(int(closes), int(start), int(length))
