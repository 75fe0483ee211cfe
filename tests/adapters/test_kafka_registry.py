"""Who follows the registry works on the whole city each time, so it hears of a large one once, when it has come to rest."""

import threading
from collections.abc import Iterator

import pytest

from adapters import kafka_registry
from adapters.kafka_reader import Record, Unreachable
from adapters.kafka_registry import RegistryFollower
from city.registry import Metric, Registry
from messages.records import encode
from messages.topics import registry_topic


class Polled:
    """Reads as a Kafka that hands out these polls, and nothing more after them; it has caught up before the first."""

    def __init__(self, polls: list[list[Record]]) -> None:
        self._polls: Iterator[list[Record]] = iter(polls)
        self.asked = 0

    def caught_up(self) -> bool:
        return True

    def poll(self, *, timeout: float) -> list[Record]:
        self.asked += 1
        return next(self._polls, []) or self._nothing(timeout)

    def _nothing(self, timeout: float) -> list[Record]:
        threading.Event().wait(min(timeout, 0.01))
        return []

    def close(self) -> None:
        pass


def registered(*names: str) -> list[Record]:
    metrics = [Metric(name=name, unit="m", min=0, max=1) for name in names]
    topic = registry_topic("metrics").name
    return [Record(topic, 0, at, each.name.encode(), encode(each), [], 0) for at, each in enumerate(metrics)]


def follower_of(polls: list[list[Record]], monkeypatch: pytest.MonkeyPatch) -> tuple[RegistryFollower, Polled]:
    reader = Polled(polls)
    monkeypatch.setattr(kafka_registry, "Reader", lambda *_: reader)
    return RegistryFollower("nowhere:9092"), reader


def test_a_city_that_comes_in_many_polls_is_handed_over_once_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    follower, _ = follower_of([registered("a"), registered("b", "c"), registered("d"), []], monkeypatch)
    heard: list[list[str]] = []
    told = threading.Event()

    def learn(registry: Registry) -> None:
        heard.append(sorted(registry.metrics))
        told.set()

    follower.follow(learn)
    assert told.wait(10)
    follower.close()
    assert heard == [["a", "b", "c", "d"]]


def test_a_poll_to_rest_without_anything_new_asks_once_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    follower, reader = follower_of([], monkeypatch)
    assert not follower.poll_to_rest()
    assert (reader.asked, follower.version) == (1, 0)


def test_somebody_who_never_stops_registering_is_heard_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_registry, "MOST_POLLS", 5)
    follower, reader = follower_of([registered(f"m{number}") for number in range(20)], monkeypatch)
    assert follower.poll_to_rest()
    assert (reader.asked, len(follower.current.metrics)) == (6, 6)


class Broken(Polled):
    """Kafka goes away after these polls; `closed` is whether the connection was ended."""

    closed = False

    def _nothing(self, timeout: float) -> list[Record]:
        raise Unreachable(f"nothing within {timeout} s")

    def close(self) -> None:
        self.closed = True


def test_what_came_before_kafka_went_away_is_told_before_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_registry, "Reader", lambda *_: Broken([registered("a"), registered("b")]))
    follower = RegistryFollower("nowhere:9092")

    assert follower.poll_to_rest()
    assert sorted(follower.current.metrics) == ["a", "b"]
    with pytest.raises(Unreachable):
        follower.poll_to_rest()


def test_a_follower_that_never_caught_up_ends_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Broken([registered("a")])
    monkeypatch.setattr(reader, "caught_up", lambda: False)
    monkeypatch.setattr(kafka_registry, "Reader", lambda *_: reader)

    with pytest.raises(Unreachable):
        RegistryFollower("nowhere:9092")
    assert reader.closed
