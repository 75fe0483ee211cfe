"""One stream worker as a process: Faust's worker around the agents, with its own health page."""

import logging
import os
import threading
from pathlib import Path

import faust
from faust.types import AppT

from adapters import health
from adapters.addresses import answers
from adapters.kafka_admin import ensure_changelogs, leave
from adapters.logs import log
from streams import agents, app
from streams.agent import UNEXPECTED
from streams.knowledge import Knowledge

PATIENCE_S = 7.0


def run(*, kafka: str, partitions: int, name: str, data_dir: Path, http: str | None) -> None:
    """Runs until SIGTERM. `http` is where /healthz, /readyz and /metrics answer.

    Raises kafka.errors.KafkaError when Kafka cannot be reached at the start.
    """
    logging.getLogger("faust").setLevel(logging.WARNING)
    knowledge = Knowledge(kafka)
    folder = data_dir / name
    folder.mkdir(parents=True, exist_ok=True)
    application = app.build(kafka, partitions, name, folder)
    working = agents.add(application, knowledge, partitions)
    ensure_changelogs(kafka, partitions, [app.changelog(name) for name in agents.NAMES])
    joined = joins(application)

    def reasons() -> list[str]:
        still = [reason for agent in working for reason in agent.reasons()]
        return [*away(kafka), *not_ready(application, knowledge, joined), *still]

    page = health.serve(http, reasons) if http else None
    worker = Worker(application, loglevel="WARNING", redirect_stdouts=False, override_logging=False, quiet=True)
    try:
        worker.execute_from_commandline()
    finally:
        if not worker.crashed:
            leave(kafka, app.ID, name)
        knowledge.close()
        if page is not None:
            page.close()


class Worker(faust.Worker):
    """Faust's worker, which ends in time also when Kafka is away and can't be told goodbye: what is not settled is read again."""

    async def stop(self) -> None:
        """Ends everything, or the process if that takes too long."""
        ending = threading.Timer(PATIENCE_S, self._end)
        ending.daemon = True
        ending.start()
        await super().stop()

    def _end(self) -> None:
        log("worker").warning("Kafka does not answer; the worker ends without a goodbye")
        os._exit(UNEXPECTED if self.crashed else 0)


def joins(application: AppT) -> threading.Event:
    """What is set once the application has got its first partitions."""
    joined = threading.Event()

    @application.on_partitions_assigned.connect(weak=False)
    async def note(*_: object, **__: object) -> None:
        joined.set()

    return joined


def away(kafka: str) -> list[str]:
    """Says that Kafka is away; by itself a worker that has nothing to send would not notice."""
    return [] if answers(kafka) else [f"Kafka does not answer at {kafka}"]


def not_ready(application: AppT, knowledge: Knowledge, joined: threading.Event) -> list[str]:
    """Why the worker is not ready; asked by the health page, from its own thread.

    Faust makes its tables and its consumer, and binds them to an event loop, when they are first looked at. Before the application
    has joined that must not happen here: this thread has no loop that runs, and what is bound to it waits for ever.
    """
    reasons = [] if knowledge.followed else ["the registry is no longer followed"]
    if not application.started:
        reasons.append("the worker is starting")
    elif not joined.is_set():
        reasons.append("no partition has been assigned to this worker yet")
    elif application.rebalancing or not application.tables.recovery.completed.is_set():  # type: ignore[attr-defined] # the interface lacks it
        reasons.append("the state is being rebuilt from its changelog")
    elif not application.consumer.assignment():
        reasons.append(health.Waits("no partition is assigned to this worker"))
    return reasons
