"""Time and chance of a simulated run: an event loop whose clock jumps to whatever is due next, and one seeded generator."""

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from random import Random
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import gateways.counters
import streams.counters
from adapters import clock
from streams import agent, effects, seeking
from streams.findings_to_cases import CasesStage

EPOCH_MS = 1_795_000_020_000
"""Wall time when a run begins: a full minute."""
LONG_MS = 800
"""What counts as a slow write in a run, where a worker's session is as much shorter than it really is."""

LOOK_S = 0.05
"""How often a stage looks that has nothing to read: it settles no more often than that anyway, and most of a run nobody reads."""


class Stuck(Exception):
    """Everybody waits for somebody else."""


class Ended(BaseException):
    """A process has ended itself; like its real counterpart it passes every guard."""


class Due:
    """Something that is about to be called, unless it is cancelled before."""

    __slots__ = ("args", "call")

    def __init__(self, call: Callable[..., object], args: Sequence[Any]) -> None:
        self.call: Callable[..., object] | None = call
        self.args = args

    def cancel(self) -> None:
        """Never calls it."""
        self.call = None


class VirtualLoop(asyncio.BaseEventLoop):
    """An asyncio loop that never waits: where a real one would sleep until the next timer, its clock is moved there.

    Nothing else happens in between, so a run depends on its seed alone. It knows no sockets, no other threads and no context variables,
    which is what makes it quick.
    """

    def __init__(self) -> None:
        super().__init__()
        self._stopping = False
        self.seconds = 0.0
        self._soon: deque[Due] = deque()
        self._later: list[tuple[float, int, Due]] = []
        self._count = 0
        self._owners: dict[asyncio.Task[Any], object] = {}
        self._held: dict[object, list[Due]] = {}

    def time(self) -> float:
        return self.seconds

    def nanoseconds(self) -> int:
        """The same in whole nanoseconds."""
        return int(self.seconds * 1e9)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        del context
        due = Due(callback, args)
        self._soon.append(due)
        return due

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        del context
        due = Due(callback, args)
        self._count += 1
        heappush(self._later, (self.seconds + delay, self._count, due))
        return due

    def call_at(self, when: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        del context
        due = Due(callback, args)
        self._count += 1
        heappush(self._later, (when, self._count, due))
        return due

    def create_task(self, coro: Any, **_: Any) -> "asyncio.Task[Any]":
        """A task belongs to the process that makes it."""
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self)
        making = asyncio.current_task(self)
        if making in self._owners:
            self._owners[task] = self._owners[making]
        return task

    def give(self, task: "asyncio.Task[Any]", owner: object) -> None:
        """Says whose this task is, and all that it will make."""
        self._owners[task] = owner

    def hold(self, owner: object) -> None:
        """Lets the owner's tasks stand still; what happens to them meanwhile they notice later."""
        self._held[owner] = []

    def release(self, owner: object) -> None:
        """Lets them go on."""
        self._soon.extend(self._held.pop(owner, []))

    def _holds(self, due: Due) -> bool:
        task = getattr(due.call, "__self__", None)
        owner = self._owners.get(task) if isinstance(task, asyncio.Task) else None
        if owner is None or owner not in self._held:
            return False
        self._held[owner].append(due)
        return True

    def _run_once(self) -> None:
        """Does what is due soon, or else what is due next, whenever that is, until the run is over: a turn of its own for each would cost more."""
        soon = self._soon
        while not self._stopping:
            if not soon:
                self._move_on()
            due = soon.popleft()
            if due.call is not None and not (self._held and self._holds(due)):
                try:
                    due.call(*due.args)
                except Exception as error:  # noqa: BLE001 - as every loop does; it ends the run
                    self.call_exception_handler({"message": "a callback failed", "exception": error})

    def _move_on(self) -> None:
        while not self._soon:
            if not self._later:
                raise Stuck("nothing is due any more, and the run has not come to its end")
            when, _, due = heappop(self._later)
            if due.call is not None:
                self.seconds = max(self.seconds, when)
                self._soon.append(due)

    def _write_to_self(self) -> None:
        """There is no other thread that would have to wake this one."""


class Chance(Random):
    """The run's only source of chance."""

    def happens(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.random() < share

    def soon(self, most_s: float = 0.02) -> float:
        """A short time in seconds, such as a packet takes; now and then much longer."""
        return self.random() * (most_s if self.random() < 0.95 else 20 * most_s)


class Scheduler:
    """What everything in a run shares: its loop, its chance, and a trace of what happened when."""

    def __init__(self, seed: int) -> None:
        self.loop = VirtualLoop()
        self.chance = Chance(seed)
        self.trace: list[tuple[float, str]] = []
        self.ended: list[BaseException] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self.loop.set_exception_handler(self._wrong)

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return self.loop.seconds

    @property
    def now_ms(self) -> int:
        """Wall time, epoch milliseconds."""
        return EPOCH_MS + int(self.loop.seconds * 1000)

    def note(self, what: str) -> None:
        """Writes down what happened, for whoever reruns the seed."""
        self.trace.append((self.now, what))

    def after(self, seconds: float, do: Callable[..., object], *args: Any) -> Due:
        """Does something later."""
        due: Due = self.loop.call_later(seconds, do, *args)
        return due

    def start(self, work: Any) -> "asyncio.Task[Any]":
        """Runs a coroutine beside all others; what it raises ends the run."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self.ended.append(error)

    def _wrong(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), Exception):
            self.ended.append(error)

    def run(self, work: Any) -> Any:
        """Runs a coroutine to its end, in this run's time, and ends what it has started."""
        with _edges(self), _no_sweeping():
            asyncio.set_event_loop(self.loop)
            try:
                return self.loop.run_until_complete(work)
            finally:
                left = asyncio.all_tasks(self.loop)
                for task in left:
                    task.cancel()
                self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
                self.loop.close()
                asyncio.set_event_loop(None)


@contextmanager
def _no_sweeping() -> Iterator[None]:
    """Leaves garbage lie until the run is over: looking for it takes time, and what it ends it ends at a moment of its own."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _edges(scheduler: Scheduler) -> Iterator[None]:
    """Replaces the clock, and the way in which a worker ends itself: all by which the code that is run would notice where it is.

    Which loop runs is told without asking the kernel for the process's number each time, and what is logged or counted nobody reads.
    """
    loop = scheduler.loop
    edges: list[tuple[object, str, object]] = [
        (clock, "time", SimpleNamespace(time_ns=lambda: scheduler.now_ms * 1_000_000, monotonic_ns=loop.nanoseconds)),
        (agent, "os", SimpleNamespace(_exit=_exit)),
        (agent, "log", lambda _name: SILENT),
        (seeking, "log", lambda _name: SILENT),
        (effects, "LONG_MS", LONG_MS),
        (CasesStage, "settles_after_s", LOOK_S),
        (asyncio.events, "get_running_loop", lambda: loop),
        (asyncio.events, "_get_running_loop", lambda: loop if loop.is_running() else None),
        *((module, name, _nothing) for module in COUNTERS for name in _functions(module)),
    ]
    kept = [(where, name, getattr(where, name)) for where, name, _ in edges]
    for where, name, what in edges:
        setattr(where, name, what)
    try:
        yield
    finally:
        for where, name, what in kept:
            setattr(where, name, what)


def _functions(module: ModuleType) -> list[str]:
    return [name for name, what in vars(module).items() if isinstance(what, FunctionType) and not name.startswith("_")]


def _nothing(*_: object, **__: object) -> None:
    pass


class SilentLog:
    """A log that nobody reads."""

    def __getattr__(self, _level: str) -> Callable[..., None]:
        return _nothing


SILENT = SilentLog()
COUNTERS = (gateways.counters, streams.counters)


def _exit(_code: int) -> None:
    raise Ended
