"""What a city has registered, kept in compacted topics: loading it, following changes, and applying a city's folder."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from kafka.errors import KafkaError

from adapters.clock import now_ms
from adapters.kafka_reader import Reader, Record
from adapters.kafka_writer import Writer
from adapters.logs import log
from city.registry import City, Registry
from city.rules import Rule
from geo.codes import district_of
from messages.partition import partition_of
from messages.records import cloud_event, decode, encode
from messages.topics import REGISTERED, registry_topic

_KINDS = {registry_topic(kind).name: kind for kind in REGISTERED}
_TABLES = [kind for kind in REGISTERED if kind != "city"]
REST_S = 0.2  # longer than the pauses between the fetches of one `apply`
MOST_POLLS = 1_000  # somebody who never stops registering is heard all the same


class RegistryFollower:
    """Holds the newest registry: everything that lies in the topics when it is opened, and later changes at each `poll`.

    `version` goes up by one whenever a poll changed something. Raises kafka.errors.KafkaError when Kafka cannot be reached.
    """

    def __init__(self, kafka: str) -> None:
        self._reader = Reader(kafka, list(_KINDS))
        self.current = Registry()
        self.version = 0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        try:
            while not self._reader.caught_up():
                self.poll(timeout=0.5)
        except BaseException:
            self._reader.close()
            raise

    def poll(self, timeout: float = 0.0) -> bool:
        """Takes in what was registered meanwhile; returns whether anything changed."""
        records = self._reader.poll(timeout=timeout)
        if not records:
            return False
        tables = {kind: dict(getattr(self.current, kind)) for kind in _TABLES}
        for record in records:
            self._take(tables, record)
        self.current = msgspec.structs.replace(self.current, **tables)
        self.version += 1
        return True

    def poll_to_rest(self, timeout: float = 0.0) -> bool:
        """As `poll`, and goes on until nothing more comes: a large city is registered in many polls, and what is derived from it is dear."""
        if not self.poll(timeout=timeout):
            return False
        with suppress(KafkaError):  # what has come is told all the same; the next call meets the error again
            for _ in range(MOST_POLLS):
                if self._closing.is_set() or not self.poll(timeout=REST_S):
                    break
        return True

    def _take(self, tables: dict[str, dict[str, Any]], record: Record) -> None:
        """What can't be read was not written by `apply`; it is as if it were not there, and the next `apply` writes over it."""
        kind, id_ = _KINDS[record.topic], (record.key or b"").decode(errors="replace")
        try:
            thing = decode(record.value, REGISTERED[kind]) if record.value is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError) as flaw:
            log("registry").error("a record that is no registration was passed over", kind=kind, id=id_, flaw=str(flaw))
            return
        if isinstance(thing, City):
            self.current = msgspec.structs.replace(self.current, **msgspec.structs.asdict(thing))
        elif thing is not None:
            tables[kind][id_] = thing
        else:
            tables.get(kind, {}).pop(id_, None)

    def follow(self, on_change: Callable[[Registry], None]) -> None:
        """Polls in a thread of its own from now on and hands over each newer registry as a whole once it has come to rest, until closed."""
        self._thread = threading.Thread(target=self._follow, args=(on_change,), name="registry", daemon=True)
        self._thread.start()

    def _follow(self, on_change: Callable[[Registry], None]) -> None:
        while not self._closing.is_set():
            try:
                if self.poll_to_rest(timeout=0.5):
                    on_change(self.current)
            except KafkaError as error:
                log("registry").warning("Kafka not reached", error=str(error))
                self._closing.wait(1.0)

    @property
    def following(self) -> bool:
        """Whether the thread of `follow` is at work; by itself it ends only at an error."""
        return self._thread is not None and self._thread.is_alive()

    def close(self) -> None:
        """Ends the following and the connection."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(timeout=2)
        self._reader.close()


def load(kafka: str) -> Registry:
    """The registry as it stands now."""
    follower = RegistryFollower(kafka)
    follower.close()
    return follower.current


def _district_of(kind: str, thing: Any) -> str:
    match kind:
        case "districts":
            return str(thing.code)
        case "cells":
            return district_of(thing.code)
        case "devices" | "workers":
            return str(thing.district)
        case _:
            return ""


def apply(kafka: str, partitions: int, registry: Registry) -> dict[str, int]:
    """Registers what is new or changed in `registry` and returns how many of each kind; nothing is ever taken away.

    Raises adapters.kafka_writer.WriteFailed when Kafka does not take it.
    """
    old = load(kafka)
    writer = Writer(kafka, linger_ms=5)
    counts = {}
    for kind in REGISTERED:
        changed = _changes(_things(old, kind), _things(registry, kind))
        for id_, thing in changed.items():
            partition = partition_of(_district_of(kind, thing), registry.districts, partitions)
            at = now_ms()
            writer.send(
                registry_topic(kind).name,
                partition=partition,
                key=id_,
                value=encode(thing),
                headers=cloud_event(f"registered.{kind}", f"{id_}-{at}", at),
            )
        counts[kind] = len(changed)
    writer.flush(timeout=60)
    writer.close()
    return counts


def _things(registry: Registry, kind: str) -> dict[str, Any]:
    if kind != "city":
        return dict(getattr(registry, kind))
    own = {name: getattr(registry, name) for name in City.__struct_fields__}
    return {registry.code: City(**own)}


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {id_: _next_version(old.get(id_), thing) for id_, thing in new.items() if _differs(old.get(id_), thing)}


def _differs(old: Any, new: Any) -> bool:
    if isinstance(new, Rule) and old is not None:
        return bool(msgspec.structs.replace(new, version=old.version) != old)
    return bool(old != new)


def _next_version(old: Any, new: Any) -> Any:
    """A changed rule gets the next version by itself, so that a finding always says which wording raised it."""
    if isinstance(new, Rule) and old is not None:
        return msgspec.structs.replace(new, version=max(old.version + 1, new.version))
    return new
