"""What a worker's reply does to the task and to its incident."""

from msgspec.structs import replace

from city.cases.closing import settle_done
from city.cases.draft import Draft
from city.cases.evidence import of_reply, with_evidence
from city.cases.offers import offer
from city.cases.state import Refused, RefusedFor
from city.incident import Incident
from city.report import Reply, ReplyKind
from city.task import Task
from city.transitions import Change, TaskChange, task_after

_CHANGES = {
    ReplyKind.ACCEPT: (TaskChange.ACCEPT, Change.ACCEPTED),
    ReplyKind.ARRIVE: (TaskChange.ARRIVE, Change.ARRIVED),
    ReplyKind.RETURN: (TaskChange.RETURN, Change.RETURNED),
    ReplyKind.DONE: (TaskChange.DONE, Change.DONE),
}


def take_reply(draft: Draft, reply: Reply) -> None:
    """A reply. One that was applied already changes nothing; one that the task does not allow is answered."""
    if reply.id in draft.heard:
        return
    task = draft.tasks.get(reply.task)
    if task is None or task.worker != reply.worker:
        _refuse(draft, reply, RefusedFor.UNKNOWN_TASK, f"{reply.worker} has no task {reply.task}")
    elif (flaw := _flaw(reply, task)) is not None:
        _refuse(draft, reply, RefusedFor.NOT_ALLOWED_NOW, flaw)
    else:
        draft.heard[reply.id] = draft.now
        _apply(draft, reply, task)


def _flaw(reply: Reply, task: Task) -> str | None:
    if task_after(task.state, _CHANGES[reply.kind][0]) is None:
        return f"{reply.kind} is not possible: the task is {task.state}"
    if reply.kind is ReplyKind.RETURN and not reply.reason.strip():
        return "return needs a reason"
    if reply.kind is ReplyKind.DONE and not (reply.text.strip() or reply.photos):
        return "done needs a text or a photo of what was done"
    return None


def _apply(draft: Draft, reply: Reply, task: Task) -> None:
    task_change, change = _CHANGES[reply.kind]
    state = task_after(task.state, task_change)
    draft.put_task(replace(task, state=state or task.state))
    incident = draft.incidents[task.incident]
    fields = {"evidence": with_evidence(incident, of_reply(reply))} if reply.kind is ReplyKind.DONE else {}
    moved = draft.move(incident, change, actor=reply.worker, reason=reply.reason, detail=_told(reply), **fields)
    _go_on(draft, moved, reply.kind)


def _go_on(draft: Draft, incident: Incident, kind: ReplyKind) -> None:
    if kind is ReplyKind.RETURN:
        offer(draft, incident)
    elif kind is ReplyKind.DONE:
        settle_done(draft, incident)


def _told(reply: Reply) -> dict[str, object]:
    told: dict[str, object] = {"task": reply.task, "reply": reply.id, "said_at": reply.at}
    if reply.text:
        told["text"] = reply.text
    if reply.photos:
        told["photos"] = reply.photos
    if reply.position is not None:
        told["position"] = {"lon": reply.position.lon, "lat": reply.position.lat}
    return told


def _refuse(draft: Draft, reply: Reply, reason: RefusedFor, detail: str) -> None:
    draft.answer(
        Refused(
            reason=reason,
            detail=detail,
            id=reply.id,
            sender=reply.worker,
            district=draft.district,
            at=draft.now,
            kind="replies",
            home=draft.home_of(reply.worker),
        )
    )
