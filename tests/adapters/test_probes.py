import socket
from collections.abc import Iterator

import pytest

from adapters.addresses import answers
from adapters.probes import kafka_answers, mqtt_answers
from tests.conftest import Services


@pytest.fixture
def mute() -> Iterator[str]:
    """A port that takes connections and says nothing, as the kernel does for a process that was stopped."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.integration
def test_brokers_that_run_answer_in_their_own_protocol(services: Services) -> None:
    assert kafka_answers(services.kafka)
    assert mqtt_answers(services.mqtt)


@pytest.mark.integration
def test_neither_takes_the_other_for_itself(services: Services) -> None:
    assert not kafka_answers(services.mqtt, timeout=0.5)
    assert not mqtt_answers(services.kafka, timeout=0.5)


def test_one_that_takes_connections_and_says_nothing_does_not_answer(mute: str) -> None:
    assert answers(mute)
    assert not kafka_answers(mute, timeout=0.1)
    assert not mqtt_answers(mute, timeout=0.1)


def test_nobody_does_not_answer() -> None:
    assert not kafka_answers("127.0.0.1:1")
    assert not mqtt_answers("127.0.0.1:1")
