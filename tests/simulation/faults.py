"""What breaks in a run, and when: planned from its seed."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.simulation.group import SESSION_S, Group
from tests.simulation.kafka import Kafka
from tests.simulation.processes import GatewayProcess, WorkerProcess
from tests.simulation.scheduler import Chance

MOST = 8
SHORT, LONG = (0.05, 2.0), (2.0, 7.0)


class Parts(NamedTuple):
    """What can break."""

    kafka: Kafka
    group: Group
    gateways: Sequence[GatewayProcess]
    workers: Sequence[WorkerProcess]


class Fault(NamedTuple):
    """Something breaks at `at_s`, for a while; `which` chooses among several of a kind, `writes` the moment where a write is waited for."""

    at_s: float
    name: str
    for_s: float
    which: int
    writes: int


def _crash_kafka(parts: Parts, fault: Fault) -> None:
    parts.kafka.scheduler.note(f"kafka is away for {fault.for_s:.2f} s")
    parts.kafka.crash(fault.for_s)
    parts.kafka.scheduler.after(fault.for_s, _wake, parts)


def _wake(parts: Parts) -> None:
    for read_on in dict.fromkeys(parts.kafka.readers.values()):
        read_on()


def _gateway(parts: Parts, fault: Fault) -> GatewayProcess:
    return parts.gateways[fault.which % len(parts.gateways)]


def _worker(parts: Parts, fault: Fault) -> WorkerProcess:
    return parts.workers[fault.which % len(parts.workers)]


def _kill_writing(parts: Parts, process: GatewayProcess | WorkerProcess, fault: Fault) -> None:
    """At once when it has begun a write, or when that is somewhere on its way."""
    scheduler = parts.kafka.scheduler
    later = scheduler.chance.choice((0.0, scheduler.chance.soon()))
    process.client.trap(fault.writes, lambda: scheduler.after(later, process.kill, fault.for_s))


def _cut(process: WorkerProcess, fault: Fault) -> None:
    """Mostly for longer than its session, which is when it matters."""
    process.cut(SESSION_S / 2 + fault.for_s)


def _cut_writing(parts: Parts, fault: Fault) -> None:
    worker = _worker(parts, fault)
    worker.client.trap(fault.writes, lambda: _cut(worker, fault))


def _stop(process: WorkerProcess, fault: Fault) -> None:
    process.stop(SESSION_S / 2 + fault.for_s)


def _stop_writing(parts: Parts, fault: Fault) -> None:
    worker = _worker(parts, fault)
    worker.client.trap(fault.writes, lambda: _stop(worker, fault))


def _move_writing(parts: Parts, fault: Fault) -> None:
    _worker(parts, fault).client.trap(fault.writes, parts.group.rebalance)


FAULTS: dict[str, Callable[[Parts, Fault], None]] = {
    "kill a gateway": lambda parts, fault: _gateway(parts, fault).kill(fault.for_s),
    "kill a gateway as it writes": lambda parts, fault: _kill_writing(parts, _gateway(parts, fault), fault),
    "cut a gateway's link": lambda parts, fault: _gateway(parts, fault).cut(fault.for_s),
    "kill a worker": lambda parts, fault: _worker(parts, fault).kill(fault.for_s),
    "kill a worker as it writes": lambda parts, fault: _kill_writing(parts, _worker(parts, fault), fault),
    "a worker leaves": lambda parts, fault: _worker(parts, fault).leave(fault.for_s),
    "partitions move": lambda parts, _fault: parts.group.rebalance(),
    "partitions move as a worker writes": _move_writing,
    "kafka away": _crash_kafka,
    "cut a worker's link": lambda parts, fault: _cut(_worker(parts, fault), fault),
    "cut a worker's link as it writes": _cut_writing,
    "a worker stands still": lambda parts, fault: _stop(_worker(parts, fault), fault),
    "a worker stands still as it writes": _stop_writing,
}


def faults(chance: Chance, seconds: float) -> list[Fault]:
    """The faults of a run, in order: none to many, of all kinds or of few."""
    possible = sorted(FAULTS)
    kinds = chance.sample(possible, chance.randint(1, len(possible)))
    return sorted(_fault(chance, kinds, seconds) for _ in range(chance.randint(0, MOST)))


def _fault(chance: Chance, kinds: Sequence[str], seconds: float) -> Fault:
    span = LONG if chance.happens(0.2) else SHORT
    at_s, for_s = chance.uniform(0.5, seconds), chance.uniform(*span)
    return Fault(at_s, chance.choice(kinds), for_s, chance.randrange(6), chance.randint(1, 15))
