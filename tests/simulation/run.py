"""One run: a small city, its faults, and what it leaves in Kafka when it has come to rest."""

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from faust.types import TP
from msgspec import Struct

from city.incident import IncidentState
from gateways.share import Share
from messages.topics import FINDINGS, INCIDENTS, LEDGER, REJECTS, REPLIES, TELEMETRY
from streams.agents import CASES_AGENT
from streams.app import changelog
from streams.offsets import block_of
from tests.simulation.crew import Crew, Said
from tests.simulation.faults import FAULTS, Fault, Parts, faults
from tests.simulation.group import Group
from tests.simulation.kafka import Kafka
from tests.simulation.mqtt import Mqtt
from tests.simulation.processes import GatewayProcess, WorkerProcess
from tests.simulation.registration import Change, Registered, change
from tests.simulation.scheduler import Scheduler
from tests.simulation.traffic import Publish, traffic
from tests.simulation.world import CLASS, DISTRICTS, PARTITIONS, newer

SECONDS = (5.0, 5.0, 5.0, 10.0)
"""For how long devices publish: most runs are short, because many short ones find more than a few long ones."""
PATIENCE_S = 150.0
SECOND = sorted(DISTRICTS)[1:]
"""The districts of a second gateway, where there is one."""


class Ran(Struct):
    """What was published, what broke, what Kafka holds, and how the run went; `rested` is false where it never came to rest."""

    seed: int
    published: list[Publish]
    faults: list[Fault]
    kafka: Kafka
    scheduler: Scheduler
    workers: list[WorkerProcess]
    rested: bool
    change: Change | None = None
    said: dict[str, Said] = {}
    incidents: list[Any] = []


def run(seed: int, *, broken: bool = True) -> Ran:
    """Runs a seed, with its faults or, for comparison, the same input without."""
    scheduler = Scheduler(seed)
    chance = scheduler.chance
    seconds = chance.choice(SECONDS)
    published, planned = traffic(chance, seconds), faults(chance, seconds)
    kafka = Kafka(scheduler)
    ran = Ran(seed, published, planned if broken else [], kafka, scheduler, [], False, change(seed, seconds))
    ran.rested = scheduler.run(_live(ran, seconds))
    ran.incidents = newest_incidents(kafka)
    return ran


async def _live(ran: Ran, seconds: float) -> bool:
    scheduler, mqtt = ran.scheduler, Mqtt(ran.scheduler)
    group, registered, crew = Group(ran.kafka, PARTITIONS), Registered(scheduler), Crew(ran.seed, ran.kafka, mqtt)
    ran.said = crew.said
    scheduler.start(group.run())
    shares = scheduler.chance.choice(([Share()], [Share(others=SECOND), Share(SECOND)]))
    gateways = [GatewayProcess(ran.kafka, mqtt, f"gateway-{n}", share) for n, share in enumerate(shares, 1)]
    count = scheduler.chance.choice((1, 2, 2, 3))
    ran.workers = [WorkerProcess(ran.kafka, group, registered, f"worker-{n}") for n in range(1, count + 1)]
    parts = Parts(ran.kafka, group, gateways, ran.workers)
    for fault in ran.faults:
        scheduler.after(fault.at_s, FAULTS[fault.name], parts, fault)
    if ran.change is not None:
        scheduler.after(ran.change.at_s, registered.register, newer(ran.change.levels))
    for message in ran.published:
        scheduler.after(message.at_s, mqtt.publish, message.topic, message.payload)
    await asyncio.sleep(max([seconds, *(message.at_s for message in ran.published)]))
    return await _rest(ran, mqtt, gateways, crew)


async def _rest(ran: Ran, mqtt: Mqtt, gateways: Sequence[GatewayProcess], crew: Crew) -> bool:
    """Waits until everything published is settled and every flood is over."""
    quiet = 0
    while ran.scheduler.now < PATIENCE_S:
        await asyncio.sleep(0.5)
        if ran.scheduler.ended:
            raise ran.scheduler.ended[0]
        working = all(one.working for one in (*gateways, *ran.workers)) and not ran.kafka.down
        waiting = [one for gateway in gateways for one in mqtt.kept(gateway.name).messages if "/mark/" not in one.topic]
        quiet = quiet + 1 if working and not waiting and crew.idle and _settled(ran.kafka) and _over(ran.kafka) else 0
        if quiet > 1:
            return True
    return False


def _settled(kafka: Kafka) -> bool:
    """Whether every reading and every reject in Kafka has its outcome, by what the streams say themselves, and every reply is answered."""
    sums = _newest(kafka, LEDGER.name)
    return all(map(partial(_answered, kafka), range(PARTITIONS))) and all(
        record.key in sums
        and not sums[record.key]["open"]
        and sums[record.key]["applied"].get(record.tp.topic, -1) >= record.offset
        for topic in (TELEMETRY.name, REJECTS.name)
        for record in kafka.of(topic)
        if record.value and record.key.decode() in DISTRICTS
    )


def _answered(kafka: Kafka, partition: int) -> bool:
    """Whether the state says of a partition's replies that the next to read is behind the last."""
    place = TP(REPLIES.name, partition)
    if place not in kafka.logs:
        return True
    block, blocks = block_of(place).encode(), kafka.logs[TP(changelog(CASES_AGENT), partition)]
    read_on = (int(record.value) for record in blocks if record.value and record.key.endswith(block))
    return max(read_on, default=0) >= len(kafka.logs[place])


def _over(kafka: Kafka) -> bool:
    """Whether every flood belongs to an incident, and each of these is closed."""
    incidents = newest_incidents(kafka)
    taken = {cause["id"] for one in incidents for cause in one["causes"]}
    findings = [json.loads(record.value or b"{}") for record in kafka.of(FINDINGS.name)]
    raised = {one["id"] for one in findings if one["class"] == CLASS and one["state"] == "raised"}
    return raised <= taken and all(one["state"] == IncidentState.CLOSED for one in incidents)


def newest_incidents(kafka: Kafka) -> list[Any]:
    """The highest version of each incident, as whoever reads them sees it.

    What a worker had on its way when it was cut off may arrive behind what its successor has said: an older version, the same as before.
    """
    incidents = (json.loads(record.value) for record in kafka.of(INCIDENTS.name) if record.value)
    newest = {one["id"]: one for one in sorted(incidents, key=lambda one: int(one["version"]))}
    return [one for one in newest.values() if one["class"] == CLASS]


def _newest(kafka: Kafka, topic: str) -> dict[bytes, Any]:
    """What the last record of each key says."""
    newest = {record.key: record.value for record in kafka.of(topic)}
    return {key: json.loads(value or b"{}") for key, value in newest.items()}
