"""`citygrid apply`: registers what is new or changed in a city while it runs."""

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from adapters.addresses import answers
from citygrid import cities
from citygrid.options import in_force, options
from citygrid.refusal import Refusal


@click.command(name="apply", short_help="Registers what is new in a city while it runs.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@options("kafka", "partitions")
def command(folder: Path, **flags: Any) -> None:
    """Registers what is new or changed in the city of DIR while everything runs; nothing is taken away."""
    registry = cities.read(folder)
    settings = replace(in_force(flags), city=folder)
    if not answers(settings.kafka):
        raise Refusal(
            f"Kafka does not answer at {settings.kafka}: start citygrid (`citygrid up`), or say where Kafka is with --kafka."
        )
    print(cities.register(settings, registry))
