"""The whole board as one picture."""

from adapters.installation import ProcessStanding, Standing
from city.incident import IncidentState
from operations.board import Board
from operations.snapshot import MOST_INCIDENTS, picture, pulse, shown_incidents
from tests.operations.builders import CELL, DAY, NOW, finding, heard, incident, pack, refused, registry, sums, task


def full() -> Board:
    board = Board()
    board.register(registry())
    ended = incident(2, state=IncidentState.CLOSED, closed_at=NOW - DAY + 1)
    forgotten = incident(3, state=IncidentState.VOID, closed_at=NOW - DAY - 1)
    facts = [
        incident(1),
        ended,
        forgotten,
        task(incident(1)),
        task(forgotten),
        finding(),
        refused(),
        pack(heard(NOW - 2000)),
    ]
    for fact in [*facts, sums(received=5, accepted=3, windowed=3, rejected={"not_json": 2})]:
        board.apply(fact)
    board.changes(NOW)
    return board


def test_a_picture_shows_everything_at_one_moment() -> None:
    shown = picture(full(), sequence="s-4", now=NOW)
    assert shown.sequence == "s-4"
    assert shown.city.code == "9901"
    assert shown.cells[CELL] == "incident"
    assert [w.id for w in shown.workers] == ["w-1", "w-2"]
    assert (shown.devices.total, shown.devices.live, shown.devices.silent) == (2, 1, 0)
    assert shown.age_ms == 2000
    assert shown.readings_per_s == 0.1
    assert shown.findings == 1
    assert shown.ledger.balanced
    assert shown.rejects.total == 2
    assert shown.rejects.by_reason == {"not_json": 2}
    assert [r.detail for r in shown.rejects.latest] == ["no"]
    assert [c.code for c in shown.classes] == ["E0506"]


def test_ended_incidents_are_shown_for_a_day_with_their_tasks() -> None:
    shown = picture(full(), sequence="s-4", now=NOW)
    assert [i.id for i in shown.incidents] == [incident(2).id, incident(1).id]
    assert [t.incident for t in shown.tasks] == [incident(1).id]


def test_of_very_many_incidents_the_open_ones_are_shown_before_the_ended() -> None:
    board = Board()
    for number in range(MOST_INCIDENTS):
        board.apply(incident(number))
    for number in range(MOST_INCIDENTS, MOST_INCIDENTS + 50):
        board.apply(incident(number, state=IncidentState.CLOSED, closed_at=NOW))
    shown = shown_incidents(board, NOW)
    assert len(shown) == MOST_INCIDENTS
    assert all(i.state is IncidentState.FILED for i in shown)


def test_the_pulse_counts_what_is_open() -> None:
    beat = pulse(full(), NOW)
    assert (beat.open, beat.tasks, beat.findings, beat.age_ms) == (1, 2, 1, 2000)


def test_the_pulse_tells_how_the_processes_stand_where_somebody_knows() -> None:
    standing = Standing(at=NOW, processes=[ProcessStanding(name="worker-1", state="running", lag=7)], short_disks=[])
    assert pulse(full(), NOW, standing).installation == standing
    assert pulse(full(), NOW).installation is None
