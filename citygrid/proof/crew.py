"""The workers of the proof's city: each takes every task it is offered, goes there and says done, over MQTT and nothing else."""

import json
import uuid
from collections import Counter
from queue import SimpleQueue

from adapters.clock import now_ms
from citygrid.proof.publisher import Connection
from citygrid.proof.town import DISTRICTS
from citygrid.proof.truth import Fate, Sent

NEXT = {"offered": "accept", "accepted": "arrive", "arrived": "done"}
NAMES = uuid.UUID("e1f6e7a2-64f8-4c52-8f05-6b5bb5a7d1aa")


class Crew:
    """Answers every task with the next step, always with the same id for the same step, so that saying it twice is saying it once."""

    def __init__(self, connection: Connection) -> None:
        """Listens from now on over `connection`."""
        self._connection = connection
        self._said: SimpleQueue[Sent] = SimpleQueue()
        self.answers: Counter[str] = Counter()
        self.refused: dict[str, tuple[int, int]] = {}
        self.receipts: set[str] = set()
        connection.listen(
            [f"citygrid/v1/{d.code}/{kind}" for d in DISTRICTS for kind in ("tasks/#", "receipts/#", "rejected/#")],
            self._told,
        )

    def speak(self) -> None:
        """Publishes what there is to say, from the thread that publishes."""
        while not self._said.empty():
            self._connection.publish(self._said.get())

    def _told(self, topic: str, payload: bytes) -> None:
        _, _, district, kind, addressee, *_ = topic.split("/")
        said = json.loads(payload) if payload else {}
        match kind:
            case "tasks":
                self._task(district, addressee, said)
            case "receipts":
                self.receipts.add(said["report"])
            case _:
                told, suppressed = self.refused.get(addressee, (0, 0))
                self.refused[addressee] = (told + 1, suppressed + int(said.get("suppressed", 0)))

    def _task(self, district: str, worker: str, task: dict[str, object]) -> None:
        kind = NEXT.get(str(task.get("state")))
        if kind is None:
            return
        self.answers[kind] += 1
        id_ = str(uuid.uuid5(NAMES, f"{task['id']}|{kind}"))
        body: dict[str, object] = {"id": id_, "task": task["id"], "at": now_ms(), "kind": kind}
        if kind == "done":
            body["text"] = "it is put right"
        topic = f"citygrid/v1/{district}/replies/{worker}"
        self._said.put(_reply(topic, worker, district, json.dumps(body).encode()))


def _reply(topic: str, worker: str, district: str, payload: bytes) -> Sent:
    return Sent(
        topic=topic,
        device=worker,
        district=district,
        cell="",
        fate=Fate.REPORTED,
        at=None,
        seq=-1,
        values={},
        payload=payload,
    )
