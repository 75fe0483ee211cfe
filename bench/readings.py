"""A made-up morning of readings for the stage: packs as a gateway would have written them, the same for the same seed."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from bench.sensors import Sensor
from gateways.packer import MOST_MESSAGES
from messages.packs import PackHead

BEGAN_AT = 1_795_000_020_000
WORST_DELAY_MS = 200
LATE_MS = (5_000, 45_000)
PEAKS = 1e-4
GATEWAY = "bench"


class Plan(Struct, frozen=True, kw_only=True):
    """How much to make: `readings` over `seconds` of event time, a share `late` of which comes 5 to 45 s after its time."""

    readings: int = 1_000_000
    cells: int = 1_000
    seconds: int = 600
    late: float = 0.02
    pack: int = MOST_MESSAGES
    seed: int = 2018


class Packed(Struct, frozen=True):
    """One pack: its district, head and lines."""

    district: str
    head: PackHead
    value: bytes


def packs(plan: Plan, sensors: Sequence[Sensor]) -> Iterator[Packed]:
    """The packs in the order in which they arrive, one reading a line; each district's last one may be smaller."""
    filling: dict[str, list[bytes]] = defaultdict(list)
    numbers: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    now = BEGAN_AT

    def full(district: str) -> Packed:
        lines = filling.pop(district)
        numbers[district] += 1
        totals[district] += len(lines)
        head = PackHead(
            gateway=GATEWAY,
            start=f"{BEGAN_AT}",
            pack=numbers[district],
            count=len(lines),
            total=totals[district],
            at=now,
        )
        return Packed(district, head, b"\n".join(lines))

    for district, received_at, line in lines(plan, sensors):
        now = received_at
        filling[district].append(line)
        if len(filling[district]) == plan.pack:
            yield full(district)
    for district in sorted(filling):
        yield full(district)


def lines(plan: Plan, sensors: Sequence[Sensor]) -> Iterator[tuple[str, int, bytes]]:
    """The lines one by one, each with its district and its arrival (epoch ms)."""
    chance = random.Random(plan.seed)
    counted = [0] * len(sensors)
    for number in range(plan.readings):
        received_at = BEGAN_AT + number * plan.seconds * 1000 // plan.readings
        place = chance.randrange(len(sensors))
        sensor, counted[place] = sensors[place], counted[place] + 1
        delay = chance.randrange(*LATE_MS) if chance.random() < plan.late else chance.randrange(WORST_DELAY_MS)
        value = _value(sensor, chance)
        line = (
            f'{{"device":"{sensor.device}","cell":"{sensor.cell}","at":{received_at - delay},"received_at":{received_at},'
            f'"values":{{"{sensor.metric}":{value}}},"seq":{counted[place]}}}'
        )
        yield sensor.district, received_at, line.encode()


def _value(sensor: Sensor, chance: random.Random) -> float:
    if sensor.peak is not None and chance.random() < PEAKS:
        return sensor.peak
    return round(sensor.quiet * (0.5 + chance.random()), 3)
