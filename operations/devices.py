"""Which devices live: when each was last heard, what it said, whether that is recent for a device of its pace, and where it said it was."""

from collections.abc import Iterable, Mapping

from city.registry import Device
from city.report import Position
from city.whereabouts import Doubt, Track, seen_device
from messages.locator import DEFAULT_CRS
from operations.facts import Heard

AT_LEAST_MS = 15 * 60_000
INTERVALS = 3
LONGEST_INTERVAL_MS = 86_400_000


class Known:
    """What was heard of one device: newest event time and arrival, its usual interval (ms, 0 = not known yet), last values, its way."""

    __slots__ = ("interval", "last_at", "received_at", "track", "values")

    def __init__(self, message: Heard) -> None:
        self.last_at = message.at
        self.received_at = message.received_at
        self.interval = 0
        self.values: dict[str, tuple[int, float]] = {}
        self.track: Track | None = None
        self._take(message)

    def hear(self, message: Heard) -> None:
        """Takes in a further message; an older one never replaces a newer value."""
        gap = message.at - self.last_at
        if gap > 0:
            slowest = 2 * self.interval or LONGEST_INTERVAL_MS
            self.interval = min(gap, slowest, LONGEST_INTERVAL_MS)
        self.last_at = max(self.last_at, message.at)
        self.received_at = max(self.received_at, message.received_at)
        self._take(message)

    def _take(self, message: Heard) -> None:
        for metric, value in message.values.items():
            if metric not in self.values or self.values[metric][0] <= message.at:
                self.values[metric] = (message.at, value)

    def live_at(self, newest: int) -> bool:
        """Whether a device last heard at `last_at` still counts as live when its district's data have reached `newest`.

        It may be silent for 15 minutes or three of its own usual intervals, whichever is longer.
        """
        return newest - self.last_at <= max(AT_LEAST_MS, INTERVALS * self.interval)


class Devices:
    """The devices of a city by id, those of each cell, and which of them live."""

    def __init__(self) -> None:
        self.registered: Mapping[str, Device] = {}
        self.systems: Mapping[str, str] = {}
        self.in_cell: dict[str, list[str]] = {}
        self.known: dict[str, Known] = {}
        self.live: set[str] = set()
        self.newest: dict[str, int] = {}
        self._live_in: dict[str, int] = {}

    def register(self, devices: Mapping[str, Device], systems: Mapping[str, str] | None = None) -> None:
        """Replaces the registered devices; what was heard of those that stay is kept.

        `systems` has the coordinate system of each district, which counts for positions that name none.
        """
        self.registered = devices
        self.systems = systems or {}
        self.in_cell = {}
        for device in devices.values():
            self.in_cell.setdefault(device.cell, []).append(device.id)
        self.live &= devices.keys()
        self._live_in = {}
        for id_ in self.live:
            self._count(devices[id_].cell, 1)

    def hear(self, message: Heard) -> str | None:
        """Takes in a message; returns the cell whose first live device it makes, if so."""
        known = self.known.get(message.device)
        if known is None:
            self.known[message.device] = Known(message)
        else:
            known.hear(message)
        device = self.registered.get(message.device)
        if device is None:
            return None
        if message.position is not None:
            self._place(device, message.position, message.at)
        self.reach(device.district, min(message.at, message.received_at))
        return self._turn(device)

    def reach(self, district: str, at: int) -> None:
        """The data of `district` have reached event time `at`: by a reading, or by a mark."""
        if at > self.newest.get(district, 0):
            self.newest[district] = at

    def sweep(self) -> Iterable[str]:
        """Looks at all devices again; returns the cells that gained their first or lost their last live device."""
        turned = (self._turn(self.registered[id_]) for id_ in self.known if id_ in self.registered)
        return [cell for cell in turned if cell is not None]

    def live_in(self, cell: str) -> bool:
        """Whether a live device stands in `cell`."""
        return self._live_in.get(cell, 0) > 0

    def counts(self) -> dict[str, int]:
        """How many devices are registered, how many of them live, and how many of the rest were heard before."""
        heard = sum(1 for id_ in self.known if id_ in self.registered)
        return {"total": len(self.registered), "live": len(self.live), "silent": heard - len(self.live)}

    def doubts(self, id_: str) -> list[Doubt]:
        """What is doubtful about where a device says it is."""
        known = self.known.get(id_)
        return known.track.doubts if known is not None and known.track is not None else []

    def _place(self, device: Device, position: Position, at: int) -> None:
        known, crs = self.known[device.id], position.crs or self.systems.get(device.district, DEFAULT_CRS)
        known.track = seen_device(known.track, position, at, crs=crs, home=(device.lon, device.lat))

    def _turn(self, device: Device) -> str | None:
        lives = self.known[device.id].live_at(self.newest.get(device.district, 0))
        if lives == (device.id in self.live):
            return None
        before = self.live_in(device.cell)
        (self.live.add if lives else self.live.discard)(device.id)
        self._count(device.cell, 1 if lives else -1)
        return device.cell if before != self.live_in(device.cell) else None

    def _count(self, cell: str, by: int) -> None:
        self._live_in[cell] = self._live_in.get(cell, 0) + by
