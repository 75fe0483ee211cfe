"""Which readings of a pack a threshold rule has to look at: only those beyond a level, or of a channel with something under way."""

from collections.abc import Iterator, Mapping

import numpy as np

from city.channels import Channels
from city.columns import NEVER_MS, Bools, Floats, Ints, Readings, grown
from city.detect.episode import Place
from city.detect.rulebook import Rulebook, drop_unwatched
from city.detect.threshold import IDLE, Watch, take
from city.finding import Finding
from city.registry import Device
from city.rules import reach

Found = tuple[int, Finding]
"""A finding with the number of the message in the pack that gave it."""


class Levels:
    """The threshold rules of one district at work, over all its channels."""

    def __init__(self) -> None:
        self.watches: dict[tuple[int, str], Watch] = {}
        self.newest: Ints = np.zeros(0, np.int64)
        self._lowest: Floats = np.zeros(0, np.float64)
        self._highest: Floats = np.zeros(0, np.float64)
        self._busy: Bools = np.zeros(0, np.bool_)
        self._known = 0
        self._rules: Rulebook = Rulebook({}, {}, {}, {})
        self._devices: Mapping[str, Device] = {}

    def adopt(self, rules: Rulebook, devices: Mapping[str, Device]) -> list[Finding]:
        """Judges by these rules from now on; an episode whose rule is gone or watches another metric ends, and is told.

        One whose rule has other levels goes on, and clears by the new ones.
        """
        self._rules, self._devices, self._known = rules, devices, 0
        return drop_unwatched(self.watches, rules, "threshold")

    def _learn(self, channels: Channels) -> None:
        size = len(channels.channels)
        if self._known == size:
            return
        self.newest = grown(self.newest, size, NEVER_MS)
        self._lowest, self._highest = grown(self._lowest, size, np.inf), grown(self._highest, size, -np.inf)
        self._busy = np.zeros(len(self.newest), np.bool_)
        for number in range(self._known, size):
            rules = self._rules.threshold.get(channels.channels.keys[number][1], [])
            self._lowest[number] = min((reach(r)[0] for r in rules if r.direction != "below"), default=np.inf)
            self._highest[number] = max((reach(r)[1] for r in rules if r.direction == "below"), default=-np.inf)
        for number, _ in self.watches:
            self._busy[number] = True
        self._known = size

    def judge(self, readings: Readings, fresh: Bools, channels: Channels) -> list[Found]:
        """The findings of a pack's readings that are fresh (in time and no repeats), in record order."""
        self._learn(channels)
        rows = np.flatnonzero(fresh)
        channel, value = readings.channel[rows], readings.value[rows]
        hot = (value >= self._lowest[channel]) | (value <= self._highest[channel]) | self._busy[channel]
        found: list[Found] = []
        if hot.any():
            found.extend(self._one_by_one(readings, rows[np.isin(channel, channel[hot])], channels))
        np.maximum.at(self.newest, channel, readings.at[readings.message[rows]])
        return found

    def _one_by_one(self, readings: Readings, rows: Ints, channels: Channels) -> Iterator[Found]:
        newest: dict[int, int] = {}
        for row in rows.tolist():
            number, message = int(readings.channel[row]), int(readings.message[row])
            at = int(readings.at[message])
            if at <= newest.get(number, int(self.newest[number])):
                continue
            newest[number] = at
            device, metric = channels.channels.keys[number]
            cell = channels.series.keys[int(readings.series[row])][0]
            place = place_of(cell, metric, self._devices.get(device), device)
            for finding in self._take(number, place, at, float(readings.value[row])):
                yield message, finding

    def _take(self, number: int, place: Place, at: int, value: float) -> Iterator[Finding]:
        """Shows one reading of a channel to every rule of its metric."""
        rules = self._rules.threshold.get(place.metric, [])
        for rule in rules:
            watch, finding = take(self.watches.pop((number, rule.id), IDLE), rule, place, at, value)
            if not watch.idle:
                self.watches[number, rule.id] = watch
            if finding is not None:
                yield finding
        self._busy[number] = any((number, rule.id) in self.watches for rule in rules)


def place_of(cell: str, metric: str, device: Device | None, id_: str) -> Place:
    """Where a device's rule watches, with its registered position unless it measured in another cell."""
    position = {"lon": device.lon, "lat": device.lat} if device and device.cell == cell else None
    return Place(cell=cell, metric=metric, device=id_, position=position)
