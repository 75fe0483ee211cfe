"""A device's reading reaches a level: at once, after a time, or m times of n; it clears only past the off level (hysteresis)."""

from msgspec import Struct
from msgspec.structs import replace

from city.columns import NEVER_MS
from city.detect import words
from city.detect.episode import Episode, Place, beyond, raised, reached, step, worsened
from city.finding import Finding, FindingState
from city.rules import Rule, at_time


class Watch(Struct, frozen=True):
    """What one rule remembers of one channel: since when it is beyond the level, the last readings as bits, the open episode."""

    since: int = NEVER_MS
    history: int = 0
    episode: Episode | None = None

    @property
    def idle(self) -> bool:
        """Whether it remembers nothing."""
        return self.episode is None and not self.history


IDLE = Watch()


def take(watch: Watch, rule: Rule, place: Place, at: int, value: float) -> tuple[Watch, Finding | None]:
    """The watch after one reading that is newer than all before it, and the finding it gives, if any."""
    rule = at_time(rule, at)
    if watch.episode is not None:
        return _during(watch, watch.episode, rule, at, value)
    there = reached(value, rule)
    since = at if there and watch.since == NEVER_MS else watch.since
    if not there:
        since = NEVER_MS
    history = ((watch.history << 1) | there) & ((1 << rule.n) - 1)
    if not there or not _long_or_often_enough(rule, at - since, history):
        return Watch(since, history), None
    episode, finding = raised(rule, place, at=at, began_at=since, value=value, why=words.threshold_raised(rule, value))
    return Watch(since, history, episode), finding


def _long_or_often_enough(rule: Rule, lasted_ms: int, history: int) -> bool:
    return lasted_ms >= rule.for_seconds * 1000 and history.bit_count() >= rule.m


def _during(watch: Watch, episode: Episode, rule: Rule, at: int, value: float) -> tuple[Watch, Finding | None]:
    if beyond(value, rule.off, "above" if rule.direction == "below" else "below"):
        why = words.fell_back(rule, value)
        return IDLE, step(episode, FindingState.CLEARED, at=at, value=value, limit=rule.off, why=why)
    if worsened(episode, rule, value):
        why = words.worse(rule, value)
        told = replace(watch, episode=replace(episode, worst=value))
        return told, step(episode, FindingState.UPDATED, at=at, value=value, limit=rule.on, why=why)
    return watch, None
