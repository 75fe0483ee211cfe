"""`citygrid rejects`: what was refused and why, and sending it again once the cause is gone."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from adapters.mqtt import Publisher
from adapters.reject_replay import listed, original, replay
from citygrid.local import ports
from citygrid.options import in_force, options
from citygrid.refusal import Refusal
from citygrid.settings import Settings
from messages.records import encode
from messages.rejects import Reason, Reject

MOST_IN_FLIGHT = 500
PATIENCE_S = 10.0


@click.command(name="rejects")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    metavar="REASON",
    help="Only those of this reason.",
)
@click.option("--last", default=20, show_default=True, metavar="N", help="How many to show one by one.")
@click.option("--json", "as_json", is_flag=True, help="All of them as they lie in Kafka, one JSON a line.")
@click.option(
    "--replay", "again", is_flag=True, help="Send their originals again, each only once, on the topics they came by."
)
@options("kafka", "mqtt")
def command(*, reason: str | None, last: int, as_json: bool, again: bool, **flags: Any) -> None:
    """Shows what was refused, counted by reason, and the last ones in detail; --replay sends them again after a repair."""
    settings = in_force(flags)
    if not ports.answers(settings.kafka):
        raise Refusal(
            f"Kafka does not answer at {settings.kafka}: start citygrid (`citygrid up`), or say where Kafka is with --kafka."
        )
    wanted = Reason(reason) if reason else None
    found = list(listed(settings.kafka, wanted))
    if again:
        print(send_again(settings, found, wanted))
    elif as_json:
        for reject in found:
            print(encode(reject).decode())
    else:
        show(found, last)


def show(found: list[Reject], last: int) -> None:
    """Prints the counts and the last ones."""
    if not found:
        print("Nothing was refused.")
        return
    counts = Counter(reject.reason.value for reject in found)
    print(", ".join(f"{reason} {count:,}" for reason, count in counts.most_common()))
    table = Table("at", "reason", "sender", "topic", "detail", header_style="dim")
    for reject in sorted(found, key=lambda reject: reject.at)[-last:] if last > 0 else []:
        at = datetime.fromtimestamp(reject.at / 1000, UTC).isoformat(timespec="seconds")
        table.add_row(at, reject.reason.value, reject.sender, reject.topic, reject.detail)
    Console().print(table)


def send_again(settings: Settings, found: list[Reject], reason: Reason | None) -> str:
    """Publishes each original once, ever, and says what came of it. Raises Refusal when the broker does not answer."""
    publisher = Publisher(settings.mqtt, "citygrid-rejects-replay")
    silent = Refusal(
        f"the MQTT broker does not answer at {settings.mqtt}: start citygrid, or say where it is with --mqtt."
    )

    def publish(messages: Sequence[tuple[str, bytes]]) -> None:
        for topic, payload in messages:
            publisher.wait_below(MOST_IN_FLIGHT, PATIENCE_S)
            publisher.publish(topic, payload)
        if not publisher.wait_below(1, PATIENCE_S):
            raise silent

    try:
        if not publisher.wait_connected(PATIENCE_S):
            raise silent
        sent = replay(settings.kafka, publish, reason)
    finally:
        publisher.close()
    cut = sum(original(reject) is None for reject in found)
    why = f"; {cut:,} cannot be, because Kafka keeps only a part of them or they did not come over MQTT" if cut else ""
    return f"{sent:,} messages were sent again{why}."
