"""What people send: reports, replies, positions and a device's status; checked the same way at the gateway and over HTTP."""

import re
from typing import TypeVar

import msgspec
from msgspec import Struct, field

from city.registry import Registry, Severity
from city.report import DeviceStatus, Position, Reply, ReplyKind, Report, WorkerPosition
from geo.codes import district_of
from geo.crs import to_wgs84
from messages.locator import DEFAULT_CRS, position_fault
from messages.rejects import Reason, Refusal
from messages.strict import read, read_time
from messages.telemetry import Locate

_PHOTO = re.compile(r"sha256:[0-9a-f]{64}")
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
LONGEST_TEXT = 4000
MOST_PHOTOS = 16


class _Report(Struct):
    id: str
    at: int | str
    event_class: str = field(name="class")
    position: Position
    text: str = ""
    severity: str | None = None
    photos: list[str] = []
    condition: str = ""


class _Reply(Struct):
    id: str
    task: str
    at: int | str
    kind: str
    reason: str = ""
    text: str = ""
    photos: list[str] = []
    position: Position | None = None


class _Position(Struct):
    at: int | str
    position: Position


class _Status(Struct):
    online: bool
    at: int | str | None = None


Sent = TypeVar("Sent", _Report, _Reply, _Position)

_reports = msgspec.json.Decoder(_Report)
_replies = msgspec.json.Decoder(_Reply)
_positions = msgspec.json.Decoder(_Position)
_statuses = msgspec.json.Decoder(_Status)


def read_report(
    payload: bytes, registry: Registry, *, sender: str, source: str, district: str, received_at: int, locate: Locate
) -> Report | Refusal:
    """A report of a worker or citizen, its district and cell found from its position, or why it is refused.

    `district` is the one whose coordinate system counts where the position names none.
    """
    opened = _opened(payload, _reports, registry, received_at)
    if isinstance(opened, Refusal):
        return opened
    sent, at = opened
    place = _report_fault(sent, registry) or locate(sent.position, district)
    if isinstance(place, Refusal):
        return place
    return Report(
        id=sent.id,
        at=at,
        event_class=sent.event_class,
        position=place.position,
        district=district_of(place.cell),
        cell=place.cell,
        source=source,
        sender=sender,
        received_at=received_at,
        text=sent.text,
        severity=sent.severity,
        photos=sent.photos,
        condition=sent.condition,
    )


def _opened(
    payload: bytes, decoder: "msgspec.json.Decoder[Sent]", registry: Registry, received_at: int
) -> tuple[Sent, int] | Refusal:
    """What was sent, and its time in epoch milliseconds."""
    sent = read(payload, decoder)
    if isinstance(sent, Refusal):
        return sent
    at = read_time(sent.at, received_at=received_at, too_old_ms=registry.too_old_seconds * 1000)
    return at if isinstance(at, Refusal) else (sent, at)


def _report_fault(sent: _Report, registry: Registry) -> Refusal | None:
    if sent.event_class not in registry.classes:
        return Refusal(Reason.UNKNOWN_CLASS, f"`class` {sent.event_class!r} is not a class of this city.")
    if sent.severity is not None and sent.severity not in list(Severity):
        return Refusal(Reason.BAD_FIELD, f"`severity` is one of {', '.join(Severity)}.")
    known = [condition.id for condition in registry.classes[sent.event_class].conditions]
    if sent.condition and sent.condition not in known:
        return Refusal(Reason.BAD_FIELD, f"`condition` of {sent.event_class} is {_one_of(known)}.")
    return _id_fault(sent.id) or _words_fault(sent.text, sent.photos)


def _one_of(words: list[str]) -> str:
    return f"one of {', '.join(words)}" if words else "left out: the class has none"


def _id_fault(id_: str) -> Refusal | None:
    if _UUID.fullmatch(id_):
        return None
    return Refusal(
        Reason.BAD_FIELD, "`id` is not a UUID; make a new one for each thing said and keep it when sending again."
    )


def _words_fault(text: str, photos: list[str]) -> Refusal | None:
    if len(text) > LONGEST_TEXT:
        return Refusal(Reason.BAD_FIELD, f"`text` may have at most {LONGEST_TEXT} characters.")
    if len(photos) > MOST_PHOTOS or not all(_PHOTO.fullmatch(photo) for photo in photos):
        return Refusal(
            Reason.BAD_FIELD, f"`photos` is a list of at most {MOST_PHOTOS} texts like sha256:<64 hex digits>."
        )
    return None


def read_reply(payload: bytes, registry: Registry, *, worker: str, district: str, received_at: int) -> Reply | Refusal:
    """A worker's reply to a task, or why it is refused. It goes to the task's district; when that is unknown to `district`, or to the worker's where there is none of that name."""
    opened = _opened(payload, _replies, registry, received_at)
    if isinstance(opened, Refusal):
        return opened
    sent, at = opened
    wrong = _id_fault(sent.id) or _kind_fault(sent) or _words_fault(sent.text + sent.reason, sent.photos)
    sender = registry.workers.get(worker)
    spoken = district if district in registry.districts or sender is None else sender.district
    home = registry.districts.get(spoken)
    position = wrong or _in_wgs84(sent.position, home.crs if home else DEFAULT_CRS)
    if isinstance(position, Refusal):
        return position
    return Reply(
        id=sent.id,
        task=sent.task,
        at=at,
        kind=ReplyKind(sent.kind),
        district=sent.task[:6] if sent.task[:6] in registry.districts else spoken,
        worker=worker,
        received_at=received_at,
        reason=sent.reason,
        text=sent.text,
        photos=sent.photos,
        position=position,
    )


def _kind_fault(sent: _Reply) -> Refusal | None:
    if sent.kind not in list(ReplyKind):
        return Refusal(Reason.BAD_FIELD, f"`kind` is one of {', '.join(ReplyKind)}.")
    if sent.kind == ReplyKind.RETURN and not sent.reason.strip():
        return Refusal(Reason.MISSING_FIELD, "A `return` needs a `reason`.")
    if sent.kind == ReplyKind.DONE and not (sent.text.strip() or sent.photos):
        return Refusal(Reason.MISSING_FIELD, "A `done` needs `text` or `photos`.")
    return None


def _in_wgs84(position: Position | None, usual_crs: str) -> Position | Refusal | None:
    """A worker may reply from anywhere, so the position need not lie in the city."""
    if position is None:
        return None
    crs = position.crs or usual_crs
    fault = position_fault(position, crs)
    if fault is not None:
        return fault
    lon, lat = to_wgs84(position.lon, position.lat, crs)
    return Position(lon=lon, lat=lat, crs="wgs84")


def read_position(
    payload: bytes, registry: Registry, *, worker: str, district: str, received_at: int, locate: Locate
) -> WorkerPosition | Refusal:
    """Where a worker is, or why that is refused."""
    opened = _opened(payload, _positions, registry, received_at)
    if isinstance(opened, Refusal):
        return opened
    sent, at = opened
    place = locate(sent.position, district)
    if isinstance(place, Refusal):
        return place
    return WorkerPosition(worker=worker, district=district, at=at, position=place.position, cell=place.cell)


def read_status(
    payload: bytes, registry: Registry, *, device: str, district: str, received_at: int
) -> DeviceStatus | Refusal:
    """Whether a device is online, or why its word is refused. A will without a time counts from its arrival."""
    sent = read(payload, _statuses)
    if isinstance(sent, Refusal):
        return sent
    if sent.at is None:
        return DeviceStatus(device=device, district=district, at=received_at, online=sent.online)
    at = read_time(sent.at, received_at=received_at, too_old_ms=registry.too_old_seconds * 1000)
    if isinstance(at, Refusal):
        return at
    return DeviceStatus(device=device, district=district, at=at, online=sent.online)
