"""One district's stream: a pack of messages goes in; closed windows, late readings and findings come out, the same however it was packed."""

from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from city.channels import Channels, Line
from city.columns import NO_SEQ, Ints, Readings, identities
from city.detect.levels import Levels
from city.detect.means import Means
from city.detect.rulebook import Rulebook
from city.detect.silence import Silence
from city.finding import Finding
from city.registry import Device, Metric
from city.sequence import Sequence as Counted
from city.sequence import count
from city.sums import Sums
from city.watermark import Watermark
from city.window import ClosedWindow, LateReading, OpenWindows, Verdicts


class Facts(Struct, frozen=True):
    """What a stream knows of its city: devices by id, metrics by name, rules."""

    devices: Mapping[str, Device]
    metrics: Mapping[str, Metric]
    rules: Rulebook


class Outcome(Struct):
    """What one pack gave, each list in the order of what brought it about."""

    windows: list[ClosedWindow] = []
    late: list[LateReading] = []
    findings: list[Finding] = []


class DistrictStream:
    """All state of one district between packs. It is changed only by `apply` and `adopt`."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.channels = Channels()
        self.windows = OpenWindows()
        self.watermark = Watermark()
        self.levels = Levels()
        self.means = Means()
        self.silence = Silence()
        self.counted: dict[int, Counted] = {}
        self.sums = Sums()
        self.adopt(facts)

    def adopt(self, facts: Facts) -> list[Finding]:
        """Goes on with these facts; returns the findings that end because their rule is gone."""
        self.facts = facts
        parts = (self.levels, self.means, self.silence)
        return [finding for part in parts for finding in part.adopt(facts.rules)]

    def apply(self, lines: Sequence[Line], written_at: int) -> Outcome:
        """Takes in one pack, written at `written_at` (epoch ms); a pack without lines is a mark."""
        readings = self.channels.readings(lines, self.facts.metrics)
        outcome = Outcome()
        if lines:
            before, self.watermark = self.watermark.before_each(readings.at, readings.received_at)
            self.silence.listen(written_at, int(min(readings.at[0], readings.received_at[0])))
            verdicts = self.windows.add(
                readings, before, identities(readings, self.channels.hash), len(self.channels.series)
            )
            self._tally(readings, verdicts, outcome)
        else:
            before = readings.at
            self.watermark = self.watermark.after_mark(written_at)
            self.silence.listen(written_at, self.watermark.at)
            verdicts = None
        found = self._judge(readings, verdicts, before)
        reached = np.append(before[1:], self.watermark.at)
        for span, window in self.windows.close(self.watermark.at):
            message = int(np.searchsorted(reached, span.closes))
            for row in window.rows(span, self.channels.series.keys):
                outcome.windows.append(row)
                self.sums.windowed += row.count
                self.sums.late += row.late
                found.extend((message, finding) for finding in self.means.judge(row))
        found.sort(key=lambda item: (item[0], item[1].at, item[1].id, item[1].state != "raised"))
        outcome.findings = [finding for _, finding in found]
        return outcome

    def _judge(self, readings: Readings, verdicts: Verdicts | None, before: Ints) -> list[tuple[int, Finding]]:
        devices = dict(self.facts.devices) if not isinstance(self.facts.devices, dict) else self.facts.devices
        found = []
        if verdicts is not None:
            fresh = ~(verdicts.too_late | verdicts.duplicate)
            found = self.levels.judge(readings, fresh, self.channels, devices)
        found += self.silence.judge(readings, before, self.watermark.at, self.channels, devices)
        return found

    def _tally(self, readings: Readings, verdicts: Verdicts, outcome: Outcome) -> None:
        self.sums.duplicate += int(verdicts.duplicate.sum())
        self.sums.too_late += int(verdicts.too_late.sum())
        outcome.late = [self._late(readings, verdicts, row) for row in np.flatnonzero(verdicts.too_late).tolist()]
        self._count_sequences(readings, verdicts)

    def _late(self, readings: Readings, verdicts: Verdicts, row: int) -> LateReading:
        message = int(readings.message[row])
        device, metric = self.channels.channels.keys[int(readings.channel[row])]
        seq = int(readings.seq[message])
        return LateReading(
            device=device,
            metric=metric,
            cell=self.channels.series.keys[int(readings.series[row])][0],
            at=int(readings.at[message]),
            seq=None if seq == NO_SEQ else seq,
            value=float(readings.value[row]),
            received_at=int(readings.received_at[message]),
            window=int(verdicts.start[row]),
        )

    def _count_sequences(self, readings: Readings, verdicts: Verdicts) -> None:
        repeated = np.zeros(len(readings.at), np.bool_)
        repeated[readings.message[verdicts.duplicate]] = True
        numbered = np.flatnonzero(readings.seq != NO_SEQ)
        columns = (readings.device, readings.seq, readings.at, repeated)
        for device, seq, at, again in zip(*(column[numbered].tolist() for column in columns), strict=True):
            known = self.counted.get(device)
            if known is not None and seq == known.highest + 1:
                known.highest, known.at = seq, max(at, known.at)
                continue
            self.counted[device], grew = count(known, seq, at, repeated=again)
            self.sums.gaps += grew
