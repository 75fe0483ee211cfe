"""`citygrid up`: everything on this machine, under one supervisor."""

import re
import sys
from typing import Any

import click

from citygrid import cities, process
from citygrid.local import addresses, brokers, folder, jars, kafka, mosquitto, records, stopping, up
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
@options("city", "rate", "seed", "kafka", "mqtt", "http", "partitions")
@click.pass_context
def command(ctx: click.Context, /, *, seconds: float | None, no_simulator: bool, **flags: Any) -> None:
    """Starts Kafka, Mosquitto, a gateway, a worker, operations, history and the simulator on this machine, until Ctrl-C or --for.

    Ends with the ledger; exit status 0 only if it balances. The next start goes on with the same data; `citygrid reset` forgets it.
    """
    settings = given(flags)
    registry = cities.read(settings.city)
    try:
        with folder.held(settings.data_dir), stopping.listening() as asked:
            order = _order(settings, seconds=seconds, simulator=not no_simulator)
            ledger = up.Run(order, asked, lambda settings: cities.register(settings, registry)).run(_read_ledger)
    except KNOWN as problem:
        raise Refusal(str(problem)) from problem
    except OSError as problem:
        raise Refusal(
            f"{problem.filename or 'the data folder'}: {problem.strerror}. Free some room or name another folder with --data-dir."
        ) from problem
    ctx.exit(up.show_ledger(ledger))


def _order(settings: Settings, *, seconds: float | None, simulator: bool) -> up.Order:
    match addresses.choose(settings, records.last_installation(settings.data_dir)):
        case addresses.PortTaken(sentence):
            raise Refusal(sentence)
        case addresses.Chosen(chosen, notes):
            for note in notes:
                print(f"citygrid: {note}", file=sys.stderr)
            return up.Order(settings=chosen, seconds=seconds, simulator=simulator, notes=notes)


def _read_ledger(settings: Settings) -> Ledger:
    ledger: Ledger = process.shell("adapters.ledger").read(settings.kafka, settings.partitions, recount=False)
    return ledger
