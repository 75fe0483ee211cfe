"""The names a district's readings carry, turned into dense numbers once, and packs turned into columns."""

import hashlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from city.columns import NO_SEQ, Hashes, Ints, Numbering, Readings, grown
from city.shapes import MOST_SORTS, Shapes, Sort
from city.windowing import Windowing


class Line(Protocol):
    """One accepted message of a pack: `values` by metric, times in epoch ms; `seq` and `clockless` may be unset."""

    @property
    def device(self) -> str:
        """Who sent it."""

    @property
    def cell(self) -> str:
        """The code of the cell it was measured in."""

    @property
    def at(self) -> int:
        """Event time, epoch ms."""

    @property
    def received_at(self) -> int:
        """Arrival, epoch ms."""

    @property
    def values(self) -> dict[str, float]:
        """The readings by metric."""

    @property
    def seq(self) -> Any:
        """The device's count of its messages, where it counts."""

    @property
    def clockless(self) -> Any:
        """True where the device has no clock and `at` is the arrival."""


class Channels:
    """Numbers for devices, channels (device, metric), series (cell, metric) and metrics of one district."""

    def __init__(
        self,
        devices: Sequence[str] = (),
        channels: Sequence[tuple[str, str]] = (),
        series: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.devices = Numbering(devices)
        self.channels = Numbering[tuple[str, str]]()
        self.series = Numbering(series)
        self.metrics = Numbering[str]()
        self._shapes = Shapes()
        self.hash: Hashes = np.zeros(0, np.uint64)
        self.device_of: Ints = np.zeros(0, np.int64)
        for device, metric in channels:
            self.channel(device, metric)

    def channel(self, device: str, metric: str) -> int:
        """The number of a device's metric; its hash is the same in every run."""
        known = len(self.channels)
        number = self.channels.number((device, metric))
        if number == known:
            self.hash = grown(self.hash, number + 1, 0)
            self.device_of = grown(self.device_of, number + 1, 0)
            digest = hashlib.blake2b(f"{device}|{metric}".encode(), digest_size=8).digest()
            self.hash[number] = int.from_bytes(digest, "big")
            self.device_of[number] = self.devices.number(device)
        return number

    def readings(self, lines: Sequence[Line], windowing: Windowing) -> Readings:
        """The columns of a pack's messages, in record order."""
        numbers = self._shapes.numbers(self._shape_of(lines))
        at = np.array([line.at for line in lines], np.int64)
        seconds, lateness = windowing.spans(self.metrics.keys, numbers.metric, at[numbers.message])
        value = [reading for line in lines for reading in line.values.values()]
        return Readings(
            at=at,
            received_at=np.array([line.received_at for line in lines], np.int64),
            device=numbers.device,
            seq=_seq([line.seq for line in lines]),
            clockless=np.array([line.clockless is True for line in lines], np.bool_),
            message=numbers.message,
            channel=numbers.channel,
            series=numbers.series,
            value=np.array(value, np.float64) + 0.0,  # which turns -0.0 into 0.0, so that least and most are one value
            seconds=seconds,
            lateness=lateness,
        )

    def _shape_of(self, lines: Sequence[Line]) -> Ints:
        """The number of each message's sort, learnt where it is new."""
        if len(self._shapes.known) > MOST_SORTS:
            self._shapes = Shapes()
        known = self._shapes.known.get
        shape = [known((line.device, line.cell, tuple(line.values))) for line in lines]
        if None in shape:
            shape = [self._learn((line.device, line.cell, tuple(line.values))) for line in lines]
        return np.array(shape, np.int64)

    def _learn(self, sort: Sort) -> int:
        known = self._shapes.known.get(sort)
        if known is not None:
            return known
        device, cell, names = sort
        readings = [
            (self.channel(device, name), self.series.number((cell, name)), self.metrics.number(name)) for name in names
        ]
        return self._shapes.learn(sort, self.devices.number(device), readings)


def _seq(numbers: list[Any]) -> Ints:
    """The column of the messages' numbers, where not all of them have one."""
    try:
        return np.array(numbers, np.int64)
    except TypeError:
        return np.array([number if isinstance(number, int) else NO_SEQ for number in numbers], np.int64)
