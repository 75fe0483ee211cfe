"""One incident that was placed on purpose: what its devices read while it lasts, and what ends it."""

from typing import Self

import msgspec
from msgspec import Struct

from city.registry import Metric
from city.rules import Rule
from simulator.noise import fraction
from simulator.sites import SILENT_KIND, Site

RISE_MS = 4_000
FALL_MS = 6_000
SPREAD_MS = 8_000
REPAIR_MS = 6_000
LONGEST_MS = 600_000
QUIET_MS = 30_000
DEATH_AFTER_MS = 20_000
ALARM_PACE_MS = 2_000
MEAN_PACE_MS = 5_000
SLOWEST_PACE_MS = 20_000


class Truth(Struct, frozen=True, kw_only=True):
    """A line of truth.ndjson: what really happened where. The last line of an `episode` counts; times are epoch milliseconds.

    `began_at` is when the first device began to rise, `ended_at` when the last one fell; `by` who ended it: "worker", "itself", or "".
    """

    episode: str
    kind: str
    rule: str
    event_class: str = msgspec.field(name="class")
    district: str
    devices: tuple[str, ...]
    cells: tuple[str, ...]
    began_at: int
    ended_at: int | None = None
    by: str = ""
    dies: bool = False


class Episode(Struct, frozen=True, kw_only=True):
    """An incident at a site from `began_at` on. `falls_at` is when it begins to pass; a device that `dies` sends nothing from then to the end."""

    id: str
    site: Site
    began_at: int
    falls_at: int
    peak: float
    dies: bool = False
    by: str = "itself"
    pace_ms: int = ALARM_PACE_MS

    @property
    def silence(self) -> bool:
        """Whether the incident is that a device sends nothing."""
        return self.site.rule.type == "silent"

    @property
    def ended_at(self) -> int:
        """When all devices read as on a quiet day again."""
        return self.falls_at + (0 if self.silence else FALL_MS)

    @property
    def over_at(self) -> int:
        """When the devices stop sending more often than usual."""
        return self.ended_at + _afterglow_ms(self.site.rule, self.pace_ms)

    def is_dead(self, now: int) -> bool:
        """Whether the device says nothing at `now` (it died after it raised the alarm, or its silence is the incident)."""
        from_ = self.began_at + (
            0 if self.silence else RISE_MS + _holds_ms(self.site.rule, self.pace_ms) + DEATH_AFTER_MS
        )
        return (self.silence or self.dies) and from_ <= now < self.falls_at

    def value(self, number: int, now: int, quiet: float) -> float:
        """What the site's device `number` reads at `now`, where it would read `quiet` on a quiet day."""
        rises_at = self.began_at + number * SPREAD_MS
        rise = min(max((now - rises_at) / RISE_MS, 0.0), 1.0)
        fall = min(max((now - self.falls_at) / FALL_MS, 0.0), 1.0)
        share = min(rise, 1.0 - fall)
        tremble = 1.0 + 0.04 * (fraction(self.site.devices[0], number, now - self.began_at) - 0.5)
        return quiet if share <= 0 else quiet + share * (self.peak * tremble - quiet)

    def worked_on(self, now: int) -> Self:
        """The same after a worker arrived: it passes once they have had time to put it right."""
        if now + REPAIR_MS >= self.falls_at:
            return self
        return msgspec.structs.replace(self, falls_at=now + REPAIR_MS, by="worker")

    def truth(self, *, ended: bool) -> Truth:
        """The line that says what this really is."""
        rule = self.site.rule
        return Truth(
            episode=self.id,
            kind=self.site.kind,
            rule=rule.id,
            event_class=rule.event_class,
            district=self.site.district,
            devices=self.site.devices,
            cells=self.site.cells,
            began_at=self.began_at,
            ended_at=self.ended_at if ended else None,
            by=self.by if ended else "",
            dies=self.dies,
        )


def begin(site: Site, metric: Metric | None, *, id_: str, now: int, dies: bool) -> Episode:
    """A new episode at a site; its height and length follow from the rule, and chance from its id. `metric` is None for a silence."""
    rule = site.rule
    pace = _pace_ms(rule)
    height = fraction(id_, "height")
    return Episode(
        id=id_,
        site=site,
        began_at=now,
        falls_at=now + _holds_ms(rule, pace) + LONGEST_MS,
        peak=0.0 if metric is None else _peak(rule, metric, height),
        dies=dies and site.kind != SILENT_KIND,
        pace_ms=pace,
    )


def _peak(rule: Rule, metric: Metric, height: float) -> float:
    """Well past the level the rule takes hold at, within what the metric can be."""
    if metric.type == "boolean":
        return 1.0 if rule.direction == "above" else 0.0
    beyond = (0.5 + height) * max(abs(rule.on - rule.off), 0.2 * abs(rule.on), 0.01 * (metric.max - metric.min))
    if rule.direction == "below":
        return max(metric.min, rule.on - beyond)
    return min(metric.max / 1.02, rule.on + beyond)


def _holds_ms(rule: Rule, pace_ms: int) -> int:
    """How long the reading must last until the rule takes hold."""
    match rule.type:
        case "mean":
            return (rule.windows + 2) * 60_000
        case "silent":
            return rule.after_seconds * 1000
        case _:
            return rule.for_seconds * 1000 + rule.n * pace_ms


def _pace_ms(rule: Rule) -> int:
    if rule.type == "mean":
        return MEAN_PACE_MS
    return int(min(SLOWEST_PACE_MS, max(ALARM_PACE_MS, rule.for_seconds * 1000 / 30)))


def _afterglow_ms(rule: Rule, pace_ms: int) -> int:
    """How long the devices go on sending often, so that the rule can let go."""
    match rule.type:
        case "mean":
            return (rule.windows + 2) * 60_000
        case "silent":
            return 0
        case _:
            return max(QUIET_MS, 2 * rule.n * pace_ms)
