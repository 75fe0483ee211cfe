"""A gateway that is killed, loses Kafka or the broker, or meets a second one of its name."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.kafka_reader import Record
from messages.packs import head_of
from messages.telemetry import unpack
from messages.topics import REJECTS, TELEMETRY
from tests.children import Child
from tests.citygrid.waiting import until
from tests.gateways.builders import DISTRICT, LOADED, OTHER, Phone, Tap, telemetry
from tests.services import Services

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
BROKERS_WINDOW = 1000
"""Messages that the broker hands over before the first is acknowledged: no more can be handed over twice."""
MEBIBYTE = 1024 * 1024


class Load:
    """One device that publishes as fast as the broker takes it."""

    def __init__(self, phone: Phone, device: str) -> None:
        self._phone = phone
        self._topic = f"citygrid/v1/{DISTRICT}/telemetry/{device}"
        self._taken: list[Callable[[], bool]] = []

    def publish(self, most: int) -> None:
        """So many more messages, at most 300 of them not yet taken."""
        for _ in range(most):
            until(lambda: len(self._taken) < 300 or self._taken[-300]())
            self._taken.append(self._phone.send(self._topic, telemetry(len(self._taken))))

    def all_taken(self) -> bool:
        return all(taken() for taken in self._taken)

    @property
    def numbers(self) -> set[int]:
        return set(range(len(self._taken)))


def numbers(records: list[Record], device: str) -> Counter[int]:
    """How often each message of a device lies in Kafka."""
    packs = [unpack(record.value) for record in records if record.value and record.key == DISTRICT.encode()]
    return Counter(int(line.seq) for lines in packs for line in lines if line.device == device)  # type: ignore[arg-type] # all are numbered


def test_what_the_broker_took_is_in_kafka_over_a_kill(
    start: Callable[..., Child], phone: Callable[..., Phone], tap: Callable[..., Tap]
) -> None:
    flags = ("gate-9771", "--districts", DISTRICT)
    gateway, packs, load = start(*flags), tap(TELEMETRY), Load(phone("load"), LOADED[0])
    load.publish(1500)
    gateway.kill()
    load.publish(500)
    gateway = start(*flags, wait=False)
    load.publish(1500)
    until(load.all_taken)
    until(lambda: set(numbers(packs.draw(), LOADED[0])) == load.numbers, 40)
    repeated = sum(numbers(packs.records, LOADED[0]).values()) - len(load.numbers)
    assert repeated <= BROKERS_WINDOW
    check_totals(packs.records)
    assert gateway.end() == 0


def check_totals(records: list[Record]) -> None:
    """Each run of the gateway numbered its packs without a hole, and its running total is what lies in them."""
    runs: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if dict(record.headers).get("gateway") == b"gate-9771":
            head = head_of(record.headers)
            runs.setdefault((head.start, (record.key or b"").decode()), []).append(record)
    assert len(runs) == 2
    for run in runs.values():
        heads = [head_of(record.headers) for record in run]
        assert [head.pack for head in heads] == list(range(1, len(heads) + 1))
        counts = [sum(len(line.values) for line in unpack(record.value)) if record.value else 0 for record in run]
        assert [head.count for head in heads] == counts
        assert heads[-1].total == sum(counts)


def test_without_kafka_it_waits_bounded_and_loses_nothing(
    services: Services, start: Callable[..., Child], phone: Callable[..., Phone], tap: Callable[..., Tap]
) -> None:
    """Gateways and workers that are told to end meanwhile do so in time."""
    staying = start("gate-9772", "--districts", DISTRICT)
    others = [start("gate-9773", "--districts", OTHER), start("worker-1", kind="worker")]
    packs, rejects, talking = tap(TELEMETRY), tap(REJECTS), phone("outage")
    load, before = Load(talking, LOADED[1]), staying.memory()
    load.publish(300)
    services.end("kafka")
    try:
        load.publish(1500)
        for _ in range(1200):
            talking.send(f"citygrid/v1/{DISTRICT}/telemetry/{LOADED[2]}", b"x" * 60 * 1024, qos=0)
        until(load.all_taken)
        until(lambda: any("Kafka" in reason for reason in staying.reasons))
        until(lambda: staying.counted("citygrid_gateway_braked") == 1)
        assert [other.end(10) for other in others] == [0, 0]
        assert staying.memory() - before < 256 * MEBIBYTE
        assert staying.ended() is None
    finally:
        services.start("kafka")
    until(lambda: set(numbers(packs.draw(), LOADED[1])) == load.numbers, 40)
    told = f'"sender":"{LOADED[2]}"'.encode()
    until(lambda: sum(told in (record.value or b"") for record in rejects.draw()) == 1200, 40)
    until(lambda: staying.ready)
    assert set(numbers(packs.records, LOADED[1]).values()) == {1}, "no connection broke, so nothing came twice"
    assert staying.end() == 0


def test_after_the_broker_was_away_all_flows_within_seconds(
    services: Services, start: Callable[..., Child], phone: Callable[..., Phone], tap: Callable[..., Tap]
) -> None:
    staying = start("gate-9774", "--districts", DISTRICT)
    other = start("gate-9775", "--districts", OTHER)
    packs = tap(TELEMETRY)
    services.end("mosquitto")
    try:
        until(lambda: any("broker" in reason for reason in staying.reasons))
        assert other.end(10) == 0
    finally:
        services.start("mosquitto")
    load = Load(phone("back"), LOADED[3])
    load.publish(100)
    until(lambda: set(numbers(packs.draw(), LOADED[3])) == load.numbers, 10)
    until(lambda: staying.ready, 10)
    assert staying.end() == 0


def test_two_gateways_of_one_name_lose_nothing_and_do_not_throw_each_other_out_all_the_time(
    services: Services,
    start: Callable[..., Child],
    tmp_path: Path,
    phone: Callable[..., Phone],
    tap: Callable[..., Tap],
) -> None:
    first, packs = start("gate-9776", "--districts", DISTRICT), tap(TELEMETRY)
    second = Child(services, tmp_path / "other", "gateway", "--name", "gate-9776", "--districts", DISTRICT)
    try:
        until(lambda: second.ready, 40)
        load = Load(phone("taken-over"), LOADED[4])
        load.publish(300)
        until(lambda: set(numbers(packs.draw(), LOADED[4])) == load.numbers)
    finally:
        second.close()
    if first.ended() is None:
        until(lambda: first.ready)
    else:
        assert first.ended() == 1, "where the broker says that it was taken over"
