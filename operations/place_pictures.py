"""The shapes in which a place is shown: what `/api/v1/places` says of any code of any level."""

from msgspec import Struct

from city.names import Name
from city.whereabouts import Doubt
from geo.codes import Level
from operations.cells import CellState
from operations.pictures import WorkerPicture

Window = tuple[int, int, float, float, float]


class Crumb(Struct, frozen=True, kw_only=True):
    """A place by name; `name` is null where the city has registered none."""

    code: str
    level: Level
    name: Name | None


class Named(Struct, frozen=True, kw_only=True):
    """A place with the place it lies in."""

    code: str
    level: Level
    name: Name | None
    parent: str | None


class Lack(Struct, frozen=True, kw_only=True):
    """The cells that lack something: how many, their surface in m², and their share of the place's surface (0 to 1)."""

    cells: int
    area_m2: float
    share: float


class Figures(Struct, frozen=True, kw_only=True):
    """A place in numbers. Incidents count where their first cause was, so a parent's counts are the sums of its children's.

    `late` is past the deadline, `near` past nine tenths of the limit; `opened_today` and `closed_today` since midnight of the city's time.
    A worker counts in every place that the duty grid reaches into. A device is live when it was heard within 24 hours.
    """

    cells: int
    area_m2: float
    states: dict[CellState, int]
    open: int
    late: int
    near: int
    opened_today: int
    closed_today: int
    workers: int
    workers_on_shift: int
    open_tasks: int
    devices: int
    devices_live: int
    devices_silent: int
    devices_never: int
    without_duty: Lack
    without_worker: Lack
    without_sensor: Lack


class Child(Struct, frozen=True, kw_only=True):
    """A place with its figures."""

    code: str
    level: Level
    name: Name | None
    figures: Figures


class OpenIncidents(Struct, frozen=True, kw_only=True):
    """The open incidents of a place, counted by class, by state, and by whose turn it is."""

    by_class: dict[str, int]
    by_state: dict[str, int]
    by_turn: dict[str, int]
    late_by_turn: dict[str, int]


class Aggregate(Struct, frozen=True, kw_only=True):
    """One metric of a place, added up from the closed windows of its cells: `mean` is sum over count.

    `since` and `until` bound the windows (epoch ms, event time); `windows` are [start, count, mean, min, max] of the whole place.
    """

    title: Name
    unit: str
    seconds: int
    count: int
    sum: float
    mean: float
    min: float
    max: float
    late: int
    cells: int
    since: int
    until: int
    windows: list[Window]


class DataLateness(Struct, frozen=True, kw_only=True):
    """Readings of the place's districts since the beginning: in windows, of those behind the watermark, and too late for any window."""

    windowed: int
    late: int
    too_late: int


class AirPicture(Struct, frozen=True, kw_only=True):
    """The air of a place in real time: every station's last hour, averaged over the stations first, then judged by the tables of `edition`.

    `level`, `name` and `colour` are those of `aqi`; `iaqi` is the index of each pollutant, `primary` those to blame (none up to 50).
    """

    aqi: int
    level: str
    name: Name
    colour: str
    iaqi: dict[str, int]
    primary: list[str]
    stations: int
    edition: str
    until: int


class PlacePage(Struct, frozen=True, kw_only=True):
    """A place closely: where it lies, its figures, open incidents, aggregates of the last `minutes`, and the places in it.

    `lateness` is null below the district, whose ledger is the smallest; `air` is null where nothing measures the air.
    """

    code: str
    level: Level
    name: Name | None
    path: list[Crumb]
    now: int
    minutes: int
    box: tuple[float, float, float, float] | None
    area_m2: float
    figures: Figures
    incidents: OpenIncidents
    windows: dict[str, Aggregate]
    lateness: DataLateness | None
    air: AirPicture | None
    children: list[Child]


class ChildList(Struct, frozen=True, kw_only=True):
    """Places in the order of their codes: `total` of them, the first ones in `rows`."""

    total: int
    rows: list[Child]


class DeviceRow(Struct, frozen=True, kw_only=True):
    """A device of a place: `last_at` event time and `received_at` arrival of its newest message; `state` is live, silent or never, `doubts` what is doubtful about where it says it is."""

    id: str
    name: Name | None
    kind: str
    cell: str
    last_at: int | None
    received_at: int | None
    state: str
    doubts: list[Doubt]


class DeviceList(Struct, frozen=True, kw_only=True):
    """Devices, the longest silent first: `total` of them, the first ones in `rows`."""

    total: int
    rows: list[DeviceRow]


class WorkerList(Struct, frozen=True, kw_only=True):
    """Workers whose duty reaches into a place, those on shift first: `total` of them, the first ones in `rows`."""

    total: int
    rows: list[WorkerPicture]
