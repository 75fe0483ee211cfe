"""How many points a second are placed in cells, in the demonstration city and in one of 100,000 cells, and how long that one's index takes to be made."""

import os
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import shapely

from adapters.cell_index_file import NAME, CellIndexFile
from bench.cpu import cpu_seconds
from bench.result import Run
from bench.sensors import demonstration_city
from geo.generate import in_degrees, mesh, polygon
from geo.lookup import NOWHERE, CellIndex

POINTS = 1_000_000
COLUMNS, ROWS = 400, 250
BATCH = 1_000
CHECKED = 5_000

Degrees = npt.NDArray[np.float64]


def measure(points: int = POINTS) -> Run:
    """One run: points evenly over the box of the devices; each device has to be found in its own cell."""
    city = demonstration_city()
    index = CellIndex({code: cell.geometry for code, cell in city.cells.items()})
    devices = list(city.devices.values())
    lons, lats = [device.lon for device in devices], [device.lat for device in devices]
    wrong = sum(index.cell_of(device.lon, device.lat) != device.cell for device in devices)
    chance = random.Random(points)
    west, east, south, north = min(lons), max(lons), min(lats), max(lats)
    xs = [chance.uniform(west, east) for _ in range(points)]
    ys = [chance.uniform(south, north) for _ in range(points)]
    began, used = time.monotonic(), cpu_seconds(os.getpid())
    index.cells_of(xs, ys)
    seconds = time.monotonic() - began
    note = f"{wrong} devices were found in another cell than theirs" if wrong else ""
    spent = {"lookup": cpu_seconds(os.getpid()) - used}
    return Run(rate=points / seconds, seconds=seconds, cpu=spent, right=not wrong, note=note)


def measure_large(folder: Path, cells: Mapping[str, Mapping[str, Any]], points: int = POINTS) -> Run:
    """One run: the index is built, written and read again; then points evenly over the city, in batches of 1,000, and corners of cells.

    Some of the points, and those corners, are compared with all cells that an index by bounding boxes finds near them.
    """
    kept = CellIndexFile(folder)
    before = psutil.Process().memory_info().rss
    began = time.monotonic()
    kept.index_of(cells)
    built_s = time.monotonic() - began
    began = time.monotonic()
    index = kept.index_of(cells)
    read_s = time.monotonic() - began
    memory = psutil.Process().memory_info().rss - before
    x, y = _points(index, points)
    began, used = time.monotonic(), cpu_seconds(os.getpid())
    for at in range(0, points, BATCH):
        index.cells_of(x[at : at + BATCH], y[at : at + BATCH])
    seconds = time.monotonic() - began
    spent = {"lookup": cpu_seconds(os.getpid()) - used}
    wrong = _wrong(index, x, y)
    return Run(
        rate=points / seconds,
        seconds=seconds,
        cpu=spent,
        figures={
            "cells": len(cells),
            "built_s": built_s,
            "read_s": read_s,
            "file_mib": (folder / NAME).stat().st_size / 2**20,
            "memory_mib": memory / 2**20,
        },
        right=not wrong,
        note=f"{wrong} points were found in another cell than theirs" if wrong else "",
    )


def large_city(columns: int = COLUMNS, rows: int = ROWS) -> dict[str, Mapping[str, object]]:
    """Irregular cells of about a hectare by code, 100 a community."""
    ground = mesh(columns, rows, side_m=100, warp=lambda points: points, rng=np.random.default_rng(columns))
    squares = [(column, row) for row in range(rows) for column in range(columns)]
    return {
        f"990101{1 + at // 50_000:03d}{1 + at // 100 % 500:03d}{1 + at % 100:03d}": polygon(
            in_degrees(ground.ring(square), lon=111.3, lat=30.7)
        )
        for at, square in enumerate(squares)
    }


def _points(index: CellIndex, count: int) -> tuple[Degrees, Degrees]:
    chance = np.random.default_rng(count)
    west, south, east, north = shapely.total_bounds(index.areas)
    return chance.uniform(west, east, count), chance.uniform(south, north, count)


def _wrong(index: CellIndex, x: Degrees, y: Degrees) -> int:
    """How many of the first points and of the corners are not in the cell with the smallest code of all that cover them."""
    corners = shapely.get_coordinates(index.areas[:: max(1, len(index.areas) // CHECKED)])[:CHECKED]
    x, y = np.concatenate((x[:CHECKED], corners[:, 0])), np.concatenate((y[:CHECKED], corners[:, 1]))
    point, cell = shapely.STRtree(index.areas).query(shapely.points(x, y), predicate="intersects")
    exact = np.full(len(x), len(index.areas), dtype=np.intp)
    np.minimum.at(exact, point, cell)
    exact[exact == len(index.areas)] = NOWHERE
    return int((index.cells_of(x, y) != exact).sum())
