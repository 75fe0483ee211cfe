"""How a piece of the city is drawn as SVG: which pixels a shape in degrees becomes, with as few points as the pixels can show."""

from collections.abc import Sequence
from math import cos, radians
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct

Box = tuple[float, float, float, float]

FINEST_PX = 0.35
SMALLEST_DEGREES = 2e-4  # about 20 m: a fault narrower than a hair is shown with some ground around it
AROUND_A_POINT = 2e-3


class View(Struct, frozen=True, kw_only=True):
    """A window onto the map: `box` in degrees, drawn `width` by `height` pixels from the pixel (`left`, `top`)."""

    box: Box
    left: float
    top: float
    width: float
    height: float

    @property
    def seen(self) -> Box:
        """All of the ground that the window shows: the box, and what is beside it where the window is wider or taller than that."""
        west, south, east, north = self.box
        flat = cos(radians((south + north) / 2))
        scale = min(self.width / ((east - west) * flat), self.height / (north - south))
        wide, tall = self.width / scale / flat / 2, self.height / scale / 2
        lon, lat = (west + east) / 2, (south + north) / 2
        return lon - wide, lat - tall, lon + wide, lat + tall

    def pixels(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Pairs (n, 2) of degrees as pixels, the same scale in both directions, the middle of the box in the middle."""
        west, south, east, north = self.box
        flat = cos(radians((south + north) / 2))
        scale = min(self.width / ((east - west) * flat), self.height / (north - south))
        middle = np.array([(west + east) / 2, (south + north) / 2])
        moved: npt.NDArray[np.float64] = (points - middle) * (flat * scale, -scale)
        centred: npt.NDArray[np.float64] = moved + np.array([self.left + self.width / 2, self.top + self.height / 2])
        return centred

    def path(self, shapes: Sequence[Any]) -> str:
        """The SVG path of the parts of areas, lines and points that lie in the window; a point becomes a small cross."""
        seen = shapely.clip_by_rect(np.array(shapes, dtype=object), *self.seen)
        flat = shapely.transform(seen, self.pixels)
        simple = shapely.simplify(flat, FINEST_PX, preserve_topology=False)
        rings = [ring for shape in simple for part in shapely.get_parts(shape) for ring in _lines(part)]
        return "".join(_drawn(ring) for ring in rings if len(ring) > 1)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """One point in pixels."""
        x, y = self.pixels(np.array([[lon, lat]]))[0].tolist()
        return x, y

    def nearest(self, lon: float, lat: float) -> tuple[float, float]:
        """A point in pixels, moved to the edge where it lies outside of the window."""
        x, y = self.point(lon, lat)
        return min(max(x, self.left), self.left + self.width), min(max(y, self.top), self.top + self.height)


def around(box: Box, share: float) -> Box:
    """A box with this share of its size added on each side, and never smaller than what can be seen."""
    west, south, east, north = box
    largest = max(east - west, north - south)
    wide = max(largest, SMALLEST_DEGREES) * share if largest else AROUND_A_POINT / 2
    return west - wide, south - wide, east + wide, north + wide


def text(words: str) -> str:
    """Words as they may stand in SVG."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _lines(part: Any) -> list[npt.NDArray[np.float64]]:
    match part.geom_type:
        case "Polygon":
            return [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
        case "Point":
            x, y = part.x, part.y
            return [np.array([[x - 4, y], [x + 4, y]]), np.array([[x, y - 4], [x, y + 4]])]
        case _:
            return [shapely.get_coordinates(part)]


def _drawn(ring: npt.NDArray[np.float64]) -> str:
    points = "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.tolist())
    return f"M{points}"
