"""What causes show, and which readings stand."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from city.cases.evidence import (
    MOST_KEPT,
    from_sensors_only,
    graver,
    of_cause,
    of_finding,
    of_report,
    standing,
    stands,
    tells_silence,
    with_evidence,
)
from city.incident import Incident
from city.registry import Severity
from tests.city.case_builders import Desk, finding, report, silence

severities = st.sampled_from([*Severity, "unheard of"])


def incident() -> Incident:
    desk = Desk()
    desk.take(finding())
    return desk.incident


@given(severities, severities, severities)
def test_the_graver_of_severities_does_not_depend_on_their_order(one: str, other: str, third: str) -> None:
    assert graver(one, other) == graver(other, one)
    assert graver(one, graver(other, third)) == graver(graver(one, other), third)
    assert graver(one, one) == one


def test_severities_grow_in_the_order_of_the_alerting_protocol() -> None:
    assert [graver(low, high) for low, high in zip(list(Severity), list(Severity)[1:], strict=False)] == list(Severity)[
        1:
    ]
    assert graver("unheard of", "minor") == "minor"


@given(st.lists(st.tuples(st.integers(0, 90), st.sampled_from(["raised", "updated", "cleared"])), max_size=200))
def test_no_standing_reading_is_ever_dropped_and_the_rest_is_bounded(steps: list[tuple[int, str]]) -> None:
    case, last = replace(incident(), evidence=[]), {}
    for number, state in steps:
        evidence = of_finding(finding(f"f-{number}", state))
        case = replace(case, evidence=with_evidence(case, evidence))
        last[evidence.cause] = evidence
        assert case.evidence[-1] == evidence
    assert {evidence.cause for evidence in standing(case)} == {
        cause for cause, evidence in last.items() if stands(evidence)
    }
    assert len(case.evidence) <= max(MOST_KEPT, len(standing(case)) + 1)


def test_evidence_of_a_cause_is_replaced_and_not_repeated() -> None:
    case = incident()
    case = replace(case, evidence=with_evidence(case, of_finding(finding(state="updated", value=0.9))))
    assert [evidence.value for evidence in case.evidence] == [0.9]
    assert of_cause(case, "f-1") == case.evidence[0]
    assert of_cause(case, "f-2") is None


def test_a_report_never_stands() -> None:
    assert not stands(of_report(report()))
    assert stands(of_finding(finding()))
    assert not stands(of_finding(finding(state="cleared")))


def test_silence_is_told_by_a_finding_that_measures_nothing() -> None:
    assert tells_silence(silence())
    assert not tells_silence(finding(silent=True))
    assert not of_finding(silence()).silent
    assert of_finding(finding(silent=True)).silent


def test_a_case_is_the_sensors_own_until_somebody_speaks() -> None:
    desk = Desk()
    desk.take(finding())
    assert from_sensors_only(desk.incident)
    desk.take(report())
    assert not from_sensors_only(desk.incident)


def test_evidence_keeps_what_a_person_wrote() -> None:
    evidence = of_report(report(text="knee deep", photos=["sha256:" + "b" * 64]))
    assert (evidence.text, evidence.sender, len(evidence.photos)) == ("knee deep", "w-1", 1)
    assert evidence.why.zh
