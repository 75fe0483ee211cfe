"""What a city has registered: districts, places in them, cells, devices, workers, metrics, classes and rules, as looked up by every stage."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from city.calendar import WorkCalendar
from city.names import Name
from city.rules import Rule


class Severity(StrEnum):
    """How grave an incident is; the four words of the Common Alerting Protocol."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    EXTREME = "extreme"


class District(Struct, frozen=True, kw_only=True):
    """A district, the unit of locality: `index` is given once and never reused, and picks the Kafka partition."""

    code: str
    name: Name
    index: int
    crs: str = "wgs84"


class Place(Struct, frozen=True, kw_only=True):
    """A town or a community (9 or 12 digits), or a district's outline (6): `geometry` is a GeoJSON area in WGS-84 degrees, None where only its cells say how far it reaches."""

    code: str
    name: Name
    geometry: dict[str, Any] | None = None


class Cell(Struct, frozen=True, kw_only=True):
    """A unit grid cell: 15-digit code, and a GeoJSON geometry (Polygon or MultiPolygon, WGS-84 degrees)."""

    code: str
    name: Name
    geometry: dict[str, Any]


class Device(Struct, frozen=True, kw_only=True):
    """A sensor at its registered place (WGS-84 degrees), with the names of the metrics it may send."""

    id: str
    district: str
    cell: str
    kind: str
    metrics: list[str]
    lon: float
    lat: float
    name: Name | None = None


class Shift(Struct, frozen=True, kw_only=True):
    """When a worker is on duty: local times "HH:MM" (`end` at or before `start` runs past midnight), ISO week days 1 to 7."""

    start: str
    end: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)


class Worker(Struct, frozen=True, kw_only=True):
    """A grid worker: skills are the words that classes ask for, `grids` the cell codes (or shorter place codes) of the duty grid."""

    id: str
    district: str
    name: Name
    skills: list[str]
    grids: list[str]
    shift: Shift
    capacity: int = 3


class Metric(Struct, frozen=True, kw_only=True):
    """What is measured: the unit is the end of the name, `type` is number or boolean, values outside min..max are impossible."""

    name: str
    unit: str
    type: str = "number"
    min: float
    max: float
    window_seconds: int = 60
    lateness_seconds: int = 30
    title: Name | None = None


class Condition(Struct, frozen=True, kw_only=True):
    """What must be so that a case of a class is filed. `limit` ("2uh", "5wd") and `severity` are the class's where they are empty.

    `sensors` are the ids of the rules by which sensors find it.
    """

    id: str
    text: Name
    limit: str = ""
    severity: Severity | None = None
    sensors: tuple[str, ...] = ()


class EventClass(Struct, frozen=True, kw_only=True):
    """A class of incident: who may handle it, by when, and what closes it.

    `work` is "worker" (someone is sent) or "none" (it ends by itself, like haze). `family` joins classes that describe one
    happening. `offer_seconds` is how long a worker has to accept; `clear_seconds` how long the reading must stay below the off level before
    a sensor's case may close; `watch_seconds` how long after closing a returning reading reopens it.

    `limit` is the time for handling by one of the four clocks ("4wh"); where it is empty, `limit_seconds` of all time count. `department` and
    `closing` are words of city.departments and city.catalogue.Proof: the kind of department responsible, and what proves that it is done.
    `major` is the name of the group that the code begins with; `local` says that the class is a city's own, not a national one.
    """

    code: str
    name: Name
    family: str = ""
    skill: str = ""
    severity: Severity = Severity.MODERATE
    limit: str = ""
    limit_seconds: int = 7200
    work: str = "worker"
    offer_seconds: int = 180
    clear_seconds: int = 60
    watch_seconds: int = 1800
    instructions: Name = field(default_factory=lambda: Name(zh="", en=""))
    department: str = ""
    closing: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    major: Name | None = None
    local: bool = False


class City(Struct, frozen=True, kw_only=True):
    """The city's own settings: how old a message may be, the city's time zone in minutes east of UTC, and when it works."""

    code: str
    name: Name
    too_old_seconds: int = 7 * 86_400
    utc_offset_minutes: int = 480
    calendar: WorkCalendar = WorkCalendar()


class Registry(Struct, frozen=True, kw_only=True):
    """All of the above by id: a value that is replaced, never changed, when something new is registered."""

    code: str = ""
    name: Name = field(default_factory=lambda: Name(zh="", en=""))
    districts: dict[str, District] = {}
    places: dict[str, Place] = {}
    cells: dict[str, Cell] = {}
    devices: dict[str, Device] = {}
    workers: dict[str, Worker] = {}
    metrics: dict[str, Metric] = {}
    rules: dict[str, Rule] = {}
    classes: dict[str, EventClass] = {}
    too_old_seconds: int = 7 * 86_400
    utc_offset_minutes: int = 480
    calendar: WorkCalendar = WorkCalendar()
