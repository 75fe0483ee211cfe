"""A gateway's messages to itself, and what it means when they don't come back."""

from itertools import pairwise

from gateways.marks import LONGEST_AFTER_MS, LONGEST_MUTE_MS, MOST_OUTSTANDING, STOOD_MS, Mark, Marks


def sent(marks: Marks, at: int, now: int) -> bytes:
    """A mark that the broker takes at once."""
    mark = marks.next(at, now)
    assert mark is not None
    marks.taken(now)
    return mark


def test_a_mark_says_when_it_was_sent_and_only_once() -> None:
    marks = Marks("r1", 0)
    mark = sent(marks, 1000, 10)
    assert marks.back(mark, 20) == Mark(1000, counts=True)
    assert marks.back(mark, 20) is None


def test_what_others_put_there_says_nothing() -> None:
    marks = Marks("r1", 0)
    sent(marks, 1000, 10)
    assert [marks.back(forged, 20) for forged in (b"", b"\xff", b"r2 1000", b"1000")] == [None] * 4


def test_after_a_long_outage_the_oldest_are_forgotten() -> None:
    marks = Marks("r1", 0)
    first, second, *_ = [sent(marks, at, at) for at in range(MOST_OUTSTANDING + 1)]
    assert marks.back(first, MOST_OUTSTANDING) is None
    assert marks.back(second, MOST_OUTSTANDING) == Mark(1, counts=True)


def test_what_waited_in_the_broker_behind_other_messages_counts_however_long_it_waited() -> None:
    """Kafka was away: the broker took everything in its order."""
    marks = Marks("r1", 0)
    waited = [sent(marks, 5000 + now, now) for now in range(0, 300_000, 1000)]
    assert all(marks.back(mark, 300_000) == Mark(5000 + 1000 * n, counts=True) for n, mark in enumerate(waited))


def test_while_the_broker_has_not_taken_one_there_is_no_other() -> None:
    marks = Marks("r1", 0)
    mark = marks.next(1000, 0)
    assert mark is not None
    assert marks.next(2000, 1000) is None
    marks.taken(1500)
    assert marks.next(3000, 2000) is not None


def test_a_mark_that_is_back_was_taken() -> None:
    marks = Marks("r1", 0)
    mark = marks.next(1000, 0)
    assert mark is not None
    assert marks.back(mark, 1000) == Mark(1000, counts=True)
    assert marks.next(2000, 1000) is not None


def test_after_the_broker_stood_still_marks_say_nothing_for_as_long_again() -> None:
    """What devices sent meanwhile lies in their sockets, and is taken after a mark that was sent later."""
    marks = Marks("r1", 0)
    sent(marks, 100_000, 1000)
    stuck = marks.next(101_000, 2000)
    assert stuck is not None
    assert marks.back(stuck, 21_000) == Mark(101_000, counts=False)
    soon, again = sent(marks, 121_000, 22_000), sent(marks, 139_999, 40_999)
    assert [marks.back(mark, 41_000) for mark in (soon, again)] == [
        Mark(121_000, counts=False),
        Mark(139_999, counts=False),
    ]


def test_then_they_count_again_and_never_later_than_after_half_a_minute() -> None:
    marks = Marks("r1", 0)
    now = 600_000
    for _ in range(LONGEST_AFTER_MS // 1000):
        assert marks.back(sent(marks, now, now), now) == Mark(now, counts=False)
        now += 1000
    assert marks.back(sent(marks, now, now), now) == Mark(now, counts=True)


def test_a_broker_that_is_always_slow_does_not_silence_them_for_good() -> None:
    marks, counted = Marks("r1", 0), []
    for now in range(0, 10 * LONGEST_MUTE_MS, STOOD_MS + 1000):
        mark = marks.next(now, now)
        assert mark is not None
        back = marks.back(mark, now + STOOD_MS)
        assert back is not None
        counted += [now] if back.counts else []
    assert len(counted) >= 5
    assert max(later - one for one, later in pairwise(counted)) <= LONGEST_MUTE_MS + 3 * STOOD_MS


def test_a_broker_that_takes_a_little_longer_did_not_stand_still() -> None:
    marks = Marks("r1", 0)
    mark = marks.next(1000, 500)
    assert mark is not None
    marks.taken(STOOD_MS - 1)
    assert marks.back(mark, STOOD_MS) == Mark(1000, counts=True)


def test_silence_lasts_until_anything_comes() -> None:
    marks = Marks("r1", 5000)
    assert marks.silent_ms(7000) == 2000
    marks.heard(7000)
    assert marks.silent_ms(7500) == 500
