"""`citygrid simulate`: a city to run against, with the truth written to a file."""

from typing import Any

import click

from citygrid import process
from citygrid.options import options


@click.command(name="simulate", short_help="Plays devices and workers, with the truth in a file.")
@options("city", "mqtt", "kafka", "partitions", "rate", "seed", "name")
@process.health_option
def command(health: str | None, **flags: Any) -> None:
    """Plays the city's devices and workers over MQTT, with incidents placed on purpose and the truth about them in a file.

    The same seed sends the same readings.
    """
    with process.running("simulator", flags, health=health, needs=("mqtt",)) as own:
        process.shell("simulator").run(
            city=own.settings.city,
            mqtt=own.settings.mqtt,
            data_dir=own.settings.data_dir,
            rate=own.settings.rate,
            seed=own.settings.seed,
            http=own.health,
        )
