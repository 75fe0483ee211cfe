"""What every test may ask for: a real Kafka and a real Mosquitto, started once a session on free ports."""

from collections.abc import Iterator

import pytest

from tests.services import Services


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A Kafka and a Mosquitto of this session's own; tests tell themselves apart by topic, key or client id."""
    running = Services(tmp_path_factory.mktemp("services"))
    yield running
    running.close()
