"""requests → reports, replies, actions: what people say over HTTP, written to Kafka before they are told that it was taken."""

from collections.abc import Callable
from typing import Protocol

from city.registry import Registry
from city.report import CITIZEN, WORKER, Action, Reply, Report
from geo.lookup import CellIndex
from messages.locator import IndexOf, Locator
from messages.partition import partition_of
from messages.records import Headers, cloud_event, encode
from messages.rejects import Reason, Refusal
from messages.reports import read_reply, read_report
from messages.telemetry import Locate
from messages.topics import ACTIONS, REPLIES, REPORTS


class Sink(Protocol):
    """Where records go; `adapters.kafka_writer.Writer` is one. `write` raises WriteFailed when Kafka does not take a record."""

    def write(self, topic: str, *, partition: int, key: str, value: bytes | None, headers: Headers) -> None:
        """Returns once the record is in Kafka."""


class Requests:
    """Takes what people send. Every method returns once Kafka has it, or the reason why it was refused."""

    def __init__(
        self, sink: Sink, partitions: int, registry: Callable[[], Registry], index_of: IndexOf = CellIndex
    ) -> None:
        self._index_of = index_of
        self._sink = sink
        self._partitions = partitions
        self._registry = registry
        self._locator: Locator | None = None

    def prepare(self) -> None:
        """Gets ready to find places, which takes a second or two in a large city, before the first report comes."""
        self._locate(self._registry())

    def report(self, payload: bytes, *, worker: str | None, now: int) -> Report | Refusal:
        """A worker's report, or, without `worker`, a citizen's. `now` is its arrival, epoch ms."""
        registry = self._registry()
        known = registry.workers.get(worker or "")
        if worker is not None and known is None:
            return Refusal(Reason.UNKNOWN_SENDER, f"No worker is registered as {worker!r}.")
        report = read_report(
            payload,
            registry,
            sender=worker or CITIZEN,
            source=WORKER if worker else CITIZEN,
            district=known.district if known else "",
            received_at=now,
            locate=self._locate(registry),
        )
        if isinstance(report, Report):
            event = cloud_event("report.received", report.id, now)
            self._write(REPORTS.name, report.district, report, event)
        return report

    def reply(self, payload: bytes, *, worker: str, now: int) -> Reply | Refusal:
        """A worker's reply to a task. `now` is its arrival, epoch ms."""
        registry = self._registry()
        known = registry.workers.get(worker)
        if known is None:
            return Refusal(Reason.UNKNOWN_SENDER, f"No worker is registered as {worker!r}.")
        reply = read_reply(payload, registry, worker=worker, district=known.district, received_at=now)
        if isinstance(reply, Reply):
            self._write(REPLIES.name, reply.district, reply, cloud_event("reply.received", reply.id, now))
        return reply

    def action(self, action: Action) -> Action:
        """An operator's action on an incident."""
        self._write(ACTIONS.name, action.district, action, cloud_event("action.requested", action.id, action.at))
        return action

    def _locate(self, registry: Registry) -> Locate:
        if self._locator is None or not self._locator.fits(registry):
            self._locator = Locator(registry, self._index_of)
        return self._locator.locate

    def _write(self, topic: str, district: str, value: Report | Reply | Action, headers: Headers) -> None:
        partition = partition_of(district, self._registry().districts, self._partitions)
        self._sink.write(topic, partition=partition, key=district, value=encode(value), headers=headers)
