"""Time and chance of a simulated run: an event loop whose clock jumps to whatever is due next, and one seeded generator."""

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from heapq import heappop, heappush
from random import Random
from types import SimpleNamespace
from typing import Any

from adapters import clock
from streams import agent, effects, seeking

EPOCH_MS = 1_795_000_020_000
"""Wall time when a run begins: a full minute."""
LONG_MS = 800
"""What counts as a slow write in a run, where a worker's session is as much shorter than it really is."""


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
        self._seconds = 0.0
        self._soon: deque[Due] = deque()
        self._later: list[tuple[float, int, Due]] = []
        self._count = 0
        self._owners: dict[asyncio.Task[Any], object] = {}
        self._held: dict[object, list[Due]] = {}

    def time(self) -> float:
        return self._seconds

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        del context
        due = Due(callback, args)
        self._soon.append(due)
        return due

    def call_later(self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None) -> Any:
        return self.call_at(self._seconds + delay, callback, *args, context=context)

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
        """What the loop does again and again: what is due soon, or else what is due next, whenever that is."""
        if not self._soon:
            self._move_on()
        for _ in range(len(self._soon)):
            due = self._soon.popleft()
            if due.call is not None and not (self._held and self._holds(due)):
                self._call(due.call, due.args)

    def _move_on(self) -> None:
        while not self._soon:
            if not self._later:
                raise Stuck("nothing is due any more, and the run has not come to its end")
            when, _, due = heappop(self._later)
            if due.call is not None:
                self._seconds = max(self._seconds, when)
                self._soon.append(due)

    def _write_to_self(self) -> None:
        """There is no other thread that would have to wake this one."""

    def _call(self, call: Callable[..., object], args: Sequence[Any]) -> None:
        try:
            call(*args)
        except Exception as error:  # noqa: BLE001 - as every loop does; it ends the run
            self.call_exception_handler({"message": "a callback failed", "exception": error})


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
        return self.loop.time()

    @property
    def now_ms(self) -> int:
        """Wall time, epoch milliseconds."""
        return EPOCH_MS + int(self.loop.time() * 1000)

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
    """Replaces the clock, and the way in which a worker ends itself: all by which the code that is run would notice where it is."""
    kept = clock.time, agent.os, agent.log, seeking.log, effects.LONG_MS  # type: ignore[attr-defined]
    clock.time = SimpleNamespace(  # type: ignore[attr-defined]
        time_ns=lambda: scheduler.now_ms * 1_000_000, monotonic_ns=lambda: int(scheduler.now * 1e9)
    )
    agent.os = SimpleNamespace(_exit=_exit)  # type: ignore[attr-defined]
    agent.log = seeking.log = lambda _name: SilentLog()  # type: ignore[attr-defined]
    effects.LONG_MS = LONG_MS
    try:
        yield
    finally:
        clock.time, agent.os, agent.log, seeking.log, effects.LONG_MS = kept  # type: ignore[attr-defined]


class SilentLog:
    """A log that nobody reads."""

    def __getattr__(self, _level: str) -> Callable[..., None]:
        return lambda *_, **__: None


def _exit(_code: int) -> None:
    raise Ended
