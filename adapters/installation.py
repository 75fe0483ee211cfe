"""How the processes of an installation stand, as its supervisor tells over HTTP to whoever shows it: the panel, `citygrid status`, the operations centre."""

from http.client import HTTPException
from urllib.request import urlopen

import msgspec
from msgspec import Struct

PAGE = "/installation"
TIMEOUT_S = 2.0


class ProcessStanding(Struct, frozen=True, kw_only=True):
    """One process: `state` is running, not_ready, restarting, failing or stopped; `reason` why it is not ready, or its last words.

    `lag` counts the records in Kafka that it has not read yet, `in_flight` the messages that it has taken and not yet acknowledged; `braked`
    is whether it holds its reading back. None: it has no such thing, or does not say.
    """

    name: str
    state: str
    pid: int | None = None
    restarts: int = 0
    reason: str = ""
    lag: int | None = None
    in_flight: int | None = None
    braked: bool | None = None


class DiskStanding(Struct, frozen=True, kw_only=True):
    """A disk that has too little room left: the folders of the installation that lie on it, and its free MB."""

    folders: tuple[str, ...]
    free_mb: int


class Standing(Struct, frozen=True, kw_only=True):
    """All processes in the order of their start, and the disks that are short of room, `at` (epoch milliseconds)."""

    at: int
    processes: list[ProcessStanding]
    short_disks: list[DiskStanding]


def encoded(standing: Standing) -> bytes:
    """As it is served."""
    return msgspec.json.encode(standing)


def ask(supervisor: str) -> Standing | None:
    """What the supervisor at "host:port" tells, or None when it does not answer."""
    try:
        with urlopen(f"http://{supervisor}{PAGE}", timeout=TIMEOUT_S) as answer:
            return msgspec.json.decode(answer.read(), type=Standing)
    except (OSError, HTTPException, msgspec.DecodeError):
        return None
