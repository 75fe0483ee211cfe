"""Which findings a flood rule may give over a district's readings, when it is not told between which two records newer rules came to hold.

Every way is followed as long as what it gives was said; one of them must have given all of it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.simulation.world import FIRST, Levels

Told = tuple[str, str, int, float]
"""Device, "raised" or "cleared", at, value."""


class Watched(NamedTuple):
    """What one record shows of floods: the watermark before it, and the readings in it that count and are newer than all before."""

    watermark: int
    readings: Sequence[tuple[str, int, float]]


class _Sensor(NamedTuple):
    """Since when a sensor is over the level; when its flood began and with what value, where one is raised."""

    since: int | None = None
    began: int = 0
    worst: float | None = None


class _Way(NamedTuple):
    """Which version holds now, how the sensors stand, and what was said."""

    version: int = 0
    sensors: tuple[tuple[str, _Sensor], ...] = ()
    said: frozenset[Told] = frozenset()


def unexplained(log: Iterable[Watched], got: Collection[Told], versions: Sequence[Levels | None]) -> str:
    """Why no way leads to what was said; empty where one does."""
    got = frozenset(got)
    ways = {_Way()}
    for watched in log:
        ways |= {_adopt(way, other, watched, versions) for way in ways for other in range(len(versions))}
        ways = {_read(way, watched, versions[way.version]) for way in ways}
        ways = {way for way in ways if way.said <= got}
    if any(way.said == got for way in ways):
        return ""
    wanted = _plain(log)
    return f"findings: missing {sorted(wanted - got)[:3]}, unexpected {sorted(got - wanted)[:3]}, by any of {versions}"


def _plain(log: Iterable[Watched]) -> frozenset[Told]:
    """What the first version alone would have said."""
    way = _Way()
    for watched in log:
        way = _read(way, watched, FIRST)
    return way.said


def _adopt(way: _Way, version: int, watched: Watched, versions: Sequence[Levels | None]) -> _Way:
    """Another version holds from this record on; where it has no such rule, what is raised ends."""
    if version == way.version or versions[version] is not None:
        return way._replace(version=version)
    ended = {
        (device, "cleared", max(one.began, watched.watermark), one.worst)
        for device, one in way.sensors
        if one.worst is not None
    }
    return _Way(version, (), way.said | ended)


def _read(way: _Way, watched: Watched, levels: Levels | None) -> _Way:
    if levels is None or not watched.readings:
        return way
    sensors, said = dict(way.sensors), set(way.said)
    for device, at, value in watched.readings:
        _take(sensors, said, (device, at, value), levels)
    return _Way(way.version, tuple(sorted(sensors.items())), frozenset(said))


def _take(sensors: dict[str, _Sensor], said: set[Told], reading: tuple[str, int, float], levels: Levels) -> None:
    """On at a level for so many seconds of event time, off at another."""
    device, at, value = reading
    one = sensors.pop(device, _Sensor())
    if one.worst is not None:
        if value <= levels.off:
            said.add((device, "cleared", at, value))
        else:
            sensors[device] = one
    elif value >= levels.on:
        since = at if one.since is None else one.since
        raised = at - since >= levels.for_s * 1000
        sensors[device] = _Sensor(since, since, value) if raised else _Sensor(since)
        if raised:
            said.add((device, "raised", at, value))


def newest_only(readings: Iterable[tuple[str, int, float]], newest: Mapping[str, int]) -> list[tuple[str, int, float]]:
    """The readings that are newer than all before them of their device."""
    seen, kept = dict(newest), []
    for device, at, value in readings:
        if at > seen.get(device, at - 1):
            seen[device] = at
            kept.append((device, at, value))
    return kept
