"""What an operator may do to an incident, and what it does."""

from typing import assert_never

from msgspec.structs import replace

from city.cases import words
from city.cases.closing import close, file, reopen, void
from city.cases.draft import Draft
from city.cases.evidence import standing
from city.cases.offers import end_task, offer, offer_to
from city.cases.state import Refused, RefusedFor
from city.cases.suspension import extend, extension_flaw, resume, suspend, suspension_flaw
from city.cases.turns import NO_WORK
from city.incident import Incident
from city.names import Name
from city.registry import Worker
from city.report import Action, ActionKind
from city.transitions import Change, TaskChange, after

_CHANGES = {
    ActionKind.FILE: Change.FILED,
    ActionKind.VOID: Change.VOIDED,
    ActionKind.CLOSE: Change.CLOSED,
    ActionKind.REOPEN: Change.REOPENED,
    ActionKind.NOTE: Change.NOTED,
    ActionKind.EXTEND: Change.EXTENDED,
    ActionKind.SUSPEND: Change.SUSPENDED,
    ActionKind.RESUME: Change.RESUMED,
}


def take_action(draft: Draft, action: Action) -> None:
    """An operator's action. One that was applied already changes nothing; one that is not allowed is answered."""
    if action.id in draft.heard:
        return
    incident = draft.incidents.get(action.incident)
    worker = draft.facts.registry.workers.get(action.worker)
    now = replace(action, at=draft.now)
    flaw = words.not_here(action.incident) if incident is None else flaw_of(incident, now, worker)
    if incident is None or flaw is not None:
        reason = RefusedFor.NOT_ALLOWED_NOW
        draft.answer(
            Refused(
                reason=reason,
                detail=flaw.en if flaw else "",
                id=action.id,
                sender=action.actor,
                district=draft.district,
                at=draft.now,
                kind="actions",
            )
        )
        return
    draft.heard[action.id] = draft.now
    _apply(draft, incident, action, worker)


def flaw_of(incident: Incident, action: Action, worker: Worker | None) -> Name | None:
    """Why an action is not possible on an incident as it stands, as a sentence; None where it is. `worker` is the registered one it names."""
    if not action.reason.strip():
        return words.needs_a_reason(action.action)
    if action.action is ActionKind.REASSIGN:
        return _reassign_flaw(incident, action, worker)
    if after(incident.state, _CHANGES[action.action]) is None:
        return words.not_in_this_state(action.action, incident.state)
    return _rule_flaw(incident, action)


def _rule_flaw(incident: Incident, action: Action) -> Name | None:
    """What stands in the way of an action that the state allows."""
    match action.action:
        case ActionKind.EXTEND:
            return extension_flaw(incident, action.at)
        case ActionKind.SUSPEND:
            return suspension_flaw(incident, action.at, action.until)
        case ActionKind.RESUME:
            return None if incident.suspended_until is not None else words.NOT_SUSPENDED
        case _:
            return _closing_flaw(incident, action)


def _closing_flaw(incident: Incident, action: Action) -> Name | None:
    alive = [evidence for evidence in standing(incident) if not evidence.silent]
    if action.action is ActionKind.CLOSE and alive:
        return words.not_while_it_stands(alive[0])
    return None


def _reassign_flaw(incident: Incident, action: Action, worker: Worker | None) -> Name | None:
    if incident.work == NO_WORK:
        return words.NOBODY_IS_SENT
    if after(incident.state, Change.RECALLED) is None and after(incident.state, Change.DISPATCHED) is None:
        return words.not_in_this_state(action.action, incident.state)
    if action.worker and (worker is None or worker.district != incident.district):
        return words.no_worker_here(action.worker, incident.district)
    return None


def _apply(draft: Draft, incident: Incident, action: Action, worker: Worker | None) -> None:
    match action.action:
        case ActionKind.FILE:
            file(draft, incident, actor=action.actor, reason=action.reason)
        case ActionKind.VOID:
            void(draft, incident, actor=action.actor, reason=action.reason)
        case ActionKind.CLOSE:
            close(draft, incident, actor=action.actor, reason=action.reason)
        case ActionKind.REOPEN:
            reopen(draft, incident, actor=action.actor, reason=action.reason)
        case ActionKind.NOTE:
            draft.move(incident, Change.NOTED, actor=action.actor, reason=action.reason)
        case ActionKind.EXTEND:
            extend(draft, incident, actor=action.actor, reason=action.reason)
        case ActionKind.SUSPEND:
            suspend(draft, incident, until=action.until, actor=action.actor, reason=action.reason)
        case ActionKind.RESUME:
            resume(draft, incident, actor=action.actor, reason=action.reason)
        case ActionKind.REASSIGN:
            _reassign(draft, incident, action, worker)
        case _:
            assert_never(action.action)


def _reassign(draft: Draft, incident: Incident, action: Action, worker: Worker | None) -> None:
    """Takes the task back from whoever has it; then the named worker has it, or the next best."""
    detail = {"to": action.worker} if action.worker else {}
    end_task(draft, incident, TaskChange.WITHDRAW)
    if after(incident.state, Change.RECALLED) is not None:
        draft.clock(incident, done_at=None, stands_since=None)
        incident = draft.move(incident, Change.RECALLED, actor=action.actor, reason=action.reason, detail=detail)
    else:
        incident = draft.move(incident, Change.NOTED, actor=action.actor, reason=action.reason, detail=detail)
    if worker is None:
        offer(draft, incident)
    else:
        offer_to(draft, incident, worker, action.actor)
