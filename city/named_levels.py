"""What a rule's named level means in numbers, such as `aqi.heavy`, `noise.2` or `rain_24h.storm`, and from when and at which hours.

- `aqi.LEVEL`, `aqi_1h.LEVEL` (light, moderate, heavy, severe): means over a day (ozone: 8 h), or over an hour, by the table in force;
- `noise.ZONE` (0, 1, 2, 3, 4a, 4b, site): the day's limit from 06:00 to 22:00, otherwise the night's;
- `rain_24h.GRADE`, `rain_12h.GRADE` (light, moderate, heavy, storm, heavy_storm, extraordinary).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from city import air_quality, noise, rain
from city.air_quality import Edition, Level, Mean
from city.noise import Zone
from city.rules import Limits, Rule

QUIETER_DB = 3
AIR_LEVELS = (Level.LIGHT, Level.MODERATE, Level.HEAVY, Level.SEVERE)
CLEAR_AIR = (Level.EXCELLENT, Level.GOOD, *AIR_LEVELS[:-1])


def resolved(rule: Rule, utc_offset_minutes: int) -> Rule:
    """The rule with its named level in numbers; one without a named level as it is.

    Where `level_off` names no level, it clears one level lower, noise 3 dB lower. Raises ValueError, in English, for a name that means
    nothing, or nothing for the rule's metric.
    """
    if not rule.level:
        if rule.level_off:
            raise ValueError("level_off goes with level; beside on, write off")
        return rule
    family, _, name = rule.level.partition(".")
    if family not in _FAMILIES:
        raise ValueError(f"no level {rule.level!r}: it begins with one of {', '.join(f'{one}.' for one in _FAMILIES)}")
    schedule = _FAMILIES[family](rule, family, name, utc_offset_minutes)
    latest = schedule[-1]
    return replace(rule, on=latest.on, off=latest.off, schedule=schedule)


def in_numbers(rules: Mapping[str, Rule], utc_offset_minutes: int) -> dict[str, Rule]:
    """Rules by id with their named levels in numbers; one whose name means nothing stays as it is."""
    return {id_: _if_known(rule, utc_offset_minutes) for id_, rule in rules.items()}


def _if_known(rule: Rule, utc_offset_minutes: int) -> Rule:
    try:
        return resolved(rule, utc_offset_minutes)
    except ValueError:
        return rule


def _air(rule: Rule, family: str, name: str, utc_offset_minutes: int) -> tuple[Limits, ...]:
    mean = Mean.HOUR if family == "aqi_1h" else Mean.DAY
    level = Level(_one_of(name, AIR_LEVELS, family))
    clear = _off_name(rule, family, CLEAR_AIR)
    found = air_quality.pollutant_of(rule.metric)
    if found is None:
        raise ValueError(f"{rule.metric} is no pollutant: its name must end like pm25_ugm3, o3_ugm3 or co_mgm3")
    pollutant, factor = found
    new_from = datetime.fromisoformat(air_quality.NEW_EDITION_FROM).replace(tzinfo=UTC)
    since = int((new_from - timedelta(minutes=utc_offset_minutes)).timestamp() * 1000)
    schedule = []
    for edition, since_at in ((Edition.OF_2012, 0), (Edition.OF_2026, since)):
        on = air_quality.border_below(level, pollutant, mean, edition)
        better = Level(clear) if clear else _two_better(level)
        off = air_quality.border_above(better, pollutant, mean, edition)
        if on is None or off is None:
            raise ValueError(f"{rule.level} is not defined for {pollutant} averaged over this time")
        schedule.append(Limits(on=on / factor, off=off / factor, since_at=since_at, past=True))
    return tuple(schedule)


def _two_better(level: Level) -> Level:
    levels = list(Level)
    return levels[levels.index(level) - 2]


def _noise(rule: Rule, family: str, name: str, utc_offset_minutes: int) -> tuple[Limits, ...]:
    limits = noise.LIMITS[Zone(_one_of(name, tuple(Zone), family))]
    if rule.level_off:
        raise ValueError(f"level_off means nothing beside {rule.level}: noise clears {QUIETER_DB} dB lower")
    if not rule.metric.endswith("_dba"):
        raise ValueError(f"{rule.metric} is no noise level: its name must end in _dba")
    begins = (noise.DAY_BEGINS_MIN - utc_offset_minutes) % noise.DAY_MIN
    ends = (noise.NIGHT_BEGINS_MIN - utc_offset_minutes) % noise.DAY_MIN
    return (
        Limits(on=limits.night, off=limits.night - QUIETER_DB, past=True, utc_minutes=(ends, begins)),
        Limits(on=limits.day, off=limits.day - QUIETER_DB, past=True, utc_minutes=(begins, ends)),
    )


def _rain(rule: Rule, family: str, name: str, utc_offset_minutes: int) -> tuple[Limits, ...]:  # noqa: ARG001 - one shape for all
    begins = rain.FROM_24H if family == "rain_24h" else rain.FROM_12H
    grades = tuple(begins)
    grade = rain.Grade(_one_of(name, grades, family))
    clear = _off_name(rule, family, grades)
    if not rule.metric.endswith("_mm"):
        raise ValueError(f"{rule.metric} is no amount of rain: its name must end in _mm")
    place = grades.index(grade)
    below = begins[rain.Grade(clear)] if clear else begins[grades[place - 1]] if place else 0.0
    return (Limits(on=begins[grade], off=below),)


_FAMILIES: dict[str, Callable[[Rule, str, str, int], tuple[Limits, ...]]] = {
    "aqi": _air,
    "aqi_1h": _air,
    "noise": _noise,
    "rain_24h": _rain,
    "rain_12h": _rain,
}


def _off_name(rule: Rule, family: str, known: tuple[str, ...]) -> str:
    if not rule.level_off:
        return ""
    other, _, name = rule.level_off.partition(".")
    if other != family:
        raise ValueError(f"level_off {rule.level_off!r} must begin with {family}. as its level does")
    return _one_of(name, known, family)


def _one_of(name: str, known: tuple[str, ...], family: str) -> str:
    if name not in known:
        raise ValueError(f"no level {family}.{name}: it is one of {', '.join(f'{family}.{one}' for one in known)}")
    return name
