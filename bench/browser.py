"""A browser's part of the live feed: a client of the server-sent events that notes when it was told of what."""

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from adapters.clock import now_ms


class Browser:
    """Reads `/api/v1/events` of `http` ("http://host:port") until closed; `told` is when it first heard of a cause of an incident.

    Its keys are (incident, time of the cause), its values epoch ms. What the first snapshot holds was told before and does not count.
    """

    def __init__(self, http: str) -> None:
        self.told: dict[tuple[str, int], int] = {}
        self._connection = HTTPConnection(http.removeprefix("http://"), timeout=30)
        self._connection.request("GET", "/api/v1/events")
        self._answer = self._connection.getresponse()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            for name, data in events(self._answer):
                if name == "incident":
                    self._hear(json.loads(data))
        except (OSError, HTTPException, ValueError, AttributeError):
            return  # closed

    def _hear(self, incident: dict[str, Any]) -> None:
        now = now_ms()
        for cause in incident["causes"]:
            self.told.setdefault((incident["id"], cause["at"]), now)

    def close(self) -> None:
        """Ends the stream."""
        if self._connection.sock:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._connection.close()


def events(answer: HTTPResponse) -> Iterator[tuple[str, bytes]]:
    """The events of a stream as (name, data)."""
    name, data = "", b""
    while line := answer.readline():
        field, _, value = line.rstrip(b"\r\n").partition(b": ")
        if field == b"event":
            name = value.decode()
        elif field == b"data":
            data += value
        elif not field:
            if name:
                yield name, data
            name, data = "", b""
