"""Where a sent position lies."""

import pytest
from msgspec import structs

from city.names import Name
from city.registry import Cell, District, Registry
from city.report import Position
from geo.crs import from_wgs84, to_wgs84
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
    assert (
        found.detail
        == "`lat` is 111.3, but it lies between -90 and 90 degrees. It looks like latitude and longitude swapped."
    )


WEST, SOUTH = 87.6, 43.8  # in the west of China a pair can be degrees both ways round
WESTERN = {
    "type": "Polygon",
    "coordinates": [
        [[WEST, SOUTH], [WEST + SIDE, SOUTH], [WEST + SIDE, SOUTH + SIDE], [WEST, SOUTH + SIDE], [WEST, SOUTH]],
    ],
}


def western(lon: float, lat: float, crs: str | None = None) -> Place | Refusal:
    city = structs.replace(CITY, cells={CELL: Cell(code=CELL, name=Name("", ""), geometry=WESTERN)})
    return Locator(city).locate(Position(lon=lon, lat=lat, crs=crs), "990102")


@pytest.mark.parametrize("crs", [None, "gcj02", "bd09"])
def test_a_swapped_pair_that_only_the_map_can_tell_is_told_the_cell_it_meant(crs: str | None) -> None:
    found = western(SOUTH + SIDE / 2, WEST + SIDE / 2, crs)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.OUTSIDE_THE_CITY
    assert f"It looks like latitude and longitude swapped: the other way round it lies in {CELL}." in found.detail
    assert isinstance(western(WEST + SIDE / 2, SOUTH + SIDE / 2, crs), Place)


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (0.009, -0.009)])
def test_a_receiver_without_a_fix_is_told_so(lon: float, lat: float) -> None:
    found = at(lon, lat)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.BAD_POSITION
    assert "looks like a receiver without a fix" in found.detail


@pytest.mark.parametrize(("lon", "lat", "which"), [(0.0, LAT, "longitude"), (LON, 0.0, "latitude")])
def test_a_coordinate_that_was_never_filled_in_is_named(lon: float, lat: float, which: str) -> None:
    found = at(lon, lat)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.OUTSIDE_THE_CITY
    assert f"its {which} is 0" in found.detail


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_phones_point_sent_as_a_receivers_is_told_the_system_in_which_it_lies_in_the_city(crs: str) -> None:
    sent = from_wgs84(LON + SIDE - 0.0001, LAT + SIDE / 2, crs)
    found = at(*sent)

    assert isinstance(found, Refusal)
    assert found.reason is Reason.OUTSIDE_THE_CITY
    assert f"Taken as {crs} it would lie in {CELL}: name the `crs` that it is in." in found.detail
    assert isinstance(at(*sent, crs=crs), Place)


def test_a_point_that_is_only_outside_is_told_only_that() -> None:
    found = at(LON + 1, LAT + 1)

    assert isinstance(found, Refusal)
    assert found.detail == "112.3, 31.7 (wgs84) lies in no cell of this city."


def test_a_locator_fits_until_cells_or_coordinate_systems_change() -> None:
    locator = Locator(CITY)
    moved = {**CITY.districts, "990102": District(code="990102", name=Name("", ""), index=1, crs="bd09")}

    assert locator.fits(structs.replace(CITY, too_old_seconds=1))
    assert not locator.fits(structs.replace(CITY, cells={}))
    assert not locator.fits(structs.replace(CITY, districts=moved))


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_point_by_the_edge_of_where_points_are_shifted_is_told_that_it_may_be_two(crs: str) -> None:
    found = at(135.055, 48.0, crs)
    assert isinstance(found, Refusal)
    assert f"So near the edge of the rectangle in which {crs} is shifted it may be two points" in found.detail
    for far, other in (((135.055, 48.0), "wgs84"), ((120.0, 48.0), crs)):
        elsewhere = at(*far, other)
        assert isinstance(elsewhere, Refusal)
        assert "edge" not in elsewhere.detail
