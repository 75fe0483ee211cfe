"""The operations server as one ASGI application: which handlers there are, how errors are told, what every answer carries."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp, ControllerRouterHandler

from operations import api_board, api_cases, api_classes, api_people, api_places, pages
from operations.desk import Desk
from operations.guard import guarded
from operations.problems import Refused, of_bug, of_exception

HANDLERS: tuple[ControllerRouterHandler, ...] = (
    api_board.board,
    api_board.events,
    api_board.geometry,
    api_board.cell,
    api_board.ledger,
    api_places.places,
    api_places.place,
    api_places.below,
    api_places.devices,
    api_places.workers,
    api_cases.incidents,
    api_cases.incident,
    api_cases.act,
    api_cases.tasks,
    api_classes.classes,
    api_people.report,
    api_people.reply,
    api_people.bring_photo,
    api_people.photo,
    api_people.me,
    api_people.link,
    pages.board_page,
    pages.worker_page,
    pages.static_file,
    pages.alive,
    pages.ready,
    pages.counted,
    pages.schema,
    pages.openapi,
)
ALWAYS = "/api/v1/photos"
UNCOMPRESSED = ["/api/v1/events", "/api/v1/geometry", "/api/v1/photos"]
DESCRIPTION = (
    "What the operations centre shows and takes. Times are epoch milliseconds UTC; positions are degrees of WGS-84 unless they say "
    "otherwise. Errors are problem documents (RFC 9457). Writes answer 202 only after Kafka has them."
)


def application(desk: Desk, *, bound: str = "127.0.0.1") -> ASGIApp:
    """The application behind its guard; `bound` is the host it listens on."""
    app = Litestar(
        route_handlers=list(HANDLERS),
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False, use_cache=True)},
        exception_handlers={HTTPException: of_exception, Exception: of_bug},
        before_request=_only_when_whole(desk),
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=5, minimum_size=2048, exclude=UNCOMPRESSED
        ),
        openapi_config=_description(),
        logging_config=None,
    )
    return guarded(app, bound)


def _only_when_whole(desk: Desk) -> Callable[[Request[Any, Any, Any]], Awaitable[None]]:
    async def refuse(request: Request[Any, Any, Any]) -> None:
        path = request.url.path
        if path.startswith("/api/") and not path.startswith(ALWAYS) and not desk.live.whole:
            (reason,) = desk.live.reasons(desk.now())
            raise Refused(503, f"The board is not whole yet: {reason}.", zh="正在读取数据，请稍候")

    return refuse


def _description() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="citygrid operations",
        version="1",
        description=DESCRIPTION,
        use_handler_docstrings=True,
        path="/schema/litestar",  # its own pages load scripts from other servers; ours stand at /schema
        render_plugins=[JsonRenderPlugin()],
    )
