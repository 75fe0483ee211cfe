"""What people say: a report of something seen, a reply to a task, an operator's action, and the receipt for a report."""

from enum import StrEnum

from msgspec import Struct, field

WORKER, CITIZEN = "worker", "citizen"
"""Whom a report may come from."""


class Position(Struct, frozen=True, kw_only=True):
    """A place in degrees; `crs` is wgs84, gcj02, bd09 or cgcs2000, and missing means the district's default."""

    lon: float
    lat: float
    crs: str | None = None


class Report(Struct, frozen=True, kw_only=True):
    """A report as it lies in Kafka: validated, its position in WGS-84, its district and cell found from the position.

    `source` is "worker" or "citizen"; `sender` the worker's id, or "citizen". `condition` is one of the class's filing conditions, or "".
    """

    id: str
    at: int
    event_class: str = field(name="class")
    position: Position
    district: str
    cell: str
    source: str
    sender: str
    received_at: int
    text: str = ""
    severity: str | None = None
    photos: list[str] = []
    condition: str = ""


class ReplyKind(StrEnum):
    """What a worker can say to a task."""

    ACCEPT = "accept"
    ARRIVE = "arrive"
    RETURN = "return"
    DONE = "done"


class Reply(Struct, frozen=True, kw_only=True):
    """A worker's reply to a task, as it lies in Kafka."""

    id: str
    task: str
    at: int
    kind: ReplyKind
    district: str
    worker: str
    received_at: int
    reason: str = ""
    text: str = ""
    photos: list[str] = []
    position: Position | None = None


class ActionKind(StrEnum):
    """What an operator can do to an incident."""

    FILE = "file"
    VOID = "void"
    CLOSE = "close"
    REASSIGN = "reassign"
    REOPEN = "reopen"
    NOTE = "note"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"


class Action(Struct, frozen=True, kw_only=True):
    """An operator's action, always with a reason; `worker` only for `reassign` (empty: the next best), `until` (epoch ms) only for `suspend`."""

    id: str
    incident: str
    district: str
    action: ActionKind
    reason: str
    actor: str
    at: int
    worker: str = ""
    until: int = 0


class WorkerPosition(Struct, frozen=True, kw_only=True):
    """Where a worker was at `at`, in WGS-84."""

    worker: str
    district: str
    at: int
    position: Position
    cell: str = ""


class DeviceStatus(Struct, frozen=True, kw_only=True):
    """Whether a device said it is online, or its will said it is not."""

    device: str
    district: str
    at: int
    online: bool


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of a report: which incident it opened or joined, and that incident's state.

    `district` is the incident's; `home` is the worker's own, where the worker listens ("" where the worker is registered no longer).
    """

    report: str
    worker: str
    district: str
    incident: str
    state: str
    at: int
    home: str = ""


class Tick(Struct, frozen=True, kw_only=True):
    """One second of wall time, as a record in the log."""

    district: str
    at: int
