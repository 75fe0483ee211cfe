"""A small city and what its people and devices send, for the tests of messages."""

from typing import Any

import msgspec

from city.names import Name
from city.registry import Condition, Device, District, EventClass, Metric, Registry
from city.report import Position
from messages.rejects import Reason, Refusal
from messages.telemetry import Place

NOW = 1_790_000_000_000
CELL = "990102001001001"
DISTRICT = "990102"
UUID = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
WEEK_MS = 7 * 86_400_000

DEVICE = Device(
    id="wl-0001",
    district=DISTRICT,
    cell=CELL,
    kind="water_level",
    metrics=["water_level_m", "cover_open_bool"],
    lon=1.0,
    lat=2.0,
)
METRICS = {
    "water_level_m": Metric(name="water_level_m", unit="m", min=0, max=10),
    "cover_open_bool": Metric(name="cover_open_bool", unit="", type="boolean", min=0, max=1),
    "pm25_ugm3": Metric(name="pm25_ugm3", unit="µg/m³", min=0, max=1500),
}
REGISTRY = Registry(
    districts={
        DISTRICT: District(code=DISTRICT, name=Name("东区", "East"), index=1, crs="gcj02"),
        "990103": District(code="990103", name=Name("西区", "West"), index=18),
    },
    classes={
        "E0506": EventClass(code="E0506", name=Name("井盖缺失", "Manhole cover gone")),
        "C0103": EventClass(
            code="C0103",
            name=Name("雨水井盖", "Storm drain cover"),
            conditions=(
                Condition(id="missing", text=Name("缺失", "missing")),
                Condition(id="loose", text=Name("异响", "it rattles")),
            ),
        ),
    },
    metrics=METRICS,
    too_old_seconds=WEEK_MS // 1000,
)


def locate(position: Position, district: str) -> Place | Refusal:
    """Everything east of Greenwich is one cell of the neighbouring district, and the city ends there."""
    if position.lon < 0:
        return Refusal(Reason.OUTSIDE_THE_CITY, f"outside, seen from {district}")
    return Place("990103001001001", Position(lon=position.lon, lat=position.lat, crs="wgs84"))


def payload(base: dict[str, Any], without: str = "", **changes: Any) -> bytes:
    """The JSON of `base` with some fields changed (`class_` stands for "class") and one left out."""
    whole = {**base, **{name.rstrip("_"): value for name, value in changes.items()}}
    whole.pop(without, None)
    return msgspec.json.encode(whole)


TELEMETRY: dict[str, Any] = {"at": NOW, "seq": 17, "values": {"water_level_m": 0.12}}
REPORT: dict[str, Any] = {"id": UUID, "at": NOW, "class": "E0506", "position": {"lon": 111.3, "lat": 30.7}}
REPLY: dict[str, Any] = {"id": UUID, "task": "990103-7f3a-t1", "at": NOW, "kind": "accept"}
