"""`citygrid up`: everything on this machine, under one supervisor."""

import re
import sys
from collections.abc import Sequence
from typing import Any

import click
from msgspec.structs import replace

from city.registry import District, Registry
from citygrid import cities, process
from citygrid.local import addresses, brokers, folder, jars, kafka, leftovers, mosquitto, records, stopping, up
from citygrid.local.records import Installation
from citygrid.options import given, options
from citygrid.refusal import Refusal
from citygrid.settings import Settings
from messages.ledger import Ledger

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
KNOWN = (brokers.BrokersFailed, folder.FolderRefused, jars.JarsMissing, kafka.KafkaFailed, mosquitto.MosquittoMissing)


class Duration(click.ParamType):
    """A time span like 60s, 5m or 1h, in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds of it."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|min|h)?", str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no time span: write 60s, 5m or 1h.", param, ctx)
        return float(found[1]) * UNITS[found[2] or ""]


@click.command(name="up", short_help="Runs everything on this machine, until Ctrl-C or --for.")
@click.option(
    "--for", "seconds", type=Duration(), metavar="SPAN", help="End by itself after this time, like 60s or 5m."
)
@click.option("--no-simulator", is_flag=True, help="Nobody plays the city: only what you publish comes in.")
@options("city", "rate", "seed", "gateways", "workers", "kafka", "mqtt", "http", "partitions")
@click.pass_context
def command(ctx: click.Context, /, *, seconds: float | None, no_simulator: bool, **flags: Any) -> None:
    """Starts Kafka, Mosquitto, a gateway, a worker, operations, history and the simulator on this machine, until Ctrl-C or --for.

    Ends with the ledger; exit status 0 only if it balances. The next start goes on with the same data; `citygrid reset` forgets it.
    """
    settings = given(flags)
    registry = cities.read(settings.city)
    try:
        with folder.held(settings.data_dir), stopping.listening() as asked:
            leftovers.end(settings.data_dir)
            order = _order(settings, seconds=seconds, simulator=not no_simulator)
            order = replace(order, districts=enough_districts(registry, order.settings))
            ledger = up.Run(order, asked, lambda settings: cities.register(settings, registry)).run(_read_ledger)
    except KNOWN as problem:
        raise Refusal(str(problem)) from problem
    except OSError as problem:
        raise Refusal(
            f"{problem.filename or 'the data folder'}: {problem.strerror}. Free some room or name another folder with --data-dir."
        ) from problem
    ctx.exit(up.show_ledger(ledger))


def _order(settings: Settings, *, seconds: float | None, simulator: bool) -> up.Order:
    last = records.last_installation(settings.data_dir)
    settings, before = as_many_as_before(settings, last)
    match addresses.choose(settings, last):
        case addresses.PortTaken(sentence):
            raise Refusal(sentence)
        case addresses.Chosen(chosen, notes):
            notes = [*before, *notes]
            for note in notes:
                print(f"citygrid: {note}", file=sys.stderr)
            return up.Order(settings=chosen, seconds=seconds, simulator=simulator, notes=notes)


def as_many_as_before(settings: Settings, last: Installation | None) -> tuple[Settings, list[str]]:
    """The settings with no gateway less than last time: what waits in the broker for one that is gone would wait for ever."""
    before = last.gateways if last else 0
    if settings.gateways >= before:
        return settings, []
    note = f"{before} gateways ran on this data before, and messages may wait for each of them: as many run again."
    return replace(settings, gateways=before), [note]


def enough_districts(registry: Registry, settings: Settings) -> Sequence[District]:
    """The city's districts. Raises Refusal when a gateway would have none."""
    districts = list(registry.districts.values())
    if len(districts) < settings.gateways:
        raise Refusal(
            f"{settings.gateways} gateways are too many for the {len(districts)} districts of {settings.city}: each needs one of its own."
        )
    return districts


def _read_ledger(settings: Settings) -> Ledger:
    ledger: Ledger = process.shell("adapters.ledger").read(settings.kafka, settings.partitions, recount=False)
    return ledger
