"""Mistakes that the simulation must find: each takes one precaution out of the code that ships."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from city import checkpoint
from city.cases import decide, draft, overdue
from city.checkpoint import Saved
from city.clocks import Light
from gateways.inflight import Inflight
from streams import agent, effects, findings_to_cases, telemetry_to_findings
from streams.effects import Effects, Noted
from streams.telemetry_to_findings import TelemetryStage

Mutate = Callable[[pytest.MonkeyPatch], None]


def acknowledges_before_it_has_written(patch: pytest.MonkeyPatch) -> None:
    """Where to read on is written, and acknowledged, before outputs and state."""
    settle = Effects.settle

    async def too_early(self: Effects, blocks: Any, noted: Noted | None = None) -> None:
        sent, events, read_on = noted or self.noted()
        await self.put(read_on)
        for event in events:
            await self._stream.ack(event)
        await settle(self, blocks, Noted(sent, [], []))

    patch.setattr(Effects, "settle", too_early)


def applies_again_what_its_state_holds(patch: pytest.MonkeyPatch) -> None:
    """The state does not say which records are in it."""
    load = checkpoint.load

    def forgetful(*args: Any) -> Any:
        stream, _, *rest = load(*args)
        return stream, {}, *rest

    patch.setattr(telemetry_to_findings.checkpoint, "load", forgetful)


def writes_over_the_block_that_counts(patch: pytest.MonkeyPatch) -> None:
    """A block has one place, so that a crash between two blocks leaves a mixture."""

    def one_place(name: str, data: bytes, saved: Saved, blocks: Any) -> None:
        saved.places[name] = "a"
        blocks.append((f"{name}#a", data))

    patch.setattr(checkpoint, "_put", one_place)


def stays_where_it_was_when_partitions_move(patch: pytest.MonkeyPatch) -> None:
    """Nothing is sought after a rebalance, so that what had been fetched and dropped is passed over."""

    async def stay(app: Any, _state: Any, offsets: Any, _losses: Any) -> None:
        ours = offsets.ours(app.consumer.assignment())
        offsets.start({one: app.consumer.position[one] for one in ours})

    patch.setattr(agent, "read_on", stay)


def acknowledges_a_message_that_kafka_has_not(patch: pytest.MonkeyPatch) -> None:
    """The gateway acknowledges to the broker what it has only begun to send."""
    patch.setattr(Inflight, "settled", lambda self: [self._slips.popleft().token for _ in range(len(self))])


def forgets_what_it_had_to_say(patch: pytest.MonkeyPatch) -> None:
    """A decision is kept without what has to be sent of it."""
    save = findings_to_cases.save
    patch.setattr(findings_to_cases, "save", lambda cases, written, _outbox: save(cases, written, []))


def says_what_it_decided_although_it_was_replaced(patch: pytest.MonkeyPatch) -> None:
    """A worker that could not write for long goes on as if nobody had taken its partitions."""

    async def not_asked(_self: Effects) -> None:
        pass

    patch.setattr(Effects, "_still_ours", not_asked)


def takes_a_quick_write_for_a_sign_that_it_was_not_replaced(patch: pytest.MonkeyPatch) -> None:
    """A worker that stood still, and then decides and writes quickly, asks nobody whether its partitions are still its own."""
    keep = Effects.keep

    async def trusting(self: Effects, blocks: Any) -> None:
        self._counted_in_at = effects.elapsed_ms()
        await keep(self, blocks)

    patch.setattr(Effects, "keep", trusting)


def adopts_newer_rules_at_once(patch: pytest.MonkeyPatch) -> None:
    """Newer rules hold from the next record on, whether or not a state that says so is saved."""
    take = TelemetryStage.take

    async def at_once(self: TelemetryStage, event: Any) -> None:
        for district, live in self._live.items():
            facts = self._knowledge.facts.within(district)
            if facts != live.stream.facts:
                live.stream.owed += live.stream.adopt(facts)
                live.stream.unsaved_facts = False
        await take(self, event)

    patch.setattr(TelemetryStage, "take", at_once)


def answers_a_reply_again_after_a_restart(patch: pytest.MonkeyPatch) -> None:
    """Which replies were heard is forgotten with the process."""
    load = findings_to_cases.load

    def forgetful(*args: Any) -> Any:
        kept, outbox = load(*args)
        return replace(kept, cases=replace(kept.cases, heard={})), outbox

    patch.setattr(findings_to_cases, "load", forgetful)


def answers_a_repeated_reply_again(patch: pytest.MonkeyPatch) -> None:
    """What a worker says twice is taken for two things said."""
    take = decide.take_reply

    def deaf(draft: Any, reply: Any) -> None:
        draft.heard.pop(reply.id, None)
        take(draft, reply)

    patch.setattr(decide, "take_reply", deaf)


def tells_of_clocks_again_after_a_restart(patch: pytest.MonkeyPatch) -> None:
    """That a clock has turned is told, and not kept."""
    load = findings_to_cases.load

    def green(*args: Any) -> Any:
        kept, outbox = load(*args)
        incidents = {
            id_: replace(one, clocks=[replace(clock, state=Light.GREEN) for clock in one.clocks])
            for id_, one in kept.cases.incidents.items()
        }
        return replace(kept, cases=replace(kept.cases, incidents=incidents)), outbox

    patch.setattr(findings_to_cases, "load", green)


def never_tells_of_clocks(patch: pytest.MonkeyPatch) -> None:
    """No clock is ever found to have turned."""
    patch.setattr(draft, "turned", lambda *_: None)
    patch.setattr(overdue, "turned", lambda *_: None)


MUTATIONS: tuple[Mutate, ...] = (
    acknowledges_before_it_has_written,
    applies_again_what_its_state_holds,
    writes_over_the_block_that_counts,
    stays_where_it_was_when_partitions_move,
    acknowledges_a_message_that_kafka_has_not,
    forgets_what_it_had_to_say,
    says_what_it_decided_although_it_was_replaced,
    takes_a_quick_write_for_a_sign_that_it_was_not_replaced,
    adopts_newer_rules_at_once,
    answers_a_reply_again_after_a_restart,
    answers_a_repeated_reply_again,
    tells_of_clocks_again_after_a_restart,
    never_tells_of_clocks,
)
