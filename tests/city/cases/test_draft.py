"""The working copy that holds the table, the versions and the load."""

import pytest
from msgspec.structs import replace

from city.cases.draft import Draft
from city.cases.state import DistrictCases
from city.incident import Incident, LogEntry
from city.names import Name
from city.task import Task, TaskState
from city.transitions import Change
from tests.city.case_builders import DISTRICT, NOW, Desk, facts, finding


def drafted() -> tuple[Draft, Incident]:
    desk = Desk()
    desk.take(finding())
    return Draft(desk.cases, facts(), NOW + 1), desk.incident


def test_a_change_that_the_table_does_not_allow_is_a_bug() -> None:
    draft, incident = drafted()
    with pytest.raises(ValueError, match="done is not allowed in dispatched"):
        draft.move(incident, Change.DONE, actor="w-1")
    assert draft.decision(worth_keeping=False).outbox == []


def test_every_change_is_one_version_and_one_entry() -> None:
    draft, incident = drafted()
    noted = draft.move(incident, Change.NOTED, actor="operator", reason="first")
    draft.move(noted, Change.NOTED, actor="operator", reason="second")
    outbox = draft.decision(worth_keeping=False).outbox
    assert [(e.version, e.reason) for e in outbox if isinstance(e, LogEntry)] == [(4, "first"), (5, "second")]
    assert [sent.version for sent in outbox if isinstance(sent, Incident)] == [5]


def test_a_reason_in_both_languages_is_kept_in_both() -> None:
    draft, incident = drafted()
    draft.move(incident, Change.NOTED, actor="citygrid", reason=Name("因为", "because"), detail={"more": 1})
    (entry,) = [sent for sent in draft.decision(worth_keeping=False).outbox if isinstance(sent, LogEntry)]
    assert entry.reason == "because"
    assert entry.detail == {"more": 1, "reason": {"zh": "因为", "en": "because"}}


def test_the_load_follows_the_tasks() -> None:
    draft, incident = drafted()
    task = draft.open_task(incident)
    assert isinstance(task, Task)
    assert draft.load == {"w-1": 1}
    draft.put_task(replace(task, state=TaskState.ACCEPTED))
    assert (draft.load, draft.freed) == ({"w-1": 1}, False)
    draft.put_task(replace(task, state=TaskState.DONE))
    assert (draft.load, draft.freed) == ({}, True)
    draft.put_task(replace(task, state=TaskState.DONE))
    assert draft.load == {}


def test_a_task_that_changes_twice_is_sent_once_as_it_is_in_the_end() -> None:
    draft, incident = drafted()
    task = draft.open_task(incident)
    assert task is not None
    draft.put_task(replace(task, severity="extreme"))
    draft.put_task(replace(task, state=TaskState.WITHDRAWN))
    sent = [sent for sent in draft.decision(worth_keeping=False).outbox if isinstance(sent, Task)]
    assert [task.state for task in sent] == [TaskState.WITHDRAWN]
    assert sent[0].updated_at == NOW + 1


def test_a_draft_without_a_change_gives_back_the_same_cases() -> None:
    before = DistrictCases(district=DISTRICT, now=NOW, applied={"citygrid.reports": 7})
    decision = Draft(before, facts(), NOW).decision(worth_keeping=False)
    assert decision.cases == before
    assert not decision.worth_keeping
