"""Acknowledgements leave in the order of arrival, and only so much is under way."""

from hypothesis import given
from hypothesis import strategies as st

from gateways.inflight import Inflight, Slip


def test_a_message_is_settled_once_it_is_sealed_and_none_of_its_records_is_open() -> None:
    slip = Slip("a")
    assert not slip.settled
    slip.open = 1
    slip.sealed = True
    assert not slip.settled
    slip.open = 0
    assert slip.settled


def test_a_message_waits_for_all_that_came_before_it() -> None:
    inflight: Inflight[str] = Inflight(10)
    first, second = inflight.enter("first"), inflight.enter("second")
    second.sealed = True
    assert inflight.settled() == []
    first.sealed = True
    assert inflight.settled() == ["first", "second"]
    assert inflight.settled() == []


def test_it_is_full_at_its_bound_and_has_room_again_afterwards() -> None:
    inflight: Inflight[int] = Inflight(2)
    inflight.enter(1).sealed = True
    assert inflight.room == 1
    inflight.enter(2)
    assert inflight.room == 0
    inflight.settled()
    assert (inflight.room, len(inflight)) == (1, 1)


@given(st.permutations(range(8)))
def test_every_message_leaves_once_and_in_order_whatever_is_settled_first(order: list[int]) -> None:
    inflight: Inflight[int] = Inflight(8)
    slips = [inflight.enter(number) for number in range(8)]
    left = []
    for number in order:
        slips[number].sealed = True
        left += inflight.settled()
        assert left == list(range(len(left)))
    assert left == list(range(8))
