"""When history reads on, when it commits, and what it does while its store refuses."""

import itertools
import threading
from typing import Any

import pytest

from adapters.kafka_reader import Record, Unreachable
from history.status import Status
from history.topics_to_history import delays, follow, keep, keep_on, patiently, tidy
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

    def keep(self, batch: Batch) -> None:
        if self.refusals:
            self.refusals -= 1
            self.said.append("refused")
            raise OSError("the disk is full")
        self.said.append(("kept", [stamped.value.start for stamped in batch.windows]))

    def forget(self, before: int, *, most: int) -> int:
        self.forgotten_before.append(before)
        return most

    def close(self) -> None:
        self.said.append("closed")


class FakeReader:
    """Gives `polls` one after the other and then stops history."""

    def __init__(self, said: list[Any], polls: list[list[Record]], stopped: threading.Event) -> None:
        self.said, self.polls, self.stopped = said, polls, stopped
        self.unreachable = 0

    def poll(self, timeout: float, most: int) -> list[Record]:
        assert timeout <= 1
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
        return 0


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


def test_history_that_is_stopped_while_the_store_refuses_ends_without_commit() -> None:
    said: list[Any] = []
    stopped, status = Stopped(), Status()
    stopped.set()

    assert not keep(batch(window()), FakeStore(said, refusals=9), status, stopped)
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

    assert "6 s" in status.reasons()[0]


def test_waits_double_and_never_pass_ten_seconds() -> None:
    waits = list(itertools.islice(delays(), 12))

    assert waits[:3] == [0.1, 0.2, 0.4]
    assert max(waits) == waits[-1] == 10.0


def test_a_store_that_cannot_be_opened_is_tried_until_history_is_stopped() -> None:
    stopped, failures = Stopped(), []

    def attempt() -> str:
        if len(failures) == 3:
            stopped.set()
        raise OSError("no such folder")

    assert patiently(attempt, failures.append, stopped) is None
    assert len(failures) == 4
    assert stopped.waited == [0.1, 0.2, 0.4, 0.8]


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
