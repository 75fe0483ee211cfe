"""What a pack's headers say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.packs import PackHead, head_of, headers_of, lines_of, source_of

heads = st.builds(
    PackHead,
    gateway=st.text(min_size=1, max_size=10),
    start=st.text(min_size=1, max_size=10),
    pack=st.integers(1, 10**12),
    count=st.integers(0, 10**6),
    total=st.integers(0, 10**15),
    at=st.integers(0, 10**13),
    away=st.binary(max_size=20),
)


@given(heads)
def test_a_head_comes_out_of_its_headers_as_it_went_in(head: PackHead) -> None:
    assert head_of(headers_of(head)) == head


@given(heads)
def test_headers_of_others_beside_ours_do_no_harm(head: PackHead) -> None:
    assert head_of([("traceparent", b"\xff"), *headers_of(head)]) == head


@pytest.mark.parametrize("missing", ["gateway", "start", "pack", "count", "total"])
def test_a_pack_without_a_head_is_none_of_ours(missing: str) -> None:
    head = PackHead(gateway="g", start="s", pack=1, count=1, total=1, at=1)

    with pytest.raises(KeyError):
        head_of([(name, value) for name, value in headers_of(head) if name != missing])


def test_a_head_whose_numbers_are_none_is_none_of_ours() -> None:
    head = dict(headers_of(PackHead(gateway="g", start="s", pack=1, count=1, total=1, at=1)))

    with pytest.raises(ValueError, match="many"):
        head_of([*(head | {"count": b"many"}).items()])


def test_only_a_head_that_has_something_to_tell_beside_carries_it() -> None:
    head = PackHead(gateway="g", start="s", pack=1, count=1, total=1, at=1)
    assert "away" not in dict(headers_of(head))


@given(st.integers(0, 2**40), st.integers(0, 10**6))
def test_lines_say_where_they_came_from(source: int, first: int) -> None:
    assert source_of(lines_of(source, first, 3)) == (source, first)


def test_lines_that_do_not_say_it_have_no_source() -> None:
    assert source_of([("count", b"3")]) is None
    assert source_of([("source", b"x"), ("first", b"0")]) is None
