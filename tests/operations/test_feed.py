"""The live feed: nothing is missed without being told, and nobody's slowness costs memory."""

import asyncio
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from operations.feed import SNAPSHOT, Feed


def snapshot() -> bytes:
    return b'{"whole":true}'


async def told(stream: AsyncIterator[bytes], events: int) -> list[tuple[str, str, str]]:
    """The next `events` events as (id, name, data)."""
    found: list[tuple[str, str, str]] = []
    while len(found) < events:
        chunk = (await asyncio.wait_for(anext(stream), 2)).decode()
        for block in chunk.removesuffix("\n\n").split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.split("\n"))
            if "id" in lines:
                found.append((lines["id"], lines["event"], lines["data"]))
    return found


def test_who_comes_new_is_given_the_whole_board_first() -> None:
    async def run() -> None:
        feed = Feed("s")
        feed.publish("pulse", b"1")
        stream = feed.stream(None, snapshot)
        assert await told(stream, 1) == [("s-1", SNAPSHOT, '{"whole":true}')]
        feed.publish("pulse", b"2")
        assert await told(stream, 1) == [("s-2", "pulse", "2")]

    asyncio.run(run())


def test_who_comes_back_goes_on_where_he_was() -> None:
    async def run() -> None:
        feed = Feed("s")
        for number in range(5):
            feed.publish("incident", b"%d" % number)
        assert await told(feed.stream("s-3", snapshot), 2) == [("s-4", "incident", "3"), ("s-5", "incident", "4")]

    asyncio.run(run())


def test_who_comes_back_up_to_date_waits_for_news() -> None:
    async def run() -> None:
        feed = Feed("s")
        feed.publish("pulse", b"1")
        stream = feed.stream("s-1", snapshot)
        waiting = asyncio.create_task(told(stream, 1))
        await asyncio.sleep(0)
        feed.publish("pulse", b"2")
        assert await waiting == [("s-2", "pulse", "2")]

    asyncio.run(run())


def test_who_was_away_for_longer_than_the_ring_is_given_the_whole_board() -> None:
    async def run() -> None:
        feed = Feed("s", ring=3)
        for number in range(9):
            feed.publish("pulse", b"%d" % number)
        assert await told(feed.stream("s-6", snapshot), 3) == [
            ("s-7", "pulse", "6"),
            ("s-8", "pulse", "7"),
            ("s-9", "pulse", "8"),
        ]
        assert (await told(feed.stream("s-5", snapshot), 1))[0][:2] == ("s-9", SNAPSHOT)

    asyncio.run(run())


def test_an_id_of_another_start_or_of_no_start_is_given_the_whole_board() -> None:
    async def run() -> None:
        for strange in ("other-1", "s-", "s-x", "s-99", "", "s-²", "1"):
            feed = Feed("s")
            feed.publish("pulse", b"1")
            assert (await told(feed.stream(strange, snapshot), 1))[0][:2] == ("s-1", SNAPSHOT), strange

    asyncio.run(run())


def test_a_slow_browser_is_given_the_whole_board_and_the_ring_stays_bounded() -> None:
    async def run() -> None:
        feed = Feed("s", ring=10)
        stream = feed.stream(None, snapshot)
        await told(stream, 1)
        for number in range(1000):
            feed.publish("pulse", b"%d" % number)
        assert len(feed.since(feed.last - 10) or []) == 10
        assert feed.since(feed.last - 11) is None
        assert await told(stream, 1) == [("s-1000", SNAPSHOT, '{"whole":true}')]

    asyncio.run(run())


def test_the_ring_is_bounded_in_bytes_too() -> None:
    async def run() -> None:
        feed = Feed("s", ring_bytes=1000)
        for _ in range(50):
            feed.publish("incident", b"x" * 300)
        assert len(feed.since(feed.last - 3) or []) == 3
        assert feed.since(feed.last - 4) is None

    asyncio.run(run())


def test_after_a_change_of_everything_one_snapshot_stands_for_all_that_was_missed() -> None:
    async def run() -> None:
        feed = Feed("s")
        for name in ("cells", SNAPSHOT, "cells"):
            feed.publish(name, b"{}")
        assert await told(feed.stream("s-0", snapshot), 1) == [("s-3", SNAPSHOT, '{"whole":true}')]

    asyncio.run(run())


def test_closing_ends_the_streams_and_nobody_watches_any_more() -> None:
    async def run() -> None:
        feed = Feed("s")
        stream = feed.stream(None, snapshot)
        await told(stream, 1)
        assert feed.watching == 1
        feed.close()
        assert [chunk async for chunk in stream] == []
        assert feed.watching == 0

    asyncio.run(run())


@given(st.integers(1, 20), st.integers(0, 60), st.integers(0, 60))
def test_since_gives_every_later_event_or_says_that_it_cannot(ring: int, published: int, place: int) -> None:
    async def run() -> None:
        feed = Feed("s", ring=ring)
        for number in range(published):
            feed.publish("e", b"%d" % number)
        events = feed.since(place)
        if events is None:
            assert place > published or published - place > ring
        else:
            assert [event.number for event in events] == list(range(place + 1, published + 1))

    asyncio.run(run())
