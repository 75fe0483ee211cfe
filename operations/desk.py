"""What the request handlers work with, and who is asking."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from litestar import Request
from litestar.concurrency import sync_to_thread

from adapters.history_stores import Past
from adapters.kafka_writer import WriteFailed
from adapters.photo_files import PhotoFiles
from adapters.worker_tokens import worker_of
from city.registry import Worker
from operations.geometry import Sealed, feature_collection, seal
from operations.live import Live
from operations.problems import Refused
from operations.requests_to_topics import Requests

T = TypeVar("T")


@dataclass
class Desk:
    """The parts of the server; `now` is the clock (epoch ms)."""

    live: Live
    requests: Requests
    history: Past
    photos: PhotoFiles
    secret: bytes
    now: Callable[[], int]

    def __post_init__(self) -> None:
        self._geometry: tuple[object, Sealed] | None = None

    def geometry(self) -> Sealed:
        """The cells as GeoJSON, made once for each registry."""
        cells = self.live.board.registry.cells
        if self._geometry is None or self._geometry[0] is not cells:
            self._geometry = cells, seal(feature_collection(cells.values()))
        return self._geometry[1]

    def bearer(self, request: Request[Any, Any, Any]) -> Worker | None:
        """The worker whose token the request carries, or None when it carries none. Refuses a false one with 401."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not scheme:
            return None
        id_ = worker_of(self.secret, token.strip()) if scheme.lower() == "bearer" else None
        worker = self.live.board.registry.workers.get(id_ or "")
        if worker is None:
            raise Refused(401, "The token is not one of this city's workers.", zh="令牌无效")
        return worker

    def asking(self, request: Request[Any, Any, Any]) -> Worker:
        """The worker whose token the request carries. Refuses a request without one with 401."""
        worker = self.bearer(request)
        if worker is None:
            raise Refused(401, "This needs a worker's token: Authorization: Bearer <token>.", zh="需要网格员令牌")
        return worker


async def written(desk: Desk, action: Callable[[], T]) -> T:
    """What `action` gives, run in a thread of its own because it waits for Kafka. Ends the request with 503 where Kafka does not answer."""
    reasons = desk.live.reasons(desk.now())
    if reasons:
        raise Refused(503, f"Nothing was taken: {reasons[0]}. Send it again.", zh="暂时无法受理，请稍后再发")
    try:
        return await sync_to_thread(action)
    except WriteFailed as error:
        raise Refused(
            503,
            f"{error} It is not certain that it was taken; send it again with the same id.",
            zh="尚未确认收到，请用同一编号再发一次",
        ) from error
