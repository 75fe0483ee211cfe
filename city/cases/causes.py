"""What a finding or a report does: it opens an incident, joins one, brings one back, or tells how its reading goes on."""

import hashlib
from typing import Any

from city.cases import words
from city.cases.arrivals import Arrival, from_finding, from_report
from city.cases.closing import (
    close_verified,
    file,
    over_by_event_time,
    reopen,
    restart_patience,
    settle_cleared,
    settle_standing,
)
from city.cases.draft import CITYGRID, Draft
from city.cases.evidence import (
    FINDING,
    graver,
    metrics_of_one_device,
    of_cause,
    of_finding,
    standing,
    stands,
    tells_silence,
    with_evidence,
    with_silence,
)
from city.cases.joining import earlier_incidents, open_incident, returning_incident
from city.cases.offers import refresh_task
from city.catalogue import filed_name
from city.finding import Finding, FindingState
from city.incident import Evidence, Incident, IncidentState
from city.report import WORKER, Receipt, Report
from city.transitions import OVER, Change


def take_finding(draft: Draft, finding: Finding) -> None:
    """A step of a finding. Steps that are known already, or that come after the finding has cleared, change nothing."""
    _mark_silence(draft, finding)
    known = draft.known.get(finding.id)
    if known is not None:
        incident = draft.incidents.get(known)
        if incident is not None:
            _follow(draft, incident, finding)
    elif finding.state is not FindingState.CLEARED:
        _bring(draft, from_finding(finding, draft.facts))


def take_report(draft: Draft, report: Report) -> None:
    """A report. The same report sent again is the same report, and gets its receipt again."""
    known = draft.known.get(report.id)
    if known is None:
        known = _bring(draft, from_report(report, draft.facts)).id
    if report.source == WORKER:
        draft.answer(_receipt(draft, report, known))


def _receipt(draft: Draft, report: Report, id_: str) -> Receipt:
    incident = draft.incidents.get(id_)
    state = incident.state if incident else IncidentState.CLOSED
    return Receipt(
        report=report.id,
        worker=report.sender,
        district=report.district,
        incident=id_,
        state=state,
        at=draft.now,
        home=draft.home_of(report.sender),
    )


def _bring(draft: Draft, arrival: Arrival) -> Incident:
    """Joins a cause to the incident it belongs to, or opens one."""
    incident = open_incident(draft, arrival)
    by_sensor = arrival.cause.kind == FINDING
    if incident is not None and by_sensor and over_by_event_time(draft, incident, arrival.at):
        close_verified(draft, incident)
        incident = None
    back = returning_incident(draft, arrival) if incident is None and by_sensor else None
    if incident is not None:
        taken = _join(draft, incident, arrival)
    elif back is not None:
        taken = reopen(draft, back, actor=arrival.actor, reason=words.RETURNING, **_with_cause(back, arrival))
    else:
        taken = _open(draft, arrival)
    draft.known[arrival.cause.id] = taken.id
    return taken


def _open(draft: Draft, arrival: Arrival) -> Incident:
    kind = draft.facts.class_of(arrival.event_class)
    incident = Incident(
        id=incident_id(draft.district, arrival.cause.id),
        version=1,
        district=draft.district,
        state=IncidentState.REPORTED,
        event_class=arrival.event_class,
        name=filed_name(kind, arrival.condition),
        severity=arrival.severity,
        cells=[arrival.cell],
        position=arrival.position,
        causes=[arrival.cause],
        began_at=arrival.at,
        detected_at=draft.now,
        links=earlier_incidents(draft, arrival),
        source=arrival.source,
        work=kind.work,
        evidence=[arrival.evidence],
        condition=arrival.condition,
    )
    draft.open(incident, arrival.actor, _told(arrival))
    return file(draft, incident, actor=CITYGRID, reason=words.FILED_BY_RULE) if arrival.trusted else incident


def _join(draft: Draft, incident: Incident, arrival: Arrival) -> Incident:
    grown = {"severity": arrival.severity} if graver(arrival.severity, incident.severity) != incident.severity else {}
    joined = draft.move(
        incident,
        Change.JOINED,
        actor=arrival.actor,
        detail={**_told(arrival), **grown},
        **_with_cause(incident, arrival),
    )
    refresh_task(draft, joined)
    if joined.state is IncidentState.REPORTED and arrival.trusted:
        joined = file(draft, joined, actor=CITYGRID, reason=words.CONFIRMED)
    return settle_standing(draft, joined) if arrival.trusted else joined


def _with_cause(incident: Incident, arrival: Arrival) -> dict[str, Any]:
    return {
        "causes": [*incident.causes, arrival.cause],
        "cells": incident.cells if arrival.cell in incident.cells else [*incident.cells, arrival.cell],
        "severity": graver(incident.severity, arrival.severity),
        "began_at": min(incident.began_at, arrival.at),
        "ended_at": None if arrival.cause.kind == FINDING else incident.ended_at,
        "evidence": with_evidence(incident, arrival.evidence),
        "condition": incident.condition or arrival.condition,
    }


def _told(arrival: Arrival) -> dict[str, Any]:
    return {"cause": arrival.cause.id, "kind": arrival.cause.kind, "cell": arrival.cell}


def _follow(draft: Draft, incident: Incident, finding: Finding) -> None:
    """The next step of a finding that the incident already holds."""
    old, new = of_cause(incident, finding.id), of_finding(finding)
    cleared = finding.state is FindingState.CLEARED
    if old is None or not stands(old) or (not cleared and (new.at < old.at or _same(old, new))):
        return
    if incident.state is IncidentState.VOID and not cleared:
        return
    detail = {"cause": finding.id, "value": finding.value}
    followed = draft.move(
        incident,
        Change.CLEARED if cleared else Change.UPDATED,
        actor=finding.rule,
        detail=detail,
        **_with_step(incident, finding, new),
    )
    refresh_task(draft, followed)
    _settle(draft, followed, finding, came_alive=old.silent and not new.silent)


def _with_step(incident: Incident, finding: Finding, new: Evidence) -> dict[str, Any]:
    evidence = with_evidence(incident, new)
    ended = {} if any(map(stands, evidence)) else {"ended_at": max(finding.at, incident.ended_at or finding.at)}
    return {"evidence": evidence, "severity": graver(incident.severity, finding.severity), **ended}


def _settle(draft: Draft, incident: Incident, finding: Finding, *, came_alive: bool) -> None:
    if finding.state is FindingState.CLEARED:
        if incident.state not in OVER and not standing(incident):
            settle_cleared(draft, incident)
    elif came_alive and incident.state is IncidentState.CLOSED:
        reopen(draft, incident, actor=finding.rule, reason=words.RETURNING)
    elif came_alive and incident.state not in OVER:
        restart_patience(draft, incident)


def _same(old: Evidence, new: Evidence) -> bool:
    return (old.state, old.at, old.value) == (new.state, new.at, new.value)


def _mark_silence(draft: Draft, finding: Finding) -> None:
    """A device that died, or came back, marks the readings it left standing in other incidents."""
    if not tells_silence(finding):
        return
    silent = finding.state is not FindingState.CLEARED
    alone = metrics_of_one_device(draft.facts.registry, finding)
    for incident in list(draft.incidents.values()):
        marked = with_silence(incident, finding, alone, silent=silent)
        if incident.state not in OVER and marked != incident.evidence:
            detail = {"device": finding.device, "silent": silent}
            restart_patience(
                draft, draft.move(incident, Change.SILENT, actor=finding.rule, detail=detail, evidence=marked)
            )


def incident_id(district: str, cause: str) -> str:
    """The identity of the incident that a cause opens: the district, and twelve hexadecimal digits of the cause's SHA-256."""
    return f"{district}-{hashlib.sha256(cause.encode()).hexdigest()[:12]}"
