"""What was opened and closed on the present day, each incident once, also when the board no longer holds the incident itself."""

from city.incident import Incident, IncidentState
from city.places.due import home

MINUTE_MS = 60_000
DAY_MS = 86_400_000
MOST = 200_000


class Days:
    """Incidents that began or ended not long ago, by id: where they are counted, when they were detected and when they were closed (0: not)."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[str, tuple[str, int, int]] = {}
        self._newest = 0
        self._swept_at = 0

    def incident(self, incident: Incident) -> None:
        """Takes in an incident as it stands now."""
        closed = (incident.closed_at or 0) if incident.state is IncidentState.CLOSED else 0
        day = home(incident), incident.detected_at, closed
        self._newest = max(self._newest, *day[1:])
        if max(day[1:]) > self._newest - 2 * DAY_MS:
            self._known[incident.id] = day
        if self._newest - self._swept_at > DAY_MS or len(self._known) > self._most:
            self._sweep()

    def drop(self, id_: str) -> None:
        """The incident is no more."""
        self._known.pop(id_, None)

    def since(self, midnight: int) -> tuple[list[str], list[str]]:
        """Where incidents were opened, and where they were closed, at `midnight` (epoch ms) or later; a place each."""
        known = self._known.values()
        return [at for at, opened, _ in known if opened >= midnight], [
            at for at, _, closed in known if closed >= midnight
        ]

    def _sweep(self) -> None:
        """Forgets what lies more than two days back; of a flood of incidents the oldest."""
        self._swept_at = self._newest
        kept = {id_: one for id_, one in self._known.items() if max(one[1:]) > self._newest - 2 * DAY_MS}
        newest = (
            sorted(kept.items(), key=lambda item: max(item[1][1:]))[-self._most // 2 :]
            if len(kept) > self._most
            else kept.items()
        )
        self._known = dict(newest)


def midnight(now: int, utc_offset_minutes: int) -> int:
    """When the city's present day began, epoch ms."""
    offset = utc_offset_minutes * MINUTE_MS
    return (now + offset) // DAY_MS * DAY_MS - offset
