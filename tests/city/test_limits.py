import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.limits import HOUR_MS, MOST, Clock, Limit, limit_of, of_seconds, read_limit
from city.names import Name

UH, ND, WH, WD = Clock.URGENT_HOUR, Clock.NATURAL_DAY, Clock.WORK_HOUR, Clock.WORK_DAY
clocks = st.sampled_from(Clock)


class TestReading:
    @pytest.mark.parametrize(
        ("text", "clock", "value"),
        [
            ("2uh", UH, 2),
            ("1nd", ND, 1),
            ("4wh", WH, 4),
            ("2wd", WD, 2),
            ("1.5wd", WD, 1.5),
            (" 2 wd ", WD, 2),
        ],
    )
    def test_the_short_form_names_its_clock(self, text: str, clock: Clock, value: float) -> None:
        assert read_limit(text) == Limit(clock, value)

    @pytest.mark.parametrize(
        ("text", "clock", "value"),
        [
            ("2紧急工作时", UH, 2),
            ("1紧急工作日", ND, 1),
            ("3自然日", ND, 3),
            ("4小时", WH, 4),
            ("4工作时", WH, 4),
            ("4个工作小时", WH, 4),
            ("2天", WD, 2),
            ("2工作日", WD, 2),
            ("15个工作日", WD, 15),
            ("\uff12工作日", WD, 2),  # a full-width digit, as input methods leave them
        ],
    )
    def test_the_chinese_form_names_its_clock(self, text: str, clock: Clock, value: float) -> None:
        assert read_limit(text) == Limit(clock, value)

    @pytest.mark.parametrize(
        ("text", "seconds"), [("2h", 7200), ("90m", 5400), ("1h 30m", 5400), ("45s", 45), ("2d", 172_800)]
    )
    def test_a_plain_duration_is_continuous(self, text: str, seconds: int) -> None:
        limit = read_limit(text)
        assert limit is not None
        assert (limit.clock, limit.ms) == (UH, seconds * 1000)

    def test_a_season_is_kept_beside_the_limit(self) -> None:
        assert read_limit("种植季节15工作日") == Limit(WD, 15, "种植季节15工作日")
        assert read_limit("4小时（雨后）") == Limit(WH, 4, "4小时（雨后）")

    @pytest.mark.parametrize(
        "text",
        [
            "", "立即", "2", "小时", "2日月", "1-3工作日", "1/3工作日", "0uh", "0小时", "-1wd", "1e3wd", "2 weeks", "about 2wd",
            "2wd soon", "nanwd", "10001wd", "99999999999999999999wd", "100000h",
        ],
    )  # fmt: skip
    def test_a_text_that_is_no_limit_is_not_read(self, text: str) -> None:
        assert read_limit(text) is None

    @pytest.mark.parametrize("text", ["立即整改", "", "1-3工作日", "限期"])
    def test_a_table_that_must_be_taken_counts_it_as_one_natural_day_and_keeps_the_text(self, text: str) -> None:
        assert limit_of(text) == Limit(ND, 1, text)

    def test_a_table_that_can_be_read_is_read(self) -> None:
        assert limit_of("2紧急工作时") == Limit(UH, 2)

    @given(st.text())
    def test_any_text_is_read_or_kept(self, text: str) -> None:
        limit = limit_of(text)
        assert limit.ms > 0
        assert read_limit(text) is not None or limit.original == text

    @given(clocks, st.integers(1, MOST * 4).map(lambda quarters: quarters / 4))
    def test_what_is_written_is_read_again(self, clock: Clock, value: float) -> None:
        assert read_limit(Limit(clock, value).text) == Limit(clock, value)


class TestCounting:
    @pytest.mark.parametrize(
        ("limit", "hours"), [(Limit(UH, 2), 2), (Limit(ND, 1), 24), (Limit(WH, 4), 4), (Limit(WD, 2), 16)]
    )
    def test_a_work_day_is_eight_counted_hours_and_a_natural_day_twenty_four(self, limit: Limit, hours: int) -> None:
        assert limit.ms == hours * HOUR_MS

    @given(st.integers(1, 10**7))
    def test_seconds_become_a_limit_to_the_millisecond(self, seconds: int) -> None:
        assert of_seconds(seconds).ms == seconds * 1000
        assert of_seconds(seconds).clock.continuous

    def test_only_work_hours_and_work_days_leave_time_out(self) -> None:
        assert [clock.continuous for clock in Clock] == [True, True, False, False]


class TestWords:
    @pytest.mark.parametrize(
        ("limit", "zh", "en"),
        [
            (Limit(UH, 2), "2紧急工作时", "2 urgent hours"),
            (Limit(ND, 1), "1自然日", "1 natural day"),
            (Limit(WH, 4), "4工作时", "4 work hours"),
            (Limit(WD, 1.5), "1.5工作日", "1.5 work days"),
            (of_seconds(900), "15分钟", "15 minutes"),
            (of_seconds(60), "1分钟", "1 minute"),
            (of_seconds(45), "45秒", "45 seconds"),
        ],
    )
    def test_a_limit_is_said_in_both_languages(self, limit: Limit, zh: str, en: str) -> None:
        assert limit.name == Name(zh=zh, en=en)

    @given(clocks, st.integers(1, MOST))
    def test_the_chinese_words_are_read_again(self, clock: Clock, value: int) -> None:
        limit = Limit(clock, float(value))
        assert read_limit(limit.name.zh) == limit
