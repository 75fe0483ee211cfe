import msgspec
import pytest

from city.checkpoint import load
from messages.case_blocks import load as load_cases
from streams.unreadable import Unreadable, reading_state
from tests.builders import facts


def test_a_head_of_another_form_is_told_with_the_district_and_what_to_do() -> None:
    with pytest.raises(Unreadable, match=r"district 990102 can't be read .*citygrid reset"), reading_state("990102"):
        load_cases("990102", {"990102": b'{"district": "990102"}'}.get)


def test_a_block_that_is_missing_is_told_too() -> None:
    with pytest.raises(Unreadable, match="990102"), reading_state("990102"):
        load(facts(), {"head": msgspec.msgpack.encode({"saved": {}})}.get)


def test_what_can_be_read_passes() -> None:
    with reading_state("990102"):
        kept, outbox = load_cases("990102", dict[str, bytes]().get)
    assert (kept.cases.district, outbox) == ("990102", [])
