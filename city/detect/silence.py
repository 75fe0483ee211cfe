"""Which devices have fallen silent, over all devices of a district, judged message by message."""

import numpy as np

from city.channels import Channels
from city.columns import NEVER_MS, Ints, Readings, grown
from city.detect.episode import Episode, given_up
from city.detect.levels import Found, place_of
from city.detect.rulebook import Rulebook
from city.detect.silent import LISTENING_GAP_MS, fell_silent, was_heard
from city.finding import Finding
from city.registry import Device
from city.rules import Rule

NEVER_QUIET = 2**61


class Silence:
    """The silent rules of one district at work, over all its devices; a device counts from the first time it is heard."""

    def __init__(self) -> None:
        self.heard: Ints = np.zeros(0, np.int64)
        self.episodes: dict[int, Episode] = {}
        self.since = NEVER_MS
        self.listened_at = NEVER_MS
        self._quiet: Ints = np.zeros(0, np.int64)
        self._known = 0
        self._rules: dict[str, Rule] = {}

    def adopt(self, rules: Rulebook) -> list[Finding]:
        """Judges by these rules from now on; the silence of a device whose rule is gone ends, and is told."""
        self._rules, self._known = rules.silent, 0
        gone = [number for number, episode in self.episodes.items() if episode.rule not in rules.by_id]
        return [given_up(self.episodes.pop(number)) for number in gone]

    def listen(self, written_at: int, event_time: int) -> None:
        """Notes that a gateway wrote at `written_at`; after a gap in that, silence is counted from `event_time` on."""
        if self.listened_at != NEVER_MS and written_at - self.listened_at > LISTENING_GAP_MS:
            self.since = max(self.since, event_time)
        self.listened_at = max(self.listened_at, written_at)

    def _learn(self, channels: Channels, devices: dict[str, Device]) -> None:
        size = len(channels.devices)
        if self._known == size:
            return
        self.heard = grown(self.heard, size, NEVER_MS)
        self._quiet = grown(self._quiet, size, NEVER_QUIET)
        for number in range(self._known, size):
            rule = self._rule_of(channels.devices.keys[number], devices)
            self._quiet[number] = rule.after_seconds * 1000 if rule else NEVER_QUIET
        self._known = size

    def _rule_of(self, id_: str, devices: dict[str, Device]) -> Rule | None:
        device = devices.get(id_)
        return self._rules.get(device.kind) if device else None

    def judge(
        self, readings: Readings, before: Ints, after: int, channels: Channels, devices: dict[str, Device]
    ) -> list[Found]:
        """The findings of one pack: silences that its messages end, and those that the watermark has come past.

        `before` is the watermark before each message (shape [m]), `after` the one after all.
        """
        self._learn(channels, devices)
        found: list[Found] = []
        if len(readings.at):
            found = self._hear(readings, before, channels, devices)
        reached = np.append(before[1:], after)
        size = len(channels.devices)
        deadline = np.maximum(self.heard[:size], self.since) + self._quiet[:size]
        due = np.flatnonzero((deadline <= after) & (self.heard[:size] != NEVER_MS))
        for number in due.tolist():
            if number not in self.episodes:
                message = int(np.searchsorted(reached, deadline[number]))
                found.append((message, self._fall_silent(number, int(deadline[number]), channels, devices)))
        return found

    def _hear(self, readings: Readings, before: Ints, channels: Channels, devices: dict[str, Device]) -> list[Found]:
        moment = np.minimum(readings.at, readings.received_at)
        deadline = np.maximum(self.heard[readings.device], self.since) + self._quiet[readings.device]
        was_heard_before = self.heard[readings.device] != NEVER_MS
        doubtful = np.unique(readings.device[(before >= deadline) & was_heard_before])
        found: list[Found] = []
        if len(doubtful):
            for message in np.flatnonzero(np.isin(readings.device, doubtful)).tolist():
                number = int(readings.device[message])
                found.extend(
                    (message, f)
                    for f in self._one(number, int(moment[message]), int(before[message]), channels, devices)
                )
        np.maximum.at(self.heard, readings.device, moment)
        return found

    def _one(
        self, number: int, moment: int, before: int, channels: Channels, devices: dict[str, Device]
    ) -> list[Finding]:
        found = []
        deadline = max(int(self.heard[number]), self.since) + int(self._quiet[number])
        if number not in self.episodes and before >= deadline:
            found.append(self._fall_silent(number, deadline, channels, devices))
        self.heard[number] = max(int(self.heard[number]), moment)
        recent = max(moment, self.since) + int(self._quiet[number]) > before
        episode = self.episodes.get(number)
        rule = self._rule_of(channels.devices.keys[number], devices)
        if episode is not None and rule is not None and recent:
            del self.episodes[number]
            found.append(was_heard(episode, rule, moment))
        return found

    def _fall_silent(self, number: int, deadline: int, channels: Channels, devices: dict[str, Device]) -> Finding:
        id_ = channels.devices.keys[number]
        device, rule = devices[id_], self._rules[devices[id_].kind]
        self.episodes[number], finding = fell_silent(rule, place_of(device.cell, "", device, id_), deadline)
        return finding
