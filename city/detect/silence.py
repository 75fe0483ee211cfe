"""Which devices have fallen silent, over all devices of a district, judged message by message."""

from collections.abc import Mapping

import numpy as np

from city.channels import Channels
from city.columns import NEVER_MS, Ints, Readings, grown, turns
from city.detect.episode import Episode, given_up
from city.detect.levels import Found, place_of
from city.detect.rulebook import Rulebook
from city.detect.silent import LISTENING_GAP_MS, fell_silent, was_heard
from city.finding import Finding
from city.registry import Device
from city.rules import Rule
from geo.codes import district_of

NEVER_QUIET = 2**61
FAR_BEHIND_MS = 10_000
"""A device that is further behind the watermark has a clock that is, or was cut off: that it goes on speaking says that it lives."""


class Silence:
    """The silent rules of one district at work, over all its devices; a device counts from the first time it is heard.

    By a device's number, in event time (ms): when it was `heard`, and what time its last message `said`.
    """

    def __init__(self) -> None:
        self.heard: Ints = np.zeros(0, np.int64)
        self.said: Ints = np.zeros(0, np.int64)
        self.episodes: dict[int, Episode] = {}
        self.since = NEVER_MS
        self.listened_at = NEVER_MS
        self._quiet: Ints = np.zeros(0, np.int64)
        self._known = 0
        self._ids: list[str] = []
        self._district = ""
        self._rules: Mapping[str, Rule] = {}
        self._devices: Mapping[str, Device] = {}

    def adopt(self, rules: Rulebook, devices: Mapping[str, Device]) -> list[Finding]:
        """Judges by these rules from now on; a silence that its rule no longer watches ends, and is told."""
        self._rules, self._devices, self._known = rules.silent, devices, 0
        gone = [number for number, episode in self.episodes.items() if not self._watched(episode)]
        return [given_up(self.episodes.pop(number)) for number in gone]

    def _watched(self, episode: Episode) -> bool:
        rule = self._rule_of(episode.place.device)
        return rule is not None and rule.id == episode.rule

    def _rule_of(self, id_: str) -> Rule | None:
        """A device is missed where it is registered; one that only passes through a district is none of its own."""
        device = self._devices.get(id_)
        at_home = device is not None and self._district in {"", device.district}
        return self._rules.get(device.kind) if device and at_home else None

    def listen(self, first_at: int, last_at: int, event_time: int) -> None:
        """Notes that the gateway was there from `first_at` to `last_at` (its own clock, ms).

        After a gap before that, silence is counted from `event_time` on.
        """
        if self.listened_at != NEVER_MS and first_at - self.listened_at > LISTENING_GAP_MS:
            self.since = max(self.since, event_time)
        self.listened_at = max(self.listened_at, last_at)

    def judge(self, readings: Readings, before: Ints, reached: Ints, channels: Channels) -> list[Found]:
        """The findings of one pack: silences that its messages end, and those that the watermark has come past.

        `before` is the watermark before each message (shape [m]), `reached` the one after each, or of now where there is none; nobody
        stopped listening in between.
        """
        self._learn(channels)
        after = int(reached[-1])
        found, heard_at = self._hear(readings, before, reached)
        deadline = np.maximum(self.heard, self.since) + self._quiet
        for number in np.flatnonzero((deadline <= after) & (self.heard != NEVER_MS)).tolist():
            if number not in self.episodes:
                message = int(np.searchsorted(reached, deadline[number]))
                finding = self._fall_silent(number, int(deadline[number]))
                found.append((max(message, heard_at.get(number, 0)), finding))
        return found

    def _learn(self, channels: Channels) -> None:
        self._ids = channels.devices.keys
        size = len(self._ids)
        if channels.series.keys:
            self._district = district_of(channels.series.keys[0][0])
        if self._known == size:
            return
        self.heard, self.said = grown(self.heard, size, NEVER_MS), grown(self.said, size, NEVER_MS)
        self._quiet = np.full(len(self.heard), NEVER_QUIET, np.int64)
        for number, id_ in enumerate(self._ids):
            rule = self._rule_of(id_)
            if rule is not None:
                self._quiet[number] = rule.after_seconds * 1000
        self._known = size

    def _hear(self, readings: Readings, before: Ints, reached: Ints) -> tuple[list[Found], dict[int, int]]:
        """What the pack's messages end, and at which message each device that was looked at was last heard."""
        moment = self._moments(readings, before)
        found: list[Found] = []
        heard_at: dict[int, int] = {}
        for message in self._doubtful(readings.device, before).tolist():
            number, watermark = int(readings.device[message]), int(before[message])
            deadline = max(int(self.heard[number]), self.since) + int(self._quiet[number])
            if self.heard[number] != NEVER_MS and watermark >= deadline and number not in self.episodes:
                passed = max(int(np.searchsorted(reached, deadline)), heard_at.get(number, 0))
                found.append((passed, self._fall_silent(number, deadline)))
            found.extend((message, finding) for finding in self._speak(number, int(moment[message]), watermark))
            heard_at[number] = message
        np.maximum.at(self.heard, readings.device, moment)
        return found, heard_at

    def _moments(self, readings: Readings, before: Ints) -> Ints:
        """The event time (shape [m]) at which each message says that its device lives.

        That is its own time. From far behind it is the watermark's, if the device goes on from what it said before; a repeat does not.
        """
        heard, device = np.minimum(readings.at, readings.received_at), readings.device
        far = before - heard > FAR_BEHIND_MS
        if far.any():
            order = np.argsort(device, kind="stable")
            at, of = readings.at[order], device[order]
            said = np.empty_like(at)
            said[1:] = at[:-1]
            first = turns(of)
            said[first] = self.said[of[first]]
            news = np.zeros(len(far), np.bool_)
            news[order] = at > said
            heard = np.where(far & news, before, heard)
        self.said[device] = readings.at
        return heard

    def _doubtful(self, device: Ints, before: Ints) -> Ints:
        """The messages of devices that are new, silent, or late enough to have been silent; of the others only the newest time counts."""
        deadline = np.maximum(self.heard[device], self.since) + self._quiet[device]
        odd = (self._quiet[device] < NEVER_QUIET) & ((self.heard[device] == NEVER_MS) | (before >= deadline))
        if not (self.episodes or odd.any()):
            return np.zeros(0, np.int64)
        doubtful = np.append(device[odd], np.fromiter(self.episodes, np.int64, len(self.episodes)))
        return np.flatnonzero(np.isin(device, doubtful))

    def _speak(self, number: int, moment: int, watermark: int) -> list[Finding]:
        """A device that is heard at event time `moment`: it ends a silence when that is news, and recent."""
        news = moment > self.heard[number]
        recent = max(moment, self.since) + int(self._quiet[number]) > watermark
        self.heard[number] = max(int(self.heard[number]), moment)
        rule = self._rule_of(self._ids[number])
        if not news or not recent or rule is None or number not in self.episodes:
            return []
        return [was_heard(self.episodes.pop(number), rule, moment)]

    def _fall_silent(self, number: int, deadline: int) -> Finding:
        id_ = self._ids[number]
        device = self._devices[id_]
        place = place_of(device.cell, "", device, id_)
        self.episodes[number], finding = fell_silent(self._rules[device.kind], place, deadline)
        return finding
