"""Telling the log of clocks that are nearly out or have run out: once each, when a tick shows it."""

from city.cases.clocks import turned
from city.cases.draft import Draft

AT_ONCE = 50


def tell_of_clocks(draft: Draft) -> None:
    """The clocks that have turned, the one that ran out first before the others, and so many at once."""
    due = [
        (clock.deadline, incident.id)
        for incident in draft.incidents.values()
        if (clock := turned(incident, draft.now)) is not None
    ]
    for _, id_ in sorted(due)[:AT_ONCE]:
        draft.tell_of_clock(draft.incidents[id_])
