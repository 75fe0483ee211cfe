"""What the installation does at the moment, in figures: asked over HTTP from the operations centre and from each process.

Whatever does not answer leaves its figures out: the panel is for looking, nothing is decided by it.
"""

import json
import threading
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from msgspec import Struct

from adapters.clock import elapsed_ms
from city.task import OPEN_TASK_STATES, TaskState
from city.transitions import OVER

EVERY_S = 1.0
BOARD_EVERY = 5
SMOOTHING_MS = 5_000


class Figures(Struct, frozen=True, kw_only=True):
    """The figures of one moment; None is not known. `ready` are the processes that say so, `not_ready` holds the reasons of the others."""

    readings_per_s: float | None = None
    in_flight: int | None = None
    received: int | None = None
    balanced: bool | None = None
    open_incidents: int | None = None
    tasks: int | None = None
    ready: frozenset[str] = frozenset()
    not_ready: Mapping[str, str] = {}


class Watcher:
    """Asks once a second in a thread of its own; `latest` is what it knows."""

    def __init__(self, http: str, processes: Callable[[], Mapping[str, str]]) -> None:
        """`http` is the address of the operations centre, `processes` gives each process's own address by name."""
        self.latest = Figures()
        self._http = http
        self._processes = processes
        self._samples: list[tuple[int, int]] = []
        self._board: dict[str, int] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="figures", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the watching; an answer still under way is not waited for."""
        self._ended.set()

    def _watch(self) -> None:
        turn = 0
        while not self._ended.wait(EVERY_S):
            self.latest = self._ask(turn)
            turn += 1

    def _ask(self, turn: int) -> Figures:
        reasons = {name: why_not_ready(address) for name, address in self._processes().items()}
        if turn % BOARD_EVERY == 0:
            self._board = counts(get_json(self._http, "/api/v1/board") or {})
        ledger = get_json(self._http, "/api/v1/ledger") or {}
        received = received_of(ledger)
        return Figures(
            readings_per_s=self._speed(received),
            in_flight=ledger.get("in_flight"),
            received=received,
            balanced=ledger.get("balanced"),
            open_incidents=self._board.get("incidents"),
            tasks=self._board.get("tasks"),
            ready=frozenset(name for name, reason in reasons.items() if not reason),
            not_ready={name: reason for name, reason in reasons.items() if reason},
        )

    def _speed(self, received: int | None) -> float | None:
        if received is None:
            return None
        now = elapsed_ms()
        self._samples = [*((at, n) for at, n in self._samples if now - at <= SMOOTHING_MS), (now, received)]
        (first_at, first), (last_at, last) = self._samples[0], self._samples[-1]
        return max(0.0, (last - first) * 1000 / (last_at - first_at)) if last_at > first_at else None


def get_json(address: str, path: str, timeout: float = 2.0) -> Any:
    """The JSON at an address of ours, or None when it does not answer with any."""
    try:
        with urlopen(f"http://{address}{path}", timeout=timeout) as answer:
            return json.load(answer)
    except (OSError, HTTPException, ValueError):
        return None


def why_not_ready(address: str) -> str:
    """Why a process says it is not ready, empty when it is."""
    try:
        with urlopen(f"http://{address}/readyz", timeout=2.0):
            return ""
    except HTTPError as answer:
        return _reasons(answer.read())
    except (OSError, HTTPException):
        return "it does not answer yet"


def _reasons(body: bytes) -> str:
    try:
        reasons = json.loads(body).get("reasons", [])
    except (ValueError, AttributeError):
        return "it says so"
    return "; ".join(str(reason) for reason in reasons) or "it says so"


def received_of(ledger: Mapping[str, Any]) -> int | None:
    """The readings received by all districts, None when the ledger is not known."""
    districts = ledger.get("districts")
    return sum(int(sums.get("received", 0)) for sums in districts.values()) if isinstance(districts, dict) else None


def counts(board: Mapping[str, Any]) -> dict[str, int]:
    """How many incidents and tasks of a board are open; what it does not list is left out."""
    ended = {"incidents": OVER, "tasks": frozenset(TaskState) - OPEN_TASK_STATES}
    return {
        kind: sum(1 for thing in _listed(board[kind]) if thing.get("state") not in closed)
        for kind, closed in ended.items()
        if isinstance(board.get(kind), list | dict)
    }


def _listed(things: Any) -> list[Mapping[str, Any]]:
    return [thing for thing in (things.values() if isinstance(things, dict) else things) if isinstance(thing, dict)]
