"""What must become of the workers' replies: each is answered once, with one answer, whatever was repeated or died."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from messages.topics import INCIDENT_LOG, REJECTS, REPLIES, TASKS
from tests.simulation.run import Ran

KINDS = {"accepted": "accept", "arrived": "arrive", "returned": "return", "done": "done"}
AFTER = {
    ("offered", "accept"): "accepted",
    ("offered", "return"): "returned",
    ("accepted", "arrive"): "arrived",
    ("accepted", "done"): "done",
    ("accepted", "return"): "returned",
    ("arrived", "done"): "done",
    ("arrived", "return"): "returned",
}


def flaws(ran: Ran) -> Iterator[str]:
    """All that is wrong with the answers."""
    came = [json.loads(record.value or b"") for record in ran.kafka.of(REPLIES.name)]
    if lost := ran.said.keys() - {one["id"] for one in came}:
        yield f"replies lost on the way to Kafka: {sorted(lost)[:3]}"
    applied, refused = _applied(ran), _refused(ran)
    for id_, copies in _by_id(came).items():
        yield from _one(id_, copies, applied[id_], refused[id_])
    yield from _order(ran, [json.loads(said.payload) for said in ran.said.values()], applied)


def _by_id(came: list[Any]) -> dict[str, list[Any]]:
    copies: defaultdict[str, list[Any]] = defaultdict(list)
    for one in came:
        copies[one["id"]].append(one)
    return copies


def _applied(ran: Ran) -> defaultdict[str, dict[tuple[str, int], Any]]:
    """Where the log says that a reply did something, by its id."""
    applied: defaultdict[str, dict[tuple[str, int], Any]] = defaultdict(dict)
    for record in ran.kafka.of(INCIDENT_LOG.name):
        entry = json.loads(record.value or b"")
        if "reply" in entry["detail"]:
            applied[entry["detail"]["reply"]][entry["incident"], entry["version"]] = entry
    return applied


def _refused(ran: Ran) -> defaultdict[str, set[tuple[int, str, str]]]:
    """When and why a reply was refused, by its id, and what was refused; what is sent again after a crash is the same."""
    refused: defaultdict[str, set[tuple[int, str, str]]] = defaultdict(set)
    for record in ran.kafka.of(REJECTS.name):
        one = json.loads(record.value or b"")
        if one["kind"] == "replies":
            refused[one["id"]].add((one["at"], one["reason"], base64.b64decode(one["original"]).decode()))
    return refused


def _one(id_: str, copies: list[Any], applied: dict[tuple[str, int], Any], refused: set[Any]) -> Iterator[str]:
    """A reply does something once. Each copy before that is refused once, each behind it says nothing more."""
    if len(applied) > 1:
        yield f"the reply {id_} was applied {len(applied)} times"
    if not applied and not refused:
        yield f"the reply {id_} was not answered"
    if len(refused) > len(copies) - len(applied):
        yield f"the reply {id_} came {len(copies)} times, was applied {len(applied)} times and refused {len(refused)} times"
    for entry in applied.values():
        if KINDS[entry["event"]] != copies[0]["kind"] or entry["actor"] != copies[0]["worker"]:
            yield f"the reply {id_} of {copies[0]['worker']} was taken for {entry['event']} of {entry['actor']}"
        if late := [at for at, _, _ in refused if at > entry["at"]]:
            yield f"the reply {id_} was applied at {entry['at']}, and refused at {late}"


def _order(ran: Ran, said: list[Any], applied: dict[str, dict[tuple[str, int], Any]]) -> Iterator[str]:
    """What was applied to a task is what a task allows, in the order of its incident's log, and said by whom it was offered to."""
    workers = {task["id"]: task["worker"] for task in (json.loads(r.value or b"") for r in ran.kafka.of(TASKS.name))}
    steps: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in said:
        for (_, version), entry in applied.get(one["id"], {}).items():
            steps[one["task"]].append((version, one["kind"]))
            if workers.get(one["task"]) != entry["actor"]:
                yield f"{entry['actor']} has not got {one['task']}, and was heard"
    for task, kinds in steps.items():
        state: str | None = "offered"
        for _, kind in sorted(kinds):
            state = AFTER.get((state or "", kind))
        if state is None:
            yield f"{task} went through {[kind for _, kind in sorted(kinds)]}"
