"""What is remembered is found again from its pages, and only pages that changed are written."""

from hypothesis import given
from hypothesis import strategies as st

from city.cases.state import PastCase
from messages.case_memory import PAGES, Memory, changed_pages, put_together

names = st.text("abcdef", min_size=1, max_size=2)


def past(id_: str, closed_at: int) -> PastCase:
    return PastCase(id=id_, event_class="E0506", cells=["990101001001001"], closed_at=closed_at)


def memory(pasts: dict[str, int], known: dict[str, str], heard: dict[str, int]) -> Memory:
    return Memory(past={id_: past(id_, at) for id_, at in pasts.items()}, known=known, heard=heard)


memories = st.builds(
    memory,
    st.dictionaries(names, st.integers(0, 9)),
    st.dictionaries(names, st.just("x") | names),
    st.dictionaries(names, st.integers(0, 9)),
)


@given(memories, memories)
def test_pages_that_changed_over_pages_that_did_not_are_the_memory_as_it_is_now(before: Memory, after: Memory) -> None:
    pages = changed_pages(Memory(), before)
    assert put_together(pages.values()) == before
    fitting = Memory(past=after.past, known={**after.known, **before.known}, heard=after.heard)
    assert put_together((pages | changed_pages(before, fitting)).values()) == fitting


def test_what_did_not_change_is_not_written() -> None:
    held = memory({"a": 1}, {"cause": "a"}, {"reply": 2})
    assert changed_pages(held, held) == {}


def test_an_incident_and_its_causes_lie_in_one_page() -> None:
    held = memory({"a": 1}, {"one": "a", "two": "a"}, {})
    assert list(changed_pages(Memory(), held).values()) == [held]


def test_one_incident_more_changes_one_page_of_many() -> None:
    pasts = {f"i-{n}": n for n in range(5 * PAGES)}
    before, after = memory(pasts, {}, {}), memory(pasts | {"new": 1}, {}, {})
    (page,) = changed_pages(before, after).values()
    assert "new" in page.past
    assert len(page.past) < PAGES


def test_a_page_that_holds_nothing_any_more_is_empty() -> None:
    (page,) = changed_pages(memory({"a": 1}, {}, {}), Memory()).values()
    assert not page


def test_what_is_older_comes_first() -> None:
    held = memory({"a": 3, "b": 1}, {"x": "a", "y": "b"}, {"late": 5, "early": 4})
    found = put_together([held])
    assert (list(found.past), list(found.known), list(found.heard)) == (["b", "a"], ["y", "x"], ["early", "late"])
