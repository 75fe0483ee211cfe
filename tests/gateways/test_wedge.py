"""A producer that will never move again is told from a Kafka that is away."""

import threading
from collections.abc import Callable

import pytest

from gateways.wedge import GIVEN_UP_MS, STUCK_MS, Wedge, Wedged


class Kafka:
    """Answers or not, as the test says; `asked` is how often."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.answers


def minutes(wedge: Wedge, stuck_from: int, seconds: range) -> None:
    """Checks each second; what was asked has answered by the next."""
    for second in seconds:
        wedge.check(second * 1000 - stuck_from, second * 1000)
        for thread in threading.enumerate():
            if thread.name == "wedge":
                thread.join()


def test_while_something_moves_nobody_is_asked() -> None:
    kafka = Kafka(answers=True)
    wedge = Wedge(kafka)
    for now in range(0, 100_000, 1000):
        wedge.check(STUCK_MS - 1, now)
    assert kafka.asked == 0


def test_a_kafka_that_is_away_is_waited_for_without_end() -> None:
    kafka = Kafka(answers=False)
    minutes(Wedge(kafka), 0, range(600))
    assert kafka.asked > 100


def test_a_kafka_that_answers_while_nothing_moves_ends_the_process() -> None:
    kafka = Kafka(answers=True)
    with pytest.raises(Wedged, match="acknowledged nothing"):
        minutes(Wedge(kafka), 0, range(120))
    assert kafka.asked == 1


def test_after_an_outage_there_is_time_to_catch_up() -> None:
    """Kafka answers again, and the producer needs some seconds more than the question."""
    kafka = Kafka(answers=False)
    wedge = Wedge(kafka)
    minutes(wedge, 0, range(300))
    kafka.answers = True
    minutes(wedge, 0, range(300, 300 + GIVEN_UP_MS // 1000))
    wedge.check(100, 361_000)
    minutes(wedge, 361_000, range(361, 361 + STUCK_MS // 1000 + GIVEN_UP_MS // 1000))


def test_a_question_without_an_answer_holds_nothing_up() -> None:
    answer = threading.Event()
    asked: Callable[[], bool] = lambda: answer.wait(10)  # noqa: E731 - shorter than a function of one line
    wedge = Wedge(asked)
    for now in range(STUCK_MS, STUCK_MS + 5000, 1000):
        wedge.check(now, now)
    still_asking = [thread for thread in threading.enumerate() if thread.name == "wedge"]
    answer.set()
    assert len(still_asking) == 1
