"""The city in which the proof takes place: small windows, five districts of different habits, and what its devices may send.

It is written as an ordinary city's folder, so that nothing in citygrid knows that it is being judged.
"""

import csv
import json
from pathlib import Path

from msgspec import Struct

CITY = "9909"
SIDE = 10
CELL_DEGREES = 0.002
WEST, SOUTH = 111.0, 30.0
HOUR_MS = 3_600_000
WINDOW_S, LATENESS_S = 10, 20
CREW = 4
LATEST_DEVICES, WANDERERS, CLOCKLESS = 2, 5, 4
SCENE_STEP = 2
MESSAGE_VALUES = 2

GAUGE, AIR, WANDERER, LATE, METER = "gauge", "air", "wanderer", "straggler", "meter"
METRICS = {"level_m": 5, "load_w": 4096, "haze_ugm3": 1000, "flow_m": 4096}
MEASURES = {
    GAUGE: ("level_m", "load_w"),
    AIR: ("haze_ugm3", "load_w"),
    WANDERER: ("load_w",),
    LATE: ("load_w",),
    METER: ("flow_m",),
}
FLOOD, HAZE, SEEN, SILENT = "E0506", "E0599", "E0110", "C0199"
FLOOD_ON, FLOOD_OFF, HAZE_ON, HAZE_OFF = 0.15, 0.10, 150, 75
SEVERITY, DAY_MS = "moderate", 86_400_000
"""The severity of every class and rule at which something happens, and the limit by which it must be done."""
SILENT_AFTER = "90s"
FLOOD_RULE = "flood"


class District(Struct, frozen=True):
    """A district of the proof: how far its clocks are behind (ms), and whether it speaks only now and then."""

    code: str
    behind_ms: int = 0
    quiet: bool = False
    clockless: bool = False


class Device(Struct, frozen=True):
    """A device that the load plays; `scene` says whether episodes take place at it."""

    id: str
    kind: str
    district: District
    cell: str
    lon: float
    lat: float
    scene: bool = False


DISTRICTS = (
    District("990901"),
    District("990902", clockless=True),
    District("990903", behind_ms=HOUR_MS),
    District("990904"),
    District("990905", quiet=True),
)


def metric_window(metric: str) -> tuple[int, int]:
    """The length of a metric's windows and the lateness it allows, in ms, as the city's folder says."""
    del metric
    return WINDOW_S * 1000, LATENESS_S * 1000


def devices(rate: float) -> list[Device]:
    """All devices; beyond those at which something happens as many gauges as `rate` (readings a second) needs."""
    speaking = [district for district in DISTRICTS if not district.quiet]
    fixed = sum(len(_cast(district, 0)) for district in speaking)
    extra = max(0, int((rate / MESSAGE_VALUES - fixed) / len(speaking)))
    return [device for district in DISTRICTS for device in _cast(district, 0 if district.quiet else extra)]


def _cast(district: District, extra: int) -> list[Device]:
    scenes = [(row, column) for row in range(0, SIDE, SCENE_STEP) for column in range(0, SIDE, SCENE_STEP)]
    cast = [_device(district, kind, number, place) for kind in (GAUGE, AIR) for number, place in enumerate(scenes)]
    if district.quiet:
        return [Device(d.id, d.kind, d.district, d.cell, d.lon, d.lat) for d in cast[:3]]
    crowd = {WANDERER: WANDERERS, LATE: LATEST_DEVICES, METER: CLOCKLESS if district.clockless else 0}
    others = [_device(district, kind, 500 + n, (1, n % SIDE)) for kind, many in crowd.items() for n in range(many)]
    return cast + others + [_device(district, GAUGE, 1000 + n, (3, n % SIDE)) for n in range(extra)]


def _device(district: District, kind: str, number: int, place: tuple[int, int]) -> Device:
    row, column = place
    lon, lat = centre(district, row, column)
    at_scene = row % SCENE_STEP == 0
    return Device(
        f"{kind}-{district.code}-{number:04}", kind, district, cell(district, row, column), lon, lat, at_scene
    )


def ahead(device: Device) -> bool:
    """Whether its clock is ahead all the time: the last wanderer's, but not where all clocks are behind, for there it would make the others too late."""
    return device.kind == WANDERER and int(device.id[-1]) == WANDERERS - 1 and not device.district.behind_ms


def cell(district: District, row: int, column: int) -> str:
    """The code of a cell of the square grid."""
    return f"{district.code}001001{row * SIDE + column + 1:03}"


def centre(district: District, row: int, column: int) -> tuple[float, float]:
    """The middle of a cell, longitude and latitude."""
    west = WEST + DISTRICTS.index(district) * SIDE * CELL_DEGREES * 1.5
    return round(west + (column + 0.5) * CELL_DEGREES, 7), round(SOUTH + (row + 0.5) * CELL_DEGREES, 7)


def crew(district: District) -> list[str]:
    """The workers of a district."""
    return [f"crew-{district.code}-{number}" for number in range(CREW)]


def write(folder: Path, rate: float, *, flood_on: float = FLOOD_ON) -> Path:
    """Writes the city's folder for this many readings a second, and gives it back."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "city.toml": f'code = "{CITY}"\n{_name("证明市", "Proof")}utc_offset_minutes = 480\ntoo_old_days = 7\n',
        "districts.toml": _districts(),
        "metrics.toml": _metrics(),
        "classes.toml": _classes(),
        "rules.toml": _rules(flood_on),
        "cells.geojson": json.dumps({"type": "FeatureCollection", "features": _cells()}, ensure_ascii=False),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    _table(folder / "places.csv", ("code", "zh", "en"), _places())
    _table(folder / "devices.csv", ("id", "district", "cell", "kind", "metrics", "lon", "lat"), _devices(rate))
    header = ("id", "district", "zh", "en", "skills", "grids", "shift_start", "shift_end", "days", "capacity")
    _table(folder / "workers.csv", header, _workers())
    return folder


def _name(zh: str, en: str) -> str:
    return f'name = {{ zh = "{zh}", en = "{en}" }}\n'


def _districts() -> str:
    return "\n".join(
        f'[[district]]\ncode = "{district.code}"\n{_name(f"第{index + 1}区", f"District {index + 1}")}index = {index}\n'
        for index, district in enumerate(DISTRICTS)
    )


def _metrics() -> str:
    return "\n".join(
        f'[[metric]]\nname = "{name}"\nunit = "{name.rsplit("_", 1)[1]}"\nmin = 0\nmax = {most}\n'
        f"window_seconds = {WINDOW_S}\nlateness_seconds = {LATENESS_S}\n"
        for name, most in METRICS.items()
    )


def _classes() -> str:
    told = (
        (FLOOD, "积水", "Flood", "flood", 'skill = "all"\nclear = "4s"\n'),
        (HAZE, "雾霾", "Haze", "haze", 'work = "none"\nclear = "0s"\n'),
        (SEEN, "垃圾", "Rubbish", "rubbish", 'skill = "all"\n'),
        (SILENT, "失联", "Silent", "device", 'skill = "all"\nclear = "0s"\n'),
    )
    return "\n".join(
        f'[[class]]\ncode = "{code}"\n{_name(zh, en)}family = "{family}"\nseverity = "{SEVERITY}"\nlimit = "1d"\noffer = "1d"\n'
        f'watch = "0s"\n{more}'
        for code, zh, en, family, more in told
    )


def _rules(flood_on: float) -> str:
    levels = ((FLOOD_RULE, FLOOD, "level_m", flood_on, FLOOD_OFF), ("haze", HAZE, "haze_ugm3", HAZE_ON, HAZE_OFF))
    rules = [
        f'[[rule]]\nid = "{id_}"\ntype = "threshold"\nclass = "{code}"\n{_name(id_, id_)}metric = "{metric}"\n'
        f'severity = "{SEVERITY}"\non = {on}\noff = {off}\n'
        for id_, code, metric, on, off in levels
    ]
    silent = (
        f'[[rule]]\nid = "silent"\ntype = "silent"\nclass = "{SILENT}"\n{_name("失联", "silent")}'
        f'kinds = ["{GAUGE}", "{AIR}"]\nseverity = "minor"\nafter = "{SILENT_AFTER}"\n'
    )
    return "\n".join([*rules, silent])


def _cells() -> list[dict[str, object]]:
    return [_cell(district, row, column) for district in DISTRICTS for row in range(SIDE) for column in range(SIDE)]


def _cell(district: District, row: int, column: int) -> dict[str, object]:
    lon, lat = centre(district, row, column)
    half = CELL_DEGREES / 2
    corners = ((-half, -half), (half, -half), (half, half), (-half, half), (-half, -half))
    ring = [[round(lon + east, 7), round(lat + north, 7)] for east, north in corners]
    code = cell(district, row, column)
    return {
        "type": "Feature",
        "properties": {"code": code, "zh": code, "en": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _places() -> list[tuple[object, ...]]:
    return [
        (f"{district.code}{tail}", "街道", f"{level} of {district.code}")
        for district in DISTRICTS
        for tail, level in (("001", "Town"), ("001001", "Community"))
    ]


def _devices(rate: float) -> list[tuple[object, ...]]:
    return [
        (one.id, one.district.code, one.cell, _kind(one), " ".join(MEASURES[one.kind]), one.lon, one.lat)
        for one in devices(rate)
    ]


def _kind(device: Device) -> str:
    """Nobody misses the devices of the quiet district."""
    return "occasional" if device.district.quiet else device.kind


def _workers() -> list[tuple[object, ...]]:
    return [
        (
            worker,
            district.code,
            "巡查员",
            f"Worker {worker}",
            "all",
            district.code,
            "00:00",
            "24:00",
            "1 2 3 4 5 6 7",
            50,
        )
        for district in DISTRICTS
        for worker in crew(district)
    ]


def _table(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows((header, *rows))
