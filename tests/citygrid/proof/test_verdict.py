"""A proof is worth what it can catch: every kind of damage, done to a day that was right, is told."""

import base64
import copy
import hashlib
import json
import math
import re
from collections.abc import Callable

import pytest

from citygrid.proof import cases
from citygrid.proof.flaws import Flaw, Kind
from citygrid.proof.rows import Row, judge
from citygrid.proof.town import HAZE, HOUR_MS
from citygrid.proof.truth import Fate
from tests.citygrid.proof.builders import BEHIND, CELL, DEVICE, DISTRICT, NOON, REPORT, WHOSE, Day, line, sent


def lose_a_reading_of_the_log(day: Day) -> None:
    del day.seen.arrived[day.sent[2].device, 2]


def change_a_value_in_the_log(day: Day) -> None:
    day.seen.arrived[day.sent[2].device, 2].values = {"load_w": 77.0}


def invent_a_reading(day: Day) -> None:
    day.log([line(sent(77, NOON + 100_000, 1.0))])


def leave_a_message_without_an_answer(day: Day) -> None:
    day.sent[1].acked_at = 0


def lose_a_reading_of_a_window(day: Day) -> None:
    day.window()["count"] -= 1


def swap_a_reading_for_the_repeat_of_another(day: Day) -> None:
    """The count stays right, the sum does not."""
    day.window()["sum"] += 0.25


def lose_the_lowest_bit_of_a_sum(day: Day) -> None:
    day.window()["sum"] = math.nextafter(day.window()["sum"], 0.0)


def change_the_first_time(day: Day) -> None:
    day.window()["first_at"] += 1


def change_a_minimum(day: Day) -> None:
    day.window()["min"] /= 2


def count_one_late_too_few(day: Day) -> None:
    day.window()["late"] += 1


def lose_a_window(day: Day) -> None:
    del day.seen.windows[next(iter(day.seen.windows))]


def emit_a_window_twice_with_other_content(day: Day) -> None:
    day.take("windows", {**day.window(), "sum": 0.0})


def emit_a_window_that_nobody_filled(day: Day) -> None:
    day.take("windows", {**day.window(), "start": NOON + 500_000})


def lose_a_reading_without_a_clock(day: Day) -> None:
    day.window("flow_m")["sum"] -= 3.0


def keep_a_window_twice(day: Day) -> None:
    day.kept.windows.append(day.kept.windows[0])


def keep_a_window_with_another_sum(day: Day) -> None:
    day.kept.windows[0][1].sum += 1


def keep_a_window_less(day: Day) -> None:
    day.kept.windows.pop()


def leave_a_window_open(day: Day) -> None:
    day.log([line(one) for one in [sent(90, NOON + 200_000, 1.0)]])
    day.sent.append(sent(90, NOON + 200_000, 1.0))


def lose_a_late_reading(day: Day) -> None:
    day.seen.late.clear()


def forget_a_late_reading_in_history(day: Day) -> None:
    day.kept.late.clear()


def change_a_late_value(day: Day) -> None:
    for row in (*day.seen.late.values(), *day.kept.late):
        row["value"] = 7.5


def change_a_late_value_in_history(day: Day) -> None:
    day.kept.late[0]["value"] = 7.5


def call_a_reading_in_time_too_late(day: Day) -> None:
    """Sent in time, so it must be in a window, whatever the log says."""
    late = sent(50, NOON - 300_000, 5.0)
    day.sent.append(late)
    day.log([line(late)])


def let_garbage_pass(day: Day) -> None:
    day.seen.rejects.clear()


def refuse_for_another_reason(day: Day) -> None:
    (identity,) = day.seen.rejects
    day.seen.rejects = {(*identity[:2], "too_old"): 1}


def refuse_what_was_right(day: Day) -> None:
    day.seen.rejects["0", day.sent[0].topic, "too_old"] = 1


def keep_a_reject_without_its_original(day: Day) -> None:
    spoilt = {
        "topic": day.sent[-1].topic,
        "reason": "not_json",
        "at": NOON,
        "original": "eHh4",
        "length": 3,
        "sha256": "0",
        **WHOSE,
    }
    day.take("rejects", spoilt)


def refuse_a_reply(day: Day, state: str = "arrived") -> None:
    original = json.dumps({"id": "r", "task": "990901-t1", "kind": "done"}).encode()
    refused = {
        "topic": f"citygrid/v1/{DISTRICT}/replies/crew-{DISTRICT}-0",
        "reason": "not_allowed_now",
        "at": NOON,
        "original": base64.b64encode(original).decode(),
        "length": len(original),
        "sha256": hashlib.sha256(original).hexdigest(),
        "kind": "replies",
        "district": DISTRICT,
    }
    day.take("rejects", refused)
    day.take("tasks", {"id": "990901-t1", "state": state})


def repeat_a_version_of_an_incident_with_other_content(day: Day) -> None:
    day.take("incidents", {**day.seen.incidents["i1"], "priority": 7})


def repeat_an_older_version_with_other_content(day: Day) -> None:
    newer = {**day.seen.incidents["i1"], "version": 2}
    day.take("incidents", newer)
    day.take("incidents", {**newer, "version": 1, "priority": 7})


def never_clear_a_finding(day: Day) -> None:
    day.seen.findings = {step: row for step, row in day.seen.findings.items() if row["state"] != "cleared"}


def clear_a_finding_too_late(day: Day) -> None:
    never_clear_a_finding(day)
    day.take("findings", {"id": "f1", "state": "cleared", "device": DEVICE.id, "at": NOON + 5000})


def tell_a_sender_nothing(day: Day) -> None:
    day.told.clear()


def tell_a_sender_once_in_its_life(day: Day) -> None:
    day.refuse(NOON, NOON + 999, NOON + 1500, NOON + 2500)


def lose_an_incident(day: Day) -> None:
    del day.seen.incidents["i1"]


def open_an_incident_too_many(day: Day) -> None:
    day.take("findings", {"id": "f9", "state": "raised", "device": "gauge-990901-0009", "at": NOON})
    day.incident("i9", [{"kind": "finding", "id": "f9", "at": NOON}], "C0199")


def open_two_incidents_of_one_cause(day: Day) -> None:
    day.incident("i3", [{"kind": "finding", "id": "f1", "at": NOON}], "E0506")


def join_what_does_not_belong_together(day: Day) -> None:
    day.seen.incidents["i1"]["causes"].append({"kind": "report", "id": REPORT, "at": NOON})
    del day.seen.incidents["i2"]


def put_an_incident_elsewhere(day: Day) -> None:
    day.seen.incidents["i1"]["cells"] = [CELL, "990901001001009"]


def give_an_incident_another_class(day: Day) -> None:
    day.seen.incidents["i1"]["class"] = "E0599"


def give_an_incident_another_severity(day: Day) -> None:
    day.seen.incidents["i1"]["severity"] = "minor"


def give_an_incident_seven_hours_more(day: Day) -> None:
    day.seen.incidents["i1"]["deadline"] += 7 * HOUR_MS


def give_an_incident_no_deadline(day: Day) -> None:
    day.seen.incidents["i2"]["deadline"] = None


def give_an_incident_a_deadline_to_which_nobody_is_sent(day: Day) -> None:
    day.seen.incidents["i1"]["class"] = HAZE


def leave_an_incident_unfinished(day: Day) -> None:
    day.seen.incidents["i1"]["state"] = "dispatched"


def keep_an_older_version_of_an_incident(day: Day) -> None:
    day.kept.incidents["i1"]["version"] = 0


def keep_other_causes_of_an_incident(day: Day) -> None:
    day.kept.incidents["i1"]["causes"] = []


def keep_an_incident_that_never_was(day: Day) -> None:
    day.kept.incidents["i8"] = {**day.kept.incidents["i1"], "id": "i8"}


def forget_an_entry_of_the_log_in_history(day: Day) -> None:
    day.kept.log.popitem()


def lose_an_entry_of_the_log(day: Day) -> None:
    day.seen.log.clear()


def tell_a_finding_twice_differently(day: Day) -> None:
    day.take("findings", {"id": "f1", "state": "raised", "device": "another", "at": NOON + 2000})


def show_an_older_state(day: Day) -> None:
    day.shown["i1"]["state"] = "dispatched"


def show_an_incident_less(day: Day) -> None:
    del day.shown["i2"]


def show_an_incident_that_is_gone(day: Day) -> None:
    day.shown["i7"] = {"id": "i7", "version": 3, "state": "filed"}


def keep_back_a_receipt(day: Day) -> None:
    day.receipts.clear()


def let_the_ledger_flatter(day: Day) -> None:
    day.seen.progress[DISTRICT].ledger["windowed"] += 1


def count_a_gap_that_never_was(day: Day) -> None:
    day.seen.progress[DISTRICT].ledger["gaps"] += 3


def receive_more_than_came(day: Day) -> None:
    day.seen.progress[DISTRICT].ledger["received"] += 1


def forget_a_refusal_in_the_ledger(day: Day) -> None:
    day.seen.progress[DISTRICT].ledger["rejected"] = {}


def count_a_refusal_under_another_reason(day: Day) -> None:
    day.seen.progress[DISTRICT].ledger["rejected"] = {"bad_time": 1}


def count_a_delayed_repeat_as_another_reading(day: Day) -> None:
    """As a worker does that has forgotten what is in its open windows: in the window as it was emitted, kept, and in the ledger."""
    key = next(key for key, row in day.seen.windows.items() if row["metric"] == "load_w")
    day.window()["count"] += 1
    day.window()["sum"] += day.sent[2].values["load_w"]
    kept = next(total for at, total in day.kept.windows if at == key)
    kept.count, kept.sum = day.window()["count"], day.window()["sum"]


DAMAGES: list[tuple[Callable[[Day], None], str]] = [
    (lose_a_reading_of_the_log, "was acknowledged at .* and is not in the log"),
    (change_a_value_in_the_log, "is in the log with .*77"),
    (invent_a_reading, "nobody sent it"),
    (leave_a_message_without_an_answer, "never acknowledged"),
    (lose_a_reading_of_a_window, "has count 4, by what was published 5"),
    (swap_a_reading_for_the_repeat_of_another, "has sum .*, by what was published"),
    (lose_the_lowest_bit_of_a_sum, "has sum .*, by what was published"),
    (change_the_first_time, "has first_at"),
    (change_a_minimum, "has min"),
    (count_one_late_too_few, "has late 1, by the log 0"),
    (lose_a_window, "is missing: by"),
    (emit_a_window_twice_with_other_content, "twice with different content"),
    (emit_a_window_that_nobody_filled, "should not be there by what was published"),
    (lose_a_reading_without_a_clock, "readings without a clock"),
    (keep_a_window_twice, "in history twice"),
    (keep_a_window_with_another_sum, "has in history sum"),
    (keep_a_window_less, "is missing in history"),
    (leave_a_window_open, "never closed"),
    (lose_a_late_reading, "is missing in the late topic"),
    (forget_a_late_reading_in_history, "is missing in history"),
    (change_a_late_value, "was sent too late and is not told so"),
    (change_a_late_value_in_history, r"7\.5\) should not be in history"),
    (call_a_reading_in_time_too_late, "is missing: by what was published"),
    (let_garbage_pass, "was not refused as not_json"),
    (refuse_for_another_reason, "refused as too_old that was not sent"),
    (refuse_what_was_right, "refused as too_old that was not sent"),
    (keep_a_reject_without_its_original, "does not hold its original"),
    (refuse_a_reply, "refused as not_allowed_now that was not sent"),
    (repeat_a_version_of_an_incident_with_other_content, "version of an incident .* twice with different content"),
    (repeat_an_older_version_with_other_content, "version of an incident .* twice with different content"),
    (never_clear_a_finding, r"was cleared at \[\], not"),
    (clear_a_finding_too_late, "was cleared at .*5000.*, not"),
    (tell_a_sender_nothing, "was never told"),
    (tell_a_sender_once_in_its_life, "2 of 3 answers .* was told 1 times and not 3 times"),
    (lose_an_incident, "became no incident"),
    (open_an_incident_too_many, "one too many"),
    (open_two_incidents_of_one_cause, "is also in incident"),
    (join_what_does_not_belong_together, "became incident i1 with"),
    (put_an_incident_elsewhere, "became incident i1 with"),
    (give_an_incident_another_class, "became incident i1 with"),
    (give_an_incident_another_severity, "became incident i1 with .*'minor'.*, not .*'moderate'"),
    (give_an_incident_seven_hours_more, "became incident i1 with the deadline .*, filed at"),
    (give_an_incident_no_deadline, "became incident i2 with the deadline None, filed at"),
    (give_an_incident_a_deadline_to_which_nobody_is_sent, "became incident i1 with the deadline .*, filed at"),
    (leave_an_incident_unfinished, "'dispatched'.* not"),
    (keep_an_older_version_of_an_incident, "incident i1 is in history as"),
    (keep_other_causes_of_an_incident, r"i1 is in history as causes \[\] instead of"),
    (keep_an_incident_that_never_was, "i8 is in history and nowhere else"),
    (forget_an_entry_of_the_log_in_history, "is not the same in history"),
    (lose_an_entry_of_the_log, "are missing in its log"),
    (tell_a_finding_twice_differently, "twice with different content"),
    (show_an_older_state, "shows incident i1 as dispatched"),
    (show_an_incident_less, "shows 1 of 2"),
    (show_an_incident_that_is_gone, "shows incident i7 as filed"),
    (keep_back_a_receipt, "has no receipt"),
    (let_the_ledger_flatter, "the ledger of 990901 says windowed"),
    (count_a_delayed_repeat_as_another_reading, "has count 6, by what was published 5; sum"),
    (count_a_gap_that_never_was, "the ledger of 990901 says gaps 3 instead of 0"),
    (receive_more_than_came, "the ledger of 990901 says received 11 instead of 10"),
    (forget_a_refusal_in_the_ledger, "says rejected {} instead of {'not_json': 1}"),
    (count_a_refusal_under_another_reason, "says rejected {'bad_time': 1} instead of {'not_json': 1}"),
]


def test_a_day_on_which_all_went_well_has_no_flaw() -> None:
    assert Day().flaws() == []


def test_the_same_outputs_written_again_are_no_flaw() -> None:
    day = Day()
    for row in list(day.seen.windows.values()):
        day.take("windows", copy.deepcopy(row))
    day.take("findings", {"id": "f1", "state": "raised", "device": "gauge-990901-0000", "at": NOON + 2000})

    assert day.flaws() == []
    assert day.seen.repeats == 3


@pytest.mark.parametrize(("damage", "told"), DAMAGES, ids=lambda one: getattr(one, "__name__", ""))
def test_no_damage_goes_unnoticed(damage: Callable[[Day], None], told: str) -> None:
    day = Day()

    damage(day)

    flaws = day.flaws()
    assert any(re.search(told, flaw) for flaw in flaws), flaws


def test_a_sender_need_be_told_only_once_a_second() -> None:
    day = Day()
    day.refuse(NOON, NOON + 1, NOON + 500, NOON + 999)

    assert day.flaws() == []


def test_a_repeat_that_comes_after_its_window_is_too_late_and_no_loss() -> None:
    day = Day()
    again = line(day.sent[0])

    day.log([again | {"received_at": NOON + 95_000}])
    day.take("late", {**again, "metric": "load_w", "received_at": NOON + 95_000, "value": 1.0})
    fields = {name: again[name] for name in ("device", "at", "seq")}
    day.kept.late.append({**fields, "metric": "load_w", "received_at": NOON + 95_000, "value": 1.0})
    day.seen.progress[DISTRICT].ledger |= {"too_late": 2, "accepted": 10, "received": 11}

    assert day.flaws() == []


def test_a_reply_to_a_task_that_was_withdrawn_may_be_refused() -> None:
    day = Day()
    refuse_a_reply(day, "withdrawn")

    assert day.flaws() == []


def test_districts_whose_last_flood_was_raised_by_another_level_have_not_adopted_it() -> None:
    day = Day()
    told = ((1, "1", 0.15), (2, "1", 0.2), (1, "2", 0.2), (2, "2", 0.15))
    for moment, district, limit in told:
        finding = {"id": f"g{moment}{district}", "state": "raised", "rule": "flood", "device": "g", "at": NOON + moment}
        day.take("findings", {**finding, "cell": f"99090{district}001001001", "limit": limit})
    day.seen.findings = {step: row for step, row in day.seen.findings.items() if "rule" in row}

    assert cases.adopted(day.seen, ["990901", "990902", "990903"], "flood", 0.2) == ["990902", "990903"]


def test_a_flaw_counts_against_the_line_in_whose_time_it_lies() -> None:
    day = Day()
    row = Row(name="kafka", title="", began_at=NOON - 10_000, until=NOON + 60_000, published=5)
    other = Row(name="link", title="", began_at=NOON + 60_000, until=NOON + 90_000, published=5)
    (key, *_) = day.seen.windows
    flaws = [Flaw(NOON, "a window", Kind.WINDOW, str(key)), Flaw(NOON + 61_000, "a message")]

    for one in (row, other):
        judge(one, flaws, day.seen, day.episodes, BEHIND)

    assert (row.flaws, other.flaws) == (["a window"], ["a message"])
    assert row.windows - row.windows_equal == 1
    assert not row.holds
    assert not other.holds


def test_a_line_in_whose_time_nothing_was_published_does_not_hold() -> None:
    """Else it would compare nothing with nothing."""
    day = Day()
    row = Row(name="kafka", title="", began_at=NOON + 60_000, until=NOON + 90_000)

    judge(row, [], day.seen, day.episodes, BEHIND)

    assert row.windows == 0
    assert not row.holds


def test_a_line_whose_fault_has_left_no_evidence_does_not_hold() -> None:
    """Else it would show what happens when nothing is broken."""
    day = Day()
    rows = [
        Row(name="kafka", title="", began_at=NOON, until=NOON + 60_000, broken_at=NOON, published=5, evidence=evidence)
        for evidence in ([], ["kafka 1 was killed, 2 came after it"])
    ]

    for row in rows:
        judge(row, [], day.seen, day.episodes, BEHIND)

    assert rows[0].flaws == ["nothing shows that the fault struck"]
    assert [row.holds for row in rows] == [False, True]


def test_a_line_that_was_not_judged_does_not_hold() -> None:
    assert not Row(name="kafka", title="", began_at=NOON).holds


def test_refused_messages_are_no_readings_that_could_be_lost() -> None:
    assert {one.fate for one in Day().sent} == {Fate.WINDOWED, Fate.TOO_LATE, Fate.REFUSED}
