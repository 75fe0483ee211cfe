import pytest

from city.intake.mapping import LayerMapping
from city.intake.places import empty, orphans, places, strangers, unlike
from city.intake.remark import Grade
from geo.codes import Level
from geo.mending import Outline, OutlineFlaw, Repair
from tests.city.intake.builders import LAYER, drawn, mistakes, outlines, said, square, table

ROWS = [
    {"DM": "990101001", "MC": "梅溪街道", "EN": "Meixi"},
    {"DM": "990101002", "MC": "桐亭街道", "EN": "Tongting"},
]
WORD = ("街道（乡镇）", "town")


def test_rows_become_places_with_both_names_and_their_outline() -> None:
    taken = places(table(ROWS), LAYER, Level.TOWN, outlines(square(0), square(1)))
    assert taken.remarks == []
    assert [(place.code, place.name.zh, place.name.en) for place in taken.places] == [
        ("990101001", "梅溪街道", "Meixi"),
        ("990101002", "桐亭街道", "Tongting"),
    ]
    assert taken.places[1].area.equals(square(1))


def test_a_table_of_names_gives_places_without_an_outline() -> None:
    taken = places(table(ROWS, lines=True, file="towns.csv"), LAYER, Level.TOWN, None)
    assert [place.area for place in taken.places] == [None, None]
    assert taken.places[0].where == "towns.csv:2"


def test_a_code_that_is_there_twice_is_named_with_the_first() -> None:
    taken = places(table([*ROWS, ROWS[0]]), LAYER, Level.TOWN, None)
    assert mistakes(taken.remarks) == ["a.gpkg, feature 3: 990101001 is here twice: first in a.gpkg, feature 1"]
    assert len(taken.places) == 2


def test_a_row_without_a_code_is_named_and_the_others_are_taken() -> None:
    taken = places(table([{**ROWS[0], "DM": None}, ROWS[1]]), LAYER, Level.TOWN, None)
    assert mistakes(taken.remarks) == ["a.gpkg, feature 1: the code is missing"]
    assert [place.code for place in taken.places] == ["990101002"]


def test_a_place_without_any_name_is_named_by_its_code() -> None:
    taken = places(table([{**ROWS[0], "MC": "", "EN": None}]), LAYER, Level.TOWN, None)
    assert mistakes(taken.remarks) == ["a.gpkg, feature 1: 990101001 has no name"]


def test_one_language_stands_in_for_the_other_and_that_is_noted_once() -> None:
    rows = [{**row, "EN": ""} for row in ROWS]
    taken = places(table(rows), LAYER, Level.TOWN, None)
    assert taken.places[0].name.en == "梅溪街道"
    assert said(taken.remarks, Grade.NOTE) == [
        "a.gpkg: 2 names are there in one language only, which stands in for the other"
    ]


def test_a_constant_is_every_rows_value() -> None:
    section = LayerMapping(file="a.gpkg", code="DM", zh="MC", constants={"en": "A town"})
    assert {place.name.en for place in places(table(ROWS), section, Level.TOWN, None).places} == {"A town"}


@pytest.mark.parametrize(
    ("flaw", "detail", "what"),
    [
        (OutlineFlaw.MISSING, "", "990101001: it has no outline"),
        (OutlineFlaw.NOT_AN_AREA, "Point", "990101001: an area is a polygon, not a Point"),
        (OutlineFlaw.NOT_A_NUMBER, "", "990101001: a coordinate is not a number"),
        (OutlineFlaw.BROKEN, "Self-intersection[1 2]", "a matter of opinion: Self-intersection[1 2]"),
    ],
)
def test_an_outline_that_cannot_be_taken_is_named_and_its_place_kept(flaw: OutlineFlaw, detail: str, what: str) -> None:
    broken = Outline(flaw=flaw, detail=detail)
    taken = places(table(ROWS), LAYER, Level.TOWN, [broken, *outlines(square(1))])
    (sentence,) = mistakes(taken.remarks)
    assert sentence.startswith("a.gpkg, feature 1: ")
    assert sentence.endswith(what)
    assert len(taken.places) == 2
    assert taken.places[0].area is None


def test_repairs_are_counted_by_layer() -> None:
    mended = [Outline(area=square(at), repairs=(Repair.RING_ORDER,)) for at in range(2)]
    taken = places(table(ROWS), LAYER, Level.TOWN, mended)
    assert said(taken.remarks) == ["a.gpkg: 2 outlines ran the wrong way round (RFC 7946) and were turned"]


def test_codes_that_were_numbers_are_counted() -> None:
    rows = [{**row, "DM": f"{row['DM']}.0"} for row in ROWS]
    taken = places(table(rows), LAYER, Level.TOWN, None)
    assert said(taken.remarks) == ["a.gpkg: 2 codes were stored as numbers and were read as text"]


def test_a_missing_parent_is_named_once_for_all_its_children() -> None:
    children = [drawn(f"990101009{serial:03d}", where=f"a.gpkg, feature {serial}") for serial in (1, 2, 3)]
    assert said(orphans(children, {"990101001": None}, 9, WORD)) == [
        "a.gpkg, feature 1: there is no town 990101009, in which 990101009001 lies by its code, and 2 more"
    ]


def test_children_of_parents_that_are_there_are_no_orphans() -> None:
    assert orphans([drawn("990101001001")], {"990101001": None}, 9, WORD) == []


def test_a_district_of_another_city_is_named() -> None:
    (remark,) = strangers([drawn("990101"), drawn("990201")], "9901")
    assert remark.what.en == "district 990201 does not lie in the city 9901"


def test_a_file_without_rows_is_named() -> None:
    assert said(empty(table([]))) == ["a.gpkg: there is nothing in it: no feature, no row"]
    assert empty(table(ROWS)) == []


def test_a_column_that_is_not_there_is_named_with_the_nearest() -> None:
    (sentence,) = said(unlike(table([{"XZQDM": "1", "XZQMC": "甲"}]), {"code": ["XZQDMM"]}))
    assert sentence == "a.gpkg: no column 'XZQDMM' for code: did you mean XZQDM?"


def test_a_column_that_is_not_there_and_like_no_other_is_named_with_all() -> None:
    (sentence,) = said(unlike(table([{"XZQDM": "1", "XZQMC": "甲"}]), {"zh": ["name"]}))
    assert sentence == "a.gpkg: no column 'name' for zh: it has XZQDM, XZQMC"


def test_a_column_in_other_letters_is_near() -> None:
    (sentence,) = said(unlike(table([{"NAME_EN": "A"}]), {"en": ["name_en"]}))
    assert sentence.endswith("did you mean NAME_EN?")
