"""Asking what can be reported: the city's classes with their conditions, limits and departments."""

import hashlib
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from city.registry import EventClass
from operations.classes import Classes, pictured
from operations.desk import Desk


@get("/api/v1/classes", summary="The classes by majors", tags=["people"])
async def classes(desk: NamedDependency[Desk], request: Request[Any, Any, Any]) -> Response[Classes | None]:
    """Each with its filing conditions, limits, department and closing evidence. They rarely change: ask again with `If-None-Match`."""
    everything, tag = _tagged(tuple(desk.live.board.registry.classes.values()))
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(everything, headers=headers)


@lru_cache(maxsize=1)
def _tagged(classes: tuple[EventClass, ...]) -> tuple[Classes, str]:
    everything = pictured(classes)
    return everything, f'"{hashlib.sha256(msgspec.json.encode(everything)).hexdigest()[:20]}"'
