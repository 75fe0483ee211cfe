"""When history reads on, when it commits, and what it does while its store refuses."""

import itertools
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.health import Waits
from adapters.kafka_reader import Record, Unreachable
from history.status import Status
from history.topics_to_history import delays, follow, keep, keep_on, patiently, tidy
from messages.line_protocol import Refused
from messages.past import Batch
from tests.history.builders import START, batch, records_of, window


class Stopped(threading.Event):
    """An event that notes how long it was waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        return self.is_set()


class FakeStore:
    """A store that refuses the first `refusals` batches; `said` is what everybody did, in order."""

    def __init__(self, said: list[Any], refusals: int = 0) -> None:
        self.said, self.refusals = said, refusals
        self.forgotten_before: list[int] = []

    def identity(self) -> str:
        return "abc"

    def keep(self, batch: Batch) -> list[Refused]:
        if self.refusals:
            self.refusals -= 1
            self.said.append("refused")
            raise OSError("the disk is full")
        self.said.append(("kept", [stamped.value.start for stamped in batch.windows]))
        return []

    def forget(self, before: int, *, most: int) -> int:
        self.forgotten_before.append(before)
        return most

    def close(self) -> None:
        self.said.append("closed")


class FakeReader:
    """Gives `polls` one after the other and then stops history."""

    def __init__(self, said: list[Any], polls: list[list[Record]], stopped: threading.Event) -> None:
        self.said, self.polls, self.stopped = said, polls, stopped
        self.unreachable = self.unreadable = self.unread = 0

    def poll(self, timeout: float, most: int) -> list[Record]:
        assert timeout <= 1
        if self.unreadable:
            self.unreadable -= 1
            raise Unreachable("nobody listens")
        if len(self.polls) == 1:
            self.stopped.set()
        records = self.polls.pop(0)[:most]
        self.said.append(("polled", len(records)))
        return records

    def commit(self) -> None:
        if self.unreachable:
            self.unreachable -= 1
            raise Unreachable("no coordinator")
        self.said.append("committed")

    def lag(self) -> int:
        return self.unread


def run_through(polls: list[list[Record]], *, refusals: int = 0, unreachable: int = 0) -> tuple[list[Any], Status]:
    said: list[Any] = []
    stopped, status = Stopped(), Status()
    status.opened()
    reader = FakeReader(said, polls, stopped)
    reader.unreachable = unreachable
    keep_on(reader, FakeStore(said, refusals), status, stopped, keep_days=30)  # type: ignore[arg-type]
    return said, status


def test_kafka_is_told_only_after_the_store_has_it() -> None:
    said, _ = run_through([records_of(window())])

    assert said == [("polled", 1), ("kept", [START]), "committed"]


def test_while_the_store_refuses_nothing_more_is_read_and_nothing_committed() -> None:
    said, status = run_through([records_of(window()), records_of(window(start=0))], refusals=5)

    assert said[:8] == [("polled", 1), *["refused"] * 5, ("kept", [START]), "committed"]
    assert said[8:] == [("polled", 1), ("kept", [0]), "committed"]
    assert status.reasons() == []


def test_a_commit_that_fails_is_made_up_for_by_the_next() -> None:
    said, status = run_through([records_of(window()), []], unreachable=1)

    assert said == [("polled", 1), ("kept", [START]), ("polled", 0), "committed"]
    assert "no coordinator" in status.reasons()[0]


def test_a_kafka_that_cannot_be_read_ends_nothing_and_is_said_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    stopped, status, told = Stopped(), Status(), []
    status.opened()
    reader = FakeReader(said, [records_of(window()), []], stopped)
    reader.unreadable = 3
    monkeypatch.setattr(stopped, "wait", lambda seconds: told.append((seconds, *status.reasons())))

    keep_on(reader, FakeStore(said), status, stopped, keep_days=0)  # type: ignore[arg-type]

    assert told == [(1.0, "Kafka cannot be read: KafkaError: nobody listens; it is tried again")] * 3
    assert ("kept", [START]) in said


def test_history_that_is_stopped_while_the_store_refuses_ends_without_commit() -> None:
    said: list[Any] = []
    stopped, status = Stopped(), Status()
    stopped.set()

    assert not keep(batch(window()), FakeStore(said, refusals=9), status, stopped, meanwhile=lambda: None)
    assert said == ["refused"]
    assert "disk is full" in status.reasons()[0]


def test_it_says_that_it_is_not_ready_before_store_and_kafka_are_open() -> None:
    status = Status()

    assert len(status.reasons()) == 1
    status.opened()
    assert status.reasons() == []


def test_a_round_that_does_not_end_is_said_on_the_health_page(monkeypatch: pytest.MonkeyPatch) -> None:
    now = itertools.count(0, 6_000)
    monkeypatch.setattr("history.status.elapsed_ms", lambda: next(now))
    status = Status()
    status.opened()

    assert status.reasons() == ["Kafka has not answered for 6 s; history waits"]


def test_a_store_that_takes_long_is_told_from_a_kafka_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    now = itertools.count(0, 6_000)
    monkeypatch.setattr("history.status.elapsed_ms", lambda: next(now))
    status = Status()
    status.opened()
    status.asks_store()

    assert status.reasons() == ["the store has not answered for 6 s; history waits"]


def test_while_the_store_refuses_the_lag_is_still_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    now = itertools.count(0, 3_000)
    monkeypatch.setattr("history.topics_to_history.elapsed_ms", lambda: next(now))
    stopped, status, seen = Stopped(), Status(), []
    reader = FakeReader([], [records_of(window(), window(start=0)), []], stopped)
    reader.unread = 40
    monkeypatch.setattr(status, "kafka_answered", seen.append)

    keep_on(reader, FakeStore([], refusals=1), status, stopped, keep_days=0)  # type: ignore[arg-type]

    assert seen[:2] == [42, 40]


def test_a_kafka_that_answers_does_not_hide_a_store_that_refuses() -> None:
    status = Status()
    status.opened()
    status.store_failed(OSError("the disk is full"))
    status.kafka_answered(7)

    assert ["disk is full" in reason for reason in status.reasons()] == [True]


def test_no_reason_of_a_store_or_a_kafka_asks_for_a_new_start() -> None:
    status = Status()
    status.store_failed(OSError("the disk is full"))
    status.kafka_failed(Unreachable("nobody there"))

    assert [isinstance(reason, Waits) for reason in status.reasons()] == [True, True]


def test_what_was_polled_at_once_is_kept_in_portions_and_committed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("history.topics_to_history.BYTES_A_BATCH", 1)

    said, _ = run_through([records_of(window(), window(start=0))])

    assert said == [("polled", 2), ("kept", [START]), ("kept", [0]), "committed"]


def test_refused_lines_are_counted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Strict(FakeStore):
        def keep(self, batch: Batch) -> list[Refused]:
            super().keep(batch)
            return [Refused("no such field", "windows x=1 0")]

    status, seen = Status(), []
    monkeypatch.setattr(status, "kept", lambda _batch, refused: seen.append(refused))

    assert keep(batch(window()), Strict([]), status, Stopped(), meanwhile=lambda: None)
    assert seen == [1]


def test_waits_double_and_never_pass_ten_seconds() -> None:
    waits = list(itertools.islice(delays(lambda: 1.0), 12))

    assert waits[:3] == [0.1, 0.2, 0.4]
    assert max(waits) == waits[-1] == 10.0


@given(st.floats(0, 1))
def test_no_two_that_wait_for_one_store_come_back_together(spread: float) -> None:
    waits = list(itertools.islice(delays(lambda: spread), 8))

    assert waits[-1] == pytest.approx(10 * (0.5 + 0.5 * spread))
    assert waits == sorted(waits)


def test_a_store_that_cannot_be_opened_is_tried_until_history_is_stopped() -> None:
    stopped, failures = Stopped(), []

    def attempt() -> str:
        if len(failures) == 3:
            stopped.set()
        raise OSError("no such folder")

    assert patiently(attempt, failures.append, stopped) is None
    assert len(failures) == 4
    assert all(most / 2 <= waited <= most for waited, most in zip(stopped.waited, [0.1, 0.2, 0.4, 0.8], strict=True))


def test_kafka_is_not_asked_when_history_was_stopped_before_its_store_opened() -> None:
    stopped = Stopped()
    stopped.set()

    class Closed(FakeStore):
        def identity(self) -> str:
            raise OSError("locked")

    follow("127.0.0.1:1", Closed([]), Status(), stopped, keep_days=1)


@pytest.mark.parametrize(("days", "asked"), [(0, 0), (30, 1)])
def test_zero_days_keep_everything(days: int, asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("history.topics_to_history.now_ms", lambda: 31 * 86_400_000)
    store = FakeStore([])

    tidy(store, Status(), days)

    assert store.forgotten_before == [86_400_000] * asked


def test_a_store_that_cannot_forget_now_is_asked_again_later() -> None:
    class Full(FakeStore):
        def forget(self, before: int, *, most: int) -> int:
            raise OSError(f"the disk is full; {most} rows from before {before} stay")

    tidy(Full([]), Status(), 30)
