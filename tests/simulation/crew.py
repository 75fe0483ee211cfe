"""The grid workers of a run: each replies to the tasks it is offered, says some things twice, too late, or of tasks that are not its own.

What a worker does with a task depends on the task alone, so that it is the same with and without faults.
"""

import json
from typing import NamedTuple
from uuid import UUID

from messages import mqtt_topics
from messages.topics import TASKS
from tests.simulation.kafka import Kafka, Record
from tests.simulation.mqtt import Mqtt
from tests.simulation.scheduler import Chance, Scheduler
from tests.simulation.world import WORKERS

LATER_S = (0.0, 0.01, 0.3, 1.0, 3.0)
FOREIGN = 0.1
"""The share of tasks of which somebody speaks who has not got them."""


class Said(NamedTuple):
    """One reply; it may be published several times, each time the same."""

    worker: str
    payload: bytes


class Crew:
    """All workers with their phones. `idle` where none has anything left to say of what it was offered."""

    def __init__(self, seed: int, kafka: Kafka, mqtt: Mqtt) -> None:
        self._seed = seed
        self._mqtt = mqtt
        self._scheduler: Scheduler = kafka.scheduler
        self._seen: set[str] = set()
        self._to_say = 0
        self.said: dict[str, Said] = {}
        kafka.listeners[TASKS.name] = self._sent

    @property
    def idle(self) -> bool:
        """Whether everything has been said."""
        return not self._to_say

    def _sent(self, record: Record) -> None:
        task = json.loads(record.value or b"{}")
        if task["id"] not in self._seen and task["state"] == "offered":
            self._seen.add(task["id"])
            self._plan(task["id"], task["worker"], Chance(f"{self._seed} {task['id']}"))

    def _plan(self, task: str, worker: str, chance: Chance) -> None:
        """A first worker may say nothing or give the task back; who is asked later does it, so that every case comes to an end."""
        first = task.endswith("-t1")
        kinds = chance.choice(((), ("accept", "return"), ("return",), ("arrive", "accept", "done"))) if first else ()
        if not first or chance.happens(0.6):
            kinds = chance.choice((("accept", "done"), ("accept", "arrive", "done"), ("accept", "done", "return")))
        in_s = 0.0
        for kind in kinds:
            in_s += chance.choice((0.05, 0.1, 0.3, 1.0))
            self._say(task, worker, kind, in_s, chance)
        if chance.happens(FOREIGN):
            others = [one for one, district in WORKERS.items() if one != worker and district == WORKERS[worker]]
            self._say(chance.choice((task, f"{task[:6]}-nothing-t1")), chance.choice(others), "accept", in_s, chance)

    def _say(self, task: str, worker: str, kind: str, in_s: float, chance: Chance) -> None:
        id_ = str(UUID(int=chance.getrandbits(128)))
        told = {"reason": "no key"} if kind == "return" else {"text": "pumped out"} if kind == "done" else {}
        at = self._scheduler.now_ms + int(in_s * 1000)
        self.said[id_] = Said(worker, json.dumps({"id": id_, "task": task, "kind": kind, "at": at, **told}).encode())
        for again_s in (0.0, *chance.sample(LATER_S, chance.choice((0, 0, 1, 2)))):
            self._to_say += 1
            self._scheduler.after(in_s + again_s, self._publish, self.said[id_])

    def _publish(self, said: Said) -> None:
        self._to_say -= 1
        self._mqtt.publish(mqtt_topics.replies(WORKERS[said.worker], said.worker), said.payload)
