"""What a rule found: raised once, updated, cleared; it carries its evidence and says why."""

from enum import StrEnum

from msgspec import Struct, field

from city.names import Name


class FindingState(StrEnum):
    """The life of a finding."""

    RAISED = "raised"
    UPDATED = "updated"
    CLEARED = "cleared"


class Finding(Struct, frozen=True, kw_only=True):
    """One step of a finding. All steps of one episode share the `id`; `at` is event time; `limit` is the level that was crossed."""

    id: str
    rule: str
    version: int
    state: FindingState
    event_class: str = field(name="class")
    severity: str
    cell: str
    device: str
    metric: str
    at: int
    value: float
    limit: float
    why: Name
    position: dict[str, float] | None = None
    silent: bool = False
