"""Where a sent position lies."""

import pytest
from msgspec import structs

from city.names import Name
from city.registry import Cell, District, Registry
from city.report import Position
from geo.crs import to_wgs84
from messages.locator import Locator
from messages.rejects import Reason, Refusal
from messages.telemetry import Place

LON, LAT = 111.30, 30.70
SIDE = 0.02
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[LON, LAT], [LON + SIDE, LAT], [LON + SIDE, LAT + SIDE], [LON, LAT + SIDE], [LON, LAT]],
    ],
}
CELL = "990102001001001"
CITY = Registry(
    cells={CELL: Cell(code=CELL, name=Name("", ""), geometry=SQUARE)},
    districts={
        "990102": District(code="990102", name=Name("", ""), index=1),
        "990103": District(code="990103", name=Name("", ""), index=2, crs="gcj02"),
    },
)
MIDDLE = (LON + SIDE / 2, LAT + SIDE / 2)


def at(lon: float, lat: float, crs: str | None = None, district: str = "990102") -> Place | Refusal:
    return Locator(CITY).locate(Position(lon=lon, lat=lat, crs=crs), district)


def test_a_position_lies_in_the_cell_that_covers_it() -> None:
    assert at(*MIDDLE) == Place(CELL, Position(lon=MIDDLE[0], lat=MIDDLE[1], crs="wgs84"))


def test_a_position_without_a_system_is_taken_in_the_district_own() -> None:
    named = at(*MIDDLE, crs="gcj02")
    meant = at(*MIDDLE, district="990103")

    assert named == meant
    assert isinstance(named, Place)
    assert (named.position.lon, named.position.lat) == pytest.approx(to_wgs84(*MIDDLE, "gcj02"), abs=1e-7)


def test_a_position_outside_every_cell_is_outside_the_city() -> None:
    found = at(LON - SIDE, LAT)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.OUTSIDE_THE_CITY


def test_a_city_without_cells_has_no_place_for_anything() -> None:
    found = Locator(Registry()).locate(Position(lon=LON, lat=LAT), "990102")

    assert isinstance(found, Refusal)
    assert found.reason is Reason.OUTSIDE_THE_CITY


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (LON, LAT, "mars"),
        (181.0, 0.0, None),
        (0.0, -91.0, None),
        (float("nan"), 0.0, None),
        (0.0, float("inf"), "gcj02"),
        (0.0, 0.0, None),
    ],
)
def test_what_is_no_position_is_refused_as_one(lon: float, lat: float, crs: str | None) -> None:
    found = at(lon, lat, crs)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.BAD_POSITION


def test_a_pair_that_was_swapped_is_told_so() -> None:
    found = at(LAT, LON)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.BAD_POSITION
    assert "swapped" in found.detail


def test_a_locator_fits_until_cells_or_coordinate_systems_change() -> None:
    locator = Locator(CITY)
    moved = {**CITY.districts, "990102": District(code="990102", name=Name("", ""), index=1, crs="bd09")}

    assert locator.fits(structs.replace(CITY, too_old_seconds=1))
    assert not locator.fits(structs.replace(CITY, cells={}))
    assert not locator.fits(structs.replace(CITY, districts=moved))
