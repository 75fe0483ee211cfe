"""The whole simulated city in one place: devices, incidents and workers, moved on by the time that is handed in."""

from collections.abc import Mapping
from typing import Any

from city.registry import Registry
from geo.area import centres
from geo.neighbours import neighbours
from simulator.crew import Crew, ReportTruth
from simulator.devices import LONGEST_LAG_MS, Devices
from simulator.episode import Truth
from simulator.episodes import Episodes
from simulator.faults import Clock, Shares
from simulator.outgoing import Outgoing
from simulator.plan import Plan

STEP_MS = 20


class Simulation:
    """A city from a seed: runs of one seed that begin within one hour send the same readings at the same times after their start.

    `due` gives everything that is published by a time; `take` is what the broker hands to phones and devices.
    """

    def __init__(
        self, registry: Registry, *, seed: int, rate: float, started_at: int, shares: Shares | None = None
    ) -> None:
        """`rate` is readings a second of the plan; `started_at` epoch milliseconds. Raises ValueError for a city without devices."""
        self.shares = shares or Shares()
        self.plan = Plan(registry, seed=seed, rate=rate)
        geometries: Mapping[str, Mapping[str, Any]] = {code: cell.geometry for code, cell in registry.cells.items()}
        self.devices = Devices(registry, self.plan, seed=seed, shares=self.shares, started_at=started_at)
        self.episodes = Episodes(registry, neighbours(geometries), self.devices, seed=seed, started_at=started_at)
        self.crew = Crew(registry, centres(geometries), seed=seed, started_at=started_at)
        self._at = started_at - STEP_MS
        self._opening = self._first_line(seed, rate, started_at)

    def due(self, now: int) -> list[Outgoing]:
        """Everything to be published by `now`, in the order of sending.

        Time goes on in small even steps from the start, so that what is sent does not depend on when this is called.
        """
        self._at = max(self._at, now - (now - self._at) % STEP_MS - LONGEST_LAG_MS)
        sent: list[Outgoing] = []
        while self._at + STEP_MS <= now:
            self._at += STEP_MS
            sent.extend(self._step(self._at))
        return sent

    def take(self, topic: str, payload: bytes, now: int) -> None:
        """A message for a worker or a device."""
        self.crew.take(topic, payload, now)

    def truths(self) -> list[dict[str, Any] | Truth | ReportTruth]:
        """The lines of truth since the last call; the first one says what holds for the whole run."""
        opening, self._opening = self._opening, []
        return [*opening, *self.episodes.truths(), *self.crew.truths()]

    def _step(self, now: int) -> list[Outgoing]:
        said = self.crew.due(now)
        for job in self.crew.arrivals():
            self.episodes.worked_on(job.cell, job.event_class, now)
        return [*self.episodes.due(now), *self.devices.due(now), *said]

    def _first_line(self, seed: int, rate: float, started_at: int) -> list[dict[str, Any]]:
        clocks = {one.id: self.devices.clock(one.id) for one in self.plan.devices}
        wrong = {device: clock for device, clock in clocks.items() if clock is not Clock.RIGHT}
        line = {"run": started_at, "seed": seed, "rate": rate, "devices": len(clocks), "shares": self.shares}
        return [line | {"silent": sorted(self.devices.silent), "clocks": wrong}]
