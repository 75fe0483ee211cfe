"""Duty grids for workers whose file says none: the ground of their district is shared out evenly among those who work the same hours."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from shapely.geometry import mapping

from city.registry import Shift, Worker
from geo.codes import LENGTHS, Level
from geo.duty import proposed
from geo.neighbours import neighbours

Around = Mapping[str, frozenset[str]]


def shared_out(workers: Sequence[Worker], ground: Mapping[str, Any]) -> list[Worker]:
    """The workers with duty grids. `ground` are the areas (shapes in degrees) of the cells by code.

    At every hour at which somebody works in a district, all of it is somebody's: workers of the same district and shift share it, in whole
    communities where there are enough of them, else in cells. Where there are fewer cells than workers, some have the same.
    """
    grids: dict[str, list[str]] = {}
    for district in sorted({worker.district for worker in workers}):
        own = {code: area for code, area in ground.items() if code.startswith(district)}
        around = neighbours({code: mapping(area) for code, area in own.items()})
        crews: dict[Shift, list[str]] = {}
        for worker in workers:
            if worker.district == district:
                crews.setdefault(worker.shift, []).append(worker.id)
        for crew in crews.values():
            grids |= _shared(crew, own, around)
    return [replace(worker, grids=grids[worker.id]) for worker in workers]


def _shared(crew: Sequence[str], ground: Mapping[str, Any], around: Around) -> dict[str, list[str]]:
    whole = LENGTHS[Level.COMMUNITY]
    length = whole if len({code[:whole] for code in ground}) >= len(crew) else LENGTHS[Level.CELL]
    weights: dict[str, float] = {}
    beside: dict[str, set[str]] = {}
    for code, area in ground.items():
        place = code[:length]
        weights[place] = weights.get(place, 0.0) + area.area
        beside.setdefault(place, set()).update(other[:length] for other in around[code] if other[:length] != place)
    parts = proposed(beside, weights, min(len(crew), len(weights)))
    return {id_: list(parts[at % len(parts)]) for at, id_ in enumerate(sorted(crew))}
