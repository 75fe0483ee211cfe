"""One district's stream: a pack of messages goes in; closed windows, late readings and findings come out, the same however it was packed."""

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from city.channels import Channels, Line
from city.columns import NO_SEQ, Bools, Ints, Readings, identities, moved_up
from city.detect.levels import Found, Levels
from city.detect.means import Means
from city.detect.silence import Silence
from city.detect.silent import LISTENING_GAP_MS
from city.facts import Facts
from city.finding import Finding, FindingState
from city.sequence import UNTIMED, count
from city.sequences import Sequences
from city.sums import Sums
from city.watermark import Watermark
from city.window import ClosedWindow, LateReading, OpenWindows, Verdicts
from city.windowing import Windowing

LARGEST_SEQ = 2**63 - 1


class Outcome(Struct):
    """What one pack gave, each list in the order of what brought it about."""

    windows: list[ClosedWindow] = []
    late: list[LateReading] = []
    findings: list[Finding] = []


class DistrictStream:
    """All state of one district between packs. It is changed only by `apply` and `adopt`.

    `owed` are findings that go out with the next pack. `unsaved_facts` is set until the facts it goes by are part of its saved state;
    `stored` are the tables of that state as they were written last.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.unsaved_facts = True
        self.windowing = Windowing(facts.metrics)
        self.channels = Channels()
        self.windows = OpenWindows()
        self.watermark = Watermark()
        self.levels = Levels()
        self.means = Means()
        self.silence = Silence()
        self.counted = Sequences()
        self.sums = Sums()
        self.owed: list[Finding] = []
        self.stored: dict[str, Ints] = {}
        self._home: Bools = np.zeros(0, np.bool_)
        self.adopt(facts)

    def adopt(self, facts: Facts) -> list[Finding]:
        """Goes on with these facts; returns the findings that end because their rule is gone.

        What goes out under the new facts must not leave before a state that holds them is saved: a repeat after a crash would not know them.
        """
        self.facts, self.unsaved_facts = facts, True
        seen = [metric for _, metric in self.channels.series.keys]
        self.windowing.adopt(facts.metrics, seen, self.windows.ends(), self.watermark.at)
        return self._judge_by(facts)

    def resume(self, facts: Facts) -> None:
        """Goes on with the facts that its saved state was made under."""
        self.facts, self.unsaved_facts = facts, False
        self.windowing = Windowing(facts.metrics, self.windowing.former)
        self._judge_by(facts)

    def _judge_by(self, facts: Facts) -> list[Finding]:
        self._home = np.zeros(0, np.bool_)
        ended = [
            *self.levels.adopt(facts.rules, facts.devices),
            *self.means.adopt(facts.rules),
            *self.silence.adopt(facts.rules, facts.devices),
        ]
        return [replace(finding, at=max(finding.at, self.watermark.at)) for finding in ended]

    def apply(self, lines: Sequence[Line], written_at: int) -> Outcome:
        """Takes in one pack, written at `written_at` (epoch ms); a pack without lines is a mark."""
        outcome = Outcome(findings=self.owed)
        self.owed = []
        if not lines:
            self._mark(written_at, outcome)
        for part in _unbroken(lines):
            self._take(part, outcome)
        return outcome

    def refused(self, device: str, seq: int | None) -> None:
        """Takes in that a message of a device was refused: it came all the same, so its number is no gap. Its time is not to be trusted."""
        number = self.channels.devices.find(device)
        known = None if number is None else self.counted.of(number)
        if number is None or known is None or seq is None or not 0 <= seq <= LARGEST_SEQ:
            return
        sequence, grew = count(known, seq, UNTIMED, repeated=False)
        self.counted.put(number, sequence)
        self.sums.counted_past(grew)

    def _mark(self, mark_at: int, outcome: Outcome) -> None:
        self.watermark = self.watermark.after_mark(mark_at)
        self.silence.listen(mark_at, mark_at, self.watermark.at)
        nothing = self.channels.readings((), self.windowing)
        reached = moved_up(nothing.at, self.watermark.at)
        found = self.silence.judge(nothing, nothing.at, reached, self.channels)
        self._close(found, reached, outcome)

    def _take(self, lines: Sequence[Line], outcome: Outcome) -> None:
        readings = self.channels.readings(lines, self.windowing)
        at, received_at = readings.at, readings.received_at
        before, self.watermark = self.watermark.before_each(at, received_at, readings.clockless)
        identity = identities(readings, self.channels.hash)
        verdicts = self.windows.add(readings, before, identity, len(self.channels.series))
        self._tally(readings, verdicts, outcome)
        self.silence.listen(int(received_at[0]), int(received_at.max()), int(min(at[0], received_at[0])))
        found = self.levels.judge(readings, ~(verdicts.too_late | verdicts.duplicate), self.channels)
        reached = moved_up(before, self.watermark.at)
        found += self.silence.judge(readings, before, reached, self.channels)
        self._close(found, reached, outcome)

    def _close(self, found: list[Found], reached: Ints, outcome: Outcome) -> None:
        """Closes windows, judges them, and puts all that was found into the order of the messages that brought it about.

        `reached` is the watermark after each of the messages.
        """
        for span, window in self.windows.close(self.watermark.at):
            message = int(np.searchsorted(reached, span.closes))
            for row in window.rows(span, self.channels.series.keys):
                outcome.windows.append(row)
                self.sums.windowed += row.count
                self.sums.late += row.late
                found.extend((message, finding) for finding in self.means.judge(row))
        found.sort(key=_order)
        outcome.findings.extend(finding for _, finding in found)

    def _tally(self, readings: Readings, verdicts: Verdicts, outcome: Outcome) -> None:
        self.sums.duplicate += int(verdicts.duplicate.sum())
        self.sums.too_late += int(verdicts.too_late.sum())
        outcome.late.extend(self._late(readings, verdicts, row) for row in np.flatnonzero(verdicts.too_late).tolist())
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
        seq = np.where(self._at_home()[readings.device], readings.seq, NO_SEQ)
        self.sums.counted_past(self.counted.take(readings.device, seq, readings.at, repeated))

    def _at_home(self) -> Bools:
        """Which devices, by number, are registered here: only those are counted; the district of another one is told what it sent."""
        ids = self.channels.devices.keys
        if len(self._home) != len(ids):
            self._home = np.array([id_ in self.facts.devices for id_ in ids], np.bool_)
        return self._home


def _unbroken(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """The lines of a pack, cut where nobody listened before a line: there silence starts anew, as between packs."""
    arrivals = [line.received_at for line in lines]
    first = 0
    if arrivals and max(arrivals) - min(arrivals) > LISTENING_GAP_MS:
        listened_at = arrivals[0]
        for place, arrival in enumerate(arrivals):
            if arrival - listened_at > LISTENING_GAP_MS:
                yield lines[first:place]
                first = place
            listened_at = max(listened_at, arrival)
    if lines:
        yield lines[first:]


def _order(found: Found) -> tuple[int, int, str, bool]:
    message, finding = found
    return message, finding.at, finding.id, finding.state is not FindingState.RAISED
