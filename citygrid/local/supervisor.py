"""Which processes of an installation run now: starts them, starts a dead one again after a pause, ends them in order.

It has no thread and no clock of its own: whoever holds it calls `tick` a few times a second.
"""

import random
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from adapters.clock import elapsed_ms
from citygrid.local import children, records, restarts
from citygrid.local.children import Child, Spec
from citygrid.local.restarts import Restarts

FOR_ITS_END_MS = 10_000


class State(StrEnum):
    """What the supervisor itself can tell of a process."""

    RUNNING = "running"
    WAITING = "restarting"
    FAILING = "failing"
    STOPPED = "stopped"


class Report(Struct, frozen=True, kw_only=True):
    """One process as the panel shows it."""

    name: str
    state: State
    pid: int | None
    http: str | None
    restarts: int
    last_words: str = ""
    watched: bool = True


class Supervisor:
    """The processes of the data folder `data`, in the order in which they were started."""

    def __init__(self, data: Path) -> None:
        """Starts nothing yet."""
        self._data = data
        self._children: dict[str, Child] = {}
        self._restarts: dict[str, Restarts] = {}
        self._started_at: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._words: dict[str, str] = {}
        self._reasons: dict[str, str] = {}
        self._ends_by: dict[str, int] = {}
        self._jitter = random.Random()  # noqa: S311 - spreads restarts, guards nothing

    def start(self, spec: Spec) -> Child:
        """Starts a process and keeps it running from now on. Raises OSError when its log cannot be written."""
        self._children[spec.name] = child = Child(spec, self._data)
        self._started_at[spec.name] = elapsed_ms()
        self._restarts.setdefault(spec.name, Restarts())
        self._counts.setdefault(spec.name, 0)
        return child

    def tick(self) -> None:
        """Notices who died and starts again whose pause is over."""
        now = elapsed_ms()
        for name, child in list(self._children.items()):
            if child.alive:
                self._restarts[name] = restarts.settled(self._restarts[name], now)
                self._end_by_force(name, child, now)
            elif name not in self._words:
                words = self._reasons.pop(name, "") or child.last_words()
                self._died(name, words, now, ran_ms=now - self._started_at[name])
            elif now >= self._restarts[name].again_at:
                self._again(name, child.spec, now)

    def restart(self, name: str, why: str) -> None:
        """Ends a process that runs, by force if it does not end soon; it is started again as one that died. The reason stands in its log."""
        child = self._children.get(name)
        if child is None or not child.alive or name in self._ends_by:
            return
        self._reasons[name] = why
        self._ends_by[name] = elapsed_ms() + max(FOR_ITS_END_MS, int(child.spec.grace_s * 1000))
        children.note(self._data, name, f"started anew: {why}")
        child.ask_to_end()

    def _end_by_force(self, name: str, child: Child, now: int) -> None:
        if now >= self._ends_by.get(name, now + 1):
            child.kill()

    def _died(self, name: str, words: str, now: int, *, ran_ms: int = 0) -> None:
        self._words[name] = words
        self._ends_by.pop(name, None)
        self._restarts[name] = restarts.died(self._restarts[name], now, self._jitter.random(), ran_ms=ran_ms)
        with suppress(OSError):
            records.forget_process(self._data, name)

    def _again(self, name: str, spec: Spec, now: int) -> None:
        """Starts it again. Where the disk is too full even for that, it is tried again as after a death."""
        try:
            self.start(spec)
        except OSError as problem:
            self._died(name, f"it could not be started: {problem.strerror} ({problem.filename})", now)
        else:
            del self._words[name]
            self._counts[name] += 1

    def report(self) -> list[Report]:
        """Every process as it stands; may be called from any thread."""
        return [self._report(name, child) for name, child in list(self._children.items())]

    def _report(self, name: str, child: Child) -> Report:
        failing = self._restarts[name].failing
        state = State.FAILING if failing else State.RUNNING if child.alive else State.WAITING
        return Report(
            name=name,
            state=state,
            pid=child.pid if child.alive else None,
            http=child.spec.http,
            restarts=self._counts[name],
            watched=child.spec.watched,
            last_words=self._words.get(name, "") or (child.last_words() if failing else ""),
        )

    def bound_logs(self) -> None:
        """Keeps every log within its bounds."""
        for child in self._children.values():
            child.bound_log()

    def alive(self, name: str) -> bool:
        """Whether the process of this name runs."""
        return name in self._children and self._children[name].alive

    def stop(self, names: Iterable[str] | None = None, *, timeout: float) -> list[str]:
        """Ends the named processes (all when None) together within `timeout` seconds; returns the names of those that had to be killed."""
        chosen = [
            self._children.pop(name)
            for name in (list(self._children) if names is None else names)
            if name in self._children
        ]
        for child in chosen:
            child.ask_to_end()
        until = elapsed_ms() + int(timeout * 1000)
        return [child.spec.name for child in chosen if not child.end((until - elapsed_ms()) / 1000)]
