"""Kafka and Mosquitto of one installation: started together and waited for, so that nothing else starts before they answer."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from adapters.clock import elapsed_ms
from citygrid.local import kafka, mosquitto
from citygrid.local.children import Spec
from citygrid.local.supervisor import State, Supervisor

PATIENCE_MS = 120_000
GLANCE_S = 0.1


class BrokersFailed(Exception):
    """A broker did not come up; the text holds its last words."""


def prepare(data: Path, *, kafka_at: str, mqtt_at: str) -> list[Spec]:
    """What to start. Raises what kafka.prepare and mosquitto.prepare raise."""
    return [kafka.prepare(data, kafka_at), mosquitto.prepare(data, mqtt_at)]


def start(supervisor: Supervisor, specs: Sequence[Spec], enough: Callable[[], bool] = lambda: False) -> bool:
    """Starts them and waits until each answers; False when `enough` became true meanwhile. Raises BrokersFailed."""
    children = [supervisor.start(spec) for spec in specs]
    until = elapsed_ms() + PATIENCE_MS
    while not all(child.answers for child in children):
        if enough():
            return False
        _check(supervisor, late=elapsed_ms() > until)
        time.sleep(GLANCE_S)
    return True


def _check(supervisor: Supervisor, *, late: bool) -> None:
    supervisor.tick()
    for report in supervisor.report():
        if report.last_words or report.state is State.FAILING:
            raise BrokersFailed(f"{report.name} ended while it was starting: {report.last_words}")
    if late:
        raise BrokersFailed(f"the brokers did not answer within {PATIENCE_MS // 1000} s.")
