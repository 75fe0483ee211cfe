"""Work that goes on beside the taking of records: one piece at a time, and its failure comes out where it is next waited for."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Beside:
    """At most one piece of work under way."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether it is still under way."""
        return self._task is not None and not self._task.done()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begins a piece of work; the one before has been waited for."""
        self._task = asyncio.create_task(work)

    async def wait(self) -> None:
        """Waits for what is under way. Raises what it raised, each time."""
        if self._task is not None:
            await self._task

    async def over(self) -> None:
        """Waits until nothing is under way, whether it succeeded or not."""
        if self._task is not None:
            await asyncio.wait([self._task])
