"""Which messages travel in one pack."""

from gateways.packer import LARGE, LONG_PAUSE_MS, MOST_BYTES, MOST_MESSAGES, PAUSE_MS, Packer

A, B = "990101", "990102"


def packer(*districts: str) -> Packer[int]:
    filled: Packer[int] = Packer()
    for number, district in enumerate(districts):
        filled.add(district, b"line", 2, number)
    return filled


def test_a_lone_message_may_go_at_once() -> None:
    waiting = packer(A)
    assert waiting.ready(1000) == [A]
    pack = waiting.take(A, 1000)
    assert pack is not None
    assert (pack.lines, pack.slips, pack.readings, pack.size) == ([b"line"], [0], 2, 5)
    assert waiting.empty


def test_what_comes_while_a_pack_is_under_way_travels_together() -> None:
    waiting = packer(A)
    waiting.take(A, 1000)
    waiting.add(A, b"1", 1, 1)
    waiting.add(A, b"2", 1, 2)
    assert waiting.ready(2000) == []
    waiting.arrived(A)
    assert waiting.ready(2000) == [A]
    pack = waiting.take(A, 2000)
    assert pack is not None
    assert pack.lines == [b"1", b"2"]


def test_districts_do_not_wait_for_each_other() -> None:
    waiting = packer(A, B)
    waiting.take(A, 1000)
    waiting.add(A, b"1", 1, 1)
    assert waiting.ready(2000) == [B]


def test_a_pack_waits_a_moment_after_the_last_one_left() -> None:
    waiting = packer(A)
    waiting.take(A, 1000)
    waiting.arrived(A)
    waiting.add(A, b"1", 1, 1)
    assert waiting.ready(1000 + PAUSE_MS - 1) == []
    assert waiting.wait_ms(1000 + PAUSE_MS - 1, 200) == 1
    assert waiting.ready(1000 + PAUSE_MS) == [A]


def test_after_a_large_pack_the_next_one_waits_longer() -> None:
    waiting = packer(*[A] * LARGE)
    waiting.take(A, 1000)
    waiting.arrived(A)
    waiting.add(A, b"1", 1, 1)
    assert waiting.ready(1000 + LONG_PAUSE_MS - 1) == []
    assert waiting.ready(1000 + LONG_PAUSE_MS) == [A]


def test_a_turn_waits_no_longer_than_told_and_never_less_than_nothing() -> None:
    assert packer().wait_ms(1000, 200) == 200
    assert packer(A).wait_ms(1000, 200) == 0


def test_a_pack_is_full_by_its_messages_or_by_its_bytes() -> None:
    waiting = packer()
    assert [waiting.add(A, b"x", 1, n) for n in range(MOST_MESSAGES)] == [False] * (MOST_MESSAGES - 1) + [True]
    assert waiting.add(B, b"x" * MOST_BYTES, 1, 0)


def test_there_is_no_pack_to_take_where_nothing_came() -> None:
    assert packer(A).take(B, 1000) is None


def test_what_a_device_sent_from_elsewhere_travels_in_its_district_s_pack_and_is_no_reading() -> None:
    waiting = packer(A)
    waiting.note(A, b"away", 7)
    waiting.note(B, b"alone", 8)
    assert sorted(waiting.ready(1000)) == [A, B]
    pack, alone = waiting.take(A, 1000), waiting.take(B, 1000)
    assert pack is not None
    assert (pack.lines, pack.away, pack.slips, pack.readings) == ([b"line"], [b"away"], [0, 7], 2)
    assert alone is not None
    assert (alone.lines, alone.away, alone.readings) == ([], [b"alone"], 0)
