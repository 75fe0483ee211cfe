"""How many points a second are placed in the demonstration city's cells, many at a time."""

import os
import random
import time

from bench.cpu import cpu_seconds
from bench.result import Run
from bench.sensors import demonstration_city
from geo.lookup import CellIndex

POINTS = 1_000_000


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
