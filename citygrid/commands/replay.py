"""`citygrid replay`: recorded readings, published again in event-time order."""

from pathlib import Path
from typing import Any

import click

from citygrid import process
from citygrid.local import ports
from citygrid.options import in_force, options
from citygrid.refusal import Refusal


@click.command(name="replay", short_help="Publishes recorded readings again, in event-time order.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="Times the recorded speed  [as fast as it is taken]"
)
@options("city", "mqtt")
def command(file: Path, speed: float | None, **flags: Any) -> None:
    """Publishes the recorded readings of FILE over MQTT, in event-time order, with a progress bar.

    FILE is CSV (`at,device,<metric>…`, an empty field sends nothing) or NDJSON of {"topic", "payload"}; either may be gzipped.
    A CSV's devices are looked up in the city's folder (--city).
    """
    settings = in_force(flags)
    if not ports.answers(settings.mqtt):
        raise Refusal(
            f"the MQTT broker does not answer at {settings.mqtt}: start citygrid (`citygrid up`), or say where it is with --mqtt."
        )
    city = settings.city if settings.city.is_dir() else None
    process.shell("simulator.replay").run(file=file, city=city, mqtt=settings.mqtt, speed=speed)
