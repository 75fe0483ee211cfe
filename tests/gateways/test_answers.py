"""How often a sender is told that something was refused."""

from gateways.answers import BETWEEN_MS, MOST_SENDERS, Answers


def test_telemetry_is_answered_once_a_second_and_the_next_answer_counts_the_rest() -> None:
    answers = Answers()
    told = [answers.may_tell("d1", now, always=False) for now in (0, 1, BETWEEN_MS - 1, BETWEEN_MS, BETWEEN_MS + 1)]
    assert told == [0, None, None, 2, None]


def test_senders_are_counted_apart() -> None:
    answers = Answers()
    assert answers.may_tell("d1", 0, always=False) == 0
    assert answers.may_tell("d2", 0, always=False) == 0


def test_people_are_always_told() -> None:
    answers = Answers()
    assert [answers.may_tell("w1", 0, always=True) for _ in range(3)] == [0, 0, 0]


def test_the_longest_silent_are_forgotten_when_too_many_senders_are_invented() -> None:
    answers = Answers()
    for number in range(MOST_SENDERS + 1):
        answers.may_tell(str(number), 0, always=False)
    assert answers.may_tell(str(MOST_SENDERS), 0, always=False) is None
    assert answers.may_tell("0", 0, always=False) == 0
    assert len(answers._told) == MOST_SENDERS
