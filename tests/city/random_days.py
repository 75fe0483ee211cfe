"""Random hours of a district: messages that are late, repeated, ahead of their time or without a clock, silences, and marks in between."""

from collections.abc import Iterator, Sequence

from hypothesis import strategies as st
from msgspec import Struct

from city.finding import Finding
from city.rules import Rule
from city.stream import DistrictStream, Outcome
from city.sums import Sums
from city.watermark import Watermark
from city.window import ClosedWindow, LateReading
from messages.telemetry import PackLine
from tests.builders import CELL, GAS, OTHER_CELL, WATER, clockless, line, ms, rule, silent_rule

RULES: tuple[Rule, ...] = (
    rule("flood"),
    rule("low", direction="below", on=-1.0, off=-0.5),
    rule("long", for_seconds=20),
    rule("often", m=2, n=3),
    rule("mean", "mean", windows=2, on=0.6, off=0.2),
    rule("gas", metric=GAS),
    silent_rule(after_seconds=60),
)

Entry = PackLine | int
"""One thing in the log: a message, or the time of a mark (epoch ms)."""


class Step(Struct, frozen=True):
    """What happens next: after a pause, a device speaks, repeats what it said `back` messages ago, or the gateway marks."""

    pause: float
    kind: str
    device: str = "w1"
    behind: float = 0.0
    value: float = 0.0
    skipped: int = 0
    back: int = 1
    moved: bool = False


PAUSES = st.sampled_from([0.0, 0.0, 0.1, 1.0, 4.0, 9.0, 11.0, 25.0, 70.0, 200.0, -1.0, -70.0])
BEHIND = st.sampled_from([0.0, 0.0, 0.0, 1.0, 25.0, 40.0, 95.0, 400.0, -2.0, -200.0])
VALUES = st.sampled_from([0.0, 0.1, 0.4, 0.7, 1.0, 1.3, 9.0, -1.5])
STEPS = st.builds(
    Step,
    PAUSES,
    st.sampled_from(["speak", "speak", "speak", "speak", "tick", "repeat", "mark"]),
    st.sampled_from(["w1", "w2", "w3"]),
    BEHIND,
    VALUES,
    st.sampled_from([0, 0, 0, 1, 3, -2]),
    st.integers(1, 4),
    st.booleans(),
)


def _entries(steps: Sequence[Step]) -> Iterator[Entry]:
    now, said = 0.0, list[PackLine]()
    counts = dict.fromkeys(("w1", "w2", "w3", "kerb"), 0)
    for step in steps:
        now += step.pause
        if step.kind == "mark":
            yield ms(now)
            continue
        if step.kind == "repeat" and said:
            message = said[-min(step.back, len(said))]
        else:
            device = "kerb" if step.kind == "tick" else step.device
            counts[device] = max(0, counts[device] + 1 + step.skipped)
            message = _message(step, device, now, counts[device])
        said.append(message)
        yield message


def _message(step: Step, device: str, now: float, seq: int) -> PackLine:
    if step.kind == "tick":
        return clockless(now, seq, step.value)
    cell = OTHER_CELL if step.moved or device == "w2" else CELL
    values = {WATER: step.value, GAS: abs(step.value)} if step.moved else {WATER: step.value}
    number = None if device == "w3" else seq
    return line(now - step.behind, id_=device, received=now, seq=number, values=values, cell=cell)


def hours(most: int = 40) -> st.SearchStrategy[list[Entry]]:
    """A log of messages and marks, as one gateway would write it."""
    return st.lists(STEPS, min_size=1, max_size=most).map(lambda steps: list(_entries(steps)))


Pack = tuple[list[PackLine], int]


def packs(log: Sequence[Entry], cuts: Sequence[bool]) -> list[Pack]:
    """The log in packs, cut before entry i where `cuts[i]` says so; a mark is always a pack of its own."""
    made: list[Pack] = []
    joined = False
    for place, entry in enumerate(log):
        if isinstance(entry, int):
            made.append(([], entry))
            joined = False
        elif joined and not cuts[place % len(cuts)]:
            made[-1] = ([*made[-1][0], entry], entry.received_at)
        else:
            made.append(([entry], entry.received_at))
            joined = True
    return made


class Told(Struct):
    """All that came out of a stream, and where it stands."""

    windows: list[ClosedWindow]
    late: list[LateReading]
    findings: list[Finding]
    sums: Sums
    watermark: Watermark
    readings: int


def told(district: DistrictStream, outcomes: Sequence[Outcome]) -> Told:
    """What a stream told in these outcomes, and where it stands now."""
    return Told(
        windows=[row for outcome in outcomes for row in outcome.windows],
        late=[row for outcome in outcomes for row in outcome.late],
        findings=[finding for outcome in outcomes for finding in outcome.findings],
        sums=district.sums,
        watermark=district.watermark,
        readings=district.windows.readings,
    )


def run(district: DistrictStream, read: Sequence[Pack]) -> Told:
    """Reads these packs."""
    return told(district, [district.apply(lines, written_at) for lines, written_at in read])
