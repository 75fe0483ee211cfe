"""A cause on its way to an incident: a raised finding or a report, seen alike."""

from msgspec import Struct

from city.cases.evidence import FINDING, REPORT, of_finding, of_report
from city.cases.state import Facts
from city.catalogue import filing_severity, found_condition
from city.finding import Finding
from city.incident import Cause, Evidence
from city.report import CITIZEN, WORKER, Report

SENSOR = "sensor"


class Arrival(Struct, frozen=True, kw_only=True):
    """What happened where and who says so, by which filing condition of its class. `position` holds lon and lat in degrees, `actor` the rule or the person, `at` event time."""

    cause: Cause
    event_class: str
    cell: str
    severity: str
    position: dict[str, float]
    source: str
    actor: str
    evidence: Evidence
    condition: str = ""

    @property
    def at(self) -> int:
        """When it happened, epoch ms."""
        return self.cause.at

    @property
    def trusted(self) -> bool:
        """Whether a case of this cause files itself."""
        return self.source != CITIZEN


def from_finding(finding: Finding, facts: Facts) -> Arrival:
    """A finding as a cause."""
    return Arrival(
        cause=Cause(kind=FINDING, id=finding.id, at=finding.at),
        event_class=finding.event_class,
        cell=finding.cell,
        severity=finding.severity,
        position=finding.position or _place(finding, facts),
        source=SENSOR,
        actor=finding.rule,
        evidence=of_finding(finding),
        condition=found_condition(facts.class_of(finding.event_class), finding.rule),
    )


def from_report(report: Report, facts: Facts) -> Arrival:
    """A report as a cause; without a severity of its own it has its condition's or its class's."""
    return Arrival(
        cause=Cause(kind=REPORT, id=report.id, at=report.at),
        event_class=report.event_class,
        cell=report.cell,
        severity=report.severity or filing_severity(facts.class_of(report.event_class), report.condition),
        position={"lon": report.position.lon, "lat": report.position.lat},
        source=WORKER if report.source == WORKER else CITIZEN,
        actor=report.sender,
        evidence=of_report(report),
        condition=report.condition,
    )


def _place(finding: Finding, facts: Facts) -> dict[str, float]:
    device = facts.registry.devices.get(finding.device)
    registered = (device.lon, device.lat) if device else (0.0, 0.0)
    here = device is not None and device.cell == finding.cell
    lon, lat = registered if here else facts.centres.get(finding.cell, registered)
    return {"lon": lon, "lat": lat}
