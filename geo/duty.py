"""Duty grids (责任网格): how ground is shared out evenly among several workers, to each in one piece."""

from collections.abc import Collection, Mapping
from itertools import pairwise

Around = Mapping[str, Collection[str]]


def proposed(around: Around, workload: Mapping[str, float], count: int) -> list[tuple[str, ...]]:
    """The cells shared out into `count` duty grids of about equal workload, each in one piece as far as the ground is.

    `around` are each cell's neighbours (`geo.neighbours`), or those of larger places, `workload` what a cell weighs: area, incidents or households, at least 0. Ground
    in several pieces is strung together in the order of its codes. One grid after the other is grown from the rim inwards, and takes with
    it what it would cut off from the rest. Raises ValueError when there are fewer cells than grids, or no grid.
    """
    if not 1 <= count <= len(around):
        raise ValueError(f"{len(around)} cells do not make {count} duty grids")
    left = _strung(around)
    grids = []
    for number in range(count, 1, -1):
        grid = _grown(left, workload, number)
        grids.append(tuple(sorted(grid)))
        left = {cell: beside - grid for cell, beside in left.items() if cell not in grid}
    return sorted([*grids, tuple(sorted(left))])


def _strung(around: Around) -> dict[str, set[str]]:
    """The neighbours, with a thread from each piece of ground to the next."""
    joined = {cell: set(beside) & around.keys() for cell, beside in around.items()}
    pieces = _pieces(joined)
    for one, other in pairwise(pieces):
        joined[max(one)].add(min(other))
        joined[min(other)].add(max(one))
    return joined


def _grown(left: Mapping[str, set[str]], workload: Mapping[str, float], number: int) -> set[str]:
    """One of `number` equal grids of what is left; enough cells stay for the others."""
    wanted = sum(workload[cell] for cell in left) / number
    start = min(left, key=lambda cell: (len(left[cell]), cell))
    grid, weight = {start}, workload[start]
    most = len(left) - number + 1
    touching = dict.fromkeys(left[start], 1)  # how many neighbours in the grid each cell beside it has
    while touching and len(grid) < most:
        best = max(touching, key=lambda cell: (touching[cell] / len(left[cell]), cell))
        if weight + workload[best] / 2 > wanted:
            break
        del touching[best]
        grid.add(best)
        weight += workload[best]
        for cell in left[best] - grid:
            touching[cell] = touching.get(cell, 0) + 1
    return _with_what_it_cuts_off(left, grid, number - 1)


def _with_what_it_cuts_off(left: Mapping[str, set[str]], grid: set[str], others: int) -> set[str]:
    rest = {cell: beside - grid for cell, beside in left.items() if cell not in grid}
    pieces = sorted(_pieces(rest), key=len)
    if len(pieces[-1]) < others:  # nothing large enough would stay: let the rest stay in pieces
        return grid
    return grid.union(*pieces[:-1])


def _pieces(around: Mapping[str, set[str]]) -> list[set[str]]:
    """The connected pieces, by their smallest codes."""
    unseen, pieces = set(around), []
    for start in sorted(around):
        if start in unseen:
            unseen.discard(start)
            piece, reached = {start}, [start]
            while reached:
                fresh = around[reached.pop()] & unseen
                unseen -= fresh
                piece |= fresh
                reached.extend(fresh)
            pieces.append(piece)
    return pieces
