from collections import Counter
from typing import Any

import msgspec
import pytest

from city.registry import Registry
from messages.locator import Locator
from messages.mqtt_topics import parse, tasks
from messages.rejects import Reason, Refusal
from messages.reports import read_position, read_reply, read_report, read_status
from messages.telemetry import Accepted, read_telemetry
from simulator.episode import Truth
from simulator.faults import Shares
from simulator.noise import fraction
from simulator.outgoing import Outgoing
from simulator.simulation import Simulation
from tests.simulator.builders import DISTRICT, STARTED_AT, small_city

NONE = Shares(duplicate=0, late=0, shuffled=0, garbage=0, wrong_clock=0, silent=0)
SECOND = 1000
CITY = small_city()
WEEK_MS = 7 * 86_400_000


class Gateway:
    """Judges as the real gateway does, by the functions that it uses."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._locate = Locator(registry).locate

    def verdict(self, sent: Outgoing, now: int) -> list[Refusal]:
        """Why it, or a reading in it, is refused; nothing when all of it is taken."""
        address = parse(sent.topic)
        assert address is not None
        judged = self._judge(address.kind, address.sender, sent.payload, now)
        if isinstance(judged, Accepted):
            return judged.refused
        return [judged] if isinstance(judged, Refusal) else []

    def _judge(self, kind: str, sender: str, payload: bytes, now: int) -> Any:
        city = self._registry
        match kind:
            case "telemetry":
                known = city.devices[sender]
                return read_telemetry(
                    payload, known, city.metrics, received_at=now, too_old_ms=WEEK_MS, locate=self._locate
                )
            case "status":
                return read_status(payload, city, device=sender, district=DISTRICT, received_at=now)
            case "replies":
                return read_reply(payload, city, worker=sender, district=DISTRICT, received_at=now)
            case "positions":
                return read_position(
                    payload, city, worker=sender, district=DISTRICT, received_at=now, locate=self._locate
                )
            case _:
                return read_report(
                    payload,
                    city,
                    sender=sender,
                    source="worker",
                    district=DISTRICT,
                    received_at=now,
                    locate=self._locate,
                )


def simulation(shares: Shares = NONE) -> Simulation:
    return Simulation(CITY, seed=1, rate=10, started_at=STARTED_AT, shares=shares)


def dispatch(drawn: Simulation, truth: Truth, number: int, now: int) -> None:
    """Sends a task for an incident to a worker, as the case stage would; always one that he takes."""
    names = (f"{DISTRICT}-{number}-t{one}" for one in range(1000))
    id_ = next(one for one in names if fraction(one, "decision") > 0.2)
    body = {"id": id_, "class": truth.event_class, "cell": truth.cells[0], "position": {"lon": 111.301, "lat": 30.701}}
    drawn.take(tasks(DISTRICT, "w1", id_), msgspec.json.encode(body | {"state": "offered"}), now)


def played(drawn: Simulation, seconds: int) -> tuple[list[tuple[int, Outgoing]], list[Any]]:
    """What is sent when in the first `seconds`, while every incident is dispatched at once; and the truths."""
    sent: list[tuple[int, Outgoing]] = []
    truths: list[Any] = []
    for second in range(seconds):
        now = STARTED_AT + second * SECOND
        sent += [(now, one) for one in drawn.due(now)]
        for truth in drawn.truths():
            truths.append(truth)
            if isinstance(truth, Truth) and truth.ended_at is None:
                dispatch(drawn, truth, len(truths), now)
    return sent, truths


def test_all_that_is_sent_without_faults_is_accepted() -> None:
    gateway = Gateway(CITY)
    sent, _ = played(simulation(), 300)
    assert {one.topic.split("/")[3] for _, one in sent} == {"telemetry", "status", "positions", "reports", "replies"}
    assert [refusal for now, one in sent for refusal in gateway.verdict(one, now)] == []


def test_wrong_clocks_and_garbage_are_refused_for_their_own_reasons() -> None:
    gateway = Gateway(CITY)
    sent, _ = played(simulation(Shares(garbage=0.2, wrong_clock=0.3, silent=0)), 300)
    reasons = Counter(refusal.reason for now, one in sent for refusal in gateway.verdict(one, now))
    wanted = {Reason.FROM_THE_FUTURE, Reason.TOO_OLD, Reason.NOT_JSON, Reason.NOT_AN_OBJECT}
    assert wanted | {Reason.UNKNOWN_METRIC, Reason.IMPOSSIBLE_VALUE, Reason.BAD_TIME, Reason.BAD_FIELD} <= set(reasons)


def test_every_incident_that_a_worker_went_to_ends_within_two_minutes() -> None:
    _, truths = played(simulation(), 420)
    placed = [one for one in truths if isinstance(one, Truth)]
    early = {one.episode: one for one in placed if one.began_at < STARTED_AT + 120 * SECOND and not one.dies}
    ended = [one for one in placed if one.ended_at is not None and one.episode in early]
    assert len(ended) == len(early) >= 4
    assert {one.by for one in ended} == {"worker"}
    assert sorted(one.ended_at - one.began_at for one in ended if one.ended_at)[len(ended) // 2] < 120 * SECOND


def test_outside_incidents_no_reading_reaches_the_level_of_a_rule() -> None:
    sent, truths = played(simulation(), 600)
    levels = {rule.metric: rule.on for rule in CITY.rules.values() if rule.metric}
    involved = {device for one in truths if isinstance(one, Truth) for device in one.devices}
    for _, one in sent:
        _, _, _, kind, sender = one.topic.split("/")
        if kind == "telemetry" and sender not in involved:
            values = msgspec.json.decode(one.payload)["values"]
            assert all(value < levels.get(name, 1e9) for name, value in values.items())


def test_what_is_sent_does_not_depend_on_how_often_it_is_asked_for() -> None:
    one, other = simulation(Shares()), simulation(Shares())
    often = [said for ms in range(0, 180_001, 70) for said in one.due(STARTED_AT + ms)]
    often += one.due(STARTED_AT + 180_000)
    seldom = [said for second in range(0, 181, 45) for said in other.due(STARTED_AT + second * SECOND)]
    assert often == seldom


def test_runs_of_one_seed_that_begin_within_one_hour_send_the_same_readings() -> None:
    early, late = STARTED_AT, STARTED_AT + 1_234_567
    one, other = (Simulation(CITY, seed=1, rate=10, started_at=at, shares=NONE) for at in (early, late))
    sent = [
        [_values(said) for said in run.due(at + 90 * SECOND) if "/telemetry/" in said.topic]
        for run, at in ((one, early), (other, late))
    ]
    assert sent[0] == sent[1]
    assert len(sent[0]) > 400


def _values(said: Outgoing) -> tuple[str, Any, Any]:
    body = msgspec.json.decode(said.payload)
    return said.topic, body.get("seq"), body["values"]


def test_after_a_long_standstill_it_goes_on_from_two_minutes_ago() -> None:
    drawn = simulation()
    drawn.due(STARTED_AT + 10 * SECOND)
    sent = drawn.due(STARTED_AT + 3600 * SECOND)
    assert 1000 < sum(one.readings for one in sent) < 4000


def test_the_first_line_of_truth_says_what_holds_for_the_run() -> None:
    first = simulation(Shares(silent=0.2, wrong_clock=0.2)).truths()[0]
    assert isinstance(first, dict)
    assert (first["run"], first["seed"], first["rate"], first["devices"]) == (STARTED_AT, 1, 10, 48)
    assert first["silent"]
    assert set(first["clocks"].values()) <= {"ahead", "none", "reset"}


def test_a_city_without_devices_is_refused() -> None:
    with pytest.raises(ValueError, match="devices"):
        Simulation(small_city([]), seed=1, rate=1, started_at=0)
