"""A task: who is asked to do what, where, by when, and why this worker."""

from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from city.names import Name


class TaskState(StrEnum):
    """Where a task stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    DONE = "done"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN_TASK_STATES = frozenset({TaskState.OFFERED, TaskState.ACCEPTED, TaskState.ARRIVED})


class Why(Struct, frozen=True, kw_only=True):
    """One factor of a dispatch decision: what it was, its value, and what it added to the score (smaller is better)."""

    factor: str
    value: Any
    score: float


class Task(Struct, frozen=True, kw_only=True):
    """A task as the worker's phone receives it. `considered` lists the other candidates with their scores, or why they were left out."""

    id: str
    incident: str
    district: str
    event_class: str = field(name="class")
    name: Name
    cell: str
    position: dict[str, float]
    severity: str
    created_at: int
    deadline: int | None
    instructions: Name
    why: list[Why]
    state: TaskState
    worker: str
    considered: list[dict[str, Any]] = []
    updated_at: int = 0
