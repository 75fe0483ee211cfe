import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.noise import LIMITS, Zone, is_day, limit

MINUTES = st.integers(0, 1439)


@pytest.mark.parametrize(
    ("zone", "day", "night"),
    [("0", 50, 40), ("1", 55, 45), ("2", 60, 50), ("3", 65, 55), ("4a", 70, 55), ("4b", 70, 60), ("site", 70, 55)],
)
def test_each_zone_has_its_limits_by_day_and_by_night(zone: str, day: int, night: int) -> None:
    assert limit(Zone(zone), 12 * 60) == day
    assert limit(Zone(zone), 0) == night


def test_the_day_begins_at_six_and_ends_before_ten_in_the_evening() -> None:
    assert [is_day(minute) for minute in (359, 360, 1319, 1320)] == [False, True, True, False]


@given(st.sampled_from(Zone), MINUTES)
def test_the_night_is_never_allowed_to_be_louder(zone: Zone, minute: int) -> None:
    assert LIMITS[zone].night <= limit(zone, minute) <= LIMITS[zone].day


@pytest.mark.parametrize("minute", [-1, 1440])
def test_a_minute_that_no_day_has_is_refused(minute: int) -> None:
    with pytest.raises(ValueError, match="a day has the minutes 0 to 1439"):
        is_day(minute)
