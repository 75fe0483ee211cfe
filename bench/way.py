"""The whole way: the highest rate at which publisher, broker, gateway, Kafka, worker, operations and history keep up on one machine.

Steps of rising rate are tried for a short while; the highest that was held is then held for as long as is asked for. Afterwards the ledger
must balance and hold each reading that the broker acknowledged.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from adapters import ledger as ledgers
from adapters.clock import elapsed_ms
from bench.cpu import Meter
from bench.holding import Sample, slices, why_not_held
from bench.installation import Whole, whole
from bench.load import Load, fresh_seq, load
from bench.publisher import Order
from bench.result import Run
from bench.sensors import demonstration_city, sensors

STEPS = (5_000, 8_000, 10_000, 12_000, 15_000, 18_000, 21_000, 25_000, 30_000)
CELLS = 1_000
WARMING_S = 5.0
GLANCE_S = 1.0
DRAIN_MS = 120_000
Say = Callable[[str], None]


def measure(
    folder: Path, *, steps: Sequence[int] = STEPS, try_s: float = 15.0, hold_s: float = 180.0, say: Say = print
) -> Run:
    """One search and one holding on a fresh installation in `folder`; where the best does not hold so long, the next lower one is held."""
    with whole(folder) as city:
        held = [rate for rate, run in _climb(city, steps, try_s, say) if run.right]
        run = Run(rate=0, seconds=0, right=False, note="not even the lowest step was held")
        for rate in sorted(held, reverse=True):
            run = hold(city, rate, hold_s)
            say(f"way: {rate:,}/s for {hold_s:.0f} s: {run.note or 'held'}")
            if run.right:
                break
        return run


def _climb(city: Whole, steps: Iterable[int], seconds: float, say: Say) -> Iterable[tuple[int, Run]]:
    for rate in steps:
        run = hold(city, rate, seconds)
        say(f"way: {rate:,}/s for {seconds:.0f} s: {run.note or 'held'}")
        yield rate, run
        if not run.right:
            return


def hold(city: Whole, rate: int, seconds: float) -> Run:
    """Publishes at `rate` for `seconds` after a warming, and watches what piles up. Waits until everything has come through."""
    before, received = applied(city), _received(city)
    order = Order(
        mqtt=city.mqtt,
        sensors=sensors(demonstration_city(), CELLS),
        rate=rate,
        seconds=seconds + WARMING_S,
        first_seq=fresh_seq(),
    )
    with load(order) as publisher:
        time.sleep(WARMING_S)
        meter, began = Meter({**city.pids, "publisher": publisher.pid}), time.monotonic()
        samples = list(_samples(city, publisher, began, before))
        cpu = {name: used for name, used in meter.read().items() if used}
        publisher.over.wait(DRAIN_MS / 1000)
        taken = publisher.last.acknowledged if publisher.last else 0
    wrong = why_not_held(samples, rate) + _unaccounted(city, taken, received)
    parts = slices(samples, 3)
    return Run(
        rate=median(parts) if parts else 0.0,
        seconds=samples[-1].at if samples else 0.0,
        cpu=cpu,
        figures={
            "asked_for": rate,
            "published": taken,
            "most_behind_readings": max((one.behind for one in samples), default=0),
            "most_in_flight": max((one.in_flight for one in samples), default=0),
            "most_history_lag_records": max((one.history for one in samples), default=0),
            "most_operations_lag_records": max((one.operations for one in samples), default=0),
        },
        right=not wrong,
        note="; ".join(wrong),
    )


def applied(city: Whole) -> int:
    """How many readings the workers have applied."""
    return int(city.figure("worker", "citygrid_stream_readings_applied_total"))


def _samples(city: Whole, publisher: Load, began: float, before: int) -> Iterable[Sample]:
    next_look = began
    while not publisher.over.wait(max(0.0, next_look - time.monotonic())):
        next_look += GLANCE_S
        progress = publisher.last
        if progress is None or progress.over:
            return
        yield Sample(
            at=time.monotonic() - began,
            due=progress.due,
            sent=progress.sent,
            acknowledged=progress.acknowledged,
            applied=applied(city) - before,
            in_flight=int(city.figure("gateway", "citygrid_gateway_messages_in_flight")),
            history=int(city.figure("history", "citygrid_history_lag_records")),
            operations=int(city.figure("operations", "citygrid_operations_lag_records")),
        )


def _received(city: Whole) -> int:
    return sum(sums.received for sums in ledgers.read(city.kafka, city.partitions).districts.values())


def _unaccounted(city: Whole, taken: int, before: int) -> list[str]:
    """What the ledger does not account for, once nothing is in flight any more."""
    until = elapsed_ms() + DRAIN_MS
    while True:
        ledger = ledgers.read(city.kafka, city.partitions)
        sums = list(ledger.districts.values())
        received = sum(one.received for one in sums) - before
        if (received >= taken and ledger.balanced and not ledger.in_flight) or elapsed_ms() > until:
            break
        time.sleep(1.0)
    wrong = [] if ledger.balanced and not ledger.in_flight else ["the ledger did not balance"]
    if received != taken:
        wrong.append(f"the ledger holds {received:,} readings, the broker acknowledged {taken:,}")
    rejected = sum(sum(one.rejected.values()) for one in sums)
    return [*wrong, f"{rejected:,} readings were rejected"] if rejected else wrong
