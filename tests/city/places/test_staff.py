"""Whose duty reaches where: in whole places, over several grids, and only while on shift."""

from hypothesis import given
from hypothesis import strategies as st

from city.places.ground import LEVELS
from city.places.staff import Staff
from city.registry import Worker
from geo.codes import LENGTHS, Level
from tests.city.places.builders import (
    ALWAYS,
    CELLS,
    CITY,
    COMMUNITY,
    DAY,
    EAST,
    EMPTY,
    NEVER,
    NOW,
    TOWN,
    WEST,
    codes,
    ground,
    worker,
)


def staff(*workers: Worker) -> Staff:
    return Staff({each.id: each for each in workers}, ground())


def test_a_duty_covers_the_cells_of_its_grids() -> None:
    made = staff(worker("a", CELLS[0], CELLS[4]), worker("b", COMMUNITY))
    assert made.covered(made.everyone()).tolist() == [True, True, False, False, True, False]


def test_only_workers_on_shift_cover_now() -> None:
    made = staff(worker("a", CELLS[0]), worker("b", WEST, shift=NEVER))
    assert made.on_shift(NOW).tolist() == [True, False]
    assert made.covered(made.on_shift(NOW)).tolist() == [True, False, False, False, False, False]


def test_a_worker_counts_once_in_each_place_however_many_grids_lie_there() -> None:
    known = ground()
    made = staff(worker("a", CELLS[0], CELLS[1], CELLS[4]), worker("b", EAST))
    assert made.counts(known.within(CITY, Level.CITY), made.everyone()).tolist() == [2]
    assert made.counts(known.within(CITY, Level.DISTRICT), made.everyone()).tolist() == [2, 1]
    assert made.counts(known.within(CITY, Level.TOWN), made.everyone()).tolist() == [2, 0, 1, 1]


def test_a_towns_worker_is_found_in_each_of_its_cells() -> None:
    made = staff(worker("a", TOWN), worker("b", CELLS[3]))
    assert made.within(0, 1) == ["a"]
    assert made.within(0, 6) == ["a", "b"]
    assert made.within(4, 6) == []


def test_who_has_no_grid_or_one_that_is_no_place_counts_nowhere() -> None:
    made = staff(worker("a"), worker("b", "north"), worker("c", EMPTY), worker("d", CELLS[0] + "1"))
    assert not made.covered(made.everyone()).any()
    assert made.counts(ground().within(CITY, Level.CITY), made.everyone()).tolist() == [0]


def test_a_city_without_workers_covers_nothing() -> None:
    made = staff()
    assert not made.covered(made.on_shift(NOW)).any()
    assert made.counts(ground().within(CITY, Level.DISTRICT), made.everyone()).tolist() == [0, 0]


def test_shifts_are_looked_at_again_as_time_passes() -> None:
    weekday = (NOW // DAY + 3) % 7 + 1
    made = staff(worker("a", CELLS[0], shift=type(ALWAYS)(start="00:00", end="24:00", days=(weekday,))))
    assert {made.on_shift(NOW + day * DAY).tolist()[0] for day in range(7)} == {True, False}


grids = st.builds(lambda code, level: code[: LENGTHS[level]], codes, st.sampled_from(LEVELS))


@given(
    st.sets(codes, min_size=1, max_size=12), st.lists(st.lists(grids, max_size=4), max_size=6), st.sampled_from(LEVELS)
)
def test_counting_agrees_with_looking_at_every_cell(cells: set[str], duties: list[list[str]], level: Level) -> None:
    known = ground(cells=sorted(cells))
    made = Staff({f"w{n}": worker(f"w{n}", *duty) for n, duty in enumerate(duties)}, known)
    reach = [{cell for cell in cells if cell.startswith(tuple(duty))} for duty in duties]
    places = known.within(CITY, level)
    expected = [sum(any(cell.startswith(place) for cell in own) for own in reach) for place in places.codes]
    assert made.counts(places, made.everyone()).tolist() == expected
    assert made.covered(made.everyone()).tolist() == [any(cell in own for own in reach) for cell in known.codes]
    for place, begin, end in zip(places.codes, places.begin.tolist(), places.end.tolist(), strict=True):
        inside = [f"w{n}" for n, own in enumerate(reach) if any(cell.startswith(place) for cell in own)]
        assert made.within(begin, end) == inside
