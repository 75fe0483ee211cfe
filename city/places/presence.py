"""Which devices were heard within a day: the sensors that count as alive when a place is asked for its coverage."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from city.places.ground import Ground
from city.registry import Device

NEVER = -1
LIVE_MS = 24 * 3_600_000
"""For so long a device counts as alive after its newest message, to the millisecond."""


class Presence:
    """Per registered device its cell's position in the ground (-1: in none) and the arrival of its newest message, epoch ms."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.cell: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self.received: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._row: dict[str, int] = {}
        self._measuring: dict[tuple[str, str], list[int]] = {}

    def register(self, devices: Mapping[str, Device], ground: Ground) -> None:
        """Replaces the devices; what was heard of those that stay is kept."""
        before = {id_: int(self.received[row]) for id_, row in self._row.items()}
        self.ids = sorted(devices, key=lambda id_: (devices[id_].cell, id_))
        self.cell = ground.positions(devices[id_].cell for id_ in self.ids)
        self.received = np.array([before.get(id_, NEVER) for id_ in self.ids], np.int64)
        self._row = {id_: row for row, id_ in enumerate(self.ids)}
        self._measuring = {}
        for id_, row in self._row.items():
            for metric in devices[id_].metrics:
                self._measuring.setdefault((devices[id_].cell, metric), []).append(row)

    def hear(self, device: str, received_at: int) -> None:
        """A message of a device arrived."""
        row = self._row.get(device)
        if row is not None and received_at > self.received[row]:
            self.received[row] = received_at

    def remember(self, heard: Mapping[tuple[str, str], int]) -> None:
        """Takes in when each cell was last heard of each metric, by (cell, metric), from before this process: devices of one cell and metric are not told apart there."""
        for key, at in heard.items():
            rows = self._measuring.get(key, [])
            self.received[rows] = np.maximum(self.received[rows], at)

    def live(self, now: int) -> npt.NDArray[np.bool_]:
        """Per device whether it was heard in the 24 hours before `now`."""
        heard: npt.NDArray[np.bool_] = (self.received >= now - LIVE_MS) & (self.received != NEVER)
        return heard

    def never(self) -> npt.NDArray[np.bool_]:
        """Per device whether nothing was ever heard of it."""
        unheard: npt.NDArray[np.bool_] = self.received == NEVER
        return unheard

    def per_cell(self, chosen: npt.NDArray[np.bool_], cells: int) -> npt.NDArray[np.int64]:
        """How many of the chosen devices stand in each of the ground's `cells`."""
        counted: npt.NDArray[np.int64] = np.bincount(self.cell[chosen & (self.cell >= 0)], minlength=cells)
        return counted

    def within(self, begin: int, end: int) -> dict[str, int]:
        """The devices in the ground's cells begin..end-1, each with the arrival of its newest message, or NEVER."""
        rows = np.flatnonzero((self.cell >= begin) & (self.cell < end)).tolist()
        return {self.ids[row]: int(self.received[row]) for row in rows}
