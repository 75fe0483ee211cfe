"""What colour a cell has: an open incident outranks a doubt, a doubt outranks not knowing, and only a heard cell is fine."""

from enum import StrEnum

from city.finding import Finding, FindingState
from city.incident import Incident, IncidentState
from city.places.due import is_open


class CellState(StrEnum):
    """The state of a unit grid cell on the map."""

    FINE = "fine"
    WATCH = "watch"
    INCIDENT = "incident"
    UNKNOWN = "unknown"


class Concerns:
    """What is the matter in each cell: open incidents, those that nobody has filed yet, and open findings."""

    def __init__(self) -> None:
        self.incidents: dict[str, set[str]] = {}
        self.unfiled: dict[str, set[str]] = {}
        self.findings: dict[str, set[str]] = {}
        self.open_findings: dict[str, Finding] = {}

    def incident(self, before: Incident | None, after: Incident | None) -> set[str]:
        """Takes in that an incident became `after`; returns the cells it touches."""
        touched = set(before.cells if before else ()) | set(after.cells if after else ())
        for index in (self.incidents, self.unfiled):
            for cell in before.cells if before else ():
                index.get(cell, set()).discard(before.id if before else "")
        if after is not None and is_open(after):
            index = self.unfiled if after.state is IncidentState.REPORTED else self.incidents
            for cell in after.cells:
                index.setdefault(cell, set()).add(after.id)
        return touched

    def finding(self, finding: Finding) -> set[str]:
        """Takes in a step of a finding; returns the cell it touches."""
        cell = self.findings.setdefault(finding.cell, set())
        if finding.state is FindingState.CLEARED:
            self.open_findings.pop(finding.id, None)
            cell.discard(finding.id)
        else:
            self.open_findings[finding.id] = finding
            cell.add(finding.id)
        return {finding.cell}

    def state_of(self, cell: str, *, heard: bool) -> CellState:
        """The state of `cell`; `heard` says whether a live device reports from it."""
        if self.incidents.get(cell):
            return CellState.INCIDENT
        if self.unfiled.get(cell) or self.findings.get(cell):
            return CellState.WATCH
        return CellState.FINE if heard else CellState.UNKNOWN
