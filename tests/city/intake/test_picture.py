import re
from typing import Any

import pytest
from shapely.geometry import mapping

from city.intake.picture import MOST_PANELS, drawn
from city.intake.remark import Remark, mistake, warning
from tests.city.intake.builders import SIDE, SOUTH, WEST, square

# A picture is read by people; here only what a test can see of it: that it is whole, and shows what it should.
CELLS = {f"990101001001{at + 1:03d}": square(at % 10, at // 10) for at in range(40)}


def overlap(at: int = 0) -> Remark:
    """A fault the size of half a cell."""
    return mistake(
        "overlap", "a.gpkg, feature 2", zh="重叠 12 平方米", en="A & B overlap by <12> m²", area=mapping(square(at))
    )


def whole(picture: str) -> None:
    """Asserts that every element is closed, and nothing stands in it that is no number where one belongs."""
    assert picture.startswith("<svg ")
    assert picture.rstrip().endswith("</svg>")
    assert picture.count("<svg ") == picture.count("</svg>")
    assert picture.count("<text") == picture.count("</text>")
    assert "nan" not in picture
    assert "inf" not in picture.replace("information", "")


def test_a_fault_is_marked_and_enlarged_with_its_words() -> None:
    picture = drawn([overlap()], CELLS)
    whole(picture)
    assert "40 个网格 / cells · 1 错误 / mistakes · 0 警告 / warnings" in picture
    assert "A &amp; B overlap by &lt;12&gt; m²" in picture
    assert "重叠 12 平方米" in picture
    assert picture.count("<circle") == 1


def test_faults_at_one_spot_share_a_mark_with_their_number() -> None:
    picture = drawn([overlap(), overlap(), overlap()], CELLS)
    assert picture.count("<circle") == 1
    assert re.search(r'class="n"[^>]*>3</text>', picture)


def test_faults_far_from_each_other_have_marks_of_their_own() -> None:
    assert drawn([overlap(0), overlap(9)], CELLS).count("<circle") == 2


def test_of_many_faults_only_some_are_enlarged() -> None:
    picture = drawn([overlap(at % 10) for at in range(50)], CELLS)
    whole(picture)
    assert picture.count("viewBox") == 1 + MOST_PANELS


def test_a_rare_kind_is_enlarged_beside_a_frequent_one() -> None:
    rare = warning("gap", "a.gpkg, feature 9", zh="缝隙", en="a rare gap", area=mapping(square(5)))
    assert "a rare gap" in drawn([*(overlap(at % 10) for at in range(50)), rare], CELLS)


def test_a_device_that_stands_far_away_is_shown_at_the_edge() -> None:
    far = mistake("device_outside", "d.csv:2", zh="远", en="far", area={"type": "Point", "coordinates": [0.0, 0.0]})
    picture = drawn([far], CELLS)
    whole(picture)
    (x,) = re.findall(r'<circle cx="(-?\d+)"', picture)
    assert 0 <= int(x) <= 1200


@pytest.mark.parametrize(
    "area",
    [
        None,
        {"type": "Point", "coordinates": [30.7, 111.3]},
        {"type": "Polygon", "coordinates": "nothing"},
        {"type": "Point", "coordinates": [float("nan"), 1.0]},
        {},
    ],
)
def test_what_cannot_be_drawn_is_counted_only(area: Any) -> None:
    picture = drawn([mistake("code", "a.gpkg", zh="错", en="wrong", area=area)], CELLS)
    whole(picture)
    assert "1 错误 / mistakes" in picture
    assert "<circle" not in picture


def test_a_city_without_any_cell_can_be_drawn_too() -> None:
    whole(drawn([], {}))
    whole(drawn([overlap()], {}))


def test_a_single_cell_fills_the_picture() -> None:
    picture = drawn([], {"990101001001001": square(0)})
    numbers = [float(x) for x in re.findall(r"[ML](\d+\.\d)", picture)]
    assert max(numbers) - min(numbers) > 900


def test_a_large_city_stays_a_small_file() -> None:
    cells = {str(at): square(at % 100, at // 100) for at in range(10_000)}
    assert len(drawn([overlap()], cells)) < 2_000_000


def test_a_hairline_is_enlarged_with_ground_around_it() -> None:
    line = {"type": "LineString", "coordinates": [[WEST, SOUTH], [WEST + SIDE / 1e4, SOUTH]]}
    whole(drawn([warning("sliver", "a.gpkg", zh="碎片", en="a sliver", area=line)], CELLS))
