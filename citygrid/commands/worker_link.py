"""`citygrid worker-link`: the link that opens a worker's own page."""

from typing import Any

import click

from adapters import kafka_registry, worker_tokens
from adapters.addresses import answers
from citygrid.options import in_force, options
from citygrid.refusal import Refusal


@click.command(name="worker-link", short_help="Prints the link to a worker's own page.")
@click.argument("worker")
@options("kafka", "http")
def command(worker: str, **flags: Any) -> None:
    """Prints the link to WORKER's own page, with the token that it needs. Whoever has the link acts as this worker."""
    settings = in_force(flags)
    if answers(settings.kafka) and worker not in (known := kafka_registry.load(settings.kafka).workers):
        some = ", ".join(sorted(known)[:3])
        raise Refusal(f"there is no worker {worker} in this city" + (f"; there are {some}, …" if some else "."))
    try:
        secret = worker_tokens.secret_of(settings.data_dir)
    except (OSError, ValueError) as problem:
        raise Refusal(f"the installation's secret cannot be had: {problem}") from problem
    print(worker_tokens.link(f"http://{settings.http}", secret, worker))
