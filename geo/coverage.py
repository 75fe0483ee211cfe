"""How much of each place goes without something: cells without a duty grid, without a worker on shift, without a live sensor."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from geo.codes import LENGTHS, Level

LIVE_MS = 24 * 3_600_000
LEVELS = (Level.CITY, Level.DISTRICT, Level.TOWN, Level.COMMUNITY)


class Share(NamedTuple):
    """The cells of a place that lack something, out of all of its cells; areas in m²."""

    cells: int
    of_cells: int
    area_m2: float
    of_area_m2: float

    @property
    def share(self) -> float:
        """Of the cells, 0 to 1."""
        return self.cells / self.of_cells if self.of_cells else 0.0

    @property
    def area_share(self) -> float:
        """Of the area, 0 to 1."""
        return self.area_m2 / self.of_area_m2 if self.of_area_m2 else 0.0


def coverage(
    cells: Mapping[str, float], *, lacking: Mapping[str, Collection[str]], levels: Iterable[Level] = LEVELS
) -> dict[str, dict[str, Share]]:
    """For each place of the levels, and each thing that may be lacking, how much of the place lacks it.

    `cells` are all cells' areas in m² by code, `lacking` the codes of the cells without a thing, by its name. A place is a prefix of its
    cells' codes; codes that are no cells are passed over.
    """
    codes = np.array(sorted(cells), dtype=np.str_)
    areas = np.array([cells[code] for code in codes.tolist()], dtype=np.float64)
    lacks = {name: np.isin(codes, np.array(sorted(without), dtype=np.str_)) for name, without in lacking.items()}
    found: dict[str, dict[str, Share]] = {}
    for level in levels if codes.size else ():
        places, of_cell = np.unique(codes.astype(f"<U{LENGTHS[level]}"), return_inverse=True)
        all_cells, all_m2 = np.bincount(of_cell).tolist(), np.bincount(of_cell, areas).tolist()
        for name, lack in lacks.items():
            some = np.bincount(of_cell, lack).astype(np.intp).tolist()
            some_m2 = np.bincount(of_cell, areas * lack).tolist()
            for place, *figures in zip(places.tolist(), some, all_cells, some_m2, all_m2, strict=True):
                found.setdefault(place, {})[name] = Share(*figures)
    return found


def without_grid(cells: Iterable[str], grids: Iterable[str]) -> set[str]:
    """The cells that lie in none of the `grids`: codes of cells or of larger places, of all workers, or of those on shift."""
    given = set(grids)
    lengths = sorted({len(grid) for grid in given})
    return {cell for cell in cells if not any(cell[:length] in given for length in lengths)}


def without_live_sensor(
    cells: Iterable[str], last_heard: Mapping[str, int], *, now: int, within_ms: int = LIVE_MS
) -> set[str]:
    """The cells of which nothing was heard in the last `within_ms` milliseconds, to the millisecond.

    `last_heard` is when a device in the cell was heard last, by the cell's code, `now` the time of asking (both epoch milliseconds).
    """
    return {cell for cell in cells if cell not in last_heard or now - last_heard[cell] > within_ms}
