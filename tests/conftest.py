"""What every test may ask for: a real Kafka and a real Mosquitto, started once a session on free ports."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.services import Services

settings.register_profile("house", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("house")


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A Kafka and a Mosquitto of this session's own; tests tell themselves apart by topic, key or client id."""
    running = Services(tmp_path_factory.mktemp("services"))
    yield running
    running.close()
