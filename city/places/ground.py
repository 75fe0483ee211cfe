"""The ground of a city as sorted columns: which cells lie in a place, what every place is called, how large it is and where.

Codes are sorted, so a place is a slice of the cells, and a figure of any place is a difference of two running sums.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct

from city.names import Name
from city.registry import Registry
from geo.codes import LENGTHS, Level, level_of
from geo.dissolve import Areas, areas_of, surfaces_m2

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]

CELL_DIGITS = LENGTHS[Level.CELL]
LEVELS = (Level.CITY, Level.DISTRICT, Level.TOWN, Level.COMMUNITY, Level.CELL)


class Places(Struct, frozen=True):
    """Places of one level by code, ascending: place k holds the cells `begin[k]:end[k]` of the ground."""

    codes: list[str]
    begin: Ints
    end: Ints

    def only(self, chosen: Sequence[int]) -> "Places":
        """Some of the places, by ascending positions."""
        at = np.array(chosen, np.intp)
        return Places([self.codes[each] for each in chosen], self.begin[at], self.end[at])

    def sums(self, column: Column) -> Column:
        """The sum of a column of the ground's cells for each place."""
        running = np.concatenate((np.zeros(1, column.dtype), np.cumsum(column)))
        found: Column = running[self.end] - running[self.begin]
        return found

    def counts(self, cells: Ints) -> Ints:
        """How many of some positions of cells (-1: of none) lie in each place."""
        at = self.of(cells)
        found: Ints = np.bincount(at[at >= 0], minlength=len(self.codes))
        return found

    def of(self, numbers: Ints) -> Ints:
        """For cell positions (or -1) the place each lies in, or -1."""
        at = np.searchsorted(self.begin, numbers, side="right") - 1
        inside = (numbers >= 0) & (at >= 0) & (numbers < self.end[np.maximum(at, 0)]) if len(self.codes) else at < -1
        found: Ints = np.where(inside, at, -1)
        return found


class Ground:
    """The cells of a registry, their areas (m²), and the places above them. Building it takes seconds at 100,000 cells; asking it, none."""

    def __init__(self, registry: Registry | None = None) -> None:
        registry = registry or Registry()
        self.cells = registry.cells
        self.codes = sorted(code for code in registry.cells if len(code) == CELL_DIGITS and code.isdigit())
        self.numbers: Ints = np.array([int(code) for code in self.codes], np.int64)
        self.areas: Areas = areas_of([registry.cells[code].geometry for code in self.codes])
        self.surfaces: Floats = surfaces_m2(self.areas) if self.codes else np.zeros(0)
        self.boxes: Floats = shapely.bounds(self.areas) if self.codes else np.zeros((0, 4))
        drawn = ~shapely.is_empty(self.areas)
        self.middles: Floats = np.full((len(self.codes), 2), np.nan)
        self.middles[drawn] = shapely.get_coordinates(shapely.point_on_surface(self.areas[drawn]))
        self.named(registry)

    def named(self, registry: Registry) -> None:
        """Takes over the names of districts, towns and communities, which may change without the cells."""
        self.registry = registry
        known = {registry.code, *registry.districts, *registry.places} - {""}
        self._levels: dict[Level, list[str]] = {Level.CELL: self.codes}
        for level in LEVELS[:-1]:
            length = LENGTHS[level]
            above = {code[:length] for code in known if len(code) >= length}
            self._levels[level] = sorted(above | {code[:length] for code in self.codes})
        self._known = {code for level in LEVELS for code in self._levels[level]}

    def fits(self, registry: Registry) -> bool:
        """Whether it still speaks of the registry's cells."""
        return self.cells is registry.cells or self.cells == registry.cells

    def knows(self, code: str) -> bool:
        """Whether the code names a place of this city, at any level."""
        return code in self._known

    def name(self, code: str) -> Name | None:
        """What a place is called, or None where the city has registered no name."""
        registry = self.registry
        if code == registry.code:
            return registry.name
        named = registry.districts.get(code) or registry.places.get(code) or registry.cells.get(code)
        return named.name if named else None

    def path(self, code: str) -> list[str]:
        """The places that a place lies in, from the city to itself."""
        return [code[: LENGTHS[level]] for level in LEVELS if LENGTHS[level] <= len(code)]

    def span(self, place: str) -> slice:
        """The cells of a place, as positions."""
        begin, end = self._edges([place])
        return slice(int(begin[0]), int(end[0]))

    def within(self, place: str, level: Level) -> Places:
        """The places of a level that a place is or holds."""
        codes = self._levels[level]
        length = LENGTHS[level]
        if len(place) >= length:
            some = [place[:length]] if place[:length] in self._known else []
        else:
            some = codes[
                bisect_left(codes, place) : bisect_left(codes, place + ":")
            ]  # a colon sorts behind every digit
        return Places(some, *self._edges(some))

    def below(self, place: str) -> Level | None:
        """The level of a place's children; None for a cell."""
        at = LEVELS.index(level_of(place))
        return LEVELS[at + 1] if at + 1 < len(LEVELS) else None

    def positions(self, codes: Iterable[str]) -> Ints:
        """The positions of cells by code; -1 for codes that are no cell of the city."""
        asked = np.array([int(code) if len(code) == CELL_DIGITS and code.isdigit() else -1 for code in codes], np.int64)
        if not len(self.numbers):
            return np.full(len(asked), -1, np.int64)
        at = np.minimum(np.searchsorted(self.numbers, asked), len(self.numbers) - 1)
        found: Ints = np.where(self.numbers[at] == asked, at, -1)
        return found

    def box(self, cells: slice) -> tuple[float, float, float, float] | None:
        """West, south, east and north of some cells in degrees; None where there are none."""
        some = self.boxes[cells]
        some = some[np.isfinite(some).all(axis=1)]
        if not len(some):
            return None
        west, south = some[:, :2].min(axis=0).tolist()
        east, north = some[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    def _edges(self, codes: list[str]) -> tuple[Ints, Ints]:
        factors = [10 ** (CELL_DIGITS - len(code)) for code in codes]
        begin = [int(code) * factor for code, factor in zip(codes, factors, strict=True)]
        end = [at + factor for at, factor in zip(begin, factors, strict=True)]
        return (
            np.searchsorted(self.numbers, np.array(begin, np.int64)).astype(np.int64),
            np.searchsorted(self.numbers, np.array(end, np.int64)).astype(np.int64),
        )


class Shades:
    """A small number for each cell of a ground, which is changed one cell at a time and counted for many places at once."""

    def __init__(self, ground: Ground, kinds: int, shades: Iterable[int] = ()) -> None:
        self._ground = ground
        self._kinds = kinds
        self._column = np.zeros(len(ground.codes), np.int8)
        given = np.fromiter(shades, np.int8)
        self._column[: len(given)] = given

    def change(self, shades: Mapping[str, int]) -> None:
        """Gives some cells other numbers."""
        at = self._ground.positions(shades)
        given = np.fromiter(shades.values(), np.int8, len(shades))
        self._column[at[at >= 0]] = given[at >= 0]

    def counts(self, places: Places) -> list[list[int]]:
        """For each place how many of its cells have each number, from 0 on."""
        columns = [places.sums((self._column == number).astype(np.int64)) for number in range(self._kinds)]
        counted: list[list[int]] = np.column_stack(columns).tolist()
        return counted
