"""What people act on is told the moment it is read; what only colours the map waits for the tick."""

from operations.facts import Fact
from operations.live import Live
from tests.operations.builders import NOW, heard, incident, pack, registry, sums, task


def live(*facts: Fact) -> Live:
    """A whole board of the small city that has told everything up to here."""
    made = Live("start")
    made.register(registry())
    made.take(facts)
    made.settle()
    made.tick(NOW)
    return made


def told_after(live: Live, place: int) -> list[str]:
    return [event.name for event in live.feed.since(place) or ()]


def test_an_incident_and_its_task_are_told_without_waiting_for_the_tick() -> None:
    made = live()
    place = made.feed.last
    made.take([incident(), task(incident())])
    assert told_after(made, place) == ["incident", "task"]


def test_what_was_told_at_once_is_not_told_again_by_the_tick() -> None:
    made = live()
    made.take([incident(), task(incident())])
    place = made.feed.last
    made.tick(NOW + 1)
    assert told_after(made, place) == ["cells", "worker"]


def test_versions_that_are_read_together_are_told_as_the_last() -> None:
    made = live()
    place = made.feed.last
    made.take([incident(version=1), incident(version=2)])
    (event,) = made.feed.since(place) or ()
    assert b'"version":2' in event.data


def test_readings_and_the_ledger_wait_for_the_tick() -> None:
    made = live()
    place = made.feed.last
    made.take([pack(heard()), sums(received=1)])
    assert told_after(made, place) == []
    made.tick(NOW + 1)
    assert told_after(made, place) == ["cells", "ledger"]


def test_nothing_is_told_before_the_board_is_whole() -> None:
    made = Live("start")
    made.register(registry())
    made.take([incident()])
    made.tick(NOW)
    assert made.feed.last == 0
    made.settle()
    made.tick(NOW)
    assert "snapshot" in told_after(made, 0)
