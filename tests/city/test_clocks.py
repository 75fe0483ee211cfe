"""Limits over time, and clocks that stop, go on and are extended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.clocks import (
    Light,
    Pause,
    Stage,
    StageClock,
    deadline,
    ended,
    extended,
    light,
    read,
    resumed,
    share_used,
    started,
    stopped,
    time_left,
    time_used,
)
from city.limits import Clock, Limit, of_seconds
from city.work_time import WorkTime
from tests.city.time_builders import DAY, HOUR, PLAIN, YEAR, at, calendars, moments, said

UH, ND, WH, WD = Clock.URGENT_HOUR, Clock.NATURAL_DAY, Clock.WORK_HOUR, Clock.WORK_DAY
FRIDAY = at("2026-11-27 17:30")
limits = st.builds(Limit, st.sampled_from(Clock), st.integers(1, 60).map(float))


def handling(limit: Limit, start: int = FRIDAY, work: WorkTime = PLAIN) -> StageClock:
    return started(Stage.HANDLING, limit, start, work)


class TestTheFourClocks:
    @pytest.mark.parametrize(
        ("limit", "end"),
        [
            (Limit(UH, 2), "Fri 2026-11-27 19:30:00"),
            (Limit(ND, 1), "Sat 2026-11-28 17:30:00"),
            (Limit(WH, 4), "Mon 2026-11-30 11:30:00"),
            (Limit(WD, 2), "Tue 2026-12-01 17:30:00"),
            (Limit(WD, 0.5), "Mon 2026-11-30 11:30:00"),
        ],
    )
    def test_each_counts_its_own_time(self, limit: Limit, end: str) -> None:
        assert said(deadline(FRIDAY, limit, PLAIN)) == end
        assert time_used(FRIDAY, deadline(FRIDAY, limit, PLAIN), limit.clock, PLAIN) == limit.ms

    @pytest.mark.parametrize(
        ("clock", "hours"), [(UH, 62.5), (ND, 62.5), (WH, 0.5), (WD, 0.5)]
    )  # from Friday 17:30 to Monday 08:00
    def test_only_continuous_ones_count_the_weekend(self, clock: Clock, hours: float) -> None:
        assert time_used(FRIDAY, at("2026-11-30 08:00"), clock, PLAIN) == hours * HOUR

    def test_the_share_goes_past_one_when_the_limit_has_run_out(self) -> None:
        limit = Limit(WH, 4)
        assert share_used(FRIDAY, at("2026-11-28 12:00"), limit, PLAIN) == 0.125
        assert share_used(FRIDAY, at("2026-11-30 11:30"), limit, PLAIN) == 1.0
        assert share_used(FRIDAY, at("2026-11-30 15:30"), limit, PLAIN) == 1.5
        assert time_left(FRIDAY, at("2026-11-30 15:30"), limit, PLAIN) == -2 * HOUR

    @given(limits, moments, st.integers(0, 60 * DAY))
    def test_what_is_used_and_what_is_left_are_the_limit(self, limit: Limit, start: int, later: int) -> None:
        now = start + later
        used = time_used(start, now, limit.clock, YEAR)
        assert used + time_left(start, now, limit, YEAR) == limit.ms
        assert share_used(start, now, limit, YEAR) == used / limit.ms

    @given(calendars(), limits, moments)
    def test_at_the_deadline_all_is_used_and_a_moment_before_not(
        self, work: WorkTime, limit: Limit, start: int
    ) -> None:
        until = deadline(start, limit, work)
        assert time_left(start, until, limit, work) == 0
        assert time_left(start, until - 1, limit, work) == 1


class TestWhatIsKnown:
    @pytest.mark.parametrize(
        ("limit", "start", "assumed"),
        [
            (Limit(WD, 2), "2026-11-27 17:30", False),
            (Limit(WD, 2), "2026-12-31 17:30", True),
            (Limit(ND, 2), "2026-12-31 17:30", False),
            (Limit(WD, 30), "2026-11-27 17:30", True),
        ],
    )
    def test_a_work_clock_that_runs_into_a_year_that_is_not_announced_says_so(
        self, limit: Limit, start: str, assumed: bool
    ) -> None:
        assert handling(limit, at(start), YEAR).assumed is assumed


class TestLights:
    @pytest.mark.parametrize(
        ("moment", "shown"),
        [
            ("2026-11-27 17:30", Light.GREEN),
            ("2026-11-27 19:17:59", Light.GREEN),
            ("2026-11-27 19:18", Light.YELLOW),
            ("2026-11-27 19:30", Light.YELLOW),
            ("2026-11-27 19:30:01", Light.RED),
        ],
    )
    def test_nine_tenths_are_yellow_and_past_the_deadline_is_red(self, moment: str, shown: Light) -> None:
        assert light(handling(Limit(UH, 2)), at(moment)) is shown

    def test_nine_tenths_of_work_hours_are_work_hours(self) -> None:
        clock = handling(Limit(WD, 1))  # 7.2 work hours from Friday 17:30
        assert said(clock.warn_at) == "Mon 2026-11-30 16:42:00"
        assert light(clock, at("2026-11-30 16:41:59")) is Light.GREEN

    def test_a_deadline_on_friday_evening_is_past_on_saturday(self) -> None:
        clock = handling(Limit(WH, 0.5))
        assert said(clock.deadline) == "Fri 2026-11-27 18:00:00"
        assert light(clock, at("2026-11-28 09:00")) is Light.RED

    def test_a_red_clock_stays_red(self) -> None:
        clock = replace(handling(Limit(UH, 2)), state=Light.RED)
        assert light(clock, FRIDAY) is Light.RED

    def test_a_clock_that_stands_still_does_not_turn(self) -> None:
        clock = stopped(handling(Limit(UH, 2)), FRIDAY + HOUR, Pause.SUSPENDED, PLAIN)
        assert light(clock, FRIDAY + 100 * DAY) is Light.GREEN


class TestStopping:
    def test_a_suspension_moves_the_deadline_by_its_length(self) -> None:
        clock = stopped(handling(Limit(UH, 2)), FRIDAY + HOUR, Pause.SUSPENDED, PLAIN)
        on = resumed(clock, FRIDAY + HOUR + 30 * DAY, PLAIN)
        assert (clock.used_ms, clock.since, clock.paused) == (HOUR, None, Pause.SUSPENDED)
        assert on.deadline == FRIDAY + 2 * HOUR + 30 * DAY
        assert (on.paused, on.since) == (Pause.NONE, FRIDAY + HOUR + 30 * DAY)

    def test_standing_still_over_a_weekend_costs_a_work_clock_nothing(self) -> None:
        clock = handling(Limit(WD, 1))
        on = resumed(stopped(clock, at("2026-11-28 09:00"), Pause.RETURNED, PLAIN), at("2026-11-29 21:00"), PLAIN)
        assert on.deadline == clock.deadline

    def test_stopping_and_starting_twice_changes_nothing(self) -> None:
        clock = handling(Limit(WD, 1))
        still = stopped(clock, FRIDAY + HOUR, Pause.RETURNED, PLAIN)
        assert stopped(still, FRIDAY + DAY, Pause.RETURNED, PLAIN) == still
        assert resumed(clock, FRIDAY + DAY, PLAIN) == clock

    def test_a_clock_that_is_over_neither_stops_nor_goes_on(self) -> None:
        over = ended(handling(Limit(UH, 2)), FRIDAY + HOUR, PLAIN)
        assert (over.used_ms, over.ended_at, over.since) == (HOUR, FRIDAY + HOUR, None)
        later = FRIDAY + DAY
        assert resumed(over, later, PLAIN) == over
        assert stopped(over, later, Pause.SUSPENDED, PLAIN) == over
        assert ended(over, later, PLAIN) == over

    def test_a_clock_that_is_over_shows_whether_it_was_in_time(self) -> None:
        assert ended(handling(Limit(UH, 2)), FRIDAY + 3 * HOUR, PLAIN).state is Light.RED
        assert ended(handling(Limit(UH, 2)), FRIDAY + 2 * HOUR, PLAIN).state is Light.YELLOW

    def test_a_clock_that_has_run_out_keeps_its_deadline_when_it_goes_on(self) -> None:
        late = stopped(handling(Limit(UH, 2)), FRIDAY + 3 * HOUR, Pause.RETURNED, PLAIN)
        assert resumed(late, FRIDAY + 9 * HOUR, PLAIN).deadline == FRIDAY + 2 * HOUR

    @given(calendars(), limits, moments, st.integers(0, 20 * DAY), st.integers(0, 300 * DAY))
    def test_a_suspension_shifts_by_exactly_its_length_in_clock_time(
        self, work: WorkTime, limit: Limit, start: int, until_stop: int, length: int
    ) -> None:
        clock = started(Stage.HANDLING, limit, start, work)
        stop = min(start + until_stop, clock.deadline)
        on = resumed(stopped(clock, stop, Pause.SUSPENDED, work), stop + length, work)
        shift = time_used(stop, stop + length, limit.clock, work)
        assert time_used(clock.deadline, on.deadline, limit.clock, work) == shift

    @given(calendars(), limits, moments, st.lists(st.integers(0, 3 * DAY), max_size=9))
    def test_however_often_it_stops_only_what_it_counted_is_used(
        self, work: WorkTime, limit: Limit, start: int, gaps: list[int]
    ) -> None:
        clock, now, counted = started(Stage.HANDLING, limit, start, work), start, 0
        for number, gap in enumerate(gaps):
            then, now = now, now + gap
            if number % 2 == 0:
                counted += time_used(then, now, limit.clock, work)
                clock = stopped(clock, now, Pause.RETURNED, work)
            else:
                clock = resumed(clock, now, work)
        assert read(clock, now, work).used_ms == counted


class TestExtending:
    def test_one_more_original_limit_is_added_to_the_deadline(self) -> None:
        limit = Limit(WD, 1)
        once = extended(handling(limit), limit.ms, PLAIN)
        assert said(once.deadline) == "Tue 2026-12-01 17:30:00"
        twice = extended(once, limit.ms, PLAIN)
        assert (said(twice.deadline), twice.extensions, twice.limit) == ("Wed 2026-12-02 17:30:00", 2, "1wd")

    def test_an_extended_clock_is_green_again_and_warns_again(self) -> None:
        limit = Limit(UH, 2)
        clock = extended(replace(handling(limit), state=Light.YELLOW), limit.ms, PLAIN)
        assert (clock.state, clock.warn_at) == (Light.GREEN, FRIDAY + round(3.6 * HOUR))

    def test_one_that_stands_still_is_longer_when_it_goes_on(self) -> None:
        limit = Limit(UH, 2)
        still = stopped(handling(limit), FRIDAY + HOUR, Pause.RETURNED, PLAIN)
        on = resumed(extended(still, limit.ms, PLAIN), FRIDAY + 5 * HOUR, PLAIN)
        assert on.deadline == FRIDAY + 8 * HOUR

    @given(calendars(), limits, moments)
    def test_an_extension_is_exactly_the_limit_again(self, work: WorkTime, limit: Limit, start: int) -> None:
        clock = started(Stage.HANDLING, limit, start, work)
        longer = extended(clock, limit.ms, work)
        assert time_used(clock.deadline, longer.deadline, limit.clock, work) == limit.ms


class TestReading:
    def test_a_counting_clock_says_when_its_counting_changes(self) -> None:
        reading = read(handling(Limit(WH, 4)), at("2026-11-27 17:45"), PLAIN)
        assert (reading.used_ms, reading.left_ms, reading.share) == (HOUR // 4, 15 * HOUR // 4, 0.0625)
        assert reading.counting
        assert reading.changes_at == at("2026-11-27 18:00")

    def test_at_night_a_work_clock_does_not_count(self) -> None:
        reading = read(handling(Limit(WH, 4)), at("2026-11-28 03:00"), PLAIN)
        assert (reading.counting, reading.changes_at) == (False, at("2026-11-30 08:00"))

    def test_a_continuous_clock_always_counts(self) -> None:
        reading = read(handling(of_seconds(900)), FRIDAY + HOUR, PLAIN)
        assert (reading.counting, reading.changes_at, reading.share) == (True, None, 4.0)
        assert reading.left_ms == 900_000 - HOUR

    def test_one_that_stands_still_does_not(self) -> None:
        clock = stopped(handling(Limit(WH, 4)), FRIDAY, Pause.SUSPENDED, PLAIN)
        reading = read(clock, at("2026-11-30 10:00"), PLAIN)
        assert (reading.used_ms, reading.counting, reading.changes_at) == (0, False, None)
