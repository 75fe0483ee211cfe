"""The processes of a run: gateways and stream workers, each made of the code that ships, started, killed and started again."""

import asyncio
from functools import partial
from typing import Any

from faust.types import TP

from gateways.gateway import Gateway
from gateways.outbox import Outbox
from gateways.share import Share
from streams import agents
from tests.simulation import world
from tests.simulation.faust_app import App
from tests.simulation.group import Group
from tests.simulation.kafka import Headers, Kafka, Producer
from tests.simulation.mqtt import Ear, Mqtt, Session, Voice
from tests.simulation.registration import Registered
from tests.simulation.scheduler import Ended


class Sent:
    """A gateway's record on its way, as kafka-python gives it."""

    def __init__(self, future: "asyncio.Future[Any]") -> None:
        self._future = future

    def add_callback(self, do: Any, *args: Any) -> None:
        """Calls `do` when Kafka has the record."""
        self._future.add_done_callback(lambda future: do(*args, future.result()))

    def add_errback(self, do: Any) -> None:
        """A record is tried for ever, so there is never an error."""


class Writer:
    """The gateway's producer."""

    def __init__(self, kafka: Kafka) -> None:
        self.client = Producer(kafka, idempotent=True)

    def send(self, topic: str, *, partition: int, key: str, value: bytes | None, headers: Headers) -> Sent:
        """Starts writing one record."""
        return Sent(self.client.put(TP(topic, partition), key.encode(), value, headers))


class GatewayProcess:
    """One gateway and the life of its process."""

    def __init__(self, kafka: Kafka, mqtt: Mqtt, name: str, share: Share) -> None:
        self._kafka = kafka
        self._mqtt = mqtt
        self._scheduler = kafka.scheduler
        self._share = share
        self.name = name
        self._alive = False
        self.start()

    def start(self) -> None:
        """Starts the process, as its supervisor does."""
        self._alive = True
        self._woken = asyncio.Event()
        self._writer = Writer(self._kafka)
        self._voice = Voice(self._mqtt)
        self._gateway = self._make()
        self._mqtt.know(self.name, self._gateway.filters())
        self.session = Session(self._mqtt, self.name, self._gateway.receive, self._woken.set)
        self._task = self._scheduler.start(self._run())

    def _make(self) -> Gateway:
        start = str(self._scheduler.now_ms)
        outbox: Any = Outbox(self._writer, self.name, start, world.PARTITIONS)  # type: ignore[arg-type]
        voice: Any = self._voice
        ear: Any = Ear()
        city: Any = world.CITY
        return Gateway(city=city, outbox=outbox, voice=voice, ear=ear, name=self.name, share=self._share)

    async def _run(self) -> None:
        session: Any = self.session
        self._gateway.attach(session)
        self._scheduler.after(self._scheduler.chance.soon(0.1), session.connect)
        while True:
            self._gateway.step(session, lambda _stuck_ms: None)
            await self._wait(self.session.wait_s)

    async def _wait(self, seconds: float) -> None:
        timer = self._scheduler.after(seconds, self._woken.set)
        await self._woken.wait()
        timer.cancel()
        self._woken.clear()

    @property
    def client(self) -> Producer:
        """What it writes with."""
        return self._writer.client

    @property
    def working(self) -> bool:
        """Whether it runs and is connected."""
        return self._alive and self.session.connected

    def cut(self, for_s: float) -> None:
        """Loses the connection to the MQTT broker for a while."""
        self._scheduler.note(f"{self.name} loses its connection")
        session = self.session
        session.disconnect()
        self._scheduler.after(for_s, lambda: session is self.session and session.connect())

    def kill(self, for_s: float) -> None:
        """Ends the process wherever it is, and starts it again after a while."""
        if not self._alive:
            return
        self._alive = False
        self._scheduler.note(f"{self.name} is killed")
        self._task.cancel()
        self.session.disconnect()
        self._writer.client.kill()
        self._voice.kill()
        self._scheduler.after(for_s, self.start)


class WorkerProcess:
    """One stream worker and the life of its process."""

    def __init__(self, kafka: Kafka, group: Group, registered: Registered, name: str) -> None:
        self._kafka = kafka
        self._registered = registered
        self._group = group
        self._scheduler = kafka.scheduler
        self.name = name
        self.alive = False
        self.ended_itself = 0
        self.start()

    def start(self) -> None:
        """Starts the process and joins the group."""
        if self.alive:
            return
        self.alive = True
        self._app = App(self._kafka, self.name)
        self._app.consumer.is_member = partial(self._group.counts_in, self.name, self._app)
        app: Any = self._app
        knowledge: Any = self._registered.known(partial(self._hears, self._app))
        agents.add(app, knowledge, world.PARTITIONS)
        self._tasks = [self._scheduler.loop.create_task(self._agent(body, stream)) for body, stream in app.bodies]
        self._tasks.append(self._scheduler.loop.create_task(self._commit()))
        for task in self._tasks:
            self._scheduler.loop.give(task, self)
        self._group.join(self.name, self._app)

    def _hears(self, app: App) -> bool:
        """Whether what Kafka tells now reaches the process, which may stand still or be cut off; a dead one's may as well."""
        return self._app is not app or not (app.producer.client.away or self._kafka.down)

    @property
    def client(self) -> Producer:
        """What it writes with."""
        return self._app.producer.client

    @property
    def working(self) -> bool:
        """Whether it runs and has its partitions."""
        return self.alive and not self._app.rebalancing

    async def _agent(self, body: Any, stream: Any) -> None:
        try:
            await body(stream)
        except Ended:
            self.ended_itself += 1
            self._scheduler.note(f"{self.name} ends itself")
            self._end()
            self._scheduler.after(1.0, self.start)

    async def _commit(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._group.commit(self.name, self._app)

    def _end(self) -> None:
        self.alive = False
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        self._scheduler.loop.release(self)
        self._app.producer.client.kill()
        self._group.lose(self.name, self._app)

    def kill(self, for_s: float) -> None:
        """Ends the process wherever it is, and starts it again after a while."""
        if self.alive:
            self._scheduler.note(f"{self.name} is killed")
            self._end()
            self._scheduler.after(for_s, self.start)

    def cut(self, for_s: float) -> None:
        """Cannot reach Kafka for a while: the group may give its partitions away before it hears of that."""
        if self.alive and not self.client.away:
            self._scheduler.note(f"{self.name} cannot reach kafka for {for_s:.2f} s")
            self.client.cut(for_s)
            self._group.miss(self.name, self._app)
            self._scheduler.after(for_s + self._scheduler.chance.soon(0.3), self._back, self._app)

    def _back(self, app: App) -> None:
        if self.alive and self._app is app:
            self._app.wake()
            self._scheduler.start(self._group.find(self.name, app))

    def stop(self, for_s: float) -> None:
        """Stands still for a while, as after SIGSTOP: then it goes on where it was, and hears only later what the group has done meanwhile."""
        if self.working and not self.client.away:
            self._scheduler.note(f"{self.name} stands still for {for_s:.2f} s")
            self.client.cut(for_s)
            self._scheduler.loop.hold(self)
            self._group.miss(self.name, self._app)
            self._scheduler.after(for_s, self._go_on, self._app)

    def _go_on(self, app: App) -> None:
        if self._app is app:  # it may have been told to leave, which it does now
            self._scheduler.loop.release(self)
            self._scheduler.after(self._scheduler.chance.soon(0.3), self._back, app)

    def leave(self, for_s: float) -> None:
        """Ends the process in order, and starts it again after a while."""
        if self.alive:
            self._scheduler.note(f"{self.name} leaves")
            self._scheduler.start(self._leave(for_s))

    async def _leave(self, for_s: float) -> None:
        self.alive = False
        await self._group.leave(self.name, self._app)
        self._end()
        self._scheduler.after(for_s, self.start)
