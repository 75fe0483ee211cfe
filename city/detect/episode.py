"""One episode of a rule at one place: raised once, updated when it grows worse, cleared once."""

import hashlib
from typing import Literal

from msgspec import Struct

from city.finding import Finding, FindingState
from city.names import Name
from city.rules import Rule
from geo.codes import district_of

WORSE_BY = 0.2
"""An update is told when the value is this share of the level further away than at the last telling."""
LEAST_LEVEL = 1e-9


class Place(Struct, frozen=True, kw_only=True):
    """Where a rule watches: a device's metric, or a cell's metric (device empty)."""

    cell: str
    metric: str
    device: str = ""
    position: dict[str, float] | None = None


class Episode(Struct, frozen=True, kw_only=True):
    """An open episode: the finding's id, when it began (event time, ms), the worst value told so far, and its state."""

    id: str
    began_at: int
    worst: float
    rule: str
    version: int
    event_class: str
    severity: str
    place: Place


def finding_id(rule: Rule, place: Place, began_at: int) -> str:
    """The same episode has the same id in every run: district, and a hash of rule, place and beginning."""
    text = f"{rule.id}|{place.device}|{place.cell}|{place.metric}|{began_at}"
    return f"{district_of(place.cell)}-f{hashlib.sha256(text.encode()).hexdigest()[:15]}"


def beyond(value: float, level: float, direction: str) -> bool:
    """Whether a value has reached a level, from below (`above`) or from above (`below`)."""
    return value <= level if direction == "below" else value >= level


def reached(value: float, rule: Rule) -> bool:
    """Whether a value has reached the level that raises a rule, or passed it where the level itself is still allowed."""
    return beyond(value, rule.on, rule.direction) and not (rule.past and value == rule.on)


def raised(rule: Rule, place: Place, *, at: int, began_at: int, value: float, why: Name) -> tuple[Episode, Finding]:
    """A new episode and the finding that opens it."""
    episode = Episode(
        id=finding_id(rule, place, began_at),
        began_at=began_at,
        worst=value,
        rule=rule.id,
        version=rule.version,
        event_class=rule.event_class,
        severity=rule.severity,
        place=place,
    )
    return episode, _finding(
        episode, FindingState.RAISED, at=at, value=value, limit=rule.on, why=why, silent=rule.type == "silent"
    )


def worsened(episode: Episode, rule: Rule, value: float) -> bool:
    """Whether an open episode has grown so much worse that it is told again; a level near 0 is measured by its distance from `off`."""
    sign = -1.0 if rule.direction == "below" else 1.0
    return sign * (value - episode.worst) >= WORSE_BY * max(abs(rule.on), abs(rule.on - rule.off), LEAST_LEVEL)


def step(
    episode: Episode,
    state: Literal[FindingState.UPDATED, FindingState.CLEARED],
    *,
    at: int,
    value: float,
    limit: float,
    why: Name,
    silent: bool = False,
) -> Finding:
    """The finding that updates or clears an episode."""
    return _finding(episode, state, at=at, value=value, limit=limit, why=why, silent=silent)


def given_up(episode: Episode) -> Finding:
    """The finding that ends an episode whose rule was taken away or now watches something else."""
    why = Name("规则已更改，本次发现结束", "The rule was changed, so this finding ends")
    silent = not episode.place.metric
    return step(
        episode, FindingState.CLEARED, at=episode.began_at, value=episode.worst, limit=0.0, why=why, silent=silent
    )


def _finding(
    episode: Episode, state: FindingState, *, at: int, value: float, limit: float, why: Name, silent: bool
) -> Finding:
    place = episode.place
    return Finding(
        id=episode.id,
        rule=episode.rule,
        version=episode.version,
        state=state,
        event_class=episode.event_class,
        severity=episode.severity,
        cell=place.cell,
        device=place.device,
        metric=place.metric,
        at=at,
        value=value,
        limit=limit,
        why=why,
        position=place.position,
        silent=silent,
    )
