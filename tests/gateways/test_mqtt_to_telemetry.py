"""What becomes of one device's message, by its registration."""

import pytest

from adapters.clock import now_ms
from gateways.mqtt_to_telemetry import judge
from messages.locator import Locator
from messages.mqtt_topics import Address
from messages.rejects import Reason, Refusal
from messages.telemetry import Accepted
from tests.gateways.builders import DISTRICT, OTHER, cell_of, city, device, middle, telemetry

CITY = city(DISTRICT, OTHER, devices=[device("a")])
LOCATOR = Locator(CITY)


def verdict(payload: bytes, sender: str = "a", district: str = DISTRICT) -> Accepted | Refusal:
    return judge(Address(district, "telemetry", sender), payload, CITY, LOCATOR, now_ms())


def test_a_registered_device_is_taken_in_at_its_cell() -> None:
    taken = verdict(telemetry())
    assert isinstance(taken, Accepted)
    assert taken.line is not None
    assert taken.line.cell == cell_of(DISTRICT)


def test_a_position_moves_a_device_even_across_a_district_border() -> None:
    taken = verdict(telemetry(position=middle(OTHER)))
    assert isinstance(taken, Accepted)
    assert taken.line is not None
    assert taken.line.cell == cell_of(OTHER)


@pytest.mark.parametrize(
    ("sender", "district", "reason"),
    [("b", DISTRICT, Reason.UNKNOWN_SENDER), ("a", OTHER, Reason.WRONG_DISTRICT)],
)
def test_who_is_not_registered_so_is_refused(sender: str, district: str, reason: Reason) -> None:
    refused = verdict(telemetry(), sender, district)
    assert isinstance(refused, Refusal)
    assert refused.reason is reason
