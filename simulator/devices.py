"""All devices of the city: what each sends by the plan, with its faults, unless an episode speaks for it or it is silent."""

from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import msgspec

from city.registry import Device, Registry
from messages import mqtt_topics
from simulator.faults import Clock, Shares, clock_of, fates, is_silent
from simulator.outgoing import Outgoing
from simulator.plan import Plan
from simulator.telemetry import Firmware, Value, firmware_of, garble, write

WILL_AFTER_MS = 3_000
LONGEST_LAG_MS = 120_000
DECIMALS = 3


class Planned(NamedTuple):
    """A message of the plan, not yet written: device number, time measured, values, when it is repeated (-1: not), the step if it is garbled."""

    number: int
    at: int
    row: list[float]
    repeat_ms: int
    garbled: int | None


class Devices:
    """The sending side of every device. Time is handed in; `due` gives what is to be published by then, in the order of sending."""

    def __init__(self, registry: Registry, plan: Plan, *, seed: int, shares: Shares, started_at: int) -> None:
        """All devices are switched on at `started_at` (epoch milliseconds); those that are silent by chance never are."""
        self._plan = plan
        self._seed = seed
        self._shares = shares
        self._started_at = started_at
        self._flags = {name for name, metric in registry.metrics.items() if metric.type == "boolean"}
        self._index = {one.id: number for number, one in enumerate(plan.devices)}
        self._firmware = [self._install(one, registry.utc_offset_minutes) for one in plan.devices]
        self._seq = [0] * len(plan.devices)
        self._values = self._first_values()
        self._topics = [mqtt_topics.telemetry(one.district, one.id) for one in plan.devices]
        self.silent = {one.id for one in plan.devices if is_silent(shares, seed, one.id)}
        self._taken: set[str] = set()
        self._greeted: set[str] = set()
        self._queue: list[tuple[int, int, Planned | Outgoing]] = []
        self._pushed = 0
        self._step = 0

    def knows(self, device: str) -> bool:
        """Whether the plan has something to send for this device."""
        return device in self._index

    def clock(self, device: str) -> Clock:
        """What the device takes for the time."""
        return self._firmware[self._index[device]].clock

    def in_cell(self, cell: str) -> list[str]:
        """The devices that stand in a cell."""
        return [one.id for one in self._plan.devices if one.cell == cell]

    def quiet_value(self, device: str, metric: str) -> float:
        """What the plan has lately read for this metric of the device."""
        number = self._index[device]
        return self._named(number, self._values[number]).get(metric, 0.0)

    def due(self, now: int) -> list[Outgoing]:
        """Everything that leaves by `now` (epoch milliseconds)."""
        self._lay_out(now)
        sent: list[Outgoing] = []
        while self._queue and self._queue[0][0] <= now:
            send_at, _, item = heappop(self._queue)
            if isinstance(item, Outgoing):
                sent.append(item)
            else:
                sent.extend(self._planned(send_at, item))
        return sent

    def take_over(self, device: str) -> None:
        """From now on only `speak` sends for this device."""
        self._taken.add(device)

    def give_back(self, device: str) -> None:
        """The plan sends for this device again."""
        self._taken.discard(device)

    def fall_silent(self, device: str, now: int) -> None:
        """The device is dead; the broker says so a little later, as its will."""
        self.silent.add(device)
        self._push(now + WILL_AFTER_MS, self._status(device, now + WILL_AFTER_MS, online=False))

    def repair(self, device: str, now: int) -> None:
        """The device sends again, and its clock is set."""
        number = self._index[device]
        self._firmware[number] = msgspec.structs.replace(self._firmware[number], clock=Clock.RIGHT)
        if device in self.silent:
            self.silent.discard(device)
            self._push(now, self._status(device, now, online=True))

    def speak(self, device: str, at: int, readings: dict[str, float]) -> list[Outgoing]:
        """A message outside the plan: `readings` instead of what the plan has for these metrics."""
        if device in self.silent:
            return []
        number = self._index[device]
        rounded = {name: round(value, DECIMALS) for name, value in readings.items()}
        values = self._named(number, self._values[number]) | rounded
        return [*self._greeting(number, at), self._write(number, at, self._typed(values))]

    def _install(self, device: Device, offset_minutes: int) -> Firmware:
        return firmware_of(device.id, clock_of(self._shares, self._seed, device.id), offset_minutes)

    def _first_values(self) -> list[list[float]]:
        values = self._plan.round(0, self._started_at).values.tolist()
        return [values[first:after] for first, after in pairwise(self._plan.first_slot)]

    def _lay_out(self, now: int) -> None:
        """Puts the steps that have begun into the queue. What is older than a device's own memory is left out."""
        reached = int((now - self._started_at) / self._plan.period_ms)
        oldest = int((now - LONGEST_LAG_MS - self._started_at) / self._plan.period_ms)
        self._step = max(self._step, oldest)
        while self._step <= reached:
            self._lay_out_step(self._step)
            self._step += 1

    def _lay_out_step(self, step: int) -> None:
        measured = self._plan.round(step, self._started_at)
        fate = fates(self._shares, self._seed, self._plan.ids, step)
        values = measured.values.tolist()
        first = self._plan.first_slot
        rows = zip(
            measured.at.tolist(), fate.delay_ms.tolist(), fate.repeat_ms.tolist(), fate.garbled.tolist(), strict=True
        )
        for number, (at, delay, repeat, garbled) in enumerate(rows):
            row = values[first[number] : first[number + 1]]
            self._push(at + delay, Planned(number, at, row, repeat, step if garbled else None))

    def _planned(self, send_at: int, planned: Planned) -> list[Outgoing]:
        number = planned.number
        device = self._plan.devices[number].id
        self._values[number] = planned.row
        if device in self.silent or device in self._taken:
            return []
        message = self._write(number, planned.at, self._typed(self._named(number, planned.row)))
        if planned.garbled is not None:
            payload = garble(message.payload, self._seed, device, planned.garbled)
            message = Outgoing(message.topic, payload, message.readings)
        elif planned.repeat_ms >= 0:
            self._push(send_at + planned.repeat_ms, message)
        return [*self._greeting(number, planned.at), message]

    def _greeting(self, number: int, at: int) -> list[Outgoing]:
        """What a device says when it is switched on, before its first message."""
        device = self._plan.devices[number].id
        if device in self._greeted:
            return []
        self._greeted.add(device)
        return [self._status(device, at, online=True)]

    def _status(self, device: str, at: int, *, online: bool) -> Outgoing:
        district = self._plan.devices[self._index[device]].district
        return Outgoing(mqtt_topics.status(district, device), msgspec.json.encode({"online": online, "at": at}))

    def _write(self, number: int, at: int, values: dict[str, Value]) -> Outgoing:
        seq = self._seq[number]
        self._seq[number] = seq + 1
        payload = write(self._firmware[number], at=at, started_at=self._started_at, seq=seq, values=values)
        return Outgoing(self._topics[number], payload, len(values))

    def _named(self, number: int, row: list[float]) -> dict[str, float]:
        return dict(zip(self._plan.metrics[number], row, strict=False))

    def _typed(self, values: dict[str, float]) -> dict[str, Value]:
        return {name: bool(value) if name in self._flags else value for name, value in values.items()}

    def _push(self, at: int, item: Planned | Outgoing) -> None:
        self._pushed += 1
        heappush(self._queue, (at, self._pushed, item))
