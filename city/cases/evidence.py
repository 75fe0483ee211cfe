"""What the causes of an incident show, and whether a reading still stands."""

from msgspec.structs import replace

from city.finding import Finding, FindingState
from city.incident import Evidence, Incident
from city.names import Name
from city.registry import Severity
from city.report import Reply, Report

FINDING, REPORT, REPLY = "finding", "report", "reply"
MOST_KEPT = 50

_GRAVITY: dict[str, int] = {str(severity): rank for rank, severity in enumerate(Severity)}


def of_finding(finding: Finding) -> Evidence:
    """A reading against its limit."""
    return Evidence(
        cause=finding.id,
        kind=FINDING,
        at=finding.at,
        why=finding.why,
        state=finding.state,
        device=finding.device,
        metric=finding.metric,
        value=finding.value,
        limit=finding.limit,
        sender=finding.rule,
        silent=finding.silent and bool(finding.metric),
    )


def of_report(report: Report) -> Evidence:
    """What a person wrote and photographed."""
    why = Name(zh=f"{report.sender} 上报", en=f"Reported by {report.sender}")
    return Evidence(
        cause=report.id,
        kind=REPORT,
        at=report.at,
        why=why,
        text=report.text,
        photos=report.photos,
        sender=report.sender,
    )


def of_reply(reply: Reply) -> Evidence:
    """What a worker says was done."""
    why = Name(zh=f"{reply.worker} 处置完成", en=f"Done by {reply.worker}")
    return Evidence(
        cause=reply.id, kind=REPLY, at=reply.at, why=why, text=reply.text, photos=reply.photos, sender=reply.worker
    )


def stands(evidence: Evidence) -> bool:
    """Whether this is a reading that has not fallen back."""
    return evidence.kind == FINDING and evidence.state != FindingState.CLEARED


def standing(incident: Incident) -> list[Evidence]:
    """The readings of an incident that have not fallen back."""
    return [evidence for evidence in incident.evidence if stands(evidence)]


def of_cause(incident: Incident, cause: str) -> Evidence | None:
    """What a cause shows, where it is still kept."""
    return next((evidence for evidence in incident.evidence if evidence.cause == cause), None)


def from_sensors_only(incident: Incident) -> bool:
    """Whether nobody but sensors has spoken of it."""
    return all(cause.kind == FINDING for cause in incident.causes)


def with_evidence(incident: Incident, evidence: Evidence) -> list[Evidence]:
    """An incident's evidence with one piece added or replaced: every reading that stands, and the latest of the others."""
    kept = [other for other in incident.evidence if other.cause != evidence.cause]
    too_many = len(kept) + 1 - MOST_KEPT
    for other in [other for other in kept if not stands(other)][: max(too_many, 0)]:
        kept.remove(other)
    return [*kept, evidence]


def with_silence(incident: Incident, device: str, *, silent: bool, but: str) -> list[Evidence]:
    """An incident's evidence with the standing readings of a device marked dead or alive, except the finding `but`."""
    return [
        replace(e, silent=silent) if e.device == device and e.cause != but and stands(e) else e
        for e in incident.evidence
    ]


def graver(one: str, other: str) -> str:
    """The graver of two severities; a word that is none counts least."""
    return max(one, other, key=lambda severity: _GRAVITY.get(severity, -1))
