"""`citygrid gateway`: MQTT in, Kafka out, and tasks back to the workers."""

from typing import Any

import click

from citygrid import process
from citygrid.options import options


@click.command(name="gateway", short_help="Runs a gateway: MQTT in, Kafka out, tasks back.")
@options("kafka", "mqtt", "partitions", "districts", "except_districts", "name")
@process.health_option
def command(health: str | None, **flags: Any) -> None:
    """Takes what devices and workers publish over MQTT into Kafka, and brings tasks and receipts back to them.

    Several gateways may run, each with a name and districts of its own: all but one name theirs (--districts), and that one leaves
    these to them (--except-districts) and speaks for everything else, unknown districts included.
    """
    with process.running("gateway-1", flags, health=health, needs=("kafka", "mqtt")) as own:
        process.shell("gateways").run(
            kafka=own.settings.kafka,
            mqtt=own.settings.mqtt,
            partitions=own.settings.partitions,
            districts=list(own.settings.districts),
            name=own.name,
            http=own.health,
            except_districts=list(own.settings.except_districts),
            data_dir=own.settings.data_dir,
        )
