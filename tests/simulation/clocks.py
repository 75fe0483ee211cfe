"""What the log must say of the clock of handling, reckoned from the log's own times: each turn once, and only when it is due."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from messages.topics import INCIDENT_LOG
from tests.simulation.run import Ran
from tests.simulation.world import CLASS, HANDLING_S

LIMIT_MS = HANDLING_S * 1000
WARN_MS = LIMIT_MS * 9 // 10
COUNTS = {"dispatched", "handling"}
SAID = {"clock_warning", "overdue"}


def flaws(ran: Ran) -> Iterator[str]:
    """All that is wrong with what was said of clocks."""
    for incident, entries in _logs(ran).items():
        for life in _lives(entries):
            if flaw := _life(life):
                yield f"{incident}: {flaw}: {[(one['at'] - life[0]['at'], one['event'], one['to']) for one in life]}"


def _logs(ran: Ran) -> dict[str, list[Any]]:
    """The log of each flood's incident, in the order of its versions, each once."""
    entries: defaultdict[str, dict[int, Any]] = defaultdict(dict)
    for record in ran.kafka.of(INCIDENT_LOG.name):
        entry = json.loads(record.value or b"")
        entries[entry["incident"]][entry["version"]] = entry
    return {
        incident: [one for _, one in sorted(log.items())]
        for incident, log in entries.items()
        if incident in _flood_ids(ran)
    }


def _flood_ids(ran: Ran) -> set[str]:
    return {one["id"] for one in ran.incidents if one["class"] == CLASS}


def _lives(entries: list[Any]) -> Iterator[list[Any]]:
    """An incident's log from each opening to the next: the clock begins anew when a case is reopened."""
    life: list[Any] = []
    for entry in entries:
        if entry["event"] == "reopened" and life:
            yield life
            life = []
        life.append(entry)
    yield life


def _life(life: list[Any]) -> str:
    """Counts the time in the states in which the clock runs, and compares it with what was said."""
    used, since, said = 0, None, []
    for entry in life:
        at, event = entry["at"], entry["event"]
        so_far = used + (at - since if since is not None else 0)
        if event in SAID and entry["detail"]["stage"] == "handling":
            said.append(event)
            if not (so_far > LIMIT_MS if event == "overdue" else WARN_MS <= so_far <= LIMIT_MS):
                return f"{event} was said after {so_far} ms"
        if entry["to"] in COUNTS:
            since = at if since is None else since
        else:
            used, since = so_far, None
    wanted = [["overdue"], ["clock_warning", "overdue"]] if used > LIMIT_MS else [["clock_warning"]]
    return "" if said in (wanted if used >= WARN_MS else [[]]) else f"{said} was said of {used} ms"
