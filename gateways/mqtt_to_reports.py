"""reports, replies, positions and status → the topics of the same names: what becomes of what people and devices say of themselves."""

from city.registry import Registry
from city.report import WORKER, DeviceStatus, Reply, Report, WorkerPosition
from gateways.outbox import Outgoing
from messages.locator import Locator
from messages.mqtt_topics import Address
from messages.records import cloud_event, encode
from messages.rejects import Reason, Refusal
from messages.reports import read_position, read_reply, read_report, read_status
from messages.topics import POSITIONS, REPLIES, REPORTS, STATUS

Said = Report | Reply | WorkerPosition | DeviceStatus


def judge(address: Address, payload: bytes, registry: Registry, locator: Locator, received_at: int) -> Said | Refusal:
    """What a registered sender said, or why it is refused."""
    unknown = _unknown(address, registry)
    if unknown is not None:
        return unknown
    sender, district = address.sender, address.district
    match address.kind:
        case "reports":
            return read_report(
                payload,
                registry,
                sender=sender,
                source=WORKER,
                district=registry.workers[sender].district,
                received_at=received_at,
                locate=locator.locate,
            )
        case "replies":
            return read_reply(payload, registry, worker=sender, district=district, received_at=received_at)
        case "positions":
            home = registry.workers[sender].district
            return read_position(
                payload, registry, worker=sender, district=home, received_at=received_at, locate=locator.locate
            )
        case _:
            return read_status(payload, registry, device=sender, district=district, received_at=received_at)


def _unknown(address: Address, registry: Registry) -> Refusal | None:
    if address.kind != "status":
        if address.sender in registry.workers:
            return None
        return Refusal(Reason.UNKNOWN_SENDER, f"No worker {address.sender!r} is registered in this city.")
    device = registry.devices.get(address.sender)
    if device is None:
        return Refusal(Reason.UNKNOWN_SENDER, f"No device {address.sender!r} is registered in this city.")
    if device.district != address.district:
        return Refusal(Reason.WRONG_DISTRICT, f"{address.sender!r} is registered in {device.district}.")
    return None


def record_of(said: Said, at: int) -> Outgoing:
    """The Kafka record of what was said, taken in at `at` (epoch ms)."""
    match said:
        case Report():
            headers = cloud_event("report", said.id, at, source=said.sender)
            return Outgoing(REPORTS, said.district, said.district, encode(said), headers)
        case Reply():
            headers = cloud_event("reply", said.id, at, source=said.worker)
            return Outgoing(REPLIES, said.district, said.district, encode(said), headers)
        case WorkerPosition():
            headers = cloud_event("position", f"{said.worker}-{said.at}", at)
            return Outgoing(POSITIONS, said.district, said.worker, encode(said), headers)
        case DeviceStatus():
            headers = cloud_event("status", f"{said.device}-{said.at}", at)
            return Outgoing(STATUS, said.district, said.device, encode(said), headers)
