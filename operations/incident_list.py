"""Which incidents are asked for: by state, class, place, and how they stand against their deadlines."""

from collections.abc import Iterable

from msgspec import Struct

from city.incident import Incident
from city.names import Name
from city.places.due import Due, due, home, is_open, turn
from geo.codes import lies_in

OPEN = "open"


class Asked(Struct, frozen=True, kw_only=True):
    """What incidents have to be like, None where it does not matter. `standing` is a state or "open"; `late` and `near` are meant at `now` (epoch ms)."""

    now: int
    standing: str | None = None
    district: str | None = None
    event_class: str | None = None
    place: str | None = None
    late: bool | None = None
    near: bool | None = None


class IncidentRow(Struct, frozen=True, kw_only=True):
    """An incident as a line of a table: `cell` is where it counts, `due` how it stands against its deadline, `turn` who has to act."""

    id: str
    class_: str
    name: Name
    state: str
    severity: str
    cell: str
    detected_at: int
    deadline: int | None
    due: Due
    turn: str
    closed_at: int | None


def chosen(incidents: Iterable[Incident], asked: Asked) -> list[Incident]:
    """The incidents that are as asked, the newest first."""
    found = [incident for incident in incidents if _is(incident, asked)]
    return sorted(found, key=lambda incident: incident.detected_at, reverse=True)


def row(incident: Incident, now: int) -> IncidentRow:
    """The incident as a line of a table."""
    return IncidentRow(
        id=incident.id,
        class_=incident.event_class,
        name=incident.name,
        state=incident.state,
        severity=incident.severity,
        cell=home(incident),
        detected_at=incident.detected_at,
        deadline=incident.deadline,
        due=due(incident, now),
        turn=turn(incident),
        closed_at=incident.closed_at,
    )


def _is(incident: Incident, asked: Asked) -> bool:
    same = (
        (asked.district, incident.district),
        (asked.event_class, incident.event_class),
        (None if asked.standing == OPEN else asked.standing, incident.state),
    )
    if any(wanted is not None and wanted != found for wanted, found in same):
        return False
    if asked.standing == OPEN and not is_open(incident):
        return False
    if asked.place is not None and not lies_in(home(incident), asked.place):
        return False
    return _is_due(incident, asked)


def _is_due(incident: Incident, asked: Asked) -> bool:
    if asked.late is None and asked.near is None:
        return True
    stands = due(incident, asked.now)
    return all(
        wanted is None or wanted is (stands is kind)
        for wanted, kind in ((asked.late, Due.LATE), (asked.near, Due.NEAR))
    )
