"""A gateway as a process, one a module."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters import kafka_registry
from adapters.kafka_admin import ensure_topics
from tests.children import PARTITIONS, Child
from tests.citygrid.waiting import until
from tests.gateways.builders import DEVICES, DISTRICT, LOADED, OTHER, Phone, Tap, city, device, forget_session
from tests.services import Services


@pytest.fixture(scope="module")
def registered(services: Services) -> Services:
    """The services, with the gateways' city registered."""
    ensure_topics(services.kafka, PARTITIONS)
    known = city(DISTRICT, OTHER, devices=[device(id_) for id_ in DEVICES + LOADED] + [device("gate-x1", OTHER)])
    kafka_registry.apply(services.kafka, PARTITIONS, known)
    return services


Start = Callable[..., Child]


@contextmanager
def starting(services: Services, data: Path) -> Iterator[Start]:
    """Starts `citygrid gateway` (or another KIND) and waits until it is ready, unless told not to; ends them, and what the broker keeps for them."""
    running: dict[str, Child] = {}

    def start(name: str, *flags: str, kind: str = "gateway", wait: bool = True) -> Child:
        child = running[name] = Child(services, data, kind, "--name", name, *flags)
        if wait:
            until(lambda: child.ready, 40)
        return child

    yield start
    for name, child in running.items():
        child.close()
        forget_session(services.mqtt, f"citygrid-{name}")


@pytest.fixture(scope="module")
def start_once(registered: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """For what a whole module shares."""
    with starting(registered, tmp_path_factory.mktemp("data")) as start:
        yield start


@pytest.fixture
def start(registered: Services, tmp_path: Path) -> Iterator[Start]:
    """For one test."""
    with starting(registered, tmp_path / "data") as start:
        yield start


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
