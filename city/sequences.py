"""The sequence numbers of all devices of a district: whole packs at once where devices count on by one, one by one where they do not."""

import numpy as np

from city.columns import NEVER_MS, NO_SEQ, Bools, Ints, grown, turns
from city.sequence import UNTIMED, Sequence, count


class Sequences:
    """What each device has counted, indexed by the device's number: the highest number (NO_SEQ: none yet), its time, the missing ranges."""

    def __init__(self) -> None:
        self.highest: Ints = np.zeros(0, np.int64)
        self.at: Ints = np.zeros(0, np.int64)
        self.missing: dict[int, list[tuple[int, int]]] = {}

    def reserve(self, size: int) -> None:
        """Makes room for device numbers below `size`."""
        self.highest, self.at = grown(self.highest, size, NO_SEQ), grown(self.at, size, NEVER_MS)

    def of(self, device: int) -> Sequence | None:
        """What one device has counted, None while it has not."""
        if device >= len(self.highest) or self.highest[device] == NO_SEQ:
            return None
        return Sequence(int(self.highest[device]), int(self.at[device]), self.missing.get(device, []))

    def put(self, device: int, sequence: Sequence) -> None:
        """Replaces what one device has counted."""
        self.reserve(device + 1)
        self.highest[device], self.at[device] = sequence.highest, sequence.at
        if sequence.missing:
            self.missing[device] = sequence.missing
        else:
            self.missing.pop(device, None)

    def take(self, device: Ints, seq: Ints, at: Ints, repeated: Bools) -> int:
        """Takes in messages in record order (columns of shape [m]); returns by how many the gaps grew."""
        if not len(device):
            return 0
        self.reserve(int(device.max()) + 1)
        odd = self._odd(device, seq, repeated)
        plain = (seq != NO_SEQ) & ~odd
        np.maximum.at(self.highest, device[plain], seq[plain])
        untimed = device[plain & (self.at[device] == UNTIMED)]
        self.at[untimed] = NEVER_MS
        np.maximum.at(self.at, device[plain], at[plain])
        return sum(
            self._take_one(int(device[row]), int(seq[row]), int(at[row]), repeated=bool(repeated[row]))
            for row in np.flatnonzero(odd & (seq != NO_SEQ)).tolist()
        )

    def _odd(self, device: Ints, seq: Ints, repeated: Bools) -> Bools:
        """Which messages are of a device that does not simply count on by one in all of its numbered messages here."""
        order = np.flatnonzero(seq != NO_SEQ)
        order = order[np.argsort(device[order], kind="stable")]
        of, number = device[order], seq[order]
        first = turns(of)
        before = np.empty_like(number)
        before[1:] = number[:-1]
        before[first] = self.highest[of[first]]
        uneven = (number != before + 1) | repeated[order]
        if not uneven.any():
            return np.zeros(len(device), np.bool_)
        result: Bools = np.isin(device, of[uneven])
        return result

    def _take_one(self, device: int, seq: int, at: int, *, repeated: bool) -> int:
        sequence, grew = count(self.of(device), seq, at, repeated=repeated)
        self.put(device, sequence)
        return grew
