from citygrid.proof.rows import Outside, Row, count_messages, judge, longest_pause
from citygrid.proof.seen import Seen
from citygrid.proof.town import metric_window
from tests.citygrid.proof.builders import BEHIND, DISTRICT, NOON, Day, line


def row(began: int, until: int) -> Row:
    return Row(name="kafka", title="", began_at=NOON + began, until=NOON + until)


def seen(*moved: int, district: str = DISTRICT) -> Seen:
    made = Seen(metric_window)
    made.progress[district].moved_at = [NOON + at for at in moved]
    return made


def test_the_longest_pause_counts_from_the_beginning_and_to_the_end_of_the_line() -> None:
    assert longest_pause(row(0, 100), seen(10, 20, 90), [DISTRICT]) == 70
    assert longest_pause(row(0, 100), seen(60, 70), [DISTRICT]) == 60
    assert longest_pause(row(0, 100), seen(10, 20), [DISTRICT]) == 80


def test_the_slowest_district_counts() -> None:
    made = seen(50)
    made.progress["990902"].moved_at = [NOON + at for at in (25, 50, 75)]

    assert longest_pause(row(0, 100), made, [DISTRICT, "990902"]) == 50
    assert longest_pause(row(0, 100), made, [DISTRICT, "990909"]) == 100


def test_copies_in_the_log_beyond_the_first_are_duplicates() -> None:
    day, counted = Day(), row(0, 10_000)
    day.log([line(day.sent[0]), line(day.sent[0])])

    count_messages(counted, day.sent, day.seen)

    assert (counted.published, counted.received, counted.duplicates) == (5, 5, 2)


def test_what_is_lost_is_published_and_not_received() -> None:
    day, counted = Day(), row(0, 10_000)
    del day.seen.arrived[day.sent[0].device, 0]

    count_messages(counted, day.sent, day.seen)

    assert (counted.published, counted.received) == (5, 4)


def test_the_slowest_incident_is_counted_from_what_happened_to_its_record_in_kafka() -> None:
    day, counted = Day(), row(0, 10_000)
    day.seen.opened_at = {"i1": NOON + 2_500, "i2": NOON + 9_000}

    judge(counted, [], day.seen, day.episodes, BEHIND)

    assert counted.slowest_incident_ms == 6_000


def test_outside_is_what_lies_in_no_line() -> None:
    outside = Outside([row(0, 10), row(20, 30)])

    assert [outside.has(NOON + at) for at in (-1, 0, 9, 10, 19, 20, 30)] == [
        True,
        False,
        False,
        True,
        True,
        False,
        True,
    ]
