"""What the city of the proof says, message by message: a function of its devices, the time and the seed.

Besides ordinary readings there are readings out of order, too late ones, some that are said again seconds later, a device whose clock is ahead,
devices without clocks, a district an hour behind, a district that
speaks now and then, and episodes that must each become one incident.
"""

import hashlib
import heapq
import json
import random
import uuid
import zlib

from citygrid.proof.garbage import garbage
from citygrid.proof.town import (
    AIR,
    DISTRICTS,
    FLOOD,
    GAUGE,
    HAZE,
    LATE,
    METER,
    SEEN,
    WANDERER,
    Device,
    ahead,
    centre,
    crew,
)
from citygrid.proof.truth import Episode, Fate, Sent

STEP_MS = 1000
SCENE_EVERY_MS, SCENE_FROM_MS, SCENE_UNTIL_MS = 20_000, 3_000, 13_000
SCENES = 25
QUIET_EVERY_MS, QUIET_SPEAKS_MS = 60_000, 5_000
FARTHEST_BACK_MS = 8_000
TOO_LATE_MS, TOO_LATE_AFTER_MS, TOO_LATE_EACH = 300_000, 20_000, 5
GARBAGE_SHARE = 0.1
REPEATED_SHARE, REPEATED_FROM_MS, REPEATED_UNTIL_MS = 0.04, 500, 5_000
AHEAD_MS, FAR_AHEAD_MS, JUMP_MS = 30_000, 600_000, 10_000
ALWAYS_AHEAD_MS = 40_000
"""Longer than a window with its lateness, so that what moves the watermark too far makes others too late. It ends with the episodes."""
FINE, MOST_FLOW = 1024, 4000
BITS, MOST_LOAD, SMALL = 53, 4096, 2.0**-24
CALM_LEVEL, HIGH_LEVEL = 0.015625, 0.5
CALM_HAZE, HIGH_HAZE = 20.0, 200.0
NAMES = uuid.UUID("5b0c5a6e-3f0e-4f86-9b55-0a0d6f2f9c11")


class Load:
    """The whole city's messages; `due` gives those of the time since the last call."""

    def __init__(self, devices: list[Device], *, started_at: int, rate: float, seed: int) -> None:
        """`rate` is in readings a second, `started_at` epoch ms."""
        self._devices = devices
        self._chance = random.Random(seed)  # noqa: S311 - the load can be played again
        self._seed = seed
        self._period = max(STEP_MS, int(STEP_MS * len(devices) * 2 / rate))
        self._started_at = started_at
        self._seq = dict.fromkeys((device.id for device in devices), 0)
        self._open: dict[str, Episode] = {}
        self._reported = -1
        self._garbage = 0
        self._queue = [(started_at + zlib.crc32(d.id.encode()) % self._period, n) for n, d in enumerate(devices)]
        heapq.heapify(self._queue)
        self._again: list[tuple[int, str, int, Sent]] = []
        self._at_scene = {device.id for device in devices if device.scene}
        self.episodes: list[Episode] = []
        self.copies = 1
        self.garbage_on = False
        self.clocks_wrong = False
        self.no_more_episodes = False

    def due(self, now: int) -> list[Sent]:
        """Everything that is to be sent by `now`, in the order of its time."""
        sent: list[Sent] = []
        while self._queue[0][0] <= now:
            at, number = heapq.heappop(self._queue)
            heapq.heappush(self._queue, (at + self._period, number))
            sent.extend(self._say(self._devices[number], at))
        sent.extend(self._reports(now))
        return sent

    def due_again(self, now: int) -> list[Sent]:
        """Those whose later copy is to be sent by `now`."""
        sent = []
        while self._again and self._again[0][0] <= now:
            sent.append(heapq.heappop(self._again)[-1])
        return sent

    def speaks_elsewhere(self, sent: Sent) -> bool:
        """Whether a repeat may come over another connection: not where an episode could be overtaken by it."""
        return sent.device not in self._at_scene

    @property
    def repeats_wait(self) -> bool:
        """Whether a later copy of something is still to be sent."""
        return bool(self._again)

    @property
    def in_an_episode(self) -> bool:
        """Whether something that began has not ended."""
        return bool(self._open)

    def _say(self, device: Device, now: int) -> list[Sent]:
        if device.district.quiet and (now - self._started_at) % QUIET_EVERY_MS >= QUIET_SPEAKS_MS:
            return []
        said = [self._telemetry(device, now)]
        self._plan_repeat(said[0], now)
        if self.garbage_on and self._chance.random() < GARBAGE_SHARE:
            self._garbage += 1
            spoilt = garbage(device, self._garbage, now - device.district.behind_ms)
            spoilt.sent_at = now
            said.append(spoilt)
        return said

    def _plan_repeat(self, sent: Sent, now: int) -> None:
        """Some messages are said again. Not those without a clock: after their window nobody can tell a repeat from a new reading."""
        if sent.fate is not Fate.WINDOWED or sent.at is None or self._chance.random() >= REPEATED_SHARE:
            return
        sent.copies += 1
        sent.later = 1
        due = now + self._chance.randrange(REPEATED_FROM_MS, REPEATED_UNTIL_MS)
        heapq.heappush(self._again, (due, sent.device, sent.seq, sent))

    def _telemetry(self, device: Device, now: int) -> Sent:
        seq = self._seq[device.id]
        self._seq[device.id] = seq + 1
        at, fate = self._time(device, now, seq)
        values = self._values(device, now, seq)
        self._note_episode(device, now, seq, values)
        body: dict[str, object] = {"seq": seq, "values": values}
        if device.kind != METER:
            body["at"] = at
        return Sent(
            topic=f"citygrid/v1/{device.district.code}/telemetry/{device.id}",
            device=device.id,
            district=device.district.code,
            cell=device.cell,
            fate=fate,
            at=None if device.kind == METER else at,
            seq=seq,
            values=values,
            payload=json.dumps(body).encode(),
            reason="from_the_future" if fate is Fate.REFUSED else "",
            copies=self.copies,
            sent_at=now,
        )

    def _time(self, device: Device, now: int, seq: int) -> tuple[int, Fate]:
        at = now - device.district.behind_ms
        if device.kind == LATE and seq % TOO_LATE_EACH == 0 and now - self._started_at > TOO_LATE_AFTER_MS:
            return at - TOO_LATE_MS, Fate.TOO_LATE
        if device.kind != WANDERER:
            return at, Fate.WINDOWED
        if ahead(device) and not self.no_more_episodes:
            return at + ALWAYS_AHEAD_MS, Fate.WINDOWED
        if not self.clocks_wrong:
            return at - self._chance.randrange(FARTHEST_BACK_MS), Fate.WINDOWED
        forward = (
            0 if device.district.behind_ms else 1
        )  # where all are behind, one that is ahead of them moves the watermark
        wrong = (
            (at + forward * AHEAD_MS, Fate.WINDOWED),
            (now + FAR_AHEAD_MS, Fate.REFUSED),
            (at + (forward * JUMP_MS if seq % 2 else -JUMP_MS), Fate.WINDOWED),
            (at - TOO_LATE_MS, Fate.TOO_LATE),
        )
        return wrong[int(device.id[-1]) % len(wrong)]

    def _values(self, device: Device, now: int, seq: int) -> dict[str, float]:
        """Loads have 53 bits of chance, in some cells far below the others, so that a part of a sum that is lost shows.

        Flows are multiples of 1/1024, which add up exactly over all windows of a cell; no two sums agree by chance.
        """
        said = hashlib.blake2b(f"{self._seed}|{device.id}|{seq}".encode(), digest_size=8).digest()
        chance = int.from_bytes(said) >> 64 - BITS
        small = zlib.crc32(device.cell.encode()) & 1
        load = chance / (1 << BITS) * MOST_LOAD * (SMALL if small else 1)
        scene = self._in_scene(device, now)
        match device.kind:
            case "gauge":
                return {"level_m": (HIGH_LEVEL if scene else CALM_LEVEL) + (chance % 16) / FINE, "load_w": load}
            case "air":
                return {"haze_ugm3": (HIGH_HAZE if scene else CALM_HAZE) + chance % 16, "load_w": load}
            case "meter":
                return {"flow_m": (chance % (MOST_FLOW * FINE)) / FINE}
            case _:
                return {"load_w": load}

    def _in_scene(self, device: Device, now: int) -> bool:
        if not device.scene or device.district.quiet:
            return False
        turn, moment = divmod(now - self._started_at, SCENE_EVERY_MS)
        here = int(device.id[-4:]) == turn % SCENES and SCENE_FROM_MS <= moment < SCENE_UNTIL_MS
        return here and (device.id in self._open or not self.no_more_episodes)

    def _note_episode(self, device: Device, now: int, seq: int, values: dict[str, float]) -> None:
        del seq
        high = values.get("level_m", 0.0) >= HIGH_LEVEL or values.get("haze_ugm3", 0.0) >= HIGH_HAZE
        at = now - device.district.behind_ms
        if high and device.id not in self._open:
            self._open[device.id] = Episode(
                kind="finding",
                event_class=FLOOD if device.kind == GAUGE else HAZE,
                district=device.district.code,
                cell=device.cell,
                cause=device.id,
                at=at,
                sent_at=now,
            )
            self.episodes.append(self._open[device.id])
        elif not high and device.id in self._open:
            self._open.pop(device.id).ended_at = at

    def _reports(self, now: int) -> list[Sent]:
        """In each turn a worker of each district reports something, in another cell each time."""
        turn, moment = divmod(now - self._started_at, SCENE_EVERY_MS)
        if turn <= self._reported or moment < SCENE_FROM_MS or self.no_more_episodes:
            return []
        self._reported = turn
        return [self._report(district, turn, now) for district in DISTRICTS if not district.quiet]

    def _report(self, district: object, turn: int, now: int) -> Sent:
        place = next(d for d in self._devices if d.district is district and d.kind == AIR and d.scene)
        number = turn % SCENES
        row, column = 2 * (number // 5), 2 * (number % 5)
        lon, lat = centre(place.district, row, column)
        cell = f"{place.cell[:12]}{row * 10 + column + 1:03}"
        worker = crew(place.district)[turn % len(crew(place.district))]
        id_ = str(uuid.uuid5(NAMES, f"{self._seed}|{self._started_at}|{place.district.code}|{turn}"))
        self.episodes.append(
            Episode(
                kind="report",
                event_class=SEEN,
                district=place.district.code,
                cell=cell,
                cause=id_,
                at=now,
                ended_at=now,
                sent_at=now,
            )
        )
        body = {"id": id_, "at": now, "class": SEEN, "position": {"lon": lon, "lat": lat}, "text": "proof"}
        return Sent(
            topic=f"citygrid/v1/{place.district.code}/reports/{worker}",
            device=worker,
            district=place.district.code,
            cell=cell,
            fate=Fate.REPORTED,
            at=now,
            seq=turn,
            values={},
            payload=json.dumps(body).encode(),
            copies=self.copies,
            sent_at=now,
        )
