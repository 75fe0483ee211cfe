from hypothesis import given
from hypothesis import strategies as st

from citygrid.local import watchdog
from citygrid.local.watchdog import FIRST_ANSWER_MS, LEAST_LOOKS, SILENT_MS, Said, Watch

READY = Said()
SILENT = Said(answers=False)
STUCK = Said(reasons=("nothing moves",))
WAITS = Said(reasons=("the disk is full",), mendable=False)
PATIENCE = 120_000


def after(*looks: tuple[int, Said], pid: int = 7, brokers: bool = True) -> Watch:
    watch = None
    for now, said in looks:
        watch = watchdog.looked(watch, pid, said, now, brokers=brokers)
    assert watch is not None
    return watch


def every_second(said: Said, seconds: int, start: int = 1) -> list[tuple[int, Said]]:
    return [(1000 * second, said) for second in range(start, start + seconds + 1)]


def told(watch: Watch, now: int, patience_ms: int = PATIENCE) -> str:
    return watchdog.verdict(watch, now, patience_ms=patience_ms)


def test_one_that_answered_and_then_is_silent_for_half_a_minute_is_started_anew() -> None:
    looks = [(0, READY), *every_second(SILENT, 30)]
    assert told(after(*looks), 30_999) == ""
    assert told(after(*looks), 31_000) == "it did not answer for 30 s"


def test_one_that_never_answered_yet_is_given_longer_because_it_is_starting() -> None:
    looks = every_second(SILENT, 130)
    assert told(after(*looks), 1000 + FIRST_ANSWER_MS - 1) == ""
    assert "did not answer" in told(after(*looks), 1000 + FIRST_ANSWER_MS)


def test_one_that_says_it_is_coming_up_is_given_as_long_while_it_is_too_busy_to_answer() -> None:
    looks = [(0, WAITS), *every_second(SILENT, 130)]
    assert told(after(*looks), 1000 + FIRST_ANSWER_MS - 1) == ""
    assert "did not answer" in told(after(*looks), 1000 + FIRST_ANSWER_MS)
    ready = [(0, WAITS), (500, READY), (700, WAITS), *every_second(SILENT, 30)]
    assert told(after(*ready), 31_000) == "it did not answer for 30 s"


def test_one_answer_ends_the_silence() -> None:
    looks = [(0, READY), *every_second(SILENT, 29), (30_500, READY), *every_second(SILENT, 5, start=31)]
    assert told(after(*looks), 36_000) == ""


def test_one_that_is_not_ready_for_longer_than_the_patience_is_started_anew_with_its_reason() -> None:
    watch = after(*every_second(STUCK, 120))
    assert told(watch, 120_999) == ""
    assert told(watch, 121_000) == "it was not ready for 120 s although the brokers answer: nothing moves"


def test_nobody_is_blamed_while_a_broker_is_away() -> None:
    assert told(after(*every_second(STUCK, 500), brokers=False), 501_000) == ""


def test_the_patience_begins_anew_once_the_brokers_are_back() -> None:
    watch = after(*every_second(STUCK, 500), brokers=False)
    watch = watchdog.looked(watch, 7, STUCK, 502_000, brokers=True)
    assert told(watch, 502_000 + PATIENCE - 1) == ""


def test_what_a_new_start_would_not_mend_is_left_alone() -> None:
    assert told(after(*every_second(WAITS, 500)), 501_000) == ""


def test_patience_0_waits_for_ever() -> None:
    assert told(after(*every_second(STUCK, 500)), 501_000, patience_ms=0) == ""


def test_a_supervisor_that_stood_still_itself_blames_nobody_at_its_first_looks() -> None:
    watch = after((0, READY), (1000, SILENT), (500_000, SILENT))
    assert told(watch, 500_000) == ""
    watch = after((0, READY), (1000, STUCK), (500_000, STUCK))
    assert told(watch, 500_000) == ""


def test_a_new_start_is_watched_from_its_own_beginning() -> None:
    old = after((0, READY), *every_second(SILENT, 60))
    fresh = watchdog.looked(old, 8, SILENT, 61_000, brokers=True)
    assert (fresh.pid, fresh.began, fresh.heard) == (8, 61_000, False)
    assert told(fresh, 61_000) == ""


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.sampled_from([READY, SILENT, STUCK, WAITS])), min_size=1, max_size=200)
)
def test_one_that_was_ready_lately_is_never_started_anew(gaps: list[tuple[int, Said]]) -> None:
    now, looks, ready_at = 0, [], None
    for gap, said in gaps:
        now += gap
        looks.append((now, said))
        ready_at = now if said is READY else ready_at
    if ready_at is not None and now - ready_at < SILENT_MS:
        assert told(after(*looks), now) == ""


@given(st.integers(1, LEAST_LOOKS - 1), st.integers(0, 10**7))
def test_a_few_looks_alone_never_suffice(looks: int, apart: int) -> None:
    watch = after((0, READY), *((apart * (look + 1), SILENT) for look in range(looks)))
    assert told(watch, apart * looks) == ""
