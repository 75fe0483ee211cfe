"""What the installation does at the moment, in figures: asked over HTTP from the operations centre and from each process.

Whatever does not answer leaves its figures out. What is decided by it is decided in watchdog.py, look by look.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any
from urllib.request import urlopen

from msgspec import Struct

from adapters.clock import elapsed_ms
from city.task import OPEN_TASK_STATES, TaskState
from city.transitions import OVER
from citygrid.local.asking import Counted, counted_by, said_by
from citygrid.local.supervisor import Report
from citygrid.local.watchdog import Said

EVERY_S = 1.0
BOARD_EVERY = 5
SMOOTHING_MS = 5_000


class Look(Struct, frozen=True, kw_only=True):
    """What one start of a process said; of a broker only whether it answers."""

    name: str
    pid: int
    said: Said
    broker: bool = False
    watched: bool = True


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
    looks: Sequence[Look] = ()
    counted: Mapping[str, Counted] = {}


class Watcher:
    """Asks once a second in a thread of its own; `latest` is what it knows."""

    def __init__(
        self, http: str, processes: Callable[[], Sequence[Report]], brokers: Mapping[str, Callable[[], bool]]
    ) -> None:
        """`http` is the address of the operations centre, `brokers` tells of each broker by name whether it answers."""
        self.latest = Figures()
        self._http = http
        self._processes = processes
        self._brokers = brokers
        self._samples: list[tuple[int, int]] = []
        self._board: dict[str, int] = {}
        self._own: frozenset[tuple[int, str]] = frozenset()
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
        looks = self._look()
        reasons = {look.name: "; ".join(look.said.reasons) for look in looks}
        if turn % BOARD_EVERY == 0:
            self._board = counts(self._told("/api/v1/board") or {})
        ledger = self._told("/api/v1/ledger") or {}
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
            looks=looks,
            counted=self._count(),
        )

    def _told(self, path: str) -> Any:
        """What the operations centre tells, while it is ours that answers at its address."""
        ours = any(address == self._http for _, address in self._own)
        return get_json(self._http, path) if ours else None

    def _look(self) -> list[Look]:
        looks: list[Look] = []
        own: set[tuple[int, str]] = set()
        for report in self._processes():
            if report.pid and report.name in self._brokers:
                answers = self._brokers[report.name]()
                said = Said() if answers else Said(answers=False, reasons=("it does not answer",))
                looks.append(Look(name=report.name, pid=report.pid, said=said, broker=True))
            elif report.pid and report.http:
                known = (report.pid, report.http)
                said = said_by(report.http, None if known in self._own else report.pid)
                own |= {known} if said.answers else self._own & {known}
                looks.append(Look(name=report.name, pid=report.pid, said=said, watched=report.watched))
        self._own = frozenset(own)
        return looks

    def _count(self) -> dict[str, Counted]:
        return {
            report.name: counted_by(report.http)
            for report in self._processes()
            if report.pid and report.http and (report.pid, report.http) in self._own
        }

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


def why_not_ready(address: str, pid: int | None = None) -> str:
    """Why a process says it is not ready, empty when it is. With `pid` only that process is believed."""
    return "; ".join(said_by(address, pid).reasons)


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
