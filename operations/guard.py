"""What may reach the server at all: our own names as host, our own pages as origin of writes; and what every answer forbids a browser.

A page of another site can make a browser send requests to loopback. It can neither name one of our hosts (unless it rebinds its own name,
which the check of the host stops) nor hide its origin when it writes.
"""

from ipaddress import ip_address
from typing import cast
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from operations.problems import MEDIA_TYPE, document

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN_TO_ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
ENDLESS = frozenset({"/api/v1/events"})
READING = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}


def guarded(app: ASGIApp, bound: str) -> ASGIApp:
    """`app` behind the checks. `bound` is the host it listens on; a name that it was told to listen on counts as its own."""
    own = LOOPBACK | {bound}

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        kind: str = scope["type"]
        if kind != "http":
            await app(scope, receive, send)
            return
        method = str(scope.get("method", ""))
        wrong = fault(method, scope["path"], _headers(scope), own)
        send = _with_headers(send)
        if wrong is not None:
            await _refuse(send, *wrong)
        elif method == "HEAD" and scope["path"] not in ENDLESS:
            await app(cast("Scope", {**scope, "method": "GET"}), receive, _without_body(send))
        else:
            await app(scope, receive, send)

    return checked


def fault(method: str, path: str, headers: dict[str, str], own: frozenset[str]) -> tuple[int, str] | None:
    """Status and sentence of what is wrong with a request, or None. `headers` have lower-case names."""
    host = headers.get("host", "")
    if path not in OPEN_TO_ANY_HOST and not is_ours(host, own):
        return 421, f"This server does not answer to the name {host!r}."
    if method in READING:
        return None
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return 403, f"A page of {origin} may not write here."
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return 403, "A page of another site may not write here."
    return None


def is_ours(host: str, own: frozenset[str]) -> bool:
    """Whether a Host header names this server: one of its own names, or an address (an address cannot be rebound)."""
    try:
        name = (urlsplit(f"//{host}").hostname or "") if "@" not in host else ""
        return name in own or bool(ip_address(name))
    except ValueError:
        return False


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            have = {name.lower() for name, _ in message["headers"]}
            added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in have)]
        await send(message)

    return sending


def _without_body(send: Send) -> Send:
    """Answers HEAD with what GET would say, less its content (RFC 9110, 9.3.2)."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return sending


async def _refuse(send: Send, status: int, detail: str) -> None:
    body = document(status, detail)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
