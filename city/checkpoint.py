"""A district's stream as blocks of bytes and back: only what changed is written, and a write torn by a crash is never read.

Each block has two places, a and b, and is written to the one that does not count. The head names the places that count and is written
last, so that it always speaks of whole blocks. Tables of numbers are written as the changes since the last time, most times
(`city/layers.py`). The identities of an open window are a growing list of segments.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from city.channels import Channels
from city.columns import NEVER_MS, NO_SEQ, Ints
from city.detect.episode import Episode
from city.detect.mean import MeanWatch
from city.detect.threshold import Watch
from city.facts import Facts, from_bytes, to_bytes
from city.finding import Finding
from city.layers import Layers, changed, packed, unpacked
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
DEVICES = "devices"
CHANNELS = "channels"


class Saved(Struct):
    """What lies in the state store: the place of each block that counts, the layers of each table, how many segments each window has."""

    places: dict[str, str] = {}
    layers: dict[str, Layers] = {}
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


def save(stream: DistrictStream, applied: dict[str, int], saved: Saved) -> Blocks:
    """The blocks to write, in this order, so that the store holds the stream as it is now; `saved` is brought up to date."""
    blocks: Blocks = []
    if stream.unsaved_facts or FACTS not in saved.places:
        _put(FACTS, to_bytes(stream.facts), saved, blocks)
        stream.unsaved_facts = False
    _save_names(stream, saved, blocks)
    forgotten = _put_table(DEVICES, _devices(stream), stream.stored, saved, blocks)
    forgotten += _put_table(CHANNELS, _channels(stream), stream.stored, saved, blocks)
    open_spans = {_name(span): window for span, window in stream.windows.by_span.items()}
    for name, window in open_spans.items():
        if window.unsaved:
            forgotten += _put_table(f"window/{name}", _figures(window), stream.stored, saved, blocks)
            number = saved.segments.get(name, 0)
            blocks.append((f"seen/{name}/{number}", np.concatenate(window.unsaved).tobytes()))
            saved.segments[name] = number + 1
            window.unsaved = []
    gone = [name for name in saved.segments if name not in open_spans]
    for name in gone:
        stream.stored.pop(f"window/{name}", None)
        forgotten += _forget(name, saved)
    blocks.append((HEAD, msgspec.msgpack.encode(_head(stream, applied, saved))))
    return blocks + [(key, None) for key in forgotten]


def _put(name: str, data: bytes, saved: Saved, blocks: Blocks) -> None:
    place = "b" if saved.places.get(name) == "a" else "a"
    saved.places[name] = place
    blocks.append((f"{name}#{place}", data))


def _put_table(name: str, table: Ints, stored: dict[str, Ints], saved: Saved, blocks: Blocks) -> list[str]:
    """Writes what of a table differs from what is `stored`; returns the keys of what is to be deleted behind the head."""
    before, stored[name] = stored.get(name), table
    layers = saved.layers.get(name)
    if layers is not None and before is not None:
        rows = changed(table, before)
        change = packed(table, rows)
        if not len(rows):
            return []
        if layers.takes(change):
            blocks.append((_change(name, saved, layers.changes), change))
            layers.changes, layers.size = layers.changes + 1, layers.size + len(change)
            return []
    old = _changes(name, saved)
    whole = packed(table, _used(name, table))
    _put(name, whole, saved, blocks)
    saved.layers[name] = Layers(len(whole))
    return old


def _used(name: str, table: Ints) -> Ints:
    """Of a window only the series that have readings."""
    return np.flatnonzero(table[:, 0]) if name.startswith("window/") else np.arange(len(table))


def _change(name: str, saved: Saved, number: int) -> str:
    return f"{name}#{saved.places[name]}{number}"


def _changes(name: str, saved: Saved) -> list[str]:
    layers = saved.layers.get(name)
    return [] if layers is None else [_change(name, saved, number) for number in range(layers.changes)]


def _forget(name: str, saved: Saved) -> list[str]:
    window = f"window/{name}"
    changes = _changes(window, saved)
    saved.places.pop(window, None)
    saved.layers.pop(window, None)
    segments = saved.segments.pop(name)
    return [f"{window}#a", f"{window}#b", *changes, *(f"seen/{name}/{number}" for number in range(segments))]


def _save_names(stream: DistrictStream, saved: Saved, blocks: Blocks) -> None:
    channels = stream.channels
    total = len(channels.devices) + len(channels.channels) + len(channels.series)
    if total != saved.named:
        saved.named = total
        names = _Names(channels.devices.keys, channels.channels.keys, channels.series.keys)
        _put(NAMES, msgspec.msgpack.encode(names), saved, blocks)


def _devices(stream: DistrictStream) -> Ints:
    count = len(stream.channels.devices)
    stream.counted.reserve(count)
    columns = (stream.silence.heard, stream.silence.said, stream.counted.highest, stream.counted.at)
    return np.stack([column[:count] for column in columns], axis=1)


def _channels(stream: DistrictStream) -> Ints:
    return stream.levels.newest[: len(stream.channels.channels)].reshape(-1, 1).copy()


def _columns(window: Window) -> tuple[NDArray[Any], ...]:
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


def _figures(window: Window) -> Ints:
    """The window's columns side by side up to the last series that has readings, floats by their bits."""
    size = int(np.max(np.flatnonzero(window.count), initial=-1)) + 1
    return np.stack([column[:size].view(np.int64) for column in _columns(window)], axis=1)


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
    _load_columns(stream, get, head)
    for name in head.saved.segments:
        stream.windows.by_span[_span(name)] = _window(get, name, head.saved, len(stream.channels.series))
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
    counting = {f"{name}#{place}" for name in saved.places for place in ("a", "b")}
    counting |= {f"seen/{name}/{number}" for name, count in saved.segments.items() for number in range(count)}
    counting |= {key for name in saved.layers for key in _changes(name, saved)}
    layered = ("window/", "seen/", f"{DEVICES}#", f"{CHANNELS}#")
    return [name for name in names if name.startswith(layered) and name not in counting]


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


def _load_columns(stream: DistrictStream, get: Get, head: Head) -> None:
    devices = _table(get, DEVICES, head.saved, np.array([NEVER_MS, NEVER_MS, NO_SEQ, NEVER_MS]))
    stream.silence.heard, stream.silence.said, stream.counted.highest, stream.counted.at = devices.T.copy()
    stream.levels.newest = _table(get, CHANNELS, head.saved, np.array([NEVER_MS]))[:, 0].copy()
    stream.counted.missing = head.missing


def _table(get: Get, name: str, saved: Saved, rest: Ints) -> Ints:
    changes = [_need(get(key), key) for key in _changes(name, saved)]
    return unpacked([_block(get, name, saved), *changes], rest)


def _window(get: Get, name: str, saved: Saved, size: int) -> Window:
    window = Window(size)
    nothing = np.concatenate([column.view(np.int64) for column in _columns(Window(1))])
    table = _table(get, f"window/{name}", saved, nothing)
    for column, figures in zip(_columns(window), table.T, strict=True):
        column[: len(table)] = figures.copy().view(column.dtype)
    seen = [_need(get(f"seen/{name}/{number}"), name) for number in range(saved.segments[name])]
    window.seen = np.sort(np.frombuffer(b"".join(seen), np.uint64))
    return window


def _name(span: Span) -> str:
    return f"{span.closes},{span.start},{span.length}"


def _span(name: str) -> Span:
    closes, start, length = name.split(",")
    return Span(int(closes), int(start), int(length))
