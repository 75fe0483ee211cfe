"""A small city for the pages to show: geometry and a board, seeded, as the operations API gives them."""

import random
from typing import Any

CLASSES: list[dict[str, Any]] = [
    {
        "code": "E0506",
        "zh": "道路积水",
        "en": "Road flooding",
        "skill": "drainage",
        "severity": "severe",
        "limit": 7200,
    },
    {
        "code": "C0101",
        "zh": "井盖移位",
        "en": "Manhole cover displaced",
        "skill": "maintenance",
        "severity": "moderate",
        "limit": 7200,
    },
    {"code": "E0502", "zh": "燃气泄漏", "en": "Gas leak", "skill": "gas", "severity": "extreme", "limit": 3600},
    {
        "code": "E0192",
        "zh": "垃圾满溢",
        "en": "Overflowing bin",
        "skill": "sanitation",
        "severity": "minor",
        "limit": 14400,
    },
    {
        "code": "E0304",
        "zh": "工地扬尘",
        "en": "Construction dust",
        "skill": "inspection",
        "severity": "moderate",
        "limit": 7200,
    },
]
TOWNS = [
    ("滨江街道", "Binjiang"),
    ("云台街道", "Yuntai"),
    ("古渡镇", "Gudu"),
    ("石桥街道", "Shiqiao"),
    ("松林镇", "Songlin"),
]
DISTRICTS = [("江北区", "Jiangbei"), ("江南区", "Jiangnan"), ("青屏区", "Qingping"), ("高新区", "Gaoxin")]
PEOPLE = [
    ("林晓东", "Lin Xiaodong"),
    ("周敏", "Zhou Min"),
    ("何建国", "He Jianguo"),
    ("苏婷", "Su Ting"),
    ("郑海", "Zheng Hai"),
]
LON, LAT, STEP = 111.30, 30.70, 0.00104
WHY = {
    "zh": "水位 0.23 米，已超过上限 0.15 米，持续 2 分钟",
    "en": "Water level 0.23 m is above the limit of 0.15 m and has been for 2 minutes",
}


def name(zh: str, en: str) -> dict[str, str]:
    """A name in both languages."""
    return {"zh": zh, "en": en}


class City:
    """A seeded city of `columns` × `rows` cells in four quarters, five towns a district."""

    def __init__(self, columns: int = 20, rows: int = 20, *, seed: int = 7, now: int = 1_764_000_000_000) -> None:
        self.columns, self.rows, self.now = columns, rows, now
        self.random = random.Random(seed)
        self.centres: dict[str, tuple[float, float]] = {}
        self.geometry = self._geometry()
        self.codes = list(self.centres)
        self.workers = [self._worker(number) for number in range(max(8, len(self.codes) // 10))]
        self.incidents: dict[str, dict[str, Any]] = {}
        self.tasks: dict[str, dict[str, Any]] = {}

    def _geometry(self) -> dict[str, Any]:
        corners = {
            (i, j): (
                LON + STEP * (i + self._nudge(i, self.columns)),
                LAT - STEP * 0.86 * (j + self._nudge(j, self.rows)),
            )
            for i in range(self.columns + 1)
            for j in range(self.rows + 1)
        }
        features = []
        serials: dict[str, int] = {}
        for j in range(self.rows):
            for i in range(self.columns):
                ring = [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1], corners[i, j]]
                features.append(self._feature(i, j, ring, serials))
        return {"type": "FeatureCollection", "features": features}

    def _nudge(self, at: int, last: int) -> float:
        return 0.0 if at in {0, last} else self.random.uniform(-0.3, 0.3)

    def _feature(self, i: int, j: int, ring: list[tuple[float, float]], serials: dict[str, int]) -> dict[str, Any]:
        quarter = (i >= self.columns // 2) + 2 * (j >= self.rows // 2)
        across, down = i % (self.columns // 2), j % (self.rows // 2)
        town = min(4, across * 5 // (self.columns // 2))
        community = f"9901{quarter + 1:02d}{town + 1:03d}{min(3, down * 4 // (self.rows // 2)) + 1:03d}"
        serials[community] = serials.get(community, 0) + 1
        code = f"{community}{serials[community]:03d}"
        self.centres[code] = (sum(lon for lon, _ in ring[:4]) / 4, sum(lat for _, lat in ring[:4]) / 4)
        zh, en = TOWNS[town]
        number = serials[community]
        properties = {"code": code, "zh": f"{zh}第{number}网格", "en": f"{en} grid {number}"}
        geometry = {"type": "Polygon", "coordinates": [[[round(lon, 6), round(lat, 6)] for lon, lat in ring]]}
        return {"type": "Feature", "properties": properties, "geometry": geometry}

    def _worker(self, number: int) -> dict[str, Any]:
        cell = self.random.choice(self.codes)
        lon, lat = self.centres[cell]
        zh, en = PEOPLE[number % len(PEOPLE)]
        on_shift = self.random.random() < 0.6
        position = {"lon": lon, "lat": lat, "at": self.now - self.random.randrange(60_000)} if on_shift else None
        return {
            "id": f"w{number + 1:04d}",
            "district": cell[:6],
            "name": name(zh, en),
            "skills": self.random.sample([c["skill"] for c in CLASSES], 2),
            "grids": [cell[:12]],
            "on_shift": on_shift,
            "load": self.random.randrange(3) if on_shift else 0,
            "capacity": 3,
            "position": position,
        }

    def add_incident(
        self, number: int, *, state: str = "handling", age_s: int = 600, cell: str = "", kind: int | None = None
    ) -> dict[str, Any]:
        """Opens an incident, with a task where its state has one, and returns it."""
        cell = cell or self.random.choice(self.codes)
        what = CLASSES[number % len(CLASSES) if kind is None else kind]
        filed_at = None if state == "reported" else self.now - age_s * 1000
        incident_id = f"{cell[:6]}-{number:012x}"
        lon, lat = self.centres[cell]
        incident: dict[str, Any] = {
            "id": incident_id,
            "version": 3,
            "district": cell[:6],
            "state": state,
            "class": what["code"],
            "name": name(what["zh"], what["en"]),
            "severity": what["severity"],
            "cells": [cell],
            "position": {"lon": lon, "lat": lat},
            "causes": [{"kind": "finding", "id": f"f{number}", "at": self.now - age_s * 1000}],
            "began_at": self.now - age_s * 1000,
            "detected_at": self.now - age_s * 1000,
            "filed_at": filed_at,
            "deadline": filed_at and filed_at + what["limit"] * 1000,
            "tasks": [],
            "closed_at": self.now - 60_000 if state in {"closed", "void"} else None,
            "links": [],
            "source": "citizen" if state == "reported" else "sensor",
            "work": "worker",
            "turn": {"reported": "operator", "filed": "dispatch", "verifying": "sensor"}.get(state, ""),
            "waiting": name(
                "无人可派：附近没有在岗且具备技能的人员", "Nobody to send: no one with the skill is on shift nearby"
            )
            if state == "filed"
            else None,
            "evidence": [self._evidence(number, age_s)],
            "updated_at": self.now - 5000,
        }
        self.incidents[incident_id] = incident
        if state in {"dispatched", "handling", "verifying"}:
            self._add_task(incident)
        return incident

    def _evidence(self, number: int, age_s: int) -> dict[str, Any]:
        at = self.now - age_s * 1000
        reading = {"device": f"water-{number:04d}", "metric": "water_level_m", "value": 0.23, "limit": 0.15}
        return {
            "cause": f"f{number}",
            "kind": "finding",
            "at": at,
            "why": WHY,
            "state": "raised",
            **reading,
            "text": "",
            "photos": [],
            "sender": "",
        }

    def _add_task(self, incident: dict[str, Any]) -> None:
        worker, other = self.random.sample([w for w in self.workers if w["on_shift"]] or self.workers, 2)
        task = {
            "id": f"{incident['id']}-t1",
            "incident": incident["id"],
            "district": incident["district"],
            "class": incident["class"],
            "name": incident["name"],
            "cell": incident["cells"][0],
            "position": incident["position"],
            "severity": incident["severity"],
            "created_at": incident["filed_at"] + 4000,
            "deadline": incident["deadline"],
            "instructions": name(
                "设置警示标志，清理雨水口，拍照上传", "Put up a warning sign, clear the drain, take a photo"
            ),
            "why": [
                {"factor": "duty", "value": "grid", "score": 0.0},
                {"factor": "distance_m", "value": 420, "score": 0.42},
                {"factor": "open_tasks", "value": 1, "score": 15.0},
            ],
            "state": {"dispatched": "offered", "handling": "accepted"}.get(incident["state"], "done"),
            "worker": worker["id"],
            "considered": [
                {"worker": other["id"], "duty": "town", "score": 1012.5},
                {"left_out": "without_skill", "count": 12},
            ],
            "updated_at": self.now - 5000,
        }
        incident["tasks"] = [task["id"]]
        incident["turn"] = incident["turn"] or worker["id"]
        self.tasks[task["id"]] = task

    def log(self, incident: dict[str, Any]) -> list[dict[str, Any]]:
        """A plausible history of the incident."""
        steps = [
            ("reported", None, "reported", "road-water"),
            ("filed", "reported", "filed", "citygrid"),
            ("dispatched", "filed", "dispatched", "citygrid"),
        ]
        first = incident["detected_at"]
        return [
            {
                "incident": incident["id"],
                "version": n + 1,
                "at": first + n * 4000,
                "event": event,
                "from": was,
                "to": to,
                "actor": actor,
                "reason": "",
                "detail": {"reason": name("按规则自动立案", "Filed by rule")} if n == 1 else {},
            }
            for n, (event, was, to, actor) in enumerate(steps)
        ]

    def states(self) -> dict[str, str]:
        """Each cell's state."""
        covered = {
            cell for one in self.incidents.values() if one["state"] not in {"closed", "void"} for cell in one["cells"]
        }
        quiet = random.Random(3)
        draws = {code: quiet.random() for code in self.codes}
        return {
            code: "incident"
            if code in covered
            else "unknown"
            if draws[code] < 0.05
            else "watch"
            if draws[code] < 0.09
            else "fine"
            for code in self.codes
        }

    def open_incidents(self) -> int:
        """How many incidents have not ended."""
        return sum(1 for one in self.incidents.values() if one["state"] not in {"closed", "void"})

    def ledger(self) -> dict[str, Any]:
        """Sums that balance."""
        districts = {}
        for index in range(4):
            received = 81_204 + 913 * index
            rejected = {"bad_time": 41 + index, "impossible_value": 17, "unknown_sender": 3}
            accepted = received - sum(rejected.values())
            rest = {"open": 612, "duplicate": 2_204, "too_late": 96}
            sums = {"received": received, "accepted": accepted, "rejected": rejected, "late": 1_310, "gaps": 12, **rest}
            districts[f"9901{index + 1:02d}"] = {
                "district": f"9901{index + 1:02d}",
                "windowed": accepted - sum(rest.values()),
                "applied": {},
                "watermark": self.now - 31_000,
                **sums,
            }
        return {"districts": districts, "in_flight": 0, "balanced": True}

    def board(self) -> dict[str, Any]:
        """The whole board."""
        on = [
            {"code": f"9901{n + 1:02d}", "name": name(*names), "index": n, "crs": "gcj02"}
            for n, names in enumerate(DISTRICTS)
        ]
        total = len(self.codes) * 3 // 2
        return {
            "sequence": "a1-0",
            "now": self.now,
            "city": {"code": "9901", "name": name("沧江市", "Cangjiang")},
            "districts": on,
            "cells": self.states(),
            "incidents": list(self.incidents.values()),
            "tasks": list(self.tasks.values()),
            "workers": self.workers,
            "devices": {"total": total, "live": total - 14, "silent": 14},
            "ledger": self.ledger(),
            "age_ms": 420,
            "readings_per_s": 812.4,
            "classes": [self._class(one) for one in CLASSES],
            "findings": 4,
            "rejects": self._rejects(),
        }

    def _class(self, one: dict[str, Any]) -> dict[str, Any]:
        fixed = {"family": "", "work": "worker", "offer_seconds": 180, "instructions": name("", "")}
        return {
            "code": one["code"],
            "name": name(one["zh"], one["en"]),
            "skill": one["skill"],
            "severity": one["severity"],
            "limit_seconds": one["limit"],
            **fixed,
        }

    def _rejects(self) -> dict[str, Any]:
        latest = [
            {
                "at": self.now - n * 1700,
                "reason": "impossible_value",
                "detail": "pm10_ugm3 9999 is above 2000",
                "sender": f"dust-{n:03d}",
                "topic": f"citygrid/v1/990101/telemetry/dust-{n:03d}",
            }
            for n in range(6)
        ]
        return {
            "total": 250,
            "by_reason": {"bad_time": 170, "impossible_value": 68, "unknown_sender": 12},
            "latest": latest,
        }

    def cell(self, code: str) -> dict[str, Any]:
        """What is known of one cell, with two hours of windows."""
        start = self.now // 60_000 * 60_000 - 120 * 60_000
        rows = []
        for minute in range(120):
            mean = 0.05 + 0.18 * max(0.0, (minute - 80) / 40) + self.random.uniform(-0.01, 0.01)
            rows.append([start + minute * 60_000, 6, mean, mean - 0.015, mean + 0.02])
        lon, lat = self.centres[code]
        device = {
            "id": "water-0007",
            "kind": "road-water",
            "metrics": ["water_level_m", "battery_pct"],
            "lon": lon,
            "lat": lat,
            "last_at": self.now - 9000,
            "live": True,
        }
        feature = next(one for one in self.geometry["features"] if one["properties"]["code"] == code)
        return {
            "code": code,
            "name": name(feature["properties"]["zh"], feature["properties"]["en"]),
            "state": self.states()[code],
            "devices": [{**device, "last": {"water_level_m": 0.23, "battery_pct": 88}}],
            "incidents": [one for one in self.incidents.values() if code in one["cells"]],
            "metrics": {
                "water_level_m": {
                    "title": name("道路水位", "Road water level"),
                    "unit": "m",
                    "windows": rows,
                    "limits": [0.15],
                }
            },
        }
