"""How good the air is: from concentrations to individual indices (IAQI), the air quality index (AQI), its level and its primary pollutants.

An index is read off straight lines between knots. The knots are those of HJ 633-2012, and from 2026-03-01 those of HJ 633-2026, which
differ for fine and coarse particles (taken from two independent programs that agree; the text of the new standard was not read). A city's
value comes of the concentrations averaged over its stations, not of the stations' indices (HJ 663).
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from math import ceil, fsum, isfinite

from msgspec import Struct

from city.names import Name


class Pollutant(StrEnum):
    """The six that are judged. Concentrations are µg/m³, for carbon monoxide mg/m³."""

    PM25 = "pm25"
    PM10 = "pm10"
    SO2 = "so2"
    NO2 = "no2"
    CO = "co"
    O3 = "o3"


class Mean(StrEnum):
    """Over how long a concentration was averaged: a day (for ozone eight hours), or an hour, which makes the real-time index."""

    DAY = "day"
    HOUR = "hour"


class Edition(StrEnum):
    """Which table of knots counts."""

    OF_2012 = "HJ 633-2012"
    OF_2026 = "HJ 633-2026"


class Level(StrEnum):
    """The six levels of the index."""

    EXCELLENT = "excellent"
    GOOD = "good"
    LIGHT = "light"
    MODERATE = "moderate"
    HEAVY = "heavy"
    SEVERE = "severe"


class Air(Struct, frozen=True):
    """The air of one place: its index, level and colour, the index of each pollutant, and the ones to blame (none up to 50)."""

    aqi: int
    level: Level
    name: Name
    colour: str
    iaqi: dict[Pollutant, int]
    primary: tuple[Pollutant, ...]


NEW_EDITION_FROM = "2026-03-01"
INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
MOST = INDEX[-1]
PRIMARY_ABOVE = 50
MEAN_DECIMALS = 9
OF_SO2_AN_HOUR = 200
"""Above 800 µg/m³ the hour's index of SO2 is not worked out further."""

_NAMES = {
    Level.EXCELLENT: (50, Name("优", "Excellent"), "#00e400"),
    Level.GOOD: (100, Name("良", "Good"), "#ffff00"),
    Level.LIGHT: (150, Name("轻度污染", "Lightly polluted"), "#ff7e00"),
    Level.MODERATE: (200, Name("中度污染", "Moderately polluted"), "#ff0000"),
    Level.HEAVY: (300, Name("重度污染", "Heavily polluted"), "#99004c"),
    Level.SEVERE: (MOST, Name("严重污染", "Severely polluted"), "#7e0023"),
}
_Knots = tuple[int, ...]
_PARTICLES: dict[Edition, dict[Pollutant, _Knots]] = {
    Edition.OF_2012: {
        Pollutant.PM25: (0, 35, 75, 115, 150, 250, 350, 500),
        Pollutant.PM10: (0, 50, 150, 250, 350, 420, 500, 600),
    },
    Edition.OF_2026: {
        Pollutant.PM25: (0, 35, 60, 115, 150, 250, 350, 500),
        Pollutant.PM10: (0, 50, 120, 250, 350, 420, 500, 600),
    },
}
_GASES: dict[Mean, dict[Pollutant, _Knots]] = {
    Mean.DAY: {
        Pollutant.SO2: (0, 50, 150, 475, 800, 1600, 2100, 2620),
        Pollutant.NO2: (0, 40, 80, 180, 280, 565, 750, 940),
        Pollutant.CO: (0, 2, 4, 14, 24, 36, 48, 60),
        Pollutant.O3: (0, 100, 160, 215, 265, 800),
    },
    Mean.HOUR: {
        Pollutant.SO2: (0, 150, 500, 650, 800),
        Pollutant.NO2: (0, 100, 200, 700, 1200, 2340, 3090, 3840),
        Pollutant.CO: (0, 5, 10, 35, 60, 90, 120, 150),
        Pollutant.O3: (0, 160, 200, 300, 400, 800, 1000, 1200),
    },
}


def edition_on(day: str) -> Edition:
    """The edition in force on a day (YYYY-MM-DD, local)."""
    return Edition.OF_2026 if day >= NEW_EDITION_FROM else Edition.OF_2012


def knots(pollutant: Pollutant, mean: Mean, edition: Edition) -> _Knots:
    """The concentrations at which the index is 0, 50, 100, 150, 200, 300, 400 and 500, as far as it is defined. Particles have one table for both means."""
    particles = _PARTICLES[edition]
    return particles[pollutant] if pollutant in particles else _GASES[mean][pollutant]


def iaqi(concentration: float, pollutant: Pollutant, mean: Mean, edition: Edition) -> int | None:
    """The individual index of a concentration, rounded up, at most 500; None for ozone's 8 hours above 800 µg/m³, where the hour's counts instead.

    The concentration is taken as the decimal number it is written as, so that one on a knot has the knot's index. Raises ValueError
    when it is negative or no number.
    """
    if not (isfinite(concentration) and concentration >= 0):
        raise ValueError(f"a concentration is a number from 0 on, not {concentration}")
    table = knots(pollutant, mean, edition)
    exact = Fraction(repr(float(concentration)))
    if exact > table[-1]:
        return _beyond(table)
    above = next(place for place in range(1, len(table)) if exact <= table[place])
    low, high = table[above - 1], table[above]
    slope = Fraction(INDEX[above] - INDEX[above - 1], high - low)
    return ceil(slope * (exact - low) + INDEX[above - 1])


def _beyond(table: _Knots) -> int | None:
    last = INDEX[len(table) - 1]
    return last if last in (MOST, OF_SO2_AN_HOUR) else None


def level_of(aqi: int) -> Level:
    """The level of an index. Raises ValueError when it is negative."""
    if aqi < 0:
        raise ValueError(f"an index is a number from 0 on, not {aqi}")
    return next((level for level, (most, _, _) in _NAMES.items() if aqi <= most), Level.SEVERE)


def border_below(level: Level, pollutant: Pollutant, mean: Mean, edition: Edition) -> int | None:
    """The concentration that must be passed to reach a level; None where the level has no concentration of this pollutant, 0 for the best."""
    table = knots(pollutant, mean, edition)
    index = 0 if level is Level.EXCELLENT else _NAMES[_better(level)][0]
    place = INDEX.index(index)
    return table[place] if place < len(table) else None


def border_above(level: Level, pollutant: Pollutant, mean: Mean, edition: Edition) -> int | None:
    """The highest concentration that still is of this level or better; None where none is defined."""
    table = knots(pollutant, mean, edition)
    place = INDEX.index(_NAMES[level][0])
    return table[place] if place < len(table) else None


def air(
    concentrations: Mapping[Pollutant, float],
    *,
    mean: Mean,
    edition: Edition,
    hourly: Mapping[Pollutant, float] | None = None,
) -> Air | None:
    """The air of one place from its mean concentrations; None without any, or where one of them has no index, however good the others are.

    Ozone's 8 hours above 800 µg/m³ have the index of the hour's concentration, which `hourly` then gives (the highest hour of the day).
    Raises ValueError when a concentration is negative or no number.
    """
    found = {pollutant: iaqi(value, pollutant, mean, edition) for pollutant, value in sorted(concentrations.items())}
    for pollutant, value in (hourly or {}).items():
        if pollutant in found and found[pollutant] is None:
            found[pollutant] = iaqi(value, pollutant, Mean.HOUR, edition)
    indices = {pollutant: index for pollutant, index in found.items() if index is not None}
    if not indices or len(indices) < len(found):
        return None
    aqi = max(indices.values())
    level = level_of(aqi)
    primary = tuple(one for one, index in indices.items() if index == aqi) if aqi > PRIMARY_ABOVE else ()
    _, name, colour = _NAMES[level]
    return Air(aqi, level, name, colour, indices, primary)


def city_air(
    stations: Iterable[Mapping[Pollutant, float]],
    *,
    mean: Mean,
    edition: Edition,
    hourly: Iterable[Mapping[Pollutant, float]] = (),
) -> Air | None:
    """The air of a city: each pollutant is averaged over the stations that measured it (to 9 decimals), then judged as `air` does.

    `hourly` holds the stations' hourly concentrations, averaged likewise. Raises ValueError as `air` does.
    """
    return air(_over_stations(stations), mean=mean, edition=edition, hourly=_over_stations(hourly))


def _over_stations(stations: Iterable[Mapping[Pollutant, float]]) -> dict[Pollutant, float]:
    measured: dict[Pollutant, list[float]] = {}
    for station in stations:
        for pollutant, value in station.items():
            measured.setdefault(pollutant, []).append(value)
    return {pollutant: _averaged(values) for pollutant, values in measured.items()}


def _averaged(values: Sequence[float]) -> float:
    """The mean without what binary fractions leave behind, which would carry one on a knot past it."""
    return round(fsum(value / len(values) for value in values), MEAN_DECIMALS)


def pollutant_of(metric: str) -> tuple[Pollutant, float] | None:
    """Which pollutant a metric is, and by what its values are multiplied to be in the tables' unit; None when it is none or its unit is another.

    A name ends in pollutant and unit: `pm25_ugm3`, `site_pm10_ugm3`, `co_mgm3`.
    """
    *_, substance, unit = ("", "", *metric.split("_"))
    if substance not in list(Pollutant) or unit not in ("ugm3", "mgm3"):
        return None
    pollutant = Pollutant(substance)
    wanted = "mgm3" if pollutant is Pollutant.CO else "ugm3"
    if unit == wanted:
        return pollutant, 1.0
    return pollutant, 0.001 if wanted == "mgm3" else 1000.0


def _better(level: Level) -> Level:
    levels = list(Level)
    return levels[levels.index(level) - 1]
