"""`citygrid replay`: recorded readings, published again in event-time order."""

import time
from pathlib import Path
from typing import Any

import click

from adapters.addresses import answers
from adapters.clock import elapsed_ms
from citygrid import process
from citygrid.local import processes, records
from citygrid.local.figures import why_not_ready
from citygrid.options import in_force, options
from citygrid.refusal import Refusal
from citygrid.settings import Settings

PATIENCE_MS = 90_000
GLANCE_S = 0.2


@click.command(name="replay", short_help="Publishes recorded readings again, in event-time order.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, readable=True))
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="Times the recorded speed  [as fast as it is taken]"
)
@options("city", "mqtt")
def command(file: Path, speed: float | None, **flags: Any) -> None:
    """Publishes the recorded readings of FILE over MQTT, in event-time order, with a progress bar.

    FILE is CSV (`at,device,<metric>…`, an empty field sends nothing) or NDJSON of {"topic", "payload"}; either may be gzipped.
    A CSV's devices are looked up in the city's folder (--city), or else in that of the city that runs.
    """
    settings = in_force(flags)
    if not answers(settings.mqtt):
        raise Refusal(
            f"the MQTT broker does not answer at {settings.mqtt}: start citygrid (`citygrid up`), or say where it is with --mqtt."
        )
    running = records.installation(settings.data_dir)
    city = Path(running.city) if running and not flags.get("city") else settings.city
    if running and settings.mqtt == running.mqtt:
        _wait_for(running.gateways, settings)
    try:
        process.shell("simulator.replay").run(
            file=file, city=city if city.is_dir() else None, mqtt=settings.mqtt, speed=speed
        )
    except (ValueError, OSError) as problem:
        raise Refusal(str(problem)) from problem


def _wait_for(gateways: int, settings: Settings) -> None:
    """A broker drops what nobody has subscribed to yet. Raises Refusal when the gateways of this installation do not get ready."""
    until = elapsed_ms() + PATIENCE_MS
    while sum(_ready(one) for one in records.processes(settings.data_dir).values()) < gateways:
        if elapsed_ms() > until:
            raise Refusal("the gateways are not ready to take the recording: see `citygrid status` for the reason.")
        time.sleep(GLANCE_S)


def _ready(one: records.Process) -> bool:
    return one.name.startswith(processes.GATEWAY) and bool(one.http) and not why_not_ready(one.http or "", one.pid)
