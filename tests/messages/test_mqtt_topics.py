"""Which MQTT topics are ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import mqtt_topics
from messages.mqtt_topics import INBOUND, Address, best_guess, is_outbound, parse

names = st.text(st.characters(exclude_characters="/+#\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(names, names)
def test_every_topic_a_sender_uses_is_understood(district: str, sender: str) -> None:
    for kind in INBOUND:
        topic = getattr(mqtt_topics, kind)(district, sender)
        assert parse(topic) == Address(district, kind, sender)


@given(names, names)
def test_our_own_answers_are_not_taken_for_a_sender(district: str, sender: str) -> None:
    for topic in (
        mqtt_topics.tasks(district, sender, "t1"),
        mqtt_topics.receipts(district, sender),
        mqtt_topics.rejected(district, sender),
    ):
        assert parse(topic) is None


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "citygrid",
        "citygrid/v1",
        "citygrid/v1/990102/telemetry",
        "citygrid/v1/990102/telemetry/",
        "citygrid/v1//telemetry/wl-0001",
        "citygrid/v1/990102/telemetry/wl-0001/",
        "citygrid/v1/990102/telemetry/wl-0001/more",
        "/citygrid/v1/990102/telemetry/wl-0001",
        "citygrid/v2/990102/telemetry/wl-0001",
        "citygrid/v1/990102/telemetrie/wl-0001",
        "Citygrid/v1/990102/telemetry/wl-0001",
    ],
)
def test_a_mistyped_topic_is_not_ours(topic: str) -> None:
    assert parse(topic) is None


@pytest.mark.parametrize(
    ("topic", "district", "sender"),
    [
        ("citygrid/v1/990102/telemetrie/wl-0001", "990102", "wl-0001"),
        ("citygrid/990102/telemetry/wl-0001", "990102", "wl-0001"),
        ("citygrid/v1/telemetry/wl-0001", "unknown", "wl-0001"),
        ("citygrid/v1/990102/telemetry/", "990102", "unknown"),
    ],
)
def test_whoever_mistyped_is_answered_as_well_as_can_be_guessed(topic: str, district: str, sender: str) -> None:
    guess = best_guess(topic)

    assert (guess.district, guess.sender, guess.kind) == (district, sender, "unknown")


@given(st.text(max_size=40))
def test_a_guess_is_always_a_topic_that_can_be_published_to(topic: str) -> None:
    guess = best_guess(topic)

    answered = mqtt_topics.rejected(guess.district, guess.sender)
    assert len(answered.split("/")) == 5


def test_one_subscription_hears_every_topic_a_sender_may_mistype() -> None:
    assert mqtt_topics.EVERYTHING == "citygrid/#"
    assert mqtt_topics.telemetry("990102", "d").startswith(mqtt_topics.PREFIX + "/")


@given(names, names)
def test_what_citygrid_says_is_known_as_its_own(district: str, sender: str) -> None:
    assert is_outbound(mqtt_topics.tasks(district, sender, "t1"))
    assert is_outbound(mqtt_topics.receipts(district, sender))
    assert is_outbound(mqtt_topics.rejected(district, sender))
    assert is_outbound(mqtt_topics.mark(sender))


@pytest.mark.parametrize(
    "topic",
    [
        "citygrid",
        "citygrid/marks/g",
        "citygrid/v1/990101/tasks",
        "citygrid/v2/990101/tasks/w1",
        "citygrid/v1/990101/task/w1",
    ],
)
def test_what_is_only_nearly_our_own_is_a_mistake_to_be_told(topic: str) -> None:
    assert not is_outbound(topic)
    assert parse(topic) is None
