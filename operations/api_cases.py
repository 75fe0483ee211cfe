"""Incidents and tasks: listing them, looking at one with all that happened to it, and an operator's actions."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import uuid4

import msgspec
from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Struct

from adapters.logs import log
from city.cases.actions import flaw_of
from city.clocks import Light, Stage, StageClock, light, read
from city.incident import Incident, IncidentState, LogEntry
from city.report import Action, ActionKind
from city.task import OPEN_TASK_STATES, Task
from city.work_time import WorkTime
from operations import counters
from operations.api_places import As, Form, known, table
from operations.desk import Desk, written
from operations.documented import takes
from operations.incident_list import OPEN, Asked, chosen, row
from operations.problems import Refused

LIMIT = 200
MOST = 2000
OPERATOR = "operator"


class ClockReading(Struct, frozen=True, kw_only=True):
    """A stage's clock as it stands now: counted time used and left (below zero past the limit), the share used, its colour.

    `counting` says whether time counts at the moment, `changes_at` when that changes by itself (epoch ms).
    """

    stage: Stage
    used_ms: int
    left_ms: int
    share: float
    light: Light
    counting: bool
    changes_at: int | None


class IncidentDetail(Incident, frozen=True, kw_only=True):
    """An incident with everything that happened to it, its tasks, how its clocks stand, and what an operator may do now."""

    readings: list[ClockReading]

    log: list[LogEntry]
    task_list: list[Task]
    actions: list[ActionKind]


class ActionRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """What an operator wants; `worker` only for `reassign` (empty: the next best), `until` (epoch ms) only for `suspend`. With an own `id`, sending it again does it once."""

    action: ActionKind
    id: str = ""
    reason: str = ""
    worker: str = ""
    until: int = 0


class Taken(Struct, frozen=True, kw_only=True):
    """What was taken in: Kafka has it."""

    id: str


@get("/api/v1/incidents", summary="Incidents, the newest first", tags=["incidents"])
async def incidents(
    desk: NamedDependency[Desk],
    *,
    standing: Annotated[str | None, QueryParameter(name="state", description="A state, or `open`")] = None,
    district: FromQuery[str | None] = None,
    class_: Annotated[str | None, QueryParameter(name="class", description="The code of a class")] = None,
    place: Annotated[
        str | None,
        QueryParameter(description="A place of any level: what counts there, by the cell of the first cause"),
    ] = None,
    late: Annotated[bool | None, QueryParameter(description="Open and past a deadline, or not")] = None,
    near: Annotated[bool | None, QueryParameter(description="Open and past nine tenths of a limit, or not")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = LIMIT,
    form: As = Form.JSON,
) -> Response[list[Incident]]:
    """All that is open, and of the past what the board still holds. `X-Total-Count` says how many there are without `limit`."""
    if standing is not None and standing != OPEN and standing not in list(IncidentState):
        raise Refused(400, f"`state` is `open` or one of {', '.join(IncidentState)}, not {standing!r}.")
    asked = Asked(
        now=desk.now(),
        standing=standing,
        district=district,
        event_class=class_,
        place=None if place is None else known(desk, place),
        late=late,
        near=near,
    )
    found = chosen(desk.live.board.cases.incidents.values(), asked)
    headers = {"X-Total-Count": str(len(found))}
    if form is Form.CSV:
        return table([row(each, asked.now) for each in found[:limit]], headers)
    return Response(found[:limit], headers=headers)


@get("/api/v1/incidents/{incident_id:str}", summary="One incident with its log and tasks", tags=["incidents"])
async def incident(desk: NamedDependency[Desk], incident_id: FromPath[str]) -> IncidentDetail:
    """The whole case."""
    found = held(desk, incident_id)
    fields = {name: getattr(found, name) for name in Incident.__struct_fields__}
    return IncidentDetail(
        **fields,
        readings=[_reading(clock, desk.now(), desk.live.board.work_time) for clock in found.clocks],
        log=await _log(desk, found),
        task_list=desk.live.board.cases.tasks_of(incident_id),
        actions=allowed(found, desk.now()),
    )


@post(
    "/api/v1/incidents/{incident_id:str}/actions",
    status_code=HTTPStatus.ACCEPTED,
    summary="An operator's action",
    tags=["incidents"],
    operation_class=takes({"action": "void", "reason": "Filed twice; see 990102-7f3a9c01d2e4."}),
)
async def act(desk: NamedDependency[Desk], incident_id: FromPath[str], request: Request[Any, Any, Any]) -> Taken:
    """Taken once Kafka has it; the case stage decides, and its decision comes over the events."""
    wanted = _wanted(await request.body())
    found = held(desk, incident_id)
    if not wanted.reason.strip():
        raise Refused(400, "Every action needs a `reason`.", zh="每个操作都要写明理由", reason="missing_field")
    action = _action(found, wanted, now=desk.now())
    flaw = flaw_of(found, action, desk.live.board.registry.workers.get(wanted.worker))
    if flaw is not None:
        raise Refused(409, f"{flaw.en}.", zh=flaw.zh, reason="not_allowed_now")
    await written(desk, lambda: desk.requests.action(action))
    counters.written.labels(kind="action").inc()
    return Taken(id=action.id)


@get("/api/v1/tasks", summary="Tasks, the newest first", tags=["incidents"])
async def tasks(
    desk: NamedDependency[Desk],
    worker: FromQuery[str | None] = None,
    standing: Annotated[str | None, QueryParameter(name="state", description="A state, or `open`")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = LIMIT,
) -> list[Task]:
    """Of all workers, or of one."""
    found = [
        task
        for task in desk.live.board.cases.tasks.values()
        if (worker is None or task.worker == worker)
        and (standing is None or (task.state in OPEN_TASK_STATES if standing == OPEN else task.state == standing))
    ]
    return sorted(found, key=lambda task: task.created_at, reverse=True)[:limit]


def held(desk: NamedDependency[Desk], incident_id: FromPath[str]) -> Incident:
    """The incident with this id. Refuses with 404 where the board holds none."""
    found = desk.live.board.cases.incidents.get(incident_id)
    if found is None:
        raise Refused(404, f"No incident has the id {incident_id!r}.", zh="没有这个事件")
    return found


def allowed(incident: Incident, now: int) -> list[ActionKind]:
    """What an operator may do to an incident as it stands; the case stage, which knows it a moment later, has the last word."""
    tried = (_action(incident, ActionRequest(action=kind, reason="?", until=now + 1), now=now) for kind in ActionKind)
    return [action.action for action in tried if flaw_of(incident, action, None) is None]


def _reading(clock: StageClock, now: int, work: WorkTime) -> ClockReading:
    stands = read(clock, now, work)
    return ClockReading(
        stage=clock.stage,
        used_ms=stands.used_ms,
        left_ms=stands.left_ms,
        share=stands.share,
        light=light(clock, now),
        counting=stands.counting,
        changes_at=stands.changes_at,
    )


def _action(incident: Incident, wanted: ActionRequest, *, now: int) -> Action:
    return Action(
        id=wanted.id or str(uuid4()),
        incident=incident.id,
        district=incident.district,
        action=wanted.action,
        reason=wanted.reason.strip(),
        actor=OPERATOR,
        at=now,
        worker=wanted.worker,
        until=wanted.until,
    )


async def _log(desk: NamedDependency[Desk], found: Incident) -> list[LogEntry]:
    """The log as Kafka still holds it; where its beginning has passed away there, history's is longer."""
    recent = desk.live.board.cases.log_of(found.id)
    if recent and recent[0].version == 1:
        return recent
    try:
        kept = await sync_to_thread(desk.history.log, found.id)
    except OSError as error:
        log("cases").warning("history cannot be read", error=str(error))
        return recent
    return list({entry.version: entry for entry in [*kept, *recent]}.values())


def _wanted(body: bytes) -> ActionRequest:
    try:
        return msgspec.json.decode(body, type=ActionRequest)
    except msgspec.ValidationError as error:
        raise Refused(400, f"{error}.", reason="bad_field") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, f"The body is not JSON: {error}.", reason="not_json") from error
