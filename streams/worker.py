"""One stream worker as a process: Faust's worker around the agents, with its own health page."""

import logging
from pathlib import Path

import faust
from faust.types import AppT

from adapters import health
from streams import agents, app
from streams.knowledge import Knowledge


def run(*, kafka: str, partitions: int, name: str, data_dir: Path, http: str | None) -> None:
    """Runs until SIGTERM. `http` is where /healthz, /readyz and /metrics answer.

    Raises kafka.errors.KafkaError when Kafka cannot be reached at the start.
    """
    logging.getLogger("faust").setLevel(logging.WARNING)
    knowledge = Knowledge(kafka)
    folder = data_dir / name
    folder.mkdir(parents=True, exist_ok=True)
    application = app.build(kafka, partitions, name, folder)
    agents.add(application, knowledge, partitions)
    page = health.serve(http, lambda: _not_ready(application, knowledge)) if http else None
    worker = faust.Worker(application, loglevel="WARNING", redirect_stdouts=False, override_logging=False, quiet=True)
    try:
        worker.execute_from_commandline()
    finally:
        knowledge.close()
        if page is not None:
            page.close()


def _not_ready(application: AppT, knowledge: Knowledge) -> list[str]:
    reasons = [] if knowledge.followed else ["the registry is no longer followed"]
    if not application.started:
        reasons.append("the worker is starting")
    elif application.rebalancing or not application.tables.recovery.completed.is_set():  # type: ignore[attr-defined] # the interface lacks it
        reasons.append("the state is being rebuilt from its changelog")
    elif not application.consumer.assignment():
        reasons.append("no partition is assigned to this worker")
    return reasons
