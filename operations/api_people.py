"""What people in the field and citizens say over HTTP: reports, replies, photos; and what a worker's own page shows."""

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from litestar import Request, Response, get, post, put
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter
from msgspec import Struct
from msgspec.structs import replace

from adapters.photo_files import LARGEST_PHOTO, Put
from adapters.worker_tokens import token_for
from city.registry import District
from city.report import Receipt
from city.task import OPEN_TASK_STATES, Task
from messages.rejects import Refusal
from operations import counters, facts
from operations.board import Board
from operations.classes import BriefClass, brief
from operations.desk import Desk, written
from operations.documented import takes
from operations.pictures import CityPicture, WorkerPicture
from operations.problems import Refused, refused
from operations.snapshot import city

T = TypeVar("T")

LARGEST_BODY = 1024 * 1024
ENDED_TASKS = 20
_UUID = "6f9c2b52-3d0e-4a37-9a4c-2b6f6a1f0c11"
REPORT = {
    "id": _UUID,
    "at": "2026-11-23T08:00:00+08:00",
    "class": "E0506",
    "position": {"lon": 111.29, "lat": 30.69},
    "text": "Water over the kerb",
}
REPLY = {"id": _UUID, "task": "990102-7f3a9c01d2e4-t1", "at": "2026-11-23T08:04:00+08:00", "kind": "accept"}


class ReportTaken(Struct, frozen=True, kw_only=True):
    """A report that Kafka has, and where its position lies."""

    id: str
    district: str
    cell: str


class ReplyTaken(Struct, frozen=True, kw_only=True):
    """A reply that Kafka has."""

    id: str
    task: str


class PhotoKept(Struct, frozen=True, kw_only=True):
    """How a report or reply names the photo."""

    photo: str


class Me(Struct, frozen=True, kw_only=True):
    """What a worker's page shows: open tasks, the newest first, those that ended lately, what became of the worker's reports, and what was refused of the last hour's."""

    now: int
    city: CityPicture
    district: District | None
    worker: WorkerPicture
    tasks: list[Task]
    ended: list[Task]
    receipts: list[Receipt]
    rejects: list[facts.ShownReject]
    classes: list[BriefClass]


class Link(Struct, frozen=True, kw_only=True):
    """The address of a worker's page, relative to this server."""

    url: str


@post(
    "/api/v1/reports",
    status_code=HTTPStatus.ACCEPTED,
    summary="Report something seen",
    tags=["people"],
    operation_class=takes(REPORT),
    request_max_body_size=LARGEST_BODY,
)
async def report(desk: NamedDependency[Desk], request: Request[Any, Any, Any]) -> ReportTaken:
    """With a worker's token it is that worker's report; without, a citizen's, which an operator files. The same `id` again is the same report."""
    worker = desk.bearer(request)
    body, now = await request.body(), desk.now()
    sender = worker.id if worker else None
    taken = await _taken(desk, "report", lambda: desk.requests.report(body, worker=sender, now=now))
    return ReportTaken(id=taken.id, district=taken.district, cell=taken.cell)


@post(
    "/api/v1/replies",
    status_code=HTTPStatus.ACCEPTED,
    summary="Reply to a task",
    tags=["people"],
    operation_class=takes(REPLY),
    request_max_body_size=LARGEST_BODY,
)
async def reply(desk: NamedDependency[Desk], request: Request[Any, Any, Any]) -> ReplyTaken:
    """Needs the worker's token. The case stage decides whether the task allows it now."""
    worker = desk.asking(request)
    body, now = await request.body(), desk.now()
    taken = await _taken(desk, "reply", lambda: desk.requests.reply(body, worker=worker.id, now=now))
    return ReplyTaken(id=taken.id, task=taken.task)


async def _taken(desk: Desk, kind: str, write: Callable[[], T | Refusal]) -> T:
    """What `write` wrote to Kafka, counted under `kind`. Ends the request with its problem where it was refused, or as `written`."""
    taken = await written(desk, write)
    if isinstance(taken, Refusal):
        counters.refused.labels(reason=taken.reason).inc()
        raise refused(taken)
    counters.written.labels(kind=kind).inc()
    return taken


@put(
    "/api/v1/photos/{sha256:str}",
    summary="Bring a photo",
    tags=["people"],
    operation_class=takes(None, media_type="image/*"),
    request_max_body_size=LARGEST_PHOTO + 1,
)
async def bring_photo(
    desk: NamedDependency[Desk], sha256: FromPath[str], request: Request[Any, Any, Any]
) -> Response[PhotoKept]:
    """JPEG, PNG or WebP of at most 8 MiB, under the SHA-256 of its bytes. 201 when it is new, 200 when it was here already."""
    desk.bearer(request)
    body = await request.body()
    match await sync_to_thread(desk.photos.put, sha256, body):
        case Put.NEW:
            return Response(PhotoKept(photo=f"sha256:{sha256}"), status_code=HTTPStatus.CREATED)
        case Put.KNOWN:
            return Response(PhotoKept(photo=f"sha256:{sha256}"), status_code=HTTPStatus.OK)
        case Put.TOO_LARGE:
            raise Refused(413, "A photo may have at most 8 MiB.", zh="照片不能超过 8 MiB", reason="too_large")
        case Put.NO_IMAGE:
            raise Refused(
                415, "Only JPEG, PNG and WebP are taken.", zh="只接受 JPEG、PNG 和 WebP 照片", reason="bad_field"
            )
        case Put.NO_ROOM:
            raise Refused(
                507,
                "There is no room for more photos on the server; send the report without it, or later.",
                zh="服务器照片空间已满",
            )
        case Put.OTHER_HASH:
            raise Refused(422, "The body does not have this SHA-256.", zh="照片内容与其哈希不符", reason="bad_field")


@get("/api/v1/photos/{sha256:str}", summary="A photo", tags=["people"], media_type="image/*")
async def photo(desk: NamedDependency[Desk], sha256: FromPath[str]) -> Response[bytes]:
    """The photo with this SHA-256; its content never changes."""
    found = await sync_to_thread(desk.photos.get, sha256.removeprefix("sha256:"))
    if found is None:
        raise Refused(404, "There is no such photo.", zh="没有这张照片")
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "Content-Disposition": "inline"}
    return Response(found.content, media_type=found.kind, headers=headers)


@get("/api/v1/me", summary="The worker who asks", tags=["people"])
async def me(
    desk: NamedDependency[Desk],
    request: Request[Any, Any, Any],
) -> Me:
    """Needs the worker's token. Tasks, receipts, and the classes that can be reported, briefly (the whole of them: `/api/v1/classes`)."""
    worker = desk.asking(request)
    board, now = desk.live.board, desk.now()
    mine = sorted(
        (task for task in board.cases.tasks.values() if task.worker == worker.id),
        key=lambda task: task.created_at,
        reverse=True,
    )
    return Me(
        now=now,
        city=city(board),
        district=board.registry.districts.get(worker.district),
        worker=board.worker(worker, now),
        tasks=[task for task in mine if task.state in OPEN_TASK_STATES],
        ended=[task for task in mine if task.state not in OPEN_TASK_STATES][:ENDED_TASKS],
        receipts=[_as_it_stands(board, receipt) for receipt in board.receipts.get(worker.id, ())],
        rejects=list(board.answers.get(worker.id, ())),
        classes=brief(board.registry.classes.values()),
    )


def _as_it_stands(board: Board, receipt: Receipt) -> Receipt:
    """A receipt says how the report's incident stood when it came in; the worker wants to know how it stands now."""
    held = board.cases.incidents.get(receipt.incident)
    return receipt if held is None else replace(receipt, state=held.state)


@get("/api/v1/workers/{worker_id:str}/link", summary="The link to a worker's page", tags=["people"])
async def link(
    desk: NamedDependency[Desk],
    request: Request[Any, Any, Any],
    worker_id: Annotated[str, PathParameter(description="A worker's id")],
) -> Link:
    """For demonstrations: only to whoever asks from this very machine, because the link is the worker's key."""
    if not _from_here(request):
        raise Refused(403, "Links are handed out on the server's own machine only.", zh="只能在服务器本机上取得链接")
    if worker_id not in desk.live.board.registry.workers:
        raise Refused(404, f"No worker is registered as {worker_id!r}.", zh="没有这位网格员")
    return Link(url=f"/worker?token={quote(token_for(desk.secret, worker_id))}")


def _from_here(request: Request[Any, Any, Any]) -> bool:
    if {"forwarded", "x-forwarded-for", "x-real-ip", "via"} & request.headers.keys():
        return False  # a proxy on this machine speaks for somebody elsewhere
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
