"""The life of incidents and tasks, held against the page drawn from the tables."""

from pathlib import Path

import pytest

from city.incident import IncidentState
from city.report import ReplyKind
from city.task import OPEN_TASK_STATES, TaskState
from city.transitions import OVER, TASK_TRANSITIONS, TRANSITIONS, Change, TaskChange, after, draw, page, task_after

PAGE = Path(__file__).parents[2] / "docs" / "incident.md"


def test_the_page_is_drawn_from_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/incident.md is stale; its second paragraph says how to draw it again"
    )


def test_every_state_has_a_row() -> None:
    assert set(TRANSITIONS) == set(IncidentState)
    assert set(TASK_TRANSITIONS) == set(TaskState)


def test_the_usual_way_leads_from_reported_to_closed() -> None:
    state: IncidentState | None = IncidentState.REPORTED
    for change in (Change.FILED, Change.DISPATCHED, Change.ACCEPTED, Change.ARRIVED, Change.DONE, Change.CLOSED):
        assert state is not None
        state = after(state, change)
    assert state is IncidentState.CLOSED


def test_every_state_can_be_reached_and_every_change_is_used() -> None:
    targets = {target for changes in TRANSITIONS.values() for target in changes.values()}
    assert targets == set(IncidentState)
    used = {change for changes in TRANSITIONS.values() for change in changes}
    assert used == set(Change) - {Change.REPORTED}


def test_from_every_state_an_end_can_be_reached() -> None:
    for state in IncidentState:
        seen, todo = set(), [state]
        while todo:
            here = todo.pop()
            seen.add(here)
            todo += [target for target in TRANSITIONS[here].values() if target not in seen]
        assert seen & OVER


@pytest.mark.parametrize("over", sorted(OVER))
def test_only_reopening_leads_out_of_an_end(over: IncidentState) -> None:
    assert {change for change, target in TRANSITIONS[over].items() if target is not over} == {Change.REOPENED}


def test_a_note_can_always_be_written() -> None:
    assert all(after(state, Change.NOTED) is state for state in IncidentState)


def test_a_change_without_an_arrow_is_not_allowed() -> None:
    assert after(IncidentState.REPORTED, Change.CLOSED) is None
    assert after(IncidentState.CLOSED, Change.CLOSED) is None
    assert task_after(TaskState.OFFERED, TaskChange.DONE) is None


def test_open_tasks_are_those_that_can_still_change() -> None:
    assert {state for state, changes in TASK_TRANSITIONS.items() if changes} == OPEN_TASK_STATES


def test_every_reply_is_a_change_of_a_task() -> None:
    assert {str(kind) for kind in ReplyKind} <= {str(change) for change in TaskChange}


def test_the_drawing_holds_every_arrow_once() -> None:
    lines = [line for line in draw().splitlines() if "-->" in line]
    assert len(lines) == len(set(lines))
    assert "    verifying --> closed : closed" in lines
    assert "    dispatched --> returned : returned, expired, recalled" in lines
