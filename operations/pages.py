"""The two pages and their files, the description of the API, and what probes and Prometheus ask for."""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.health import metrics, readiness
from operations.desk import Desk
from operations.documented import with_problems
from operations.problems import Refused

STATIC = Path(__file__).with_name("static")
KINDS: Mapping[str, str] = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}


@get("/", include_in_schema=False)
async def board_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The operations centre."""
    return served("index.html", request)


@get("/worker", include_in_schema=False)
async def worker_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """A worker's own page; the token in its address is checked by what it asks for, not here."""
    return served("worker.html", request)


@get("/static/{path:path}", include_in_schema=False)
async def static_file(path: FromPath[Path], request: Request[Any, Any, Any]) -> Response[bytes]:
    """A file of the pages. One of them is the worker's page's service worker, which may look after that page as well."""
    answer = served(str(path).lstrip("/"), request)
    answer.headers["Service-Worker-Allowed"] = "/worker"
    return answer


@get("/healthz", include_in_schema=False)
async def alive() -> dict[str, bool]:
    """The process lives."""
    return {"alive": True}


@get("/readyz", include_in_schema=False)
async def ready(desk: NamedDependency[Desk]) -> Response[dict[str, Any]]:
    """Whether the board is whole and Kafka answers."""
    reasons = desk.live.reasons(desk.now())
    return Response(readiness(reasons), status_code=503 if reasons else 200)


@get("/metrics", include_in_schema=False)
async def counted() -> Response[bytes]:
    """All counters of this process."""
    body, kind = metrics()
    return Response(body, media_type=kind)


@get("/schema", include_in_schema=False)
async def schema(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The API: a page for a browser, OpenAPI as JSON for everything else."""
    if "text/html" in request.headers.get("accept", ""):
        return Response(schema_page(_described(request)), media_type="text/html")
    return Response(msgspec.json.encode(_described(request)), media_type="application/vnd.oai.openapi+json")


@get("/schema/openapi.json", include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """OpenAPI as JSON."""
    return Response(msgspec.json.encode(_described(request)), media_type="application/vnd.oai.openapi+json")


def served(name: str, request: Request[Any, Any, Any]) -> Response[bytes]:
    """A file below `static/`. Refuses with 404 where there is none."""
    file = (STATIC / name).resolve()
    if not (file.is_relative_to(STATIC.resolve()) and file.is_file()):
        raise Refused(404, f"There is no file {name!r}.")
    content = file.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Service-Worker-Allowed": "/worker"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    kind = KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers=headers)


def schema_page(described: dict[str, Any]) -> bytes:
    """The operations as a plain page that needs nothing from anywhere else."""
    rows = "".join(
        f"<tr><td><code>{method.upper()}</code></td><td><code>{_plain(path)}</code></td>"
        f"<td>{_plain(operation.get('summary', ''))}<br><small>{_plain(operation.get('description', ''))}</small></td></tr>"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>citygrid API</title>"
        '<meta name=viewport content="width=device-width, initial-scale=1"><link rel="icon" href="/static/icon.svg">'
        '<link rel="stylesheet" href="/static/schema.css"><h1>citygrid API</h1>'
        '<p>The whole description: <a href="/schema/openapi.json">OpenAPI 3.1 as JSON</a>.</p>'
        f"<table>{rows}</table></html>"
    ).encode()


def _described(request: Request[Any, Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = request.app.openapi_schema.to_schema()
    return with_problems(described)


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
