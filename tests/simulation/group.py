"""The consumer group: which worker holds which partitions, and how they move when one joins, leaves or dies."""

import asyncio

from faust.types import TP

from tests.simulation.faust_app import App
from tests.simulation.kafka import Kafka

SESSION_S, HEARTBEAT_S = 2.0, 0.2
"""How long a worker may be gone before its partitions move, and how often it says that it is there: each a fifth of what it really is."""


class Group:
    """The group's coordinator. Members are known by name: one that comes back in time gets its partitions at once."""

    def __init__(self, kafka: Kafka, partitions: int) -> None:
        self._kafka = kafka
        self._scheduler = kafka.scheduler
        self._partitions = partitions
        self._members: dict[str, App] = {}
        self._held: dict[str, list[int]] = {}
        self._generation = 0
        self._wanted = asyncio.Event()
        self._moving = False
        self._assigning: dict[str, asyncio.Task[None]] = {}
        self._missed: dict[str, App] = {}
        self._all_answer = asyncio.Event()
        self._all_answer.set()

    def join(self, name: str, app: App) -> None:
        """A worker comes, or comes back."""
        self._members[name] = app
        if name in self._held and not self._moving and not self._wanted.is_set():
            self._assign(name)
        else:
            self._wanted.set()

    def lose(self, name: str, app: App) -> None:
        """A worker has died; nobody notices before its session has run out."""
        self._scheduler.after(SESSION_S, self._expire, name)
        if self._members.get(name) is app:
            del self._members[name]
        if name in self._assigning:
            self._assigning.pop(name).cancel()

    def _expire(self, name: str) -> None:
        if name not in self._members and name in self._held:
            del self._held[name]
            self._wanted.set()

    def miss(self, name: str, app: App) -> None:
        """A worker does not answer, but lives: when its session has run out its partitions are given away, and it does not know."""
        self._missed[name] = app
        self._all_answer.clear()
        self._scheduler.after(SESSION_S - HEARTBEAT_S * self._scheduler.chance.random(), self._give_up, name, app)

    def _give_up(self, name: str, app: App) -> None:
        if self._missed.get(name) is app:
            self._forget_missed(name)
            if self._members.get(name) is app:
                del self._members[name]
                self._held.pop(name, None)
                self._wanted.set()

    def _forget_missed(self, name: str) -> None:
        self._missed.pop(name, None)
        if not self._missed:
            self._all_answer.set()

    async def find(self, name: str, app: App) -> None:
        """A worker answers again, and hears now what has become of it."""
        self._forget_missed(name)
        if name not in self._members:
            await app.revoke()
            self.join(name, app)

    async def leave(self, name: str, app: App) -> None:
        """A worker says goodbye: it settles nothing more, and its partitions move at once, unless they have long since."""
        member = self._members.get(name) is app
        if member:
            del self._members[name]
        await app.revoke()
        if member:
            self._held.pop(name, None)
            self._wanted.set()

    async def counts_in(self, name: str, app: App) -> bool:
        """Answers a heartbeat: whether this is a member, so that its partitions are still nobody else's. With that its session begins anew."""
        await asyncio.sleep(self._scheduler.chance.soon())
        answers = not self._kafka.down and not app.producer.client.away
        counts = answers and self._members.get(name) is app
        if counts and self._missed.get(name) is app:
            self._forget_missed(name)
        return counts

    def rebalance(self) -> None:
        """Lets all partitions move, as a new subscription or a slow heartbeat does."""
        self._wanted.set()

    async def run(self) -> None:
        """Coordinates for ever."""
        while True:
            await self._wanted.wait()
            await asyncio.sleep(self._scheduler.chance.soon(0.1))
            self._wanted.clear()
            self._moving = True
            await self._rebalance()
            self._moving = False

    async def _rebalance(self) -> None:
        self._scheduler.note("rebalance")
        await self._all_answer.wait()
        for task in self._assigning.values():
            task.cancel()
        members = dict(self._members)
        if not members:
            return
        await self._all_let_go(members)
        self._generation += 1
        names = sorted(members)
        numbers = list(range(self._partitions))
        self._scheduler.chance.shuffle(numbers)
        first = self._scheduler.chance.randrange(len(names))
        self._held = {name: [] for name in names}
        for place, number in enumerate(numbers):
            self._held[names[(first + place) % len(names)]].append(number)
        for name in names:
            if self._members.get(name) is members[name]:
                self._assign(name)

    async def _all_let_go(self, members: dict[str, App]) -> None:
        """Waits for everybody who is alive: while it writes, a worker lets go of nothing, and the dead are not waited for."""
        tasks = {name: self._scheduler.loop.create_task(app.revoke()) for name, app in members.items()}
        while left := [
            task for name, task in tasks.items() if not task.done() and self._members.get(name) is members[name]
        ]:
            await asyncio.wait(left, timeout=0.1)
        for task in tasks.values():
            task.cancel()

    def _assign(self, name: str) -> None:
        app = self._members[name]
        tps = []
        for stream in app.streams:
            for tp in (TP(topic, number) for number in self._held[name] for topic in stream.topics):
                tps.append(tp)
                self._kafka.readers[tp] = stream.wake
        if name in self._assigning:
            self._assigning[name].cancel()
        self._assigning[name] = self._scheduler.start(app.assign(tps, self._generation))

    def commit(self, name: str, app: App) -> None:
        """Takes a member's commit."""
        if self._members.get(name) is app and not app.rebalancing and not self._kafka.down:
            app.consumer.commit()
