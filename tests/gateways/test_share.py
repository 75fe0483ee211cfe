"""Every message is taken by some gateway, and by one only once all of them listen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.share import Share

A, B, C = "977011", "977012", "977013"
DISTRICTS = st.sampled_from([A, B, C, "unknown", ""])


def test_alone_it_takes_everything() -> None:
    share = Share()
    assert share.alone
    assert share.filters("m") == ["citygrid/#"]
    assert share.owns(A)
    assert not share.leaves(A)


def test_with_districts_of_its_own_it_subscribes_to_those_and_to_its_marks() -> None:
    share = Share([B, A])
    assert share.filters("m") == [f"citygrid/v1/{A}/#", f"citygrid/v1/{B}/#", "m"]
    assert (share.owns(A), share.owns(C)) == (True, False)


def test_what_others_have_is_left_to_them_only_once_they_listen() -> None:
    listening: set[str] = set()
    share = Share([], [A], listening.__contains__)
    assert share.filters("m") == ["citygrid/#"]
    assert (share.owns(A), share.owns(B)) == (False, True)
    assert not share.leaves(A)
    listening.add(A)
    assert (share.leaves(A), share.leaves(B)) == (True, False)


def test_filters_of_an_earlier_share_are_ended_and_none_of_the_present_one() -> None:
    assert Share([A]).former([A, B]) == ["citygrid/#", f"citygrid/v1/{B}/#"]
    assert Share([], [A]).former([A, B]) == [f"citygrid/v1/{A}/#", f"citygrid/v1/{B}/#"]


def test_own_districts_and_others_are_not_both_given() -> None:
    with pytest.raises(ValueError, match="not both"):
        Share([A], [B])


@given(DISTRICTS, st.sets(st.sampled_from([A, B])), st.booleans())
def test_each_message_has_one_gateway_once_all_listen(district: str, second: set[str], listening: bool) -> None:
    """The first has what the second has not; before the second listens both may take it, never none."""
    first = Share([], sorted(second), lambda _: listening)
    own = Share(sorted(second)) if second else None
    takers = (not first.leaves(district)) + (own is not None and listening and own.owns(district))
    assert takers == 1
    assert first.owns(district) + (own is not None and own.owns(district)) == 1
