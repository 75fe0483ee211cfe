"""The kinds of rule a city can set, as data: when a finding is raised and when it clears."""

from msgspec import Struct, field
from msgspec.structs import replace

from city.names import Name

MINUTE_MS, DAY_MIN = 60_000, 1440


class Limits(Struct, frozen=True, kw_only=True):
    """The levels of a rule for a time: from `since_at` (event time, epoch ms) on, at these minutes of a UTC day (from, until; may pass midnight).

    With `past` the level itself is still allowed: only what lies beyond it counts.
    """

    on: float
    off: float
    since_at: int = 0
    utc_minutes: tuple[int, int] | None = None
    past: bool = False


class Rule(Struct, frozen=True, kw_only=True):
    """One rule of `rules.toml`.

    `type` decides which fields count:

    - `threshold`: a device's reading reaches `on` (in direction `above` or `below`) and later falls back past `off`;
      `for_seconds`: only after it has stayed there that long in event time; `m` of the last `n` readings instead of one;
    - `mean`: the mean of a cell's last `windows` windows that hold readings reaches `on`, and later falls back past `off`;
    - `silent`: a device of one of `kinds` has sent nothing for `after_seconds` of event time.

    In place of `on` and `off` a rule may name a `level` (such as `aqi.heavy`, see `city/named_levels.py`) and, in `level_off`, the one that
    clears it; `schedule` then has them in numbers, later ones first asked, and `on` and `off` are the latest.

    `version` goes up by one whenever the rule changes, so that a finding says which wording raised it.
    """

    id: str
    type: str
    event_class: str = field(name="class")
    name: Name
    metric: str = ""
    kinds: list[str] = []
    severity: str = "moderate"
    direction: str = "above"
    on: float = 0.0
    off: float = 0.0
    for_seconds: int = 0
    m: int = 1
    n: int = 1
    windows: int = 1
    after_seconds: int = 0
    level: str = ""
    level_off: str = ""
    schedule: tuple[Limits, ...] = ()
    past: bool = False
    version: int = 1


def at_time(rule: Rule, at: int) -> Rule:
    """The rule with the levels that count at `at` (event time, epoch ms)."""
    if not rule.schedule:
        return rule
    chosen = next(limits for limits in reversed(rule.schedule) if _counts(limits, at) or limits is rule.schedule[0])
    return _with(rule, chosen)


def reach(rule: Rule) -> tuple[float, float]:
    """The lowest and the highest level that ever raises the rule."""
    levels = [limits.on for limits in rule.schedule] or [rule.on]
    return min(levels), max(levels)


def _counts(limits: Limits, at: int) -> bool:
    if at < limits.since_at:
        return False
    if limits.utc_minutes is None:
        return True
    begins, ends = limits.utc_minutes
    return (at // MINUTE_MS - begins) % DAY_MIN < (ends - begins) % DAY_MIN


def _with(rule: Rule, limits: Limits) -> Rule:
    return replace(rule, on=limits.on, off=limits.off, past=limits.past)
