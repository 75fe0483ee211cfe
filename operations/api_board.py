"""Looking at the city: the board, its live events, the map's geometry, one cell, the ledger."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter
from litestar.response import Stream

from geo.codes import Level
from messages.ledger import Ledger
from operations.api_places import known
from operations.cell_view import CellPicture, PlacePicture, cell_picture, place_picture
from operations.desk import Desk
from operations.pictures import BoardPicture
from operations.problems import Refused

HOUR_MS = 3_600_000
MOST_HOURS = 72
MOST_CELLS = 25_000


OfPlace = Annotated[
    str,
    QueryParameter(description="A place's code: only its cells, incidents, tasks and workers; without it the city's"),
]


@get("/api/v1/board", summary="The whole board at one moment", tags=["board"])
async def board(desk: NamedDependency[Desk], place: OfPlace = "") -> BoardPicture:
    """A snapshot. Events after its `sequence` bring it up to date."""
    return desk.live.picture(desk.now(), known(desk, place) if place else "")


@get("/api/v1/events", summary="What changes, as it changes", tags=["board"], media_type="text/event-stream")
async def events(
    desk: NamedDependency[Desk],
    last_event_id: Annotated[
        str | None, HeaderParameter(name="Last-Event-ID", description="Where to go on: <start>-<n>")
    ] = None,
    after: Annotated[
        str | None, QueryParameter(name="after", description="The same, for clients that cannot set headers")
    ] = None,
    place: OfPlace = "",
) -> Stream:
    """Server-sent events: cells, places, incident, task, worker, ledger, reject, pulse; and snapshot, which replaces everything.

    With `place` a snapshot holds that place only; the changes are told of the whole city.
    """
    if place:
        known(desk, place)

    def snapshot() -> bytes:
        return msgspec.json.encode(desk.live.picture(desk.now(), place))

    feed = desk.live.feed.stream(last_event_id or after, snapshot)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(feed, media_type="text/event-stream", headers=headers)


@get("/api/v1/geometry", summary="Cells or larger places as GeoJSON", tags=["board"], media_type="application/geo+json")
async def geometry(
    desk: NamedDependency[Desk],
    request: Request[Any, Any, Any],
    level: Annotated[Level | None, QueryParameter(description="Without it all cells")] = None,
    within: Annotated[str, QueryParameter(description="With `level`: a place's code; without it the city")] = "",
) -> Response[bytes]:
    """A feature collection (RFC 7946) in WGS-84; above the cell outlines, coarser for larger places. It rarely changes: ask again with `If-None-Match`."""
    ground = desk.live.board.ground
    place = known(desk, within) if within else desk.live.board.registry.code
    if level is Level.CELL and len(ground.within(place, level).codes) > MOST_CELLS:
        raise Refused(
            400, f"{place} has more than {MOST_CELLS} cells: ask for a smaller place.", zh="网格过多，请缩小范围"
        )
    sealed = await desk.geometry(level, place if level else "")
    headers = {"ETag": sealed.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if sealed.tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            sealed.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type="application/geo+json"
        )
    return Response(sealed.plain, headers=headers, media_type="application/geo+json")


@get("/api/v1/cells/{code:str}", summary="A cell with its last hours, or a larger place rolled up", tags=["board"])
async def cell(
    desk: NamedDependency[Desk],
    code: FromPath[str],
    hours: Annotated[
        int, QueryParameter(ge=1, le=MOST_HOURS, description="How many hours of windows, back from the newest data")
    ] = 6,
) -> CellPicture | PlacePicture:
    """15 digits name a cell; 4, 6, 9 or 12 a city, district, town or community."""
    if code in desk.live.board.registry.cells:
        return await cell_picture(desk, code, span_ms=hours * HOUR_MS)
    place = place_picture(desk.live.board, code)
    if place is None:
        raise Refused(404, f"No place of this city has the code {code!r}.", zh="没有这个地点")
    return place


@get("/api/v1/ledger", summary="What came in, and what became of it", tags=["board"])
async def ledger(desk: NamedDependency[Desk]) -> Ledger:
    """Counted in readings, district by district."""
    return desk.live.board.flow.ledger()
