"""What is published in a run, planned from its seed: an ordinary city, and all that devices do wrong."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from messages import mqtt_topics
from tests.simulation.scheduler import EPOCH_MS, Chance
from tests.simulation.world import CLOCKLESS, GAS, LATENESS_S, LEVEL, LEVELS, OFF, ON, QUIET

HOUR_MS = 3_600_000
AHEAD_MS = 2_000
LATE_MS = (250, 750, 950, 1500, 2500, 5000, 20_000)


class Publish(NamedTuple):
    """One message: when (seconds into the run), where, what. `valid` where nothing in it is wrong."""

    at_s: float
    topic: str
    payload: bytes
    valid: bool = True


class Habits(NamedTuple):
    """How a run's devices behave: shares of messages that are late, repeated, ahead of their time or garbage; districts an hour behind."""

    shuffled: float
    late: float
    repeated: float
    ahead: float
    garbage: float
    behind: frozenset[str]


def habits(chance: Chance) -> Habits:
    """What is wrong in this run; much or nothing of each."""

    def share(most: float) -> float:
        return chance.choice((0.0, 0.0, most / 4, most))

    behind = frozenset(id_.split("-")[1] for id_ in CLOCKLESS if chance.happens(0.15))
    return Habits(share(0.8), share(0.2), share(0.5), share(0.1), share(0.2), behind)


def traffic(chance: Chance, seconds: float) -> list[Publish]:
    """All messages of a run, in the order of their publishing."""
    plan = habits(chance)
    messages = [one for id_ in LEVELS for one in _levels(id_, chance, plan, seconds)]
    messages += [one for id_ in QUIET for one in _quiet(id_, chance, plan, seconds)]
    messages += [
        one for id_ in CLOCKLESS if id_.split("-")[1] not in plan.behind for one in _clockless(id_, chance, seconds)
    ]
    messages += [_repeat(one, chance) for one in messages if chance.happens(plan.repeated)]
    messages += [_garbage(chance, seconds) for _ in range(int(len(messages) * plan.garbage))]
    return sorted(messages)


def _levels(id_: str, chance: Chance, plan: Habits, seconds: float) -> Iterator[Publish]:
    """A level sensor; some of them see a flood, which ends in time."""
    district = id_.split("-")[1][:6]
    floods = chance.happens(0.4)
    begins, lasts = chance.uniform(0.5, seconds / 2), chance.uniform(1.5, seconds / 2)
    at_s, seq = chance.uniform(0, 2), 0
    while at_s < seconds:
        seq += 1
        hot = floods and begins <= at_s < begins + lasts
        values = {LEVEL: ON + 0.25 if hot else chance.choice((0.0, 0.1, -0.0, OFF - 0.125, 0.3))}
        if chance.happens(0.3):
            values[GAS] = chance.uniform(-3, 3)
        yield _message(id_, at_s, seq, values, _behind_ms(district, chance, plan))
        at_s += chance.choice((0.25, 0.5, 0.75) if hot else (0.05, 0.75, 1.5, 2.0))
    if floods:  # the last word is that it is over, newer than all that a wrong clock has said
        dry_ms = (AHEAD_MS + 1 if plan.ahead else 0) - (HOUR_MS if district in plan.behind else 0)
        yield _message(id_, seconds, seq + 1, {LEVEL: 0.0}, -dry_ms)


def _quiet(id_: str, chance: Chance, plan: Habits, seconds: float) -> Iterator[Publish]:
    """A device that is missed when it says nothing; some fall silent for ever."""
    dies = chance.uniform(1, 4) if chance.happens(0.3) else seconds
    at_s = chance.uniform(0, 2)
    behind = HOUR_MS if id_.split("-")[1] in plan.behind else 0
    seq = 0
    while at_s < min(dies, seconds):
        seq += 1
        yield _message(id_, at_s, seq, {GAS: 1}, behind)
        at_s += chance.choice((0.5, 2.0, 3.0))


def _clockless(id_: str, chance: Chance, seconds: float) -> Iterator[Publish]:
    """A device without a clock, whose readings are taken at their arrival."""
    at_s, seq = chance.uniform(0, 3), 0
    while at_s < seconds:
        seq += 1
        yield _message(id_, at_s, seq, {GAS: seq % 7}, None)
        at_s += chance.choice((1.0, 3.0, 5.0))


def _behind_ms(district: str, chance: Chance, plan: Habits) -> int:
    """How far a message's time lies before its publishing, in ms."""
    behind = HOUR_MS if district in plan.behind else 0
    if chance.happens(plan.ahead):
        return behind - chance.randint(1, AHEAD_MS)
    if chance.happens(plan.late):
        return behind + chance.choice(LATE_MS)
    if chance.happens(plan.shuffled):
        return behind + chance.randrange(LATENESS_S * 1000)
    return behind


def _message(id_: str, at_s: float, seq: int, values: dict[str, Any], behind_ms: int | None) -> Publish:
    said: dict[str, Any] = {"seq": seq, "values": values}
    if behind_ms is not None:
        said["at"] = EPOCH_MS + int(at_s * 1000) - behind_ms
    return Publish(at_s, mqtt_topics.telemetry(id_.split("-")[1][:6], id_), json.dumps(said).encode())


def _repeat(message: Publish, chance: Chance) -> Publish:
    return message._replace(at_s=message.at_s + chance.choice((0.0, 0.01, 0.5, 2.0, 4.0)))


def _garbage(chance: Chance, seconds: float) -> Publish:
    at_s, id_ = chance.uniform(0, seconds), chance.choice(LEVELS)
    district, now = id_.split("-")[1][:6], EPOCH_MS + int(at_s * 1000)
    said = [
        b"\xff\xfe not json",
        json.dumps({"at": now, "values": {"unheard_of": 1}, "n": at_s}).encode(),
        json.dumps({"at": now, "values": {LEVEL: 1e9}, "n": at_s}).encode(),
        json.dumps({"at": now + 10 * HOUR_MS, "values": {LEVEL: 0}, "n": at_s}).encode(),
        json.dumps({"values": {LEVEL: 0}, "n": at_s}).encode(),
    ]
    topics = [
        mqtt_topics.telemetry(district, id_),
        mqtt_topics.telemetry(district, "nobody"),
        f"citygrid/v1/{district}/telemetry",
    ]
    return Publish(at_s, chance.choice(topics), chance.choice(said), valid=False)
