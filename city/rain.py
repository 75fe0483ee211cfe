"""How heavy rain is: its grade by what fell in 24 or 12 hours (GB/T 28592), and the warning signal of a rainstorm. Amounts in mm.

The figures are known from memory and common use.
"""

from enum import StrEnum
from math import isfinite

from city.names import Name


class Grade(StrEnum):
    """From drizzle that leaves nothing in the gauge to the heaviest."""

    NONE = "none"
    LIGHT = "light"
    MODERATE = "moderate"
    HEAVY = "heavy"
    STORM = "storm"
    HEAVY_STORM = "heavy_storm"
    EXTRAORDINARY = "extraordinary"


class Signal(StrEnum):
    """The warning signal of a rainstorm."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


NAMES = {
    Grade.NONE: Name("无雨或微量", "None or a trace"),
    Grade.LIGHT: Name("小雨", "Light rain"),
    Grade.MODERATE: Name("中雨", "Moderate rain"),
    Grade.HEAVY: Name("大雨", "Heavy rain"),
    Grade.STORM: Name("暴雨", "Rainstorm"),
    Grade.HEAVY_STORM: Name("大暴雨", "Heavy rainstorm"),
    Grade.EXTRAORDINARY: Name("特大暴雨", "Extraordinary rainstorm"),
}
FROM_24H = {
    Grade.LIGHT: 0.1,
    Grade.MODERATE: 10.0,
    Grade.HEAVY: 25.0,
    Grade.STORM: 50.0,
    Grade.HEAVY_STORM: 100.0,
    Grade.EXTRAORDINARY: 250.0,
}
FROM_12H = {
    Grade.LIGHT: 0.1,
    Grade.MODERATE: 5.0,
    Grade.HEAVY: 15.0,
    Grade.STORM: 30.0,
    Grade.HEAVY_STORM: 70.0,
    Grade.EXTRAORDINARY: 140.0,
}
_SIGNALS = ((Signal.RED, 3, 100.0), (Signal.ORANGE, 3, 50.0), (Signal.YELLOW, 6, 50.0), (Signal.BLUE, 12, 50.0))


def grade(mm: float, hours: int = 24) -> Grade:
    """The grade of what fell in 24 or 12 hours. Raises ValueError for another time, or an amount that is negative or no number."""
    if hours not in (12, 24):
        raise ValueError(f"rain has grades for 12 and 24 hours, not for {hours}")
    _amount(mm)
    begins = FROM_24H if hours == 24 else FROM_12H  # noqa: PLR2004 - the hours of a day
    return max((one for one, least in begins.items() if mm >= least), key=list(Grade).index, default=Grade.NONE)


def signal(fallen: dict[int, float]) -> Signal | None:
    """The highest signal that is due, from what fell in the last 3, 6 and 12 hours (mm by hours; a time that is missing decides nothing).

    Raises ValueError when an amount is negative or no number.
    """
    for mm in fallen.values():
        _amount(mm)
    return next((one for one, hours, least in _SIGNALS if fallen.get(hours, 0.0) >= least), None)


def _amount(mm: float) -> None:
    if not (isfinite(mm) and mm >= 0):
        raise ValueError(f"an amount of rain is a number from 0 on, not {mm}")
