"""The shapes in which the board is shown: what `/api/v1/board` and the live events say."""

from msgspec import Struct

from adapters.installation import Standing
from city.incident import Incident
from city.names import Name
from city.registry import District
from city.task import Task
from city.whereabouts import Doubt
from messages.ledger import Ledger
from operations.cells import CellState
from operations.classes import BriefClass
from operations.facts import ShownReject


class Whereabouts(Struct, frozen=True, kw_only=True):
    """Where a worker or a device was at `at` (epoch ms), in degrees of WGS-84."""

    lon: float
    lat: float
    at: int


class WorkerPicture(Struct, frozen=True, kw_only=True):
    """A worker as the operations centre sees them; `load` counts the open tasks, `doubts` what is doubtful about the position."""

    id: str
    district: str
    name: Name
    skills: list[str]
    grids: list[str]
    on_shift: bool
    load: int
    capacity: int
    position: Whereabouts | None
    doubts: list[Doubt] = []


class CityPicture(Struct, frozen=True, kw_only=True):
    """Which city this is."""

    code: str
    name: Name


class DeviceCounts(Struct, frozen=True, kw_only=True):
    """How many devices are registered, how many of them live, how many were heard before and are silent now."""

    total: int
    live: int
    silent: int


class RejectsPicture(Struct, frozen=True, kw_only=True):
    """What was refused: readings by reason since the beginning, and the latest refusals of any kind, newest first."""

    total: int
    by_reason: dict[str, int]
    latest: list[ShownReject]


class BoardPicture(Struct, frozen=True, kw_only=True):
    """The whole board at `now` (epoch ms). Events after `sequence` ("<start>-<n>") bring it up to date."""

    sequence: str
    now: int
    city: CityPicture
    districts: list[District]
    cells: dict[str, CellState]
    incidents: list[Incident]
    tasks: list[Task]
    workers: list[WorkerPicture]
    devices: DeviceCounts
    ledger: Ledger
    age_ms: int | None
    readings_per_s: float
    classes: list[BriefClass]
    findings: int
    rejects: RejectsPicture


class Pulse(Struct, frozen=True, kw_only=True):
    """The heartbeat, once a second: open incidents and tasks, how the data flow, and how the processes stand (None: nobody tells)."""

    now: int
    age_ms: int | None
    readings_per_s: float
    open: int
    tasks: int
    findings: int
    devices: DeviceCounts
    installation: Standing | None


class Changes(Struct, frozen=True, kw_only=True):
    """What became different on the board since the last look."""

    cells: dict[str, CellState]
    incidents: list[Incident]
    tasks: list[Task]
    workers: list[WorkerPicture]
    ledger: Ledger | None
    rejects: list[ShownReject]
    everything: bool = False
