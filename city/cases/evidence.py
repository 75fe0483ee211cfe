"""What the causes of an incident show, and whether a reading still stands."""

from msgspec.structs import replace

from city.finding import Finding, FindingState
from city.incident import Evidence, Incident
from city.names import Name
from city.registry import Registry, Severity
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
        silent=finding.silent and not tells_silence(finding),
        cell=finding.cell,
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


def tells_silence(finding: Finding) -> bool:
    """Whether a finding is about a device that says nothing, and not about something it measures."""
    return finding.silent and not finding.metric


def metrics_of_one_device(registry: Registry, finding: Finding) -> frozenset[str]:
    """What in the finding's cell is measured by its device alone: a cell's mean of such a metric dies with the device."""
    own = registry.devices.get(finding.device)
    others = [d for d in registry.devices.values() if d.cell == finding.cell and d.id != finding.device]
    return frozenset(own.metrics if own else ()).difference(*(other.metrics for other in others))


def with_silence(incident: Incident, finding: Finding, alone: frozenset[str], *, silent: bool) -> list[Evidence]:
    """An incident's evidence with the standing readings of a finding's device marked dead or alive; `alone` are the metrics it measures alone."""

    def concerned(evidence: Evidence) -> bool:
        of_device = evidence.device == finding.device
        of_cell = not evidence.device and evidence.cell == finding.cell and evidence.metric in alone
        return (of_device or of_cell) and evidence.cause != finding.id and stands(evidence)

    return [replace(evidence, silent=silent) if concerned(evidence) else evidence for evidence in incident.evidence]


def graver(one: str, other: str) -> str:
    """The graver of two severities; a word that is none counts least."""
    return max(one, other, key=lambda severity: _GRAVITY.get(severity, -1))
