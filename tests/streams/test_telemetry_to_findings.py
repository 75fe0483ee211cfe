"""Rules, metrics and devices that change while the stage is killed at any step: what is said twice is said alike, and all is counted once."""

import asyncio
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from city.facts import Facts
from city.window import ClosedWindow, LateReading
from messages.ledger import DistrictSums
from messages.packs import PackHead, headers_of, source_of
from messages.records import decode, decode_lines, encode
from messages.telemetry import pack
from messages.topics import FINDINGS, LATE, LEDGER, TELEMETRY, WINDOWS
from streams.effects import Effects
from streams.offsets import Offsets
from streams.telemetry_to_findings import TelemetryStage
from tests.builders import DISTRICT, METRICS, WATER, device, facts, line, ms, rule, silent_rule
from tests.city.random_days import RULES, Entry, hours, packs

HERE = TP(TELEMETRY.name, 0)
WIDER = [replace(METRICS[WATER], window_seconds=120, lateness_seconds=10)]
FACTS: Sequence[Facts] = (
    facts(*RULES),
    facts(),
    facts(*RULES[1:], rule("flood", on=0.3, off=0.2, version=2)),
    facts(*RULES, metrics=WIDER),
    facts(rule("flood"), silent_rule(after_seconds=20), devices=[device("w1"), device("w3")]),
)


class Killed(Exception):
    """The process ends here."""


class Broker:
    """One partition of everything; the `kills` say after how many writes each process ends."""

    def __init__(self, kills: Iterator[int]) -> None:
        self.log: list[tuple[bytes, list[tuple[str, bytes]]]] = []
        self.sent: list[tuple[str, bytes, list[tuple[str, bytes]]]] = []
        self.blocks: dict[bytes, bytes] = {}
        self.producer = self.changelog_topic = self.consumer = self
        self.name = "findings"
        self._kills = kills
        self._left = 0

    def begin(self) -> None:
        """A new process."""
        self._left = next(self._kills, 10**9)

    async def send(self, topic: str, key: bytes, value: bytes | None, *rest: Any) -> Any:
        if not self._left:
            raise Killed
        self._left -= 1
        if topic != self.get_topic_name():
            self.sent.append((topic, value or b"", rest[-1]))
        elif value is None:
            self.blocks.pop(key, None)
        else:
            self.blocks[key] = value
        return asyncio.sleep(0)

    def get_topic_name(self) -> str:
        return "changelog"

    def claim(self, _partition: int) -> tuple[list[Any], list[Any], list[Any]]:
        """All processes are one owner."""
        return [], [], []

    def put(self, _partition: int, key: bytes, _value: bytes | None) -> bytes:
        """What is written counts only once it has been sent."""
        return key

    def keys_of(self, _partition: int, start: bytes) -> list[bytes]:
        return [key for key in self.blocks if key.startswith(start)]

    def get_block(self, _partition: int, key: bytes) -> bytes | None:
        return self.blocks.get(key)

    async def is_member(self) -> bool:
        """Nobody takes the partitions away."""
        return True

    async def ack(self, _event: object) -> None:
        """Nobody looks at the commits."""

    def event(self, offset: int) -> Any:
        value, headers = self.log[offset]
        message = SimpleNamespace(tp=HERE, topic=HERE.topic, partition=0, offset=offset, key=DISTRICT.encode())
        return SimpleNamespace(message=message, value=value, headers=headers)


class Life:
    """One process: the stage, loaded anew, at the beginning of the log."""

    def __init__(self, broker: Broker, knowing: Facts) -> None:
        broker.begin()
        offsets = Offsets([TELEMETRY.name])
        offsets.start({HERE: 0}, {HERE: len(broker.log)})
        here: Any = broker
        self.knowledge: Any = SimpleNamespace(facts=knowing)
        self.stage = TelemetryStage(Effects(here, here, here, offsets), self.knowledge)
        self.next = 0


def written(log: Sequence[Entry], cuts: Sequence[bool]) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
    total, records = 0, []
    for number, (lines, at) in enumerate(packs(log, cuts), 1):
        count = sum(len(one.values) for one in lines)
        total += count
        head = PackHead(gateway="g", start="1", pack=number, count=count, total=total, at=at)
        records.append((pack([encode(one) for one in lines]), headers_of(head)))
    return records


Plan = list[tuple[int, bool, bool]]
"""For each record the facts that hold from it on; for each turn whether the stage begins to settle before it, and has settled after it."""


async def run(records: list[Any], plan: Plan, kills: list[int]) -> Broker:
    """Reads all records; after each kill the log holds some more than was read."""
    broker = Broker(iter(kills))
    life = Life(broker, FACTS[0])
    newest, turn = 0, 0
    while life.next < len(records):
        number, (_, before, after) = plan[life.next % len(plan)][0], plan[turn % len(plan)]
        turn += 1
        newest = max(newest, life.next)
        broker.log = records[: max(len(broker.log), life.next + 1)]
        if life.next == newest:
            life.knowledge.facts = FACTS[number]
        try:
            if before:
                await life.stage._begin()
            await life.stage.take(broker.event(life.next))
            if after:
                await life.stage.settle()
        except Killed:
            broker.log = records[: min(len(records), newest + 1 + number)]
            life = Life(broker, FACTS[number])
        else:
            life.next += 1
    await end(broker, life)
    return broker


async def end(broker: Broker, life: Life) -> None:
    """Settles, over what kills are left."""
    while True:
        try:
            while life.next < len(broker.log):
                await life.stage.take(broker.event(life.next))
                life.next += 1
            await life.stage.settle()
        except Killed:
            life = Life(broker, life.knowledge.facts)
        else:
            return


def check(broker: Broker, readings: int) -> None:
    """Each identity has one content, and the ledger balances."""
    said: dict[Any, Any] = {}
    for topic, value, headers in broker.sent:
        for identity, content in contents(topic, value, headers):
            assert said.setdefault((topic, identity), content) == content
    ledger = [decode(value, DistrictSums) for topic, value, _ in broker.sent if topic == LEDGER.name]
    assert all(sums.balanced for sums in ledger)
    assert ledger[-1].accepted == readings
    windowed = sum(row.count for (topic, _), row in said.items() if topic == WINDOWS.name)
    too_late = sum(1 for topic, _ in said if topic == LATE.name)
    assert (ledger[-1].windowed, ledger[-1].too_late) == (windowed, too_late)


def contents(topic: str, value: bytes, headers: list[tuple[str, bytes]]) -> Iterator[tuple[Any, Any]]:
    """What a record says, by identity."""
    if topic == FINDINGS.name:
        yield dict(headers)["ce_id"], value
    elif topic == WINDOWS.name:
        for row in decode_lines(value, ClosedWindow):
            yield (row.cell, row.metric, row.start, row.seconds), row
    elif topic == LATE.name:
        source, first = source_of(headers) or (0, 0)
        for number, late in enumerate(decode_lines(value, LateReading), first):
            yield (source, number), late


@given(
    hours(30),
    st.lists(st.booleans(), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, len(FACTS) - 1), st.booleans(), st.booleans()), min_size=1, max_size=12),
    st.lists(st.integers(0, 40), max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_whatever_changes_and_whenever_it_is_killed_a_repeat_says_the_same(
    log: list[Entry], cuts: list[bool], plan: Plan, kills: list[int]
) -> None:
    broker = asyncio.run(run(written(log, cuts), plan, kills))
    check(broker, sum(len(one.values) for one in log if not isinstance(one, int)))


FLOODED: list[Entry] = [line(second, 0.7, seq=second) for second in range(0, 200, 20)]


@pytest.mark.parametrize("kill", range(40))
def test_a_rule_that_changes_over_a_kill_at_any_write_repeats_nothing_differently(kill: int) -> None:
    """A lower level is registered in the middle, where the reading is above it and below the old one."""
    records = written(FLOODED, [True])
    plan = [(0 if number < 5 else 2, number % 2 == 1, number % 4 == 0) for number in range(len(records))]
    check(asyncio.run(run(records, plan, [kill, 3])), len(FLOODED))


def findings(broker: Broker) -> list[str]:
    return [dict(headers)["ce_id"].decode() for topic, _, headers in broker.sent if topic == FINDINGS.name]


def test_a_new_rule_holds_from_the_record_behind_the_next_settling() -> None:
    records = written([line(0, 0.4), line(1, 0.4), line(2, 0.4)], [True])
    broker = asyncio.run(run(records, [(0, False, False), (2, False, False), (2, True, False)], []))
    (raised,) = findings(broker)
    assert raised.endswith(f"-raised-{ms(2)}")


def test_after_a_kill_the_old_rule_holds_for_all_that_the_log_held() -> None:
    """Killed at the fourth write, with four records in the log; the new rule, which finds 0.4 too high, holds from the fifth on."""
    records = written([line(second, 0.4) for second in range(6)], [True])

    async def story() -> Broker:
        broker = Broker(iter([]))
        broker.log = records[:1]
        first = Life(broker, FACTS[0])
        await first.stage.take(broker.event(0))
        await first.stage.settle()
        broker.log = records[:4]
        second = Life(broker, FACTS[2])
        broker.log = records
        for offset in range(6):
            await second.stage.take(broker.event(offset))
            await second.stage.settle()
        return broker

    (raised,) = findings(asyncio.run(story()))
    assert raised.endswith(f"-raised-{ms(4)}")


def test_an_episode_that_ends_with_its_rule_is_told_alike_over_kills() -> None:
    records = written([line(second, 2.0) for second in range(9)], [True])
    for kill in range(30):
        broker = asyncio.run(run(records, [(0, True, True), (0, True, True), *[(1, True, True)] * 7], [kill]))
        check(broker, 9)
        assert len([one for one in set(findings(broker)) if "-cleared-" in one]) == 2


def test_what_a_device_sent_from_another_district_is_counted_at_home_and_is_no_mark() -> None:
    at_home, away = line(0, seq=1), line(30, seq=2, values={}, cell="990104001001001")
    head = PackHead(gateway="g", start="1", pack=2, count=0, total=1, at=ms(500), away=encode(away))
    records = [*written([at_home], [True]), (b"", headers_of(head)), *written([line(40, seq=3)], [True])]
    broker = asyncio.run(run(records, [(0, True, True)], []))
    last = [decode(value, DistrictSums) for topic, value, _ in broker.sent if topic == LEDGER.name][-1]
    assert (last.gaps, last.open, last.watermark) == (0, 2, ms(40))
