"""telemetry/{device} → telemetry, rejects: what becomes of one device's message."""

from city.registry import Registry
from messages.locator import Locator
from messages.mqtt_topics import Address
from messages.rejects import Reason, Refusal
from messages.telemetry import Accepted, read_telemetry


def judge(
    address: Address, payload: bytes, registry: Registry, locator: Locator, received_at: int
) -> Accepted | Refusal:
    """The verdict on a telemetry message, by the sender's registration and the message itself."""
    device = registry.devices.get(address.sender)
    if device is None:
        return Refusal(Reason.UNKNOWN_SENDER, f"No device {address.sender!r} is registered in this city.")
    if device.district != address.district:
        return Refusal(
            Reason.WRONG_DISTRICT, f"{address.sender!r} is registered in {device.district}, not in {address.district}."
        )
    return read_telemetry(
        payload,
        device,
        registry.metrics,
        received_at=received_at,
        too_old_ms=registry.too_old_seconds * 1000,
        locate=locator.locate,
    )
