"""Facts go into the board, and exactly what they changed comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.finding import FindingState
from city.incident import IncidentState
from city.registry import Shift
from city.report import DeviceStatus
from city.task import TaskState
from city.whereabouts import DoubtKind
from messages.topics import INCIDENTS, POSITIONS, TASKS
from operations.board import LATEST_REJECTS, Board
from operations.cells import CellState
from operations.facts import Fact, Gone, Unreadable
from tests.operations.builders import (
    CELL,
    DISTRICT,
    HOUR,
    MINUTE,
    NOW,
    OTHER_CELL,
    entry,
    finding,
    heard,
    incident,
    pack,
    position,
    receipt,
    refused,
    registry,
    sums,
    task,
    worker,
)


def board(*facts: Fact) -> Board:
    """A board of the small city that has told everything up to here."""
    made = Board()
    made.register(registry())
    for fact in facts:
        made.apply(fact)
    made.changes(NOW)
    return made


def test_what_is_registered_shows_everything_anew_and_nobody_is_known_yet() -> None:
    b = Board()
    b.register(registry())
    changes = b.changes(NOW)
    assert changes.everything
    assert b.states == {CELL: CellState.UNKNOWN, OTHER_CELL: CellState.UNKNOWN}
    assert not b.changes(NOW).everything


def test_a_reading_makes_its_cell_fine_and_says_so_once() -> None:
    b = board()
    b.apply(pack(heard()))
    assert b.changes(NOW).cells == {CELL: CellState.FINE}
    b.apply(pack(heard(NOW + 1)))
    assert b.changes(NOW).cells == {}


def test_a_finding_and_then_an_incident_colour_the_cell_step_by_step() -> None:
    b = board(pack(heard()))
    b.apply(finding())
    assert b.changes(NOW).cells == {CELL: CellState.WATCH}
    b.apply(incident())
    changes = b.changes(NOW)
    assert changes.cells == {CELL: CellState.INCIDENT}
    assert changes.incidents == [incident()]
    b.apply(finding(state=FindingState.CLEARED))
    b.apply(incident(state=IncidentState.CLOSED, version=2))
    assert b.changes(NOW).cells == {CELL: CellState.FINE}


def test_a_colour_that_changes_there_and_back_is_no_change() -> None:
    b = board(pack(heard()))
    b.apply(finding())
    b.apply(finding(state=FindingState.CLEARED))
    assert b.changes(NOW).cells == {}


def test_a_cell_becomes_unknown_when_the_data_move_on_without_its_devices() -> None:
    b = board(pack(heard()))
    b.apply(sums(watermark=NOW + HOUR))
    b.sweep()
    changes = b.changes(NOW)
    assert changes.cells == {CELL: CellState.UNKNOWN}
    assert changes.ledger is not None
    assert changes.ledger.districts[DISTRICT].watermark == NOW + HOUR


def test_several_versions_of_an_incident_between_two_looks_are_told_as_the_last() -> None:
    b = board()
    for version in (1, 2, 3):
        b.apply(incident(version=version))
    assert b.changes(NOW).incidents == [incident(version=3)]
    assert b.changes(NOW).incidents == []


def test_an_older_version_that_comes_late_recolours_nothing() -> None:
    b = board(incident(version=2, state=IncidentState.CLOSED))
    b.apply(incident(version=1))
    assert b.changes(NOW).cells == {}
    assert not b.concerns.incidents.get(CELL)


def test_a_task_is_told_with_its_worker() -> None:
    b = board(incident())
    b.apply(task(incident()))
    changes = b.changes(NOW)
    assert changes.tasks == [task(incident())]
    assert [(w.id, w.load) for w in changes.workers] == [("w-1", 1)]
    b.apply(task(incident(), state=TaskState.DONE))
    assert [(w.id, w.load) for w in b.changes(NOW).workers] == [("w-1", 0)]


def test_a_worker_moves_and_an_older_position_does_not_move_back() -> None:
    b = board()
    b.apply(position(NOW, lon=111.002))
    b.apply(position(NOW - MINUTE, lon=111.009))
    (seen,) = b.changes(NOW).workers
    assert seen.position is not None
    assert (seen.position.lon, seen.position.at) == (111.002, NOW)
    assert seen.doubts == []


def test_a_worker_who_leaps_is_shown_there_with_the_doubt_until_forgotten() -> None:
    b = board(position(NOW, lon=111.002), position(NOW + 1000, lon=111.012))
    (doubt,) = b.worker(worker(), NOW).doubts
    assert doubt.kind is DoubtKind.JUMP
    assert doubt.metres == pytest.approx(963, abs=2)
    b.apply(Gone(POSITIONS.name, "w-1"))
    assert b.worker(worker(), NOW).doubts == []


def test_the_begin_of_a_shift_is_told_when_asked() -> None:
    b = Board()
    b.register(registry(workers={"w-1": worker(shift=Shift(start="00:00", end="00:01"))}, utc_offset_minutes=0))
    midnight = NOW // (24 * HOUR) * 24 * HOUR
    assert [w.on_shift for w in b.changes(midnight - 1, shifts=True).workers] == [False]
    assert b.changes(midnight, shifts=False).workers == []
    assert [w.on_shift for w in b.changes(midnight, shifts=True).workers] == [True]
    assert b.changes(midnight + 1, shifts=True).workers == []


def test_what_a_worker_said_and_the_case_stage_refused_is_kept_for_that_worker() -> None:
    b = board()
    worker = next(iter(b.registry.workers))
    reply = replace(refused("the task is done", "not_allowed_now"), sender=worker, id="reply-1")
    for one in (reply, refused(), replace(reply, sender="stranger"), replace(reply, id=None)):
        b.apply(one)
    assert {sender: list(answers) for sender, answers in b.answers.items()} == {worker: [reply]}


def test_a_worker_is_shown_free_again_when_the_incident_of_an_open_task_is_gone() -> None:
    b = board()
    b.apply(incident())
    b.apply(task(incident(), worker="w-1"))
    assert [w.load for w in b.changes(NOW).workers if w.id == "w-1"] == [1]
    b.apply(Gone(INCIDENTS.name, incident().id))
    assert [w.load for w in b.changes(NOW).workers if w.id == "w-1"] == [0]


def test_the_latest_refusals_are_kept_and_new_ones_told() -> None:
    b = board()
    for number in range(LATEST_REJECTS + 5):
        b.apply(refused(str(number)))
    assert [r.detail for r in b.refused] == [str(n) for n in range(LATEST_REJECTS + 4, 4, -1)]
    assert [r.detail for r in b.changes(NOW).rejects] == [str(n) for n in range(5, LATEST_REJECTS + 5)]
    assert b.changes(NOW).rejects == []


def test_a_receipt_is_kept_for_its_worker_the_newest_first() -> None:
    b = board(receipt("r-1"), receipt("r-2"), receipt("r-3", worker="w-2"))
    assert [r.report for r in b.receipts["w-1"]] == ["r-2", "r-1"]


def test_a_will_takes_a_device_off_line_until_it_is_back() -> None:
    b = board(DeviceStatus(device="water-1", district=DISTRICT, at=NOW, online=False))
    assert b.offline == {"water-1"}
    b.apply(DeviceStatus(device="water-1", district=DISTRICT, at=NOW, online=True))
    assert b.offline == set()


def test_tombstones_take_away_what_they_name() -> None:
    b = board(pack(heard()), incident(), task(incident()), position())
    for topic, key in ((TASKS.name, task(incident()).id), (POSITIONS.name, "w-1"), (INCIDENTS.name, incident().id)):
        b.apply(Gone(topic, key))
    changes = b.changes(NOW)
    assert changes.cells == {CELL: CellState.FINE}
    assert [(w.id, w.load, w.position) for w in changes.workers] == [("w-1", 0, None)]
    assert not b.cases.incidents
    assert not b.cases.tasks


def test_an_unreadable_record_is_counted_and_changes_nothing() -> None:
    b = board()
    b.apply(Unreadable("t", "?"))
    assert b.unreadable == 1
    assert b.changes(NOW).incidents == []


def test_settling_drops_what_belongs_to_nothing() -> None:
    b = board(entry(incident(5)), incident(), entry(incident()))
    b.settle()
    assert b.cases.log_of(incident(5).id) == []
    assert len(b.cases.log_of(incident().id)) == 1


def test_new_cells_appear_and_old_ones_go_with_the_registry() -> None:
    b = board(pack(heard()))
    b.register(registry(cells={CELL: registry().cells[CELL]}))
    assert b.changes(NOW).everything
    assert b.states == {CELL: CellState.FINE}


facts = st.one_of(
    st.builds(
        lambda n, v, s, c: incident(n, version=v, state=s, cells=c),
        st.integers(1, 4),
        st.integers(1, 5),
        st.sampled_from(IncidentState),
        st.lists(st.sampled_from([CELL, OTHER_CELL]), min_size=1, max_size=2, unique=True),
    ),
    st.builds(
        lambda n, s, c: finding(f"f-{n}-{c}", s, cell=c),
        st.integers(1, 3),
        st.sampled_from(FindingState),
        st.sampled_from([CELL, OTHER_CELL]),
    ),
    st.builds(
        lambda at, d: pack(heard(NOW + at * MINUTE, device=d)),
        st.integers(0, 60),
        st.sampled_from(["water-1", "water-2"]),
    ),
    st.builds(lambda n: Gone(INCIDENTS.name, incident(n).id), st.integers(1, 4)),
    st.builds(
        lambda n, s, w: task(incident(n), state=s, worker=w),
        st.integers(1, 4),
        st.sampled_from(TaskState),
        st.sampled_from(["w-1", "w-2"]),
    ),
)


@given(st.lists(facts, max_size=40), st.sets(st.integers(0, 40)))
def test_what_was_told_adds_up_to_the_board_however_often_one_looked(told: list[Fact], looks: set[int]) -> None:
    b = board()
    cells, incidents, loads = dict(b.states), {}, {"w-1": 0, "w-2": 0}
    for number, fact in enumerate([*told, None]):
        if fact is not None:
            b.apply(fact)
        if number in looks or fact is None:
            b.sweep()
            changes = b.changes(NOW)
            cells.update(changes.cells)
            incidents.update({i.id: i for i in changes.incidents})
            loads.update({w.id: w.load for w in changes.workers})
    assert (
        cells
        == b.states
        == {code: b.concerns.state_of(code, heard=b.devices.live_in(code)) for code in (CELL, OTHER_CELL)}
    )
    assert {id_: incidents[id_] for id_ in b.cases.incidents} == b.cases.incidents
    open_now = [t.worker for t in b.cases.tasks.values() if t.state in {"offered", "accepted", "arrived"}]
    assert loads == {w: open_now.count(w) for w in ("w-1", "w-2")}
