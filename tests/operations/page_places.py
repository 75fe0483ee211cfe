"""What the places API says of the pages' made-up city: names, roll-ups, lists and outlines, counted from its cells."""

import threading
from typing import Any

from shapely.geometry import mapping, shape
from shapely.ops import unary_union

from tests.operations.page_city import DISTRICTS, TOWNS, City, name

DIGITS = {"city": 4, "district": 6, "town": 9, "community": 12, "cell": 15}
LEVELS = list(DIGITS)
CELL_M2 = 10_000.0
OVER = {"closed", "void"}


def level_of(code: str) -> str:
    """The level by the length of the code; KeyError where there is none."""
    return {length: level for level, length in DIGITS.items()}[len(code)]


CONDITIONS = [
    {"id": "deep", "text": name("积水深于 15 厘米", "Deeper than 15 cm"), "limit": "2uh", "severity": "severe"},
    {"id": "shallow", "text": name("积水较浅", "Shallow water"), "limit": "4wh", "severity": "minor"},
]


def majors_of(classes: list[dict[str, Any]], more: int = 0) -> list[dict[str, Any]]:
    """The classes by majors, each with two conditions; with `more` made-up ones in majors of twenty."""
    made = [
        {
            "code": f"C{n // 20 + 10}{n % 20 + 1:02d}",
            "name": name(f"第{n}类部件", f"Component kind {n}"),
            "skill": "",
            "limit": "2wd",
        }
        for n in range(more)
    ]
    majors: dict[str, list[dict[str, Any]]] = {}
    for kind in [*made, *classes]:
        majors.setdefault(kind["code"][:3], []).append({**kind, "conditions": CONDITIONS, "limit": "4wh"})
    return [{"code": code, "name": name(f"大类{code}", f"Major {code}"), "classes": of} for code, of in majors.items()]


class Places:
    """The places of a city. Every seventh cell has no live sensor, every eleventh no duty grid, every third nobody on shift."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.below_asked: list[str] = []
        self.held: threading.Event | None = None

    def name(self, code: str) -> dict[str, str]:
        """A place's name in both languages."""
        level = level_of(code)
        if level == "city":
            return name("沧江市", "Cangjiang")
        if level == "district":
            return name(*DISTRICTS[int(code[4:]) - 1])
        zh, en = TOWNS[int(code[6:9]) - 1]
        if level == "town":
            return name(zh, f"{en} Town")
        number = int(code[9:12])
        if level == "community":
            return name(f"{zh[:2]}第{number}社区", f"{en} community {number}")
        return name(f"{zh}第{int(code[12:])}网格", f"{en} grid {int(code[12:])}")

    def codes(self, level: str, within: str = "") -> list[str]:
        """The codes of a level in a place, in their order."""
        return sorted({cell[: DIGITS[level]] for cell in self.city.codes if cell.startswith(within)})

    def named(self) -> list[dict[str, Any]]:
        """All places above the cell by name."""
        return [
            {
                "code": code,
                "level": level,
                "name": self.name(code),
                "parent": code[: DIGITS[LEVELS[at - 1]]] if at else None,
            }
            for at, level in enumerate(LEVELS[:-1])
            for code in self.codes(level)
        ]

    def lacking(self, lack: str) -> set[str]:
        """The cells that lack it."""
        every = {"without_duty": 11, "without_worker": 3, "without_sensor": 7}[lack]
        return set(self.city.codes[::every])

    def figures(self, code: str) -> dict[str, Any]:
        """A place in numbers, as far as cells, incidents and workers of the city say them."""
        cells = {cell for cell in self.city.codes if cell.startswith(code)}
        states = self.city.states()
        open_ = [one for one in self.city.incidents.values() if one["cells"][0] in cells and one["state"] not in OVER]
        workers = [w for w in self.city.workers if w["grids"][0].startswith(code) or code.startswith(w["grids"][0])]
        silent = len(cells) // 9
        return {
            "cells": len(cells),
            "area_m2": len(cells) * CELL_M2,
            "states": {
                state: sum(states[c] == state for c in cells) for state in ("fine", "watch", "incident", "unknown")
            },
            "open": len(open_),
            "late": 0,
            "near": 0,
            "opened_today": len(open_) + 2,
            "closed_today": 2,
            "workers": len(workers),
            "workers_on_shift": sum(w["on_shift"] for w in workers),
            "open_tasks": 1,
            "devices": len(cells),
            "devices_live": len(cells) - silent,
            "devices_silent": silent,
            "devices_never": 0,
            **{lack: self._lack(cells, lack) for lack in ("without_duty", "without_worker", "without_sensor")},
        }

    def _lack(self, cells: set[str], lack: str) -> dict[str, Any]:
        found = len(cells & self.lacking(lack))
        return {"cells": found, "area_m2": found * CELL_M2, "share": found / len(cells)}

    def child(self, code: str) -> dict[str, Any]:
        """A place with its figures."""
        return {"code": code, "level": level_of(code), "name": self.name(code), "figures": self.figures(code)}

    def below(self, code: str, query: dict[str, str]) -> dict[str, Any]:
        """Smaller places of a place; the answer waits for `held`."""
        if self.held:
            self.held.wait(30)
        self.below_asked.append(f"{code} {query.get('level')} {query.get('having', '')}")
        level = query.get("level", "cell")
        found = self.codes(level, code)
        if level == "cell" and "having" in query:
            found = [cell for cell in found if cell in self.lacking(query["having"])]
            return {"total": len(found), "rows": [{"code": cell} for cell in found]}
        return {"total": len(found), "rows": [self.child(one) for one in found]}

    def page(self, code: str) -> dict[str, Any] | None:
        """A place closely; None where the city has none of that code."""
        if len(code) not in DIGITS.values() or not any(cell.startswith(code) for cell in self.city.codes):
            return None
        at = LEVELS.index(level_of(code))
        path = [code[: DIGITS[level]] for level in LEVELS[: at + 1]]
        children = self.codes(LEVELS[at + 1], code) if at < 4 else []
        return {
            **self.child(code),
            "path": [{"code": one, "level": level_of(one), "name": self.name(one)} for one in path],
            "now": self.city.now,
            "minutes": 15,
            "box": None,
            "area_m2": self.figures(code)["area_m2"],
            "incidents": {"by_class": {}, "by_state": {}, "by_turn": {}, "late_by_turn": {}},
            "windows": {"water_level_m": self._water()},
            "lateness": {"windowed": 80_000, "late": 1_310, "too_late": 96} if at < 2 else None,
            "air": None,
            "children": [self.child(one) for one in children],
        }

    def _water(self) -> dict[str, Any]:
        start = self.city.now // 60_000 * 60_000 - 15 * 60_000
        rows = [[start + n * 60_000, 24, 0.05 + 0.004 * n, 0.01, 0.11 + 0.008 * n] for n in range(15)]
        sums = {"count": 360, "sum": 28.1, "mean": 0.078, "min": 0.01, "max": 0.222, "late": 4, "cells": 31}
        ends = {"since": start, "until": start + 15 * 60_000, "windows": rows}
        return {"title": name("道路水位", "Road water level"), "unit": "m", "seconds": 60, **sums, **ends}

    def devices(self, code: str) -> dict[str, Any]:
        """Silent devices."""
        cells = [cell for cell in self.city.codes if cell.startswith(code)][::9][: len(self.city.codes) // 9]
        rows = [
            {"id": f"water-{n:04d}", "name": None, "kind": "road-water", "cell": cell, "state": "silent", "doubts": []}
            | {"last_at": self.city.now - (30 - n % 20) * 3_600_000, "received_at": None}
            for n, cell in enumerate(cells)
        ]
        return {"total": len(rows), "rows": rows[:100]}

    def workers(self, code: str) -> dict[str, Any]:
        """Workers of a place, those on shift first."""
        found = [w for w in self.city.workers if w["grids"][0].startswith(code) or code.startswith(w["grids"][0])]
        rows = sorted(found, key=lambda worker: not worker["on_shift"])
        return {"total": len(rows), "rows": rows[:200]}

    def geometry(self, level: str, within: str) -> dict[str, Any]:
        """The outlines of a level, or the cells of a place."""
        features = [one for one in self.city.geometry["features"] if one["properties"]["code"].startswith(within)]
        if level == "cell":
            return {"type": "FeatureCollection", "features": features}
        groups: dict[str, list[Any]] = {}
        for feature in features:
            groups.setdefault(feature["properties"]["code"][: DIGITS[level]], []).append(shape(feature["geometry"]))
        outlines = [
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, **self.name(code)},
                "geometry": mapping(unary_union(shapes)),
            }
            for code, shapes in sorted(groups.items())
        ]
        return {"type": "FeatureCollection", "features": outlines}
