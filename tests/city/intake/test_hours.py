import pytest

from city.intake.hours import WEEK, days_of, time_of

WORK_DAYS = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "written",
    [
        *("1-5", "1 - 5", "1\N{EN DASH}5", "1~5", "1至5", "12345", "1,2,3,4,5"),
        *("周一至周五", "星期一到星期五", "一到五", "周一\uff5e周五", "周一至五", "工作日"),
        *("Mon-Fri", "MON to FRI", "Monday through Friday", "weekdays"),
    ],
)
def test_monday_to_friday_is_understood_however_it_is_written(written: str) -> None:
    assert days_of(written) == WORK_DAYS


@pytest.mark.parametrize(
    ("written", "days"),
    [
        *(("周末", (6, 7)), ("双休日", (6, 7)), ("weekend", (6, 7)), ("周六周日", (6, 7)), ("Sat & Sun", (6, 7))),
        *(("每天", WEEK), ("daily", WEEK), ("周一至周日", WEEK), ("every day", WEEK)),
        *(("1 3 5", (1, 3, 5)), ("周一、三、五", (1, 3, 5)), ("一三五", (1, 3, 5)), ("Mon, Wed and Fri", (1, 3, 5))),
        *(("1-3,7", (1, 2, 3, 7)), ("工作日、周日", (1, 2, 3, 4, 5, 7)), ("星期天", (7,)), ("Tues/Thurs", (2, 4))),
        *(("6-1", (1, 6, 7)), ("Fri-Mon", (1, 5, 6, 7)), ("5-5", (5,)), ("1 1 2", (1, 2))),
    ],
)
def test_days_ranges_and_words_may_be_mixed(written: str, days: tuple[int, ...]) -> None:
    assert days_of(written) == days


@pytest.mark.parametrize(
    "written",
    ["9", "0", "1-9", "8", "1-", "-5", "1--5", "工作日-7", "除周日", "month", "monkey", "x", "、", "1-3-x", ""],
)
def test_anything_else_is_no_day(written: str) -> None:
    assert days_of(written) is None


@pytest.mark.parametrize(
    ("written", "time"),
    [("8:00", "08:00"), ("23:59:59", "23:59"), ("22\uff1a00", "22:00"), ("00:00", "00:00"), ("24:00", "24:00")],
)
def test_a_time_of_day_is_read_as_spreadsheets_write_it(written: str, time: str) -> None:
    assert time_of(written) == time


@pytest.mark.parametrize("written", ["25:00", "24:01", "08:60", "8", "early", "", "8:0"])
def test_what_no_clock_shows_is_no_time_of_day(written: str) -> None:
    assert time_of(written) is None
