"""The mean over a cell's last n windows reaches a level, and falls back past the off level; windows without readings do not count.

A mean is rounded far below what any device tells apart, so that what binary fractions leave behind never carries it over a level.
"""

from math import floor, isfinite, log10

from msgspec import Struct
from msgspec.structs import replace

from city.columns import NEVER_MS
from city.detect import words
from city.detect.episode import Episode, Place, beyond, raised, reached, step, worsened
from city.finding import Finding, FindingState
from city.rules import Rule, at_time
from city.window import ClosedWindow

WINDOW_DIGITS = 12
MEAN_DIGITS = 10
"""Of several windows: fewer than of one, so that what one was rounded by does not show."""


class MeanWatch(Struct, frozen=True):
    """What one rule remembers of one cell: the means of its last windows, the start of the newest, the open episode."""

    means: tuple[float, ...] = ()
    newest: int = NEVER_MS
    episode: Episode | None = None


def take(watch: MeanWatch, rule: Rule, place: Place, window: ClosedWindow) -> tuple[MeanWatch, Finding | None]:
    """The watch after one closed window that starts after all before it, and the finding it gives, if any; `at` is the window's end."""
    if window.start <= watch.newest:
        return watch, None
    of_window = _rounded(window.sum / window.count, WINDOW_DIGITS, window.min, window.max)
    means = (*watch.means, of_window)[-rule.windows :]
    now = MeanWatch(means, window.start, watch.episode)
    if len(means) < rule.windows:
        return now, None
    value = _rounded(sum(means) / len(means), MEAN_DIGITS, *means)
    at = window.start + window.seconds * 1000
    rule = at_time(rule, at - 1)  # the end itself is the next window's
    if watch.episode is not None:
        return _during(now, watch.episode, rule, at, value)
    if not reached(value, rule):
        return now, None
    episode, finding = raised(rule, place, at=at, began_at=at, value=value, why=words.mean_raised(rule, value))
    return replace(now, episode=episode), finding


def _during(watch: MeanWatch, episode: Episode, rule: Rule, at: int, value: float) -> tuple[MeanWatch, Finding | None]:
    if beyond(value, rule.off, "above" if rule.direction == "below" else "below"):
        cleared = step(
            episode, FindingState.CLEARED, at=at, value=value, limit=rule.off, why=words.fell_back(rule, value)
        )
        return replace(watch, episode=None), cleared
    if worsened(episode, rule, value):
        told = replace(watch, episode=replace(episode, worst=value))
        return told, step(
            episode, FindingState.UPDATED, at=at, value=value, limit=rule.on, why=words.worse(rule, value)
        )
    return watch, None


def _rounded(mean: float, digits: int, *among: float) -> float:
    """A mean at so many digits of the largest value that it was made `among`: near 0 its own digits are only rounding."""
    largest = max(map(abs, among))
    return round(mean, digits - 1 - floor(log10(largest))) if largest and isfinite(mean) else mean
