"""A district's cases, kept and found again, also when the worker dies between two records."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from city.cases.state import DistrictCases, Event
from messages.case_blocks import Block, load, save
from messages.case_outputs import Output, output
from tests.city.case_builders import DISTRICT, NOW, Desk, finding, report
from tests.city.cases.test_properties import Step, event_of, steps


class Store:
    """A compacted topic."""

    def __init__(self) -> None:
        self.blocks: dict[str, bytes] = {}

    def write(self, blocks: list[Block]) -> None:
        for name, value in blocks:
            if value is None:
                self.blocks.pop(name, None)
            else:
                self.blocks[name] = value


def outputs(desk: Desk) -> list[Output]:
    return [output(outgoing) for outgoing in desk.sent]


def test_a_district_without_state_begins_empty() -> None:
    kept = load(DISTRICT, Store().blocks.get)
    assert kept.cases == DistrictCases(district=DISTRICT)
    assert kept.outbox == []


def test_what_was_kept_is_found_again() -> None:
    desk, store = Desk(), Store()
    desk.take(finding(), report("r-1"), report("r-2", event_class="E0192"))
    head, blocks = save(desk.cases, DistrictCases(district=DISTRICT), outputs(desk))
    store.write([head, *blocks])
    kept = load(DISTRICT, store.blocks.get)
    assert kept.cases == desk.cases
    assert kept.outbox == outputs(desk)


def test_only_what_has_changed_is_written_again() -> None:
    desk = Desk()
    desk.take(finding(), report("r-2", event_class="E0192"))
    written = desk.cases
    desk.reply("accept")
    _, blocks = save(desk.cases, written, [])
    assert [name for name, _ in blocks] == [f"{DISTRICT}/{desk.incident.id}"]


def test_an_incident_that_has_left_is_deleted() -> None:
    desk = Desk()
    desk.take(report())
    _, blocks = save(replace(desk.cases, incidents={}, tasks={}, clocks={}), desk.cases, [])
    assert blocks == [(f"{DISTRICT}/{desk.incident.id}", None)]


def test_the_head_alone_holds_a_decision_whose_blocks_were_never_written() -> None:
    desk, store = Desk(), Store()
    desk.take(finding())
    head, _ = save(desk.cases, DistrictCases(district=DISTRICT), outputs(desk))
    store.write([head])
    kept = load(DISTRICT, store.blocks.get)
    assert kept.cases == desk.cases
    assert kept.written.incidents == {}


def test_the_outbox_is_sent_again_with_the_same_bytes_and_identity() -> None:
    desk, store = Desk(), Store()
    desk.take(finding())
    head, _ = save(desk.cases, DistrictCases(district=DISTRICT), outputs(desk))
    store.write([head])
    before, after = outputs(desk), load(DISTRICT, store.blocks.get).outbox
    assert [(sent.value, sent.headers) for sent in after] == [(sent.value, sent.headers) for sent in before]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(steps, st.sampled_from(["nothing", "kept", "died after the head", "died"])), max_size=40))
def test_wherever_the_worker_dies_the_next_one_goes_on_with_the_same_cases(drawn: list[tuple[Step, str]]) -> None:
    desk, store = Desk(), Store()
    desk.cases = replace(desk.cases, now=NOW)
    written, safe = DistrictCases(district=DISTRICT), desk.cases
    for number, (step, fate) in enumerate(drawn):
        desk.take(event_of(desk, number, step))
        if fate == "died" and store.blocks:
            kept = load(DISTRICT, store.blocks.get)
            assert kept.cases == safe
            desk.cases, written = kept.cases, kept.written
        elif fate != "nothing":
            head, blocks = save(desk.cases, written, [])
            store.write([head, *blocks] if fate == "kept" else [head])
            safe = desk.cases
            if fate == "kept":
                written = desk.cases
            else:
                kept = load(DISTRICT, store.blocks.get)
                assert kept.cases == safe
                desk.cases, written = kept.cases, kept.written


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(steps, st.sampled_from(["on", "settled", "died before", "died after"])), max_size=40))
def test_crashes_repeat_what_was_said_and_never_contradict_it(drawn: list[tuple[Step, str]]) -> None:
    straight = Desk()
    events = []
    for number, (step, _) in enumerate(drawn):
        events.append(event_of(straight, number, step))
        straight.take(events[-1])
    said = {sent.id: sent.value for sent in map(output, straight.sent)}
    assert crashing(events, [fate for _, fate in drawn]) == said


def crashing(events: list[Event], fates: list[str]) -> dict[str, str]:
    """What is said of the same events when the worker dies before or after it has kept its decisions, and reads again from there."""
    said: dict[str, str] = {}
    store, desk, pending = Store(), Desk(), list(fates)
    head, blocks = save(desk.cases, DistrictCases(district=DISTRICT), [])
    store.write([head, *blocks])
    written, at, kept_at = desk.cases, 0, 0
    while at < len(events) or kept_at < len(events):
        fate = pending.pop(0) if pending else "settled"
        if at < len(events):
            desk.take(events[at])
            at += 1
        if fate in {"settled", "died after"}:
            head, blocks = save(desk.cases, written, outputs(desk))
            store.write([head])
            kept_at = at
        if fate == "settled":
            tell(said, outputs(desk))
            store.write(blocks)
            desk.sent, written = [], desk.cases
        if fate.startswith("died"):
            kept = load(DISTRICT, store.blocks.get)
            desk, at, written = Desk(cases=kept.cases), kept_at, kept.written
            tell(said, kept.outbox)
    return said


def tell(said: dict[str, str], sent: list[Output]) -> None:
    for one in sent:
        assert said.setdefault(one.id, one.value) == one.value
