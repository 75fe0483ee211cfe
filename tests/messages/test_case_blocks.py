"""A district's cases, kept and found again, also when the worker dies between two records."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from city.cases.state import DistrictCases, Event, PastCase
from messages.case_blocks import Block, Kept, load, save
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


NOTHING = Kept(cases=DistrictCases(district=DISTRICT))


def keys_of(store: Store) -> list[str]:
    """All blocks of the district but its head."""
    return [key for key in store.blocks if key != DISTRICT]


def again(store: Store) -> tuple[Kept, list[Output]]:
    return load(DISTRICT, store.blocks.get, keys_of(store))


def test_a_district_without_state_begins_empty() -> None:
    assert again(Store()) == (NOTHING, [])


def test_what_was_kept_is_found_again() -> None:
    desk, store = Desk(), Store()
    desk.take(finding(), report("r-1"), report("r-2", event_class="E0192"))
    blocks, kept = save(desk.cases, NOTHING, outputs(desk))
    store.write(blocks)
    assert again(store) == (kept, outputs(desk))


def test_only_what_has_changed_is_written_again() -> None:
    desk = Desk()
    desk.take(finding(), report("r-2", event_class="E0192"))
    blocks, kept = save(desk.cases, NOTHING, [])
    desk.reply("accept")
    later, _ = save(desk.cases, kept, [])
    incidents = [{key for key, _ in part if desk.incident.id in key} for part in (blocks, later)]
    assert incidents == [{f"{DISTRICT}/{desk.incident.id}#a"}, {f"{DISTRICT}/{desk.incident.id}#b"}]
    assert [key for key, _ in later if "/memory/" not in key] == [f"{DISTRICT}/{desk.incident.id}#b", DISTRICT]


def test_the_head_is_written_behind_the_blocks_that_count_and_before_what_no_longer_does() -> None:
    desk = Desk()
    desk.take(report())
    _, kept = save(desk.cases, NOTHING, [])
    blocks, _ = save(replace(desk.cases, incidents={}, tasks={}, clocks={}), kept, [])
    place = [key for key, _ in blocks].index(DISTRICT)
    assert all(value for _, value in blocks[:place])
    assert blocks[place + 1 :] == [(f"{DISTRICT}/{desk.incident.id}#{place}", None) for place in "ab"]


def test_a_write_that_a_crash_cut_off_is_as_if_it_had_never_begun_and_leaves_nothing_for_good() -> None:
    desk, store = Desk(), Store()
    desk.take(finding())
    blocks, kept = save(desk.cases, NOTHING, outputs(desk))
    store.write(blocks)
    desk.reply("accept")
    blocks, _ = save(desk.cases, kept, outputs(desk))
    before = dict(store.blocks)
    store.write(blocks[: [key for key, _ in blocks].index(DISTRICT)])
    found, outbox = again(store)
    assert (found.cases, outbox) == (kept.cases, load(DISTRICT, before.get)[1])
    assert found.left
    blocks, _ = save(replace(found.cases, now=NOW + 1), found, [])
    store.write(blocks)
    assert set(store.blocks) == set(before)
    assert again(store)[0].left == []


def test_the_outbox_is_sent_again_with_the_same_bytes_and_identity() -> None:
    desk, store = Desk(), Store()
    desk.take(finding())
    store.write(save(desk.cases, NOTHING, outputs(desk))[0])
    before, after = outputs(desk), again(store)[1]
    assert [(sent.value, sent.headers) for sent in after] == [(sent.value, sent.headers) for sent in before]


def test_blocks_that_are_not_of_cases_are_left_alone() -> None:
    kept, _ = load(DISTRICT, {}.get, [f"{DISTRICT}/citygrid.actions/3", f"{DISTRICT}/old#a"])
    assert kept.left == [f"{DISTRICT}/old#a"]


def test_a_missing_block_is_named() -> None:
    desk, store = Desk(), Store()
    desk.take(finding())
    store.write(save(desk.cases, NOTHING, [])[0])
    del store.blocks[f"{DISTRICT}/{desk.incident.id}#a"]
    with pytest.raises(KeyError, match=desk.incident.id):
        again(store)


def test_what_a_change_writes_does_not_grow_with_what_is_remembered() -> None:
    def written(remembered: int) -> int:
        desk = Desk()
        past = {
            f"{DISTRICT}-{n}": PastCase(id=f"{DISTRICT}-{n}", event_class="E0506", cells=["c"], closed_at=n)
            for n in range(remembered)
        }
        known = {f"water-road-wl-{n}": f"{DISTRICT}-{n}" for n in range(remembered)}
        desk.cases = replace(desk.cases, past=past, known=known, heard={f"reply-of-{n}": n for n in range(remembered)})
        desk.take(finding())
        _, kept = save(desk.cases, NOTHING, [])
        desk.take(finding(state="cleared"))
        return sum(len(value or b"") for _, value in save(desk.cases, kept, [])[0])

    assert written(4000) < written(0) + 64 * 40


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(steps, st.sampled_from(["nothing", "kept"]) | st.integers(0, 9)), max_size=40))
def test_at_whichever_block_the_worker_dies_the_next_one_goes_on_with_cases_that_were_whole(
    drawn: list[tuple[Step, str | int]],
) -> None:
    desk, store = Desk(), Store()
    blocks, kept = save(desk.cases, NOTHING, [])
    store.write(blocks)
    for number, (step, fate) in enumerate(drawn):
        desk.take(event_of(desk, number, step))
        if fate == "nothing":
            continue
        safe = kept.cases
        blocks, kept = save(desk.cases, kept, [])
        if isinstance(fate, str):
            store.write(blocks)
            continue
        cut = blocks[: fate % (len(blocks) + 1)]
        store.write(cut)
        safe = desk.cases if DISTRICT in dict(cut) else safe
        kept, _ = again(store)
        assert kept.cases == safe
        desk.cases = kept.cases


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
    blocks, kept = save(desk.cases, NOTHING, [])
    store.write(blocks)
    at, kept_at = 0, 0
    while at < len(events) or kept_at < len(events):
        fate = pending.pop(0) if pending else "settled"
        if at < len(events):
            desk.take(events[at])
            at += 1
        if fate in {"settled", "died after"}:
            blocks, kept = save(desk.cases, kept, outputs(desk))
            store.write(blocks)
            kept_at = at
        if fate == "settled":
            tell(said, outputs(desk))
            desk.sent = []
        if fate.startswith("died"):
            kept, outbox = again(store)
            desk, at = Desk(cases=kept.cases), kept_at
            tell(said, outbox)
    return said


def tell(said: dict[str, str], sent: list[Output]) -> None:
    for one in sent:
        assert said.setdefault(one.id, one.value) == one.value
