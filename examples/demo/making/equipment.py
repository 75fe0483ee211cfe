"""The devices: 3,000 of ten kinds, at least one in most cells; some communities are left without, as in every real city."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Point, Polygon

from city.names import Name
from city.registry import Cell, Device
from geo.area import centre, polygon_of
from geo.codes import community_of, district_of

BARE_COMMUNITIES = 3
BARE_CELLS = 45
FROM_THE_BORDER = 5e-5  # degrees, about 5 m: a device stands clearly in its cell


@dataclass(frozen=True)
class Kind:
    """A kind of device: how many there are and what each sends."""

    id: str
    count: int
    name: Name
    metrics: tuple[str, ...]


KINDS = (
    Kind("road-water", 520, Name(zh="路面水位计", en="Road water gauge"), ("water_level_m", "battery_pct")),
    Kind(
        "underpass-water",
        60,
        Name(zh="下穿通道水位计", en="Underpass water gauge"),
        ("underpass_water_level_m", "battery_pct"),
    ),
    Kind("manhole", 760, Name(zh="井盖传感器", en="Manhole sensor"), ("tilt_deg", "cover_open_bool", "battery_pct")),
    Kind("gas", 260, Name(zh="燃气探测器", en="Gas detector"), ("methane_pctlel", "battery_pct")),
    Kind("bin", 560, Name(zh="垃圾桶传感器", en="Bin sensor"), ("fill_pct", "battery_pct")),
    Kind("site-dust", 120, Name(zh="工地扬尘仪", en="Site dust monitor"), ("site_pm10_ugm3",)),
    Kind("noise", 160, Name(zh="噪声监测仪", en="Noise monitor"), ("noise_dba",)),
    Kind("street-light", 400, Name(zh="路灯控制器", en="Street light controller"), ("lamp_fault_bool", "lamp_power_w")),
    Kind(
        "air-station",
        60,
        Name(zh="空气质量微站", en="Air station"),
        ("pm25_ugm3", "pm10_ugm3", "temperature_c", "humidity_pct"),
    ),
    Kind("rain-gauge", 100, Name(zh="雨量计", en="Rain gauge"), ("rain_mm", "battery_pct")),
)


def devices(cells: Mapping[str, Cell], rng: np.random.Generator) -> list[Device]:
    """All devices of the city, kind by kind."""
    kinds = [kind for kind in KINDS for _ in range(kind.count)]
    places = _places(sorted(cells), len(kinds), rng)
    rng.shuffle(places)
    numbers = dict.fromkeys((kind.id for kind in KINDS), 0)
    found = []
    for kind, code in zip(kinds, places, strict=True):
        numbers[kind.id] += 1
        found.append(_device(kind, numbers[kind.id], cells[code], rng))
    return found


def _places(codes: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """One cell a device: first every cell that is to have one, then any of them again."""
    villages = sorted({community_of(code) for code in codes if code[9] == "2"})
    bare = {str(place) for place in rng.choice(villages, BARE_COMMUNITIES, replace=False)}
    served = [code for code in codes if community_of(code) not in bare]
    served = [served[at] for at in sorted(rng.permutation(len(served))[BARE_CELLS:])]
    again = [str(code) for code in rng.choice(served, count - len(served))]
    return served + again


def _device(kind: Kind, number: int, cell: Cell, rng: np.random.Generator) -> Device:
    lon, lat = _point_in(cell, rng)
    return Device(
        id=f"{kind.id}-{number:04d}",
        district=district_of(cell.code),
        cell=cell.code,
        kind=kind.id,
        metrics=list(kind.metrics),
        lon=lon,
        lat=lat,
        name=Name(zh=f"{cell.name.zh}{kind.name.zh}", en=f"{kind.name.en}, {cell.name.en}"),
    )


def _point_in(cell: Cell, rng: np.random.Generator) -> tuple[float, float]:
    ground = polygon_of(cell.geometry).buffer(-FROM_THE_BORDER)
    if not isinstance(ground, Polygon) or ground.is_empty:
        return centre(cell.geometry)
    west, south, east, north = ground.bounds
    while True:
        lon, lat = round(float(rng.uniform(west, east)), 6), round(float(rng.uniform(south, north)), 6)
        if ground.contains(Point(lon, lat)):
            return lon, lat
