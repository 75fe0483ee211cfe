"""A gateway's messages to itself, and what it means when they don't come back."""

from gateways.marks import MOST_OUTSTANDING, Marks


def test_a_mark_says_when_it_was_sent_and_only_once() -> None:
    marks = Marks("r1", 0)
    mark = marks.next(1000)
    assert marks.back(mark) == 1000
    assert marks.back(mark) is None


def test_what_others_put_there_says_nothing() -> None:
    marks = Marks("r1", 0)
    marks.next(1000)
    assert [marks.back(forged) for forged in (b"", b"\xff", b"r2 1000", b"1000")] == [None] * 4


def test_after_a_long_outage_the_oldest_are_forgotten() -> None:
    marks = Marks("r1", 0)
    sent = [marks.next(at) for at in range(MOST_OUTSTANDING + 1)]
    assert marks.back(sent[0]) is None
    assert marks.back(sent[1]) == 1


def test_silence_lasts_until_anything_comes() -> None:
    marks = Marks("r1", 5000)
    assert marks.silent_ms(7000) == 2000
    marks.heard(7000)
    assert marks.silent_ms(7500) == 500
