"""`citygrid rejects`: what was refused and why, and sending it again once the cause is gone."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from adapters import reject_replay
from adapters.addresses import answers
from adapters.mqtt import Publisher
from citygrid import terminal
from citygrid.options import in_force, options
from citygrid.refusal import Refusal
from messages.records import encode
from messages.rejects import Reason, Reject

MOST_IN_FLIGHT = 500
PATIENCE_S = 10.0


@click.command(name="rejects", short_help="Shows what was refused and why, or sends it again.")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason]),
    metavar="REASON",
    help="Only those of this reason.",
)
@click.option("--last", default=20, show_default=True, metavar="N", help="How many to show one by one.")
@click.option("--json", "as_json", is_flag=True, help="All of them as they lie in Kafka, one JSON a line.")
@click.option("--replay", is_flag=True, help="Send the originals again on the topics they came by, each only once.")
@options("kafka", "mqtt")
def command(*, reason: str | None, last: int, as_json: bool, replay: bool, **flags: Any) -> None:
    """Shows what was refused, counted by reason, and the last ones; --replay sends them again after a repair."""
    wanted = Reason(reason) if reason else None
    settings = in_force(flags)
    if not answers(settings.kafka):
        raise Refusal(
            f"Kafka does not answer at {settings.kafka}: start citygrid (`citygrid up`), or say where Kafka is with --kafka."
        )
    if replay:
        print(f"{send_again(settings.kafka, settings.mqtt, wanted):,} messages were sent again.")
        return
    found = list(reject_replay.listed(settings.kafka, wanted))
    if as_json:
        print("\n".join(encode(reject).decode() for reject in found))
    else:
        show(found, last)


def show(found: Sequence[Reject], last: int) -> None:
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
    terminal.console().print(table)


def send_again(kafka: str, mqtt: str, reason: Reason | None) -> int:
    """Publishes the originals and returns how many. Raises Refusal when the broker does not answer."""
    publisher = Publisher(mqtt, "citygrid-rejects-replay")
    try:
        if not publisher.wait_connected(PATIENCE_S):
            raise Refusal(f"the MQTT broker does not answer at {mqtt}: start citygrid, or say where it is with --mqtt.")
        return reject_replay.replay(kafka, lambda messages: _publish(publisher, messages), reason)
    finally:
        publisher.close()


def _publish(publisher: Publisher, messages: Sequence[tuple[str, bytes]]) -> None:
    for topic, payload in messages:
        publisher.wait_below(MOST_IN_FLIGHT)
        publisher.publish(topic, payload)
    if not publisher.wait_below(1, PATIENCE_S):
        raise Refusal("the MQTT broker did not take the messages in time: look at its log, and run it again.")
