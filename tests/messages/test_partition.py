"""Where a district's records lie."""

from hypothesis import given
from hypothesis import strategies as st

from city.names import Name
from city.registry import District
from messages.partition import UNKNOWN, partition_of


def districts(indices: list[int]) -> dict[str, District]:
    return {
        f"9901{n:02d}": District(code=f"9901{n:02d}", name=Name("", ""), index=index) for n, index in enumerate(indices)
    }


@given(st.lists(st.integers(0, 1000), max_size=20), st.integers(1, 64))
def test_a_partition_is_the_index_modulo_the_count(indices: list[int], partitions: int) -> None:
    known = districts(indices)

    assert [partition_of(code, known, partitions) for code in known] == [index % partitions for index in indices]


@given(st.integers(1, 64))
def test_districts_numbered_one_after_the_other_never_meet_before_the_partitions_are_used_up(partitions: int) -> None:
    known = districts(list(range(partitions)))

    assert len({partition_of(code, known, partitions) for code in known}) == partitions


@given(st.text(max_size=10))
def test_what_belongs_to_no_district_lies_in_partition_0(code: str) -> None:
    assert partition_of(code, {}, 16) == 0
    assert partition_of(UNKNOWN, districts([3]), 16) == 0
