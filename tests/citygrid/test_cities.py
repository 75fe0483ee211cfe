from collections.abc import Callable
from pathlib import Path

import pytest

from adapters import kafka_admin, kafka_registry
from adapters.kafka_reader import Unreachable
from city.registry import Registry
from citygrid import cities
from citygrid.refusal import Refusal
from citygrid.settings import Settings


def silent(times: int) -> Callable[..., dict[str, int]]:
    """A Kafka that does not answer so many times, and then registers a device."""
    left = [times]

    def apply(*_: object) -> dict[str, int]:
        if left[0]:
            left[0] -= 1
            raise Unreachable("no answer in 30 s")
        return {"devices": 1, "workers": 0}

    return apply


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(kafka_admin, "ensure_topics", lambda *_: None)
    return Settings(kafka="127.0.0.1:1", city=Path("/cities/demo"))


def test_a_kafka_that_is_slow_to_start_is_asked_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_registry, "apply", silent(cities.TRIES - 1))
    assert cities.register(settings, Registry()) == "/cities/demo: registered 1 devices."


def test_one_that_never_answers_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_registry, "apply", silent(cities.TRIES))
    with pytest.raises(Refusal, match=r"Kafka at 127\.0\.0\.1:1 did not answer .*no answer in 30 s.*start again"):
        cities.register(settings, Registry())
