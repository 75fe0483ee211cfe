"""`citygrid ledger`: what came in and what became of it."""

import json
from typing import Any

import click

from adapters.addresses import answers
from citygrid import ledger_text, process, terminal
from citygrid.options import in_force, options
from citygrid.refusal import Refusal
from messages.ledger import Ledger


@click.command(name="ledger", short_help="Shows what became of every reading.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option("--recount", is_flag=True, help="Read the topics again and compare, instead of trusting the sums.")
@options("kafka", "partitions")
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, recount: bool, **flags: Any) -> None:
    """Shows what became of every reading that was received, per district. Exit status 0 if it balances, 1 if not."""
    settings = in_force(flags)
    if not answers(settings.kafka):
        raise Refusal(
            f"Kafka does not answer at {settings.kafka}: start citygrid (`citygrid up`), or say where Kafka is with --kafka."
        )
    ledger: Ledger = process.shell("adapters.ledger").read(settings.kafka, settings.partitions, recount=recount)
    if as_json:
        print(json.dumps(ledger_text.as_json(ledger)))
    else:
        terminal.console().print(ledger_text.table(ledger))
    ctx.exit(0 if ledger.balanced else 1)
