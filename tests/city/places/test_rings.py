"""The last half hour of windows: added up by prefix, each window once, whatever came first."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.places.closed import Line
from city.places.ground import LEVELS
from city.places.rings import KEPT_MS, Rings, Rolled
from geo.codes import LENGTHS
from tests.city.places.builders import CELLS, CITY, COMMUNITY, EAST, MINUTE, NOW, TOWN, WEST, closed_pack, codes, line

NEWEST = {EAST: NOW, WEST: NOW}
QUARTER = 15 * MINUTE


def rings(*lines: Line) -> Rings:
    made = Rings()
    made.take(closed_pack(*lines))
    return made


def only(found: Iterable[Rolled]) -> Rolled:
    (rolled,) = found
    return rolled


def test_windows_of_the_same_start_are_one_point_of_the_place() -> None:
    rolled = only(
        rings(line(CELLS[0], values=(1.0, 2.0)), line(CELLS[1], values=(6.0,), late=1)).rolled(
            COMMUNITY, NEWEST, QUARTER
        )
    )
    (point,) = rolled.points
    assert (point.count, point.sum, point.min, point.max, point.late) == (3, 9.0, 1.0, 6.0, 1)
    assert (point.start, rolled.cells, rolled.seconds) == (line().start, 2, 60)


def test_a_cell_has_its_own_windows_only() -> None:
    made = rings(line(CELLS[0], values=(1.0,)), line(CELLS[1], values=(6.0,)))
    assert [point.sum for point in only(made.rolled(CELLS[1], NEWEST, QUARTER)).points] == [6.0]


def test_a_place_without_windows_has_no_metrics() -> None:
    assert rings(line(CELLS[0])).rolled(WEST, NEWEST, QUARTER) == []


def test_a_window_that_is_told_again_changes_nothing() -> None:
    made = rings(line(CELLS[0], values=(1.0, 3.0)), line(CELLS[0], values=(1.0, 3.0)))
    before = made.rolled(CITY, NEWEST, QUARTER)
    made.take(closed_pack(line(CELLS[0], values=(1.0, 3.0))))
    assert made.rolled(CITY, NEWEST, QUARTER) == before
    assert only(before).points[0].count == 2


def test_only_the_last_minutes_count() -> None:
    made = rings(*(line(CELLS[0], back) for back in range(1, 21)))
    assert len(only(made.rolled(TOWN, NEWEST, 5 * MINUTE)).points) == 5
    assert len(only(made.rolled(CELLS[0], NEWEST, 5 * MINUTE)).points) == 5


def test_each_district_counts_back_from_its_own_newest_data() -> None:
    made = rings(line(CELLS[0], 1), line(CELLS[4], 11))
    behind = {EAST: NOW, WEST: NOW - 10 * MINUTE}
    assert [point.count for point in only(made.rolled(CITY, behind, 5 * MINUTE)).points] == [1, 1]
    assert [point.count for point in only(made.rolled(CITY, NEWEST, 5 * MINUTE)).points] == [1]


def test_the_last_window_of_a_long_kind_counts_however_short_the_span() -> None:
    made = rings(line(CELLS[0], seconds=3600))
    assert only(made.rolled(CITY, NEWEST, MINUTE)).points[0].count == 1


def test_windows_of_another_length_are_added_up_by_themselves() -> None:
    made = rings(line(CELLS[0]), line(CELLS[0], seconds=300))
    assert [rolled.seconds for rolled in made.rolled(CITY, NEWEST, QUARTER)] == [60, 300]


def test_an_old_window_never_takes_a_newer_ones_place() -> None:
    slots = KEPT_MS // MINUTE + 1
    made = rings(line(CELLS[0], 1, (1.0,)))
    made.take(closed_pack(line(CELLS[0], 1 + slots, (9.0,))))
    assert [point.sum for point in only(made.rolled(CITY, NEWEST, KEPT_MS)).points] == [1.0]


def test_what_is_older_than_half_an_hour_leaves_the_memory() -> None:
    made = rings(line(CELLS[0], 100, (9.0,)))
    for back in range(40, 0, -1):
        made.take(closed_pack(line(CELLS[0], back, (1.0,))))
    points = only(made.rolled(CITY, {EAST: NOW}, 10 * KEPT_MS)).points
    assert {point.sum for point in points} == {1.0}
    assert len(points) == KEPT_MS // MINUTE + 1


def test_each_station_is_averaged_over_its_own_last_hour() -> None:
    made = rings(
        *(line(CELLS[0], back, (100.0 if back > 60 else 40.0, 60.0), metric="pm25_ugm3") for back in range(1, 64))
    )
    made.take(closed_pack(line(CELLS[4], 1, (7.0,), metric="pm25_ugm3"), line(CELLS[4], 1, (2.0,), metric="co_mgm3")))
    assert made.stations(CITY, NEWEST) == [{"pm25": 50.0}, {"co": 2.0, "pm25": 7.0}]
    assert made.stations(WEST, NEWEST) == [{"co": 2.0, "pm25": 7.0}]


def test_of_hourly_windows_the_last_one_is_the_hour() -> None:
    made = rings(*(line(CELLS[0], back, (10.0 * back,), metric="o3_ugm3", seconds=3600) for back in (1, 2)))
    assert made.stations(CITY, NEWEST) == [{"o3": 10.0}]


def test_a_station_that_fell_silent_and_a_building_site_are_no_air() -> None:
    made = rings(line(CELLS[0], 181, metric="pm10_ugm3"), line(CELLS[1], metric="site_pm10_ugm3"), line(CELLS[2]))
    assert made.stations(CITY, NEWEST) == []


windows = st.builds(
    line,
    codes,
    st.integers(1, 25),
    st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=4),
    metric=st.sampled_from(["level_m", "pm25_ugm3"]),
    late=st.integers(0, 2),
)


def once(lines: Iterable[Line]) -> list[Line]:
    """Each window as it was told first."""
    found: dict[tuple[str, str, int], Line] = {}
    for each in lines:
        found.setdefault((each.cell, each.metric, each.start), each)
    return list(found.values())


@given(st.lists(windows, max_size=40).map(once), st.lists(st.integers(1, 10), min_size=1), st.sampled_from([1, 10, 20]))
def test_every_place_holds_exactly_the_windows_under_its_prefix(
    lines: list[Line], cuts: list[int], minutes: int
) -> None:
    made, rest = Rings(), [*lines, *lines]
    for cut in cuts * len(rest):
        made.take(closed_pack(*rest[:cut]))
        rest = rest[cut:]
    since = NOW - max(minutes, 2) * MINUTE
    recent = [each for each in lines if each.start + MINUTE > since]
    for place in {each.cell[: LENGTHS[level]] for each in lines for level in LEVELS}:
        told = {rolled.metric: rolled for rolled in made.rolled(place, NEWEST, minutes * MINUTE)}
        inside = [each for each in recent if each.cell.startswith(place)]
        assert set(told) == {each.metric for each in inside}
        for metric, rolled in told.items():
            own = [each for each in inside if each.metric == metric]
            assert sum(point.count for point in rolled.points) == sum(each.count for each in own)
            assert sum(point.sum for point in rolled.points) == pytest.approx(sum(each.sum for each in own))
            assert sum(point.late for point in rolled.points) == sum(each.late for each in own)
            assert min(point.min for point in rolled.points) == min(each.min for each in own)
            assert max(point.max for point in rolled.points) == max(each.max for each in own)
            assert [point.start for point in rolled.points] == sorted({each.start for each in own})
            assert rolled.cells == len({each.cell for each in own})
