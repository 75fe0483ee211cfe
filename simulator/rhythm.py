"""How a quiet city reads: for each metric a level, a daily and weekly rhythm and a noise, kept clear of every rule's levels."""

from collections.abc import Iterable
from enum import IntEnum

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from city.registry import Metric
from city.rules import Rule

Floats = NDArray[np.float64]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EPOCH_WEEKDAY = 3
SATURDAY = 5
DAWN, DUSK = 6, 18.5
CLEARANCE = 0.1


class Shape(IntEnum):
    """How a day runs: a wave with one peak, two rush hours, filling up and emptied once, lit at night, draining over weeks, or nothing."""

    WAVE = 0
    RUSH = 1
    FILLING = 2
    NIGHT = 3
    DRAIN = 4
    STILL = 5


class Rhythm(Struct, frozen=True, kw_only=True):
    """One metric on a quiet day, in its own unit. `spread` is how much devices differ, as a share of `base`; `weekend` is added on free days."""

    base: float
    swing: float = 0.0
    peak_hour: float = 15.0
    noise: float = 0.0
    spread: float = 0.1
    weekend: float = 0.0
    decimals: int = 1
    shape: Shape = Shape.WAVE


RHYTHMS: dict[str, Rhythm] = {
    "water_level": Rhythm(base=0.02, noise=0.006, decimals=3),
    "underpass_water_level": Rhythm(base=0.03, noise=0.006, decimals=3),
    "drain_level": Rhythm(base=22, swing=6, peak_hour=20, noise=2),
    "rain": Rhythm(base=0, shape=Shape.STILL),
    "tilt": Rhythm(base=1.6, noise=0.25, spread=0.6),
    "cover_open": Rhythm(base=0, shape=Shape.STILL),
    "methane": Rhythm(base=2.0, swing=0.6, peak_hour=3, noise=0.4, spread=0.4),
    "fill": Rhythm(base=9, swing=58, noise=0.6, shape=Shape.FILLING),
    "site_pm10": Rhythm(base=48, swing=16, noise=5, weekend=-14, decimals=0, shape=Shape.RUSH),
    "pm10": Rhythm(base=58, swing=22, noise=6, weekend=-8, decimals=0, shape=Shape.RUSH),
    "pm25": Rhythm(base=28, swing=9, noise=4, weekend=-4, decimals=0, shape=Shape.RUSH),
    "no2": Rhythm(base=26, swing=20, noise=4, weekend=-7, decimals=0, shape=Shape.RUSH),
    "so2": Rhythm(base=8, swing=2, noise=1, decimals=0, shape=Shape.RUSH),
    "co_": Rhythm(base=600, swing=200, noise=40, weekend=-80, decimals=0, shape=Shape.RUSH),
    "o3": Rhythm(base=62, swing=38, peak_hour=15, noise=6, decimals=0),
    "noise": Rhythm(base=44, swing=10, noise=1.6, spread=0.08, weekend=-2, shape=Shape.RUSH),
    "lamp_fault": Rhythm(base=0, shape=Shape.STILL),
    "lamp_power": Rhythm(base=92, noise=0.8, spread=0.2, shape=Shape.NIGHT),
    "battery": Rhythm(base=58, swing=40, spread=0, decimals=0, shape=Shape.DRAIN),
    "temperature": Rhythm(base=17, swing=5, peak_hour=14.5, noise=0.3, spread=0.03),
    "humidity": Rhythm(base=66, swing=-12, peak_hour=14.5, noise=1.5, spread=0.05),
    "dew_point": Rhythm(base=10, swing=1, noise=0.3, spread=0.03),
    "pressure": Rhythm(base=1008, swing=1.2, peak_hour=10, noise=0.1, spread=0.001),
    "wind_speed": Rhythm(base=2.2, swing=0.9, peak_hour=14, noise=0.4, spread=0.2),
}
"""By the beginning of the metric's name; the longest beginning counts."""


def rhythm_of(metric: Metric) -> Rhythm:
    """The rhythm of a metric by its name; for an unknown one, a quiet wave in the lower part of what is possible."""
    beginnings = [known for known in RHYTHMS if metric.name.startswith(known)]
    if beginnings:
        return RHYTHMS[max(beginnings, key=len)]
    if metric.type == "boolean":
        return Rhythm(base=0, shape=Shape.STILL)
    span = metric.max - metric.min
    return Rhythm(base=metric.min + 0.25 * span, swing=0.04 * span, noise=0.01 * span, spread=0, decimals=3)


def quiet_range(metric: Metric, rules: Iterable[Rule]) -> tuple[float, float]:
    """The lowest and the highest value of `metric` that stays clear of the off levels of all its rules."""
    low, high = metric.min, metric.max
    for rule in rules:
        if rule.metric != metric.name:
            continue
        room = CLEARANCE * abs(rule.on - rule.off)
        if rule.direction == "below":
            low = max(low, rule.off + room)
        else:
            high = min(high, rule.off - room)
    return min(max(low, metric.min), metric.max), max(min(high, metric.max), metric.min)


class Curves:
    """The rhythms of many slots (one metric of one device each) as columns, to be read for all slots at once."""

    def __init__(self, rhythms: Iterable[Rhythm], traits: Floats) -> None:
        """`traits` in [0, 1) tell the devices apart, one a slot."""
        rows = list(rhythms)
        self.memory = 0.8
        self._traits = traits
        self._base = np.array([row.base for row in rows], dtype=float)
        self._base *= 1 + np.array([row.spread for row in rows]) * (2 * traits - 1)
        self._swing = np.array([row.swing for row in rows], dtype=float)
        self._peak = np.array([row.peak_hour for row in rows], dtype=float)
        self._noise = np.array([row.noise for row in rows], dtype=float)
        self._weekend = np.array([row.weekend for row in rows], dtype=float)
        self._scale = 10.0 ** np.array([row.decimals for row in rows], dtype=float)
        self._shape = np.array([row.shape for row in rows], dtype=int)

    def read(self, local_ms: NDArray[np.int64], shocks: Floats) -> Floats:
        """The value of each slot at its local time (epoch milliseconds plus the city's offset) under noise of variance 1."""
        hours = (local_ms % DAY_MS) / HOUR_MS
        free = (local_ms // DAY_MS + EPOCH_WEEKDAY) % 7 >= SATURDAY
        daily = np.choose(self._shape, self._days(hours, local_ms / DAY_MS), mode="clip")
        lit = np.where(self._shape == Shape.NIGHT, _night(hours), 1.0)
        values = self._base * lit + self._swing * daily + self._weekend * free + self._noise * shocks * lit
        return np.asarray(np.where(self._shape == Shape.STILL, self._base, values))

    def rounded(self, values: Floats) -> Floats:
        """Values with the decimals that such a sensor sends."""
        return np.asarray(np.round(values * self._scale) / self._scale)

    def _days(self, hours: Floats, days: Floats) -> list[Floats]:
        """The daily course between -1 and 1 for each `Shape`, in its order."""
        nothing = np.zeros(len(hours))
        return [
            np.cos((hours - self._peak) * 2 * np.pi / 24),
            np.exp(-(((hours - 8) / 2) ** 2)) + np.exp(-(((hours - 18) / 2.5) ** 2)),
            (hours / 24 - self._traits) % 1.0,
            nothing,
            1 - (days / 90 + self._traits) % 1.0,
            nothing,
        ]


def _night(hours: Floats) -> Floats:
    return np.asarray((hours >= DUSK) | (hours < DAWN), dtype=float)
