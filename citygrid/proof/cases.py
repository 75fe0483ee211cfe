"""Whether every episode of the city became the incident that it must become, here, in history and on the operators' page."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from citygrid.proof.flaws import Behind, Flaw, Kind
from citygrid.proof.kept import Kept
from citygrid.proof.seen import Content, Seen
from citygrid.proof.town import DAY_MS, HAZE, SEVERITY
from citygrid.proof.truth import Episode, Fate, Sent

LAST_STATE = "closed"
MOST_SHOWN = 2000
ANSWERED_EVERY_MS = 1000
MOST_UNTOLD = 0.02
"""The share of answers that may be lost: one that a killed gateway had not handed over yet."""


def incidents(episodes: list[Episode], seen: Seen, kept: Kept, behind: Behind) -> Iterator[Flaw]:
    """Each episode became one incident of its class, cell and cause that is closed, here and in history; there is no other incident."""
    findings = {row["id"]: (row["device"], row["at"]) for row in seen.findings.values() if row["state"] == "raised"}
    by_cause: dict[tuple[str, int] | str, Content] = {}
    for incident in seen.incidents.values():
        for cause in incident["causes"]:
            key = findings.get(cause["id"]) if cause["kind"] == "finding" else cause["id"]
            if key is None or key in by_cause:
                why = "is in no finding" if key is None else f"is also in incident {by_cause[key]['id']}"
                yield _case(incident["detected_at"], f"incident {incident['id']}: its cause {cause['id']} {why}")
            if key is not None:
                by_cause[key] = incident
    wanted = {}
    for one in episodes:
        key = one.cause if one.kind == "report" else (one.cause, one.at)
        wanted[key] = one
        if one.kind == "finding":
            yield from _cleared(one, seen, behind.wall(one.district, one.at))
        yield from _incident(
            one, by_cause.get(key), behind.wall(one.district, one.at) if one.kind == "finding" else one.at
        )
    for key, incident in by_cause.items():
        if key not in wanted:
            yield _case(
                incident["detected_at"], f"incident {incident['id']} ({incident['class']}, cause {key}) is one too many"
            )
    yield from _in_history(seen, kept)


def slowest(episodes: list[Episode], seen: Seen) -> int:
    """The longest time (ms) from the beginning of one of these episodes until Kafka held its incident; 0 without any."""
    findings = {row["id"]: (row["device"], row["at"]) for row in seen.findings.values() if row["state"] == "raised"}
    opened: dict[tuple[str, int] | str, int] = {}
    for id_, incident in seen.incidents.items():
        for cause in incident["causes"]:
            key = findings.get(cause["id"], "") if cause["kind"] == "finding" else cause["id"]
            opened[key] = seen.opened_at[id_]
    keys = ((one.cause if one.kind == "report" else (one.cause, one.at), one.sent_at) for one in episodes)
    return max((opened[key] - sent_at for key, sent_at in keys if key in opened), default=0)


def _in_history(seen: Seen, kept: Kept) -> Iterator[Flaw]:
    for id_, incident in seen.incidents.items():
        held = kept.incidents.get(id_, {})
        if held != incident:
            yield _case(incident["detected_at"], f"incident {id_} is in history as {_differing(incident, held)}")
    for id_ in kept.incidents.keys() - seen.incidents.keys():
        yield _case(0, f"incident {id_} is in history and nowhere else")
    for entry in seen.log.keys() | kept.log.keys():
        if seen.log.get(entry) != kept.log.get(entry):
            moment = (seen.log.get(entry) or kept.log[entry])["at"]
            yield _case(moment, f"entry {entry} of the incident log is not the same in history")


def _differing(incident: Content, held: Content) -> str:
    if not held:
        return "nothing"
    names = sorted(name for name in incident.keys() | held if incident.get(name) != held.get(name))
    return ", ".join(f"{name} {held.get(name)} instead of {incident.get(name)}" for name in names)


def _incident(one: Episode, incident: Content | None, moment: int) -> Iterator[Flaw]:
    name = f"the {one.event_class} at {one.cell} of {one.at} ({one.cause})"
    if incident is None:
        yield _case(moment, f"{name} became no incident")
        return
    found = (incident["class"], incident["severity"], incident["cells"], len(incident["causes"]), incident["state"])
    wanted = (one.event_class, SEVERITY, [one.cell], 1, LAST_STATE)
    if found != wanted:
        yield _case(moment, f"{name} became incident {incident['id']} with {found}, not {wanted}")
    if not _in_time(incident):
        yield _case(
            moment,
            f"{name} became incident {incident['id']} with the deadline {incident['deadline']}, filed at {incident['filed_at']}",
        )


def _in_time(incident: Content) -> bool:
    """Whether its deadline lies the class's limit after it was filed, or after somebody was sent, which is before its end; none where nobody is sent."""
    filed_at, deadline = incident["filed_at"], incident["deadline"]
    if incident["class"] == HAZE or filed_at is None:
        return filed_at is not None and deadline is None
    closed_at = incident["closed_at"] or filed_at
    return deadline is not None and filed_at <= deadline - DAY_MS <= closed_at


def _cleared(one: Episode, seen: Seen, moment: int) -> Iterator[Flaw]:
    """Its finding is cleared once, at the first reading that says so."""
    steps = seen.findings.values()
    raised = {
        row["id"] for row in steps if row["state"] == "raised" and (row["device"], row["at"]) == (one.cause, one.at)
    }
    cleared = [row["at"] for row in steps if row["state"] == "cleared" and row["id"] in raised]
    wanted = [one.ended_at] * bool(one.ended_at)
    if raised and cleared != wanted:
        yield _case(moment, f"the finding of {one.cause} of {one.at} was cleared at {cleared}, not {wanted}")


def adopted(seen: Seen, districts: list[str], rule: str, limit: float) -> list[str]:
    """The districts whose last finding of a rule was raised by another level than `limit`."""
    last: dict[str, Content] = {}
    for row in seen.findings.values():
        district = row["cell"][:6]
        if row["state"] == "raised" and row["rule"] == rule and row["at"] >= last.get(district, row)["at"]:
            last[district] = row
    return [district for district in districts if district not in last or last[district]["limit"] != limit]


def board(seen: Seen, shown: dict[str, Content]) -> Iterator[Flaw]:
    """The operations centre shows each incident as it stands (the newest of them, where there are more than it lists)."""
    for id_ in (seen.incidents.keys() | shown.keys()) if len(seen.incidents) <= len(shown) else shown:
        wanted, found = seen.incidents.get(id_, {}), shown.get(id_, {})
        if (wanted.get("version"), wanted.get("state")) != (found.get("version"), found.get("state")):
            moment = wanted.get("detected_at", 0)
            yield _case(moment, f"operations shows incident {id_} as {found.get('state')}, it is {wanted.get('state')}")
    if len(shown) < min(len(seen.incidents), MOST_SHOWN):
        yield Flaw(0, f"operations shows {len(shown)} of {len(seen.incidents)} incidents")


def history_of_incidents(seen: Seen) -> Iterator[Flaw]:
    """Each incident's log counts its versions without a gap, and each state begins where the last one ended."""
    entries: dict[str, dict[int, Content]] = defaultdict(dict)
    for (id_, version), entry in seen.log.items():
        entries[id_][version] = entry
    for id_, incident in seen.incidents.items():
        own = entries.get(id_, {})
        steps = [own.get(version) for version in range(1, incident["version"] + 1)]
        missing = [version + 1 for version, step in enumerate(steps) if step is None]
        if missing or len(own) != len(steps):
            yield _case(
                incident["detected_at"],
                f"incident {id_}: versions {missing} are missing in its log, or there are others",
            )
            continue
        told = [step for step in steps if step is not None]
        if any(a["to"] != b["from"] for a, b in pairwise(told)) or told[-1]["to"] != incident["state"]:
            yield _case(incident["detected_at"], f"incident {id_}: the states in its log do not follow each other")


def _case(moment: int, what: str) -> Flaw:
    return Flaw(moment, what, Kind.INCIDENT, what)


def answers(
    sent: list[Sent], told: dict[str, tuple[int, int]], receipts: set[str], episodes: list[Episode], seen: Seen
) -> Iterator[Flaw]:
    """Whoever was refused something was told so, as often as is promised, and whoever reported something has a receipt."""
    refused: dict[str, Sent] = {}
    for one in sent:
        if one.fate is Fate.REFUSED and one.acked:
            refused.setdefault(one.topic.rsplit("/", 1)[1], one)
    yield from (
        Flaw(one.sent_at, f"{sender} was never told that its message was refused as {one.reason}")
        for sender, one in refused.items()
        if sender not in told
    )
    yield from _too_few(refused, told, seen)
    yield from (
        _case(one.sent_at, f"the report {one.cause} has no receipt")
        for one in episodes
        if one.kind == "report" and one.cause not in receipts
    )


def _too_few(refused: dict[str, Sent], told: dict[str, tuple[int, int]], seen: Seen) -> Iterator[Flaw]:
    """One answer per sender and second is promised, more may come: each gateway counts its own seconds."""
    moments: dict[str, list[int]] = defaultdict(list)
    for (_, topic, _), at in seen.rejected_at.items():
        moments[topic.rsplit("/", 1)[1]].append(at)
    due = {sender: _seconds(moments[sender]) for sender in refused}
    short = {
        sender: due[sender] - told[sender][0] for sender in due if sender in told and told[sender][0] < due[sender]
    }
    if sum(short.values()) > MOST_UNTOLD * sum(due.values()):
        sender = max(short, key=lambda one: short[one])
        yield Flaw(
            refused[sender].sent_at,
            f"{sum(short.values())} of {sum(due.values())} answers to refused messages never came: "
            f"{sender} was told {told[sender][0]} times and not {due[sender]} times",
        )


def _seconds(moments: list[int]) -> int:
    """How many of these moments lie a second after the last one that counts."""
    counted, last = 0, -ANSWERED_EVERY_MS
    for at in sorted(moments):
        if at - last >= ANSWERED_EVERY_MS:
            counted, last = counted + 1, at
    return counted
