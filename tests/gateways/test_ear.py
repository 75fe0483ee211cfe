"""What a gateway hears beside its session."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from adapters.mqtt_session import SESSION_S
from gateways import ear as ear_module
from gateways.ear import CLAIM_RENEWED_MS, CLAIM_S, CLEAR_S, PATIENCE_S, Ear
from gateways.share import Share
from messages import mqtt_topics

A, B, C = "977021", "977022", "977023"


class Said:
    """A voice that is heard at once by an ear."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self.said: list[tuple[str, bytes, bool]] = []
        self.expiries: list[int | None] = []

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, expiry_s: int | None = None) -> None:
        self.expiries.append(expiry_s)
        self.said.append((topic, payload, retain))
        self._ear.hear(topic, payload)

    def wait_below(self, _most: int, _seconds: float) -> bool:
        return True


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    """An ear without a broker."""
    silent = SimpleNamespace(wait_subscribed=lambda _seconds: True, connected=True)
    monkeypatch.setattr(ear_module, "Subscriber", lambda *_: silent)
    return Ear("127.0.0.1:1", "g1")  # type: ignore[return-value] # nothing to end


def test_echoes_go_to_the_session_and_nothing_else_does(ear: Ear) -> None:
    heard: list[bytes] = []
    ear.on_echo = heard.append
    ear.hear(mqtt_topics.echo("g1"), b"1 500")
    ear.hear(mqtt_topics.claim("g2"), b"[]")
    ear.hear("citygrid-gateways/g1/else", b"1 600")
    assert heard == [b"1 500"]


def mark_and_back(ear: Ear) -> "Said":
    """A mark goes round once."""
    voice: Any = Said(ear)
    ear.mark_leaves(b"mark")
    ear.mark_came(voice, b"mark")
    return voice  # type: ignore[no-any-return] # a voice in all that is asked


def test_a_district_is_listened_to_once_another_gateway_says_so(ear: Ear) -> None:
    assert not ear.listens(A)
    ear.hear(mqtt_topics.claim("g1"), f'["{A}"]'.encode())
    mark_and_back(ear)
    assert not ear.listens(A), "it said so itself"
    ear.hear(mqtt_topics.claim("g2"), f'["{A}", "{B}"]'.encode())
    mark_and_back(ear)
    assert (ear.listens(A), ear.listens(C)) == (True, False)
    ear.hear(mqtt_topics.claim("g2"), f'["{B}"]'.encode())
    assert (ear.listens(A), ear.listens(B)) == (False, True)


def test_what_waited_before_the_other_gateway_had_subscribed_is_not_left_to_it(ear: Ear) -> None:
    """A mark that was sent before the claim was heard says nothing of what waits behind it."""
    voice: Any = Said(ear)
    ear.hear(mqtt_topics.claim("g3"), f'["{C}"]'.encode())
    ear.mark_leaves(b"before")
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    assert not ear.listens(A)
    ear.mark_came(voice, b"before")
    assert not ear.listens(A)
    ear.mark_leaves(b"after")
    assert not ear.listens(A)
    ear.mark_came(voice, b"after")
    assert ear.listens(A)


def test_a_claim_that_was_taken_back_and_made_again_waits_for_a_mark_again(ear: Ear) -> None:
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    mark_and_back(ear)
    ear.hear(mqtt_topics.claim("g2"), b"[]")
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    assert not ear.listens(A)
    mark_and_back(ear)
    assert ear.listens(A)


def test_a_claim_that_is_only_said_again_goes_on_counting(ear: Ear) -> None:
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    mark_and_back(ear)
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    assert ear.listens(A)
    assert mark_and_back(ear).said == []


def test_after_a_kill_it_goes_by_what_it_had_written_down(ear: Ear) -> None:
    """Else it would take in again, beside the others, all that waited for them meanwhile."""
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    ((topic, payload, retain),) = mark_and_back(ear).said
    assert (topic, payload, retain) == (mqtt_topics.leaving("g1"), f'["{A}"]'.encode(), True)


def test_what_it_had_written_down_counts_only_at_its_start_and_only_where_the_claim_still_stands(ear: Ear) -> None:
    voice: Any = Said(ear)
    ear.hear(mqtt_topics.leaving("g1"), f'["{A}", "{B}"]'.encode())
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    ear.settle(voice, Share([], [A, B]))
    ear.hear(mqtt_topics.claim("g3"), f'["{B}", "{C}"]'.encode())
    assert (ear.listens(A), ear.listens(B)) == (True, False)
    ear.hear(mqtt_topics.leaving("g1"), f'["{C}"]'.encode())
    assert not ear.listens(C)


def test_after_a_new_connection_only_what_is_said_again_counts(ear: Ear) -> None:
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    mark_and_back(ear)
    ear._subscriber.on_connected()
    assert not ear.listens(A)


def test_a_gateway_that_is_gone_for_good_has_its_districts_no_longer(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its session ends; from then on nobody would take what comes for it."""
    now = [1000]
    monkeypatch.setattr(ear_module, "elapsed_ms", lambda: now[0])
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    ear.hear(mqtt_topics.claim("g3"), f'["{B}"]'.encode())
    mark_and_back(ear)
    for _ in range(3):
        now[0] += CLAIM_RENEWED_MS
        ear.hear(mqtt_topics.claim("g3"), f'["{B}"]'.encode())
        ear.mark_leaves(b"mark")
    assert (ear.listens(A), ear.listens(B)) == (False, True)


def test_a_claim_is_forgotten_by_the_broker_and_by_whoever_heard_it_before_the_session_that_it_tells_of_ends(
    ear: Ear,
) -> None:
    voice: Any = Said(ear)
    ear.claim(voice, [A])
    assert voice.expiries == [CLAIM_S]
    assert 2 * CLAIM_S < SESSION_S
    assert CLAIM_RENEWED_MS < CLAIM_S * 1000 / 2


def test_while_it_can_hear_nothing_nothing_is_left_to_others(ear: Ear) -> None:
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    mark_and_back(ear)
    ear._subscriber.connected = False  # type: ignore[misc] # a fake's
    assert not ear.listens(A)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{}", b"[1]"])
def test_a_claim_that_is_none_claims_nothing(ear: Ear, payload: bytes) -> None:
    ear.hear(mqtt_topics.claim("g2"), f'["{A}"]'.encode())
    mark_and_back(ear)
    ear.hear(mqtt_topics.claim("g2"), payload)
    assert not ear.listens(A)


def said_to(ear: Ear, topic: str, *districts: str) -> None:
    ear.hear(topic, msgspec.json.encode(districts))


def test_who_leaves_a_district_no_more_says_so_because_another_may_wait_for_it(ear: Ear) -> None:
    said_to(ear, mqtt_topics.claim("g2"), A, B)
    mark_and_back(ear)
    said_to(ear, mqtt_topics.claim("g2"), B)
    voice: Any = Said(ear)
    ear.tell(voice)
    ear.tell(voice)
    assert voice.said == [(mqtt_topics.leaving("g1"), f'["{B}"]'.encode(), True)]


def test_what_another_gateway_leaves_and_nobody_else_has_is_still_ours(ear: Ear) -> None:
    said_to(ear, mqtt_topics.leaving("g1"), C)
    said_to(ear, mqtt_topics.leaving("g9"), A, B)
    said_to(ear, mqtt_topics.claim("g2"), B)
    assert ear.still_left() == {A}
    said_to(ear, mqtt_topics.leaving("g9"))
    assert ear.still_left() == frozenset()


class Clock:
    """Time that passes only while somebody waits, and what happens then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.events = 0, dict[int, Callable[[], None]]()
        monkeypatch.setattr(ear_module, "elapsed_ms", lambda: self.now)
        monkeypatch.setattr(ear_module, "time", SimpleNamespace(sleep=self._sleep))

    def _sleep(self, seconds: float) -> None:
        self.now += round(seconds * 1000)
        for at in [at for at in self.events if at <= self.now]:
            self.events.pop(at)()


def test_a_district_is_given_up_only_when_the_one_that_takes_everything_has_heard_of_it(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then nobody else would take what comes there."""
    clock, voice = Clock(monkeypatch), Said(ear)
    said_to(ear, mqtt_topics.leaving("g9"), A, B)
    said_to(ear, mqtt_topics.claim("g1"), A, B)
    clock.events[5000] = lambda: said_to(ear, mqtt_topics.leaving("g9"), B)
    ear.settle(voice, Share([B]))  # type: ignore[arg-type] # a voice in all that is asked
    assert clock.now >= 5000 + CLEAR_S * 1000 - 100
    assert A not in ear.still_left()


def test_one_that_never_hears_of_it_holds_up_a_start_for_a_while_and_the_district_is_kept(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, voice = Clock(monkeypatch), Said(ear)
    said_to(ear, mqtt_topics.leaving("g9"), A, B)
    said_to(ear, mqtt_topics.claim("g1"), A, B)
    ear.settle(voice, Share([B]))  # type: ignore[arg-type] # a voice in all that is asked
    assert PATIENCE_S * 1000 <= clock.now < PATIENCE_S * 1000 + 100
    assert A in ear.still_left()


def test_a_start_with_the_same_districts_waits_for_nobody(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, voice = Clock(monkeypatch), Said(ear)
    said_to(ear, mqtt_topics.leaving("g9"), A, B)
    said_to(ear, mqtt_topics.claim("g1"), A, B)
    ear.settle(voice, Share([A, B]))  # type: ignore[arg-type] # a voice in all that is asked
    assert clock.now == 0


def test_what_is_no_longer_its_own_is_taken_back_before_the_session_begins(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch)
    ear.hear(mqtt_topics.claim("g1"), f'["{A}", "{B}"]'.encode())
    voice: Any = Said(ear)
    ear.settle(voice, Share([B, C]))
    assert voice.said[-1] == (mqtt_topics.claim("g1"), f'["{B}"]'.encode(), True)
    ear.claim(voice, [C, B])
    assert voice.said[-1] == (mqtt_topics.claim("g1"), f'["{B}","{C}"]'.encode(), True)


def test_who_is_alone_takes_back_what_it_had_and_waits_for_nobody(ear: Ear) -> None:
    voice: Any = Said(ear)
    ear.settle(voice, Share())
    assert voice.said == []
