"""How much a gateway takes in, and when it takes a connection that stands for dead; without brokers."""

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.mqtt_frames import Inbound
from gateways import gateway as gateway_module
from gateways.city_now import Known
from gateways.ear import CLAIM_RENEWED_MS
from gateways.gateway import MOST_IN_FLIGHT, Gateway
from gateways.marks import RENEWED_MS, SILENT_MS
from gateways.share import Share
from messages import mqtt_topics
from messages.locator import Locator
from messages.telemetry import Accepted, PackLine, unpack
from tests.gateways.builders import DISTRICT, city, device, telemetry

TOPIC = f"citygrid/v1/{DISTRICT}/telemetry/a".encode()


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


class FakeSession:
    connected = True
    unconfirmed = connections = 0

    def __init__(self) -> None:
        self.renewed = 0

    def turn(self, **_told: Any) -> None: ...

    def wake(self) -> None: ...

    def echoed(self, _payload: bytes) -> None: ...

    def acknowledge(self, _tokens: list[int]) -> None: ...

    def renew(self, _why: str) -> None:
        self.renewed += 1


class FakeOutbox:
    bytes_under_way = under_way = 0
    districts: Any = None

    def send_tick(self, *_told: Any) -> None: ...

    def send_pack(self, _district: str, filled: Any, _at: int) -> None:
        self.under_way += 1
        for slip in filled.slips:
            slip.open += 1

    def arrived(self) -> list[str]:
        return []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(gateway_module, "elapsed_ms", made)
    return made


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def gateway(clock: Clock, session: FakeSession) -> Gateway:
    assert clock
    registry = city(DISTRICT, devices=[device("a")])
    voice: Any = SimpleNamespace(connected=True, in_flight=0, publish=lambda *_: None)
    ear: Any = SimpleNamespace(
        connected=True,
        on_echo=None,
        mark_leaves=lambda _mark: None,
        mark_came=lambda _voice, _mark: None,
        tell=lambda _voice: None,
        still_left=frozenset,
    )
    known: Any = SimpleNamespace(known=Known(registry, Locator(registry)))
    outbox: Any = FakeOutbox()
    made = Gateway(city=known, outbox=outbox, voice=voice, ear=ear, name="g", share=Share())
    made.attach(session)  # type: ignore[arg-type] # a session in all that is asked
    return made


def second(gateway: Gateway, session: FakeSession, clock: Clock, milliseconds: int = 1000) -> None:
    clock.now += milliseconds
    gateway.step(session, lambda _stuck_ms: None)  # type: ignore[arg-type] # as above


def take(gateway: Gateway, messages: int) -> None:
    gateway.receive([Inbound(TOPIC, telemetry(n), n + 1) for n in range(messages)], list(range(1, messages + 1)))


def test_what_is_in_flight_and_what_the_broker_has_not_taken_leave_room_for_no_more(
    gateway: Gateway, session: FakeSession, clock: Clock
) -> None:
    second(gateway, session, clock)
    take(gateway, 100)
    session.unconfirmed = 300
    assert gateway._room() == MOST_IN_FLIGHT - 400
    session.unconfirmed = MOST_IN_FLIGHT
    assert gateway._room() == 0


def test_without_a_city_nothing_is_taken(gateway: Gateway) -> None:
    gateway._outbox.districts = {}
    assert gateway._room() == 0


def test_a_connection_by_which_nothing_comes_is_told_and_then_renewed(
    gateway: Gateway, session: FakeSession, clock: Clock
) -> None:
    second(gateway, session, clock)
    second(gateway, session, clock, SILENT_MS)
    assert any("nothing has come" in reason for reason in gateway.not_ready())
    assert session.renewed == 0
    second(gateway, session, clock, RENEWED_MS - SILENT_MS)
    assert session.renewed == 1
    assert gateway.not_ready() == []


def test_any_message_ends_the_silence(gateway: Gateway, session: FakeSession, clock: Clock) -> None:
    second(gateway, session, clock, RENEWED_MS - 1000)
    gateway.receive([Inbound(b"citygrid/mark/other", b"", 0)], [0])
    second(gateway, session, clock)
    assert (session.renewed, gateway.not_ready()) == (0, [])


def test_a_broker_that_waits_for_our_acknowledgements_is_not_silent(
    gateway: Gateway, session: FakeSession, clock: Clock
) -> None:
    """Kafka is away, so that a window of messages stands unacknowledged: the broker holds the rest back."""
    second(gateway, session, clock)
    take(gateway, 10)
    for _ in range(100):
        second(gateway, session, clock)
    assert session.renewed == 0
    assert not any("nothing has come" in reason for reason in gateway.not_ready())
    assert any("Kafka" in reason for reason in gateway.not_ready())


class NotedOutbox(FakeOutbox):
    """Keeps the packs."""

    def __init__(self) -> None:
        self.packs: dict[str, Any] = {}

    def send_pack(self, district: str, filled: Any, at: int) -> None:
        super().send_pack(district, filled, at)
        if filled.slips and (filled.lines or filled.away):
            self.packs[district] = filled


def test_a_device_that_measures_elsewhere_is_noted_in_its_own_district(
    gateway: Gateway, session: FakeSession, clock: Clock
) -> None:
    """The message waits for both records."""
    outbox: Any = NotedOutbox()
    gateway._outbox = outbox
    line = PackLine(device="a", cell="977099001001001", at=1, received_at=2, values={"m": 1.0}, seq=5)
    accepted: Any = Accepted(line, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway_module.mqtt_to_telemetry, "judge", lambda *_: accepted)
        take(gateway, 1)
    second(gateway, session, clock)
    assert set(outbox.packs) == {DISTRICT, "977099"}
    here, there = outbox.packs[DISTRICT], outbox.packs["977099"]
    assert (here.lines, here.readings, len(there.lines), there.readings) == ([], 0, 1, 1)
    assert here.slips == there.slips
    assert here.slips[0].open == 2
    assert unpack(here.away[0]) == [replace(line, values={})]


def test_a_broker_that_answers_nobody_is_left_to_its_work(gateway: Gateway, session: FakeSession, clock: Clock) -> None:
    """It saves a long queue: what the voice said is not acknowledged either."""
    gateway._voice.in_flight = 1  # type: ignore[misc] # a fake's
    for _ in range(100):
        second(gateway, session, clock)
    assert session.renewed == 0


def test_a_claim_is_made_at_each_connection_and_again_before_it_is_too_old(
    gateway: Gateway, session: FakeSession, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims: list[int] = []
    monkeypatch.setattr(gateway, "_share", Share([DISTRICT]))
    monkeypatch.setattr(gateway._ear, "claim", lambda _voice, _districts: claims.append(clock.now), raising=False)
    session.connections = 1
    second(gateway, session, clock)
    second(gateway, session, clock)
    assert len(claims) == 1
    session.connections = 2
    second(gateway, session, clock)
    assert len(claims) == 2
    second(gateway, session, clock, CLAIM_RENEWED_MS - 1000)
    assert len(claims) == 2
    second(gateway, session, clock)
    assert len(claims) == 3


def test_filters_of_an_earlier_share_are_kept_while_another_gateway_still_leaves_their_districts(
    gateway: Gateway, session: FakeSession, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    second(gateway, session, clock)
    assert list(session.former) == [mqtt_topics.all_of(DISTRICT)]
    monkeypatch.setattr(gateway._ear, "still_left", lambda: frozenset({DISTRICT}))
    second(gateway, session, clock)
    assert list(session.former) == []
