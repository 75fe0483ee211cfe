"""A device has sent nothing for too long, judged on event time, and not for the time in which nobody listened."""

from city.detect import words
from city.detect.episode import Episode, Place, raised, step
from city.finding import Finding, FindingState
from city.rules import Rule

LISTENING_GAP_MS = 10_000
"""Gateways mark each second; a longer gap between what they wrote means that nobody listened, and silence starts anew."""


def fell_silent(rule: Rule, place: Place, deadline: int) -> tuple[Episode, Finding]:
    """The episode of a device from which nothing came before `deadline` (event time, ms), and its finding."""
    seconds = float(rule.after_seconds)
    episode, finding = raised(rule, place, at=deadline, began_at=deadline, value=seconds, why=words.silent_raised(rule))
    return episode, finding


def was_heard(episode: Episode, rule: Rule, at: int) -> Finding:
    """The finding that ends a silence, at the event time of the message that was heard, but not before the silence began."""
    at = max(at, episode.began_at)
    return step(
        episode,
        FindingState.CLEARED,
        at=at,
        value=0.0,
        limit=float(rule.after_seconds),
        why=words.heard_again(rule),
        silent=True,
    )
