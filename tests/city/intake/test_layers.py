import numpy as np
import pytest
import shapely

from city.intake.layers import outlines_of
from city.intake.remark import Grade
from city.intake.table import Table
from geo.mending import Repair
from tests.city.intake.builders import mistakes, said, square, table

PLANE = shapely.box(527400, 3396700, 527500, 3396800)


def layer(*shapes: object, crs: str = "EPSG:4490", file: str = "a.gpkg") -> Table:
    """A layer with these outlines."""
    wkb = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    return table([{"DM": at} for at in range(len(shapes))], wkb=wkb, crs=crs, file=file)


def test_a_layer_lies_where_its_own_system_says() -> None:
    drawn, remarks = outlines_of(layer(PLANE, crs="EPSG:4546"), "")
    assert drawn is not None
    assert drawn[0].area.centroid.x == pytest.approx(111.287, abs=0.01)
    assert said(remarks) == ["a.gpkg: coordinates are CGCS2000 / 3-degree Gauss-Kruger CM 111E (EPSG:4546)"]


def test_the_mapping_may_say_another_system() -> None:
    drawn, remarks = outlines_of(layer(square(0), crs="EPSG:4326"), "GCJ02")
    assert drawn is not None
    assert drawn[0].area.centroid.distance(square(0).centroid) > 0.004
    assert said(remarks) == ["a.gpkg: coordinates are gcj02"]


def test_a_layer_of_no_known_system_is_refused_with_what_to_write() -> None:
    drawn, remarks = outlines_of(layer(PLANE, crs=""), "")
    assert drawn is None
    (sentence,) = mistakes(remarks)
    assert "does not say its coordinate system: add crs" in sentence
    assert "EPSG:4546" in remarks[0].what.zh


def test_a_system_that_does_not_exist_is_refused() -> None:
    drawn, remarks = outlines_of(layer(PLANE), "EPSG:99")
    assert drawn is None
    assert "unknown coordinate system 'EPSG:99'" in mistakes(remarks)[0]


def test_coordinates_of_another_system_than_stated_are_one_mistake_for_the_layer() -> None:
    drawn, remarks = outlines_of(layer(PLANE, PLANE, crs="EPSG:4326"), "")
    assert drawn is None
    (sentence,) = mistakes(remarks)
    assert "they look like metres; set crs to that of the data" in sentence


def test_an_older_datum_is_warned_about() -> None:
    drawn, remarks = outlines_of(layer(PLANE, crs="EPSG:2435"), "")
    assert drawn is not None
    (warned,) = said(remarks, Grade.WARNING)
    assert "takes local parameters" in warned


def test_a_table_has_no_outlines() -> None:
    drawn, remarks = outlines_of(table([{"DM": 1}]), "")
    assert drawn is None
    assert mistakes(remarks) == ["a.gpkg: it has no outlines, only a table"]


def test_only_geojson_prescribes_the_order_of_rings() -> None:
    clockwise = shapely.reverse(square(0))
    shapefile, _ = outlines_of(layer(clockwise, file="a.shp"), "")
    geojson, _ = outlines_of(layer(clockwise, file="a.geojson"), "")
    assert shapefile is not None
    assert geojson is not None
    assert (shapefile[0].repairs, geojson[0].repairs) == ((), (Repair.RING_ORDER,))


def test_a_layer_whose_outlines_are_all_broken_is_read_all_the_same() -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(111, 30), (112, 30), (112, float("nan")), (111, 30)])
    drawn, remarks = outlines_of(layer(broken, None), "")
    assert drawn is not None
    assert all(outline.flaw for outline in drawn)
    assert mistakes(remarks) == []
