"""What a city has registered, kept in compacted topics: loading it, following changes, and applying a city's folder."""

from typing import Any

import msgspec
from msgspec import Struct

from adapters.kafka_reader import Reader, Record
from adapters.kafka_writer import Writer
from city.registry import Registry
from messages.partition import partition_of
from messages.records import decode, encode
from messages.topics import REGISTERED, registry_topic

CITY = "city"
_KINDS = {registry_topic(kind).name: kind for kind in REGISTERED}


class CitySettings(Struct, frozen=True, kw_only=True):
    """The city's own settings, kept beside its districts under the id `city`."""

    code: str
    too_old_seconds: int
    utc_offset_minutes: int
    name: dict[str, str] = {}


class RegistryFollower:
    """Holds the newest registry: everything that lies in the topics when it is opened, and later changes at each `poll`.

    `version` goes up by one whenever a poll changed something. Raises kafka.errors.KafkaError when Kafka cannot be reached.
    """

    def __init__(self, kafka: str) -> None:
        self._reader = Reader(kafka, list(_KINDS))
        self.current = Registry()
        self.settings: CitySettings | None = None
        self.version = 0
        while not self._reader.caught_up():
            self.poll(timeout=0.5)

    def poll(self, timeout: float = 0.0) -> bool:
        """Takes in what was registered meanwhile; returns whether anything changed."""
        records = self._reader.poll(timeout=timeout)
        if not records:
            return False
        tables = {kind: dict(getattr(self.current, kind)) for kind in REGISTERED}
        for record in records:
            self._take(tables, record)
        self.current = msgspec.structs.replace(self.current, **tables)
        self.version += 1
        return True

    def _take(self, tables: dict[str, dict[str, Any]], record: Record) -> None:
        kind, id_ = _KINDS[record.topic], (record.key or b"").decode()
        if record.value is None:
            tables[kind].pop(id_, None)
        elif kind == "districts" and id_ == CITY:
            self.settings = decode(record.value, CitySettings)
            self.current = msgspec.structs.replace(
                self.current,
                too_old_seconds=self.settings.too_old_seconds,
                utc_offset_minutes=self.settings.utc_offset_minutes,
            )
        else:
            tables[kind][id_] = decode(record.value, REGISTERED[kind])

    def close(self) -> None:
        """Ends the connection."""
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
            return str(thing.code)[:6]
        case "devices" | "workers":
            return str(thing.district)
        case _:
            return ""


def apply(kafka: str, partitions: int, registry: Registry, settings: CitySettings | None = None) -> dict[str, int]:
    """Registers what is new or changed in `registry` and returns how many of each kind; nothing is ever taken away.

    Raises adapters.kafka_writer.WriteFailed when Kafka does not take it.
    """
    follower = RegistryFollower(kafka)
    follower.close()
    writer = Writer(kafka, linger_ms=5)
    counts = {}
    for kind in REGISTERED:
        old, new = getattr(follower.current, kind), getattr(registry, kind)
        changed = {id_: _next_version(old.get(id_), thing) for id_, thing in new.items() if _differs(old.get(id_), thing)}
        for id_, thing in changed.items():
            partition = partition_of(_district_of(kind, thing), registry.districts, partitions)
            writer.send(registry_topic(kind).name, partition=partition, key=id_, value=encode(thing))
        counts[kind] = len(changed)
    if settings is not None and settings != follower.settings:
        writer.send(registry_topic("districts").name, partition=0, key=CITY, value=encode(settings))
    writer.flush(timeout=60)
    writer.close()
    return counts


def _differs(old: Any, new: Any) -> bool:
    if hasattr(new, "version") and old is not None:
        return bool(msgspec.structs.replace(new, version=old.version) != old)
    return bool(old != new)


def _next_version(old: Any, new: Any) -> Any:
    """A changed rule gets the next version by itself, so that a finding always says which wording raised it."""
    if hasattr(new, "version") and old is not None:
        return msgspec.structs.replace(new, version=max(old.version + 1, new.version))
    return new
