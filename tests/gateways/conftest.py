"""A gateway as a process, one a module."""

from collections.abc import Callable, Iterator

import pytest

from adapters import kafka_registry
from adapters.kafka_admin import ensure_topics
from tests.children import PARTITIONS, Child
from tests.citygrid.waiting import until
from tests.gateways.builders import DEVICES, DISTRICT, OTHER, Phone, Tap, city, device
from tests.services import Services


@pytest.fixture(scope="module")
def registered(services: Services) -> Services:
    """The services, with the gateways' city registered."""
    ensure_topics(services.kafka, PARTITIONS)
    known = city(DISTRICT, OTHER, devices=[device(id_) for id_ in DEVICES] + [device("gate-x1", OTHER)])
    kafka_registry.apply(services.kafka, PARTITIONS, known)
    return services


@pytest.fixture(scope="module")
def start(registered: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Child]]:
    """Starts `citygrid gateway` (or another KIND) and waits until it is ready, unless told not to."""
    data = tmp_path_factory.mktemp("data")
    running: list[Child] = []

    def start(*flags: str, kind: str = "gateway", wait: bool = True) -> Child:
        child = Child(registered, data, kind, *flags)
        running.append(child)
        if wait:
            until(lambda: child.ready, 40)
        return child

    yield start
    for child in running:
        child.close()


@pytest.fixture
def phone(services: Services) -> Iterator[Callable[..., Phone]]:
    """Makes phones; they hang up after the test."""
    made: list[Phone] = []

    def make(name: str, *filters: str, version: int = 5) -> Phone:
        made.append(Phone(services.mqtt, name, *filters, version=version))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def tap(registered: Services) -> Iterator[Callable[..., Tap]]:
    """Taps Kafka topics; it is closed after the test."""
    made: list[Tap] = []

    def make(*topics: object) -> Tap:
        made.append(Tap(registered.kafka, *topics))  # type: ignore[arg-type] # topics they are
        return made[-1]

    yield make
    for one in made:
        one.close()
