"""A place in figures: cells, incidents, workers and devices added up for each of many places at once."""

from collections.abc import Collection
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from city.incident import Incident
from city.places.days import Days, midnight
from city.places.due import Due, due, home, is_open
from city.places.ground import Column, Ground, Ints, Mask, Places
from city.places.presence import Presence
from city.places.staff import Staff
from city.task import OPEN_TASK_STATES, Task

DUTY, WORKER, SENSOR = "without_duty", "without_worker", "without_sensor"


class Lacking(NamedTuple):
    """The cells of a place that lack something: how many, their surface in m², and their share of the place's surface, 0 to 1."""

    cells: int
    area_m2: float
    share: float


class Scene(Struct, frozen=True, kw_only=True):
    """A city at `now` (epoch ms). `incidents` and `tasks` may hold ended ones."""

    ground: Ground
    staff: Staff
    presence: Presence
    days: Days
    incidents: Collection[Incident]
    tasks: Collection[Task]
    now: int
    utc_offset_minutes: int


class Rollup:
    """A scene, to be asked for the figures of its places; what several questions need is worked out once."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def figures(self, places: Places) -> dict[str, list[int] | list[float]]:
        """How much of everything there is in each of the places. Incidents and tasks count at one cell each, so a parent's counts are its children's sums."""
        columns = {
            "cells": places.end - places.begin,
            "area_m2": places.sums(self._scene.ground.surfaces),
            **self._incidents(places),
            **self._workers(places),
            **self._devices(places),
        }
        return {name: column.tolist() for name, column in columns.items()}

    def holding(self, places: Places, what: str) -> Places:
        """Those of the places that have at least one of something: of a figure by its name, or of cells that lack something."""
        if what in self._lacks:
            column = places.sums(self._lacks[what].astype(np.int64))
        else:
            column = {**self._incidents(places), **self._devices(places)}[what]
        return places.only(np.flatnonzero(column).tolist())

    def lacking(self, places: Places) -> dict[str, list[Lacking]]:
        """What cells lack in each of the places: a duty grid, a worker on shift, a sensor that was heard within a day."""
        whole = places.sums(self._scene.ground.surfaces).tolist()
        return {name: self._lacking(places, column, whole) for name, column in self._lacks.items()}

    @cached_property
    def _live(self) -> Mask:
        return self._scene.presence.live(self._scene.now)

    @cached_property
    def _lacks(self) -> dict[str, Mask]:
        staff, presence = self._scene.staff, self._scene.presence
        return {
            DUTY: ~staff.covered(staff.everyone()),
            WORKER: ~staff.covered(staff.on_shift(self._scene.now)),
            SENSOR: presence.per_cell(self._live, len(self._scene.ground.codes)) == 0,
        }

    @cached_property
    def _open(self) -> tuple[Ints, npt.NDArray[np.object_]]:
        found = [incident for incident in self._scene.incidents if is_open(incident)]
        standing = np.array([due(incident, self._scene.now) for incident in found], object)
        return self._scene.ground.positions(map(home, found)), standing

    @cached_property
    def _today(self) -> tuple[Ints, Ints]:
        opened, closed = self._scene.days.since(midnight(self._scene.now, self._scene.utc_offset_minutes))
        return self._scene.ground.positions(opened), self._scene.ground.positions(closed)

    @cached_property
    def _tasks(self) -> Ints:
        going_on = (task.cell for task in self._scene.tasks if task.state in OPEN_TASK_STATES)
        return self._scene.ground.positions(going_on)

    def _incidents(self, places: Places) -> dict[str, Column]:
        at, standing = self._open
        opened, closed = self._today
        return {
            "open": places.counts(at),
            "late": places.counts(at[standing == Due.LATE]),
            "near": places.counts(at[standing == Due.NEAR]),
            "opened_today": places.counts(opened),
            "closed_today": places.counts(closed),
        }

    def _workers(self, places: Places) -> dict[str, Column]:
        staff = self._scene.staff
        return {
            "workers": staff.counts(places, staff.everyone()),
            "workers_on_shift": staff.counts(places, staff.on_shift(self._scene.now)),
            "open_tasks": places.counts(self._tasks),
        }

    def _devices(self, places: Places) -> dict[str, Column]:
        presence = self._scene.presence
        never = presence.never()
        return {
            "devices": places.counts(presence.cell),
            "devices_live": places.counts(presence.cell[self._live]),
            "devices_silent": places.counts(presence.cell[~self._live & ~never]),
            "devices_never": places.counts(presence.cell[never]),
        }

    def _lacking(self, places: Places, lacking: Mask, whole: list[float]) -> list[Lacking]:
        cells = places.sums(lacking.astype(np.int64)).tolist()
        surfaces = places.sums(np.where(lacking, self._scene.ground.surfaces, 0.0)).tolist()
        return [Lacking(n, m2, m2 / all_ if all_ else 0.0) for n, m2, all_ in zip(cells, surfaces, whole, strict=True)]
