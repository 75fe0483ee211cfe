"""Whether a rule on a named level looks at what the level is meant for: the mean, or the rain's sum, over hours, and not a single reading."""

from city.air_quality import Pollutant, pollutant_of
from city.registry import Metric
from city.rules import Rule

HOUR_S, MINUTE_S = 3600, 60
HOURS = {"aqi": 24, "aqi_1h": 1, "rain_24h": 24, "rain_12h": 12}
OZONE_HOURS = 8  # what the daily levels take of ozone
SAYS = {24: {"24h", "day", "daily"}, 12: {"12h"}, 8: {"8h"}, 1: {"1h", "hour", "hourly"}}
"""Words in a metric's name by which its readings are themselves over so many hours."""


def averaging_doubt(rule: Rule, metric: Metric) -> str:
    """Why a rule may be wrong about what its named level is over, in words; empty where it is right, or names no such level."""
    family = rule.level.partition(".")[0]
    if family not in HOURS:
        return ""
    ozone = family == "aqi" and (pollutant_of(metric.name) or ("", 0))[0] == Pollutant.O3
    hours = OZONE_HOURS if ozone else HOURS[family]
    if SAYS[hours] & set(metric.name.split("_")):
        return ""
    return _rain_doubt(rule, hours) if family.startswith("rain") else _air_doubt(rule, metric, hours)


def _rain_doubt(rule: Rule, hours: int) -> str:
    taken = "a single reading" if rule.type == "threshold" else "a mean"
    return (
        f"{rule.level} is meant for the rain of {hours} h together, and {taken} of {rule.metric} is no such sum;"
        f" have the devices send it as a metric of its own, such as rain_{hours}h_mm"
    )


def _air_doubt(rule: Rule, metric: Metric, hours: int) -> str:
    if rule.type == "threshold":
        if hours == 1:  # many stations send nothing but the mean of the hour
            return ""
        return f'{rule.level} is meant for the mean over {hours} h, not for a single reading; take type = "mean"'
    seconds = hours * HOUR_S
    if seconds in (rule.windows * metric.window_seconds, rule.windows * HOUR_S) or metric.window_seconds < 1:
        return ""
    exact, rest = divmod(seconds, metric.window_seconds)
    advice = [f"set windows to {exact}"] if not rest else []
    if metric.window_seconds < HOUR_S:
        advice.append(f"set it to {hours} where each device sends one value an hour")
    looked_at = "1 window" if rule.windows == 1 else f"{rule.windows} windows"
    return (
        f"{rule.level} is meant for the mean over {hours} h, and {looked_at} of {metric.window_seconds} s"
        f" make {_long(rule.windows * metric.window_seconds)}; {', or '.join(advice) or 'choose another window_seconds'}"
    )


def _long(seconds: int) -> str:
    if seconds >= HOUR_S:
        return f"{seconds / HOUR_S:.4g} h"
    return f"{seconds / MINUTE_S:.4g} min" if seconds >= MINUTE_S else f"{seconds} s"
