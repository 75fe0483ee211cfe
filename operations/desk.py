"""What the request handlers work with, and who is asking."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from litestar import Request
from litestar.concurrency import sync_to_thread

from adapters.history_stores import Past
from adapters.kafka_writer import WriteFailed
from adapters.photo_files import PhotoFiles
from adapters.worker_tokens import worker_of
from city.places.ground import Ground
from city.places.outlines import Outlines
from city.registry import Worker
from geo.codes import Level
from operations.geometry import Sealed, feature_collection, places_collection, seal
from operations.live import Live
from operations.problems import Refused
from operations.requests_to_topics import Requests

T = TypeVar("T")
MOST_GEOMETRIES = 200


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
        self._outlines = Outlines(Ground())
        self._registry: object = None
        self._drawing = asyncio.Lock()
        self._geometry: dict[tuple[Level | None, str], Sealed] = {}

    async def geometry(self, level: Level | None, within: str) -> Sealed:
        """All cells as GeoJSON, or the places of a level in a place; made once for each registry, in a thread of its own."""
        board = self.live.board
        if self._registry is not board.registry:
            self._registry, self._geometry, self._outlines = board.registry, {}, Outlines(board.ground)
        kept, outlines, asked = self._geometry, self._outlines, (level, within)
        async with self._drawing:
            if asked in kept:
                return kept[asked]
            cells = board.registry.cells.values()
            made = await sync_to_thread(
                lambda: seal(feature_collection(cells) if level is None else places_collection(outlines, level, within))
            )
            while len(kept) >= MOST_GEOMETRIES:
                del kept[next(iter(kept))]
            kept[asked] = made
            return kept[asked]

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
