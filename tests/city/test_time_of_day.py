import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.time_of_day import MINUTES_A_DAY, minutes_of


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("08:30", 510), ("8:05", 485), ("24:00", MINUTES_A_DAY)])
def test_a_time_of_day_is_minutes_since_midnight(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["8", "08:60", "25:00", "24:01", "ab:cd", "-1:30", "", "08:00:00", " 08:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        minutes_of(text)


@given(st.integers(0, MINUTES_A_DAY))
def test_every_minute_of_a_day_is_read(minute: int) -> None:
    assert minutes_of(f"{minute // 60:02}:{minute % 60:02}") == minute
