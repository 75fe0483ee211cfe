"""Which processes of an installation run now: starts them, starts a dead one again after a pause, ends them in order.

It has no thread and no clock of its own: whoever holds it calls `tick` a few times a second.
"""

import random
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from adapters.clock import elapsed_ms
from citygrid.local import records, restarts
from citygrid.local.children import Child, Spec
from citygrid.local.restarts import Restarts


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


class Supervisor:
    """The processes of the data folder `data`, in the order in which they were started."""

    def __init__(self, data: Path) -> None:
        """Starts nothing yet."""
        self._data = data
        self._children: dict[str, Child] = {}
        self._restarts: dict[str, Restarts] = {}
        self._counts: dict[str, int] = {}
        self._words: dict[str, str] = {}
        self._jitter = random.Random()  # noqa: S311 - spreads restarts, guards nothing

    def start(self, spec: Spec) -> Child:
        """Starts a process and keeps it running from now on. Raises OSError when its log cannot be written."""
        self._children[spec.name] = child = Child(spec, self._data)
        self._restarts.setdefault(spec.name, Restarts())
        self._counts.setdefault(spec.name, 0)
        return child

    def tick(self) -> None:
        """Notices who died and starts again whose pause is over."""
        now = elapsed_ms()
        for name, child in list(self._children.items()):
            if child.alive:
                self._restarts[name] = restarts.forget_old(self._restarts[name], now)
            elif name not in self._words:
                self._words[name] = child.last_words()
                self._restarts[name] = restarts.died(self._restarts[name], now, self._jitter.random())
                records.forget_process(self._data, name)
            elif now >= self._restarts[name].again_at:
                del self._words[name]
                self._counts[name] += 1
                self.start(child.spec)

    def report(self) -> list[Report]:
        """Every process as it stands."""
        return [self._report(name, child) for name, child in self._children.items()]

    def _report(self, name: str, child: Child) -> Report:
        failing = self._restarts[name].failing
        state = State.FAILING if failing else State.RUNNING if child.alive else State.WAITING
        return Report(
            name=name,
            state=state,
            pid=child.pid if child.alive else None,
            http=child.spec.http,
            restarts=self._counts[name],
            last_words=self._words.get(name, "") or (child.last_words() if failing else ""),
        )

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
