from city.catalogue import Catalogue, Major, Said, SaidOfCondition
from city.class_page import markdown
from city.names import Name
from city.rules import Rule

CATALOGUE = Catalogue(
    majors={"E05": Major(code="E05", name=Name("突发事件", "Emergencies"))},
    rules={
        "water": Rule(
            id="water",
            type="threshold",
            event_class="E0506",
            name=Name("深", "deep"),
            metric="water_level_m",
            on=0.15,
            off=0.1,
        ),
        "silent": Rule(id="silent", type="silent", event_class="X1", name=Name("无", "nothing")),
    },
    classes={
        "E0506": Said(
            name=Name("积水", "Water | wet"),
            department="drainage",
            limit="2uh",
            closing=("photo_after", "sensor_clear"),
            conditions=(
                SaidOfCondition(id="seen", zh="深", en="deep", sensors=("water",)),
                SaidOfCondition(id="less", zh="浅", en="shallow", limit="4wh"),
            ),
        ),
        "E0599": Said(name=Name("霾", "Haze"), local=True, assumed=True),
        "X1": Said(name=Name("他", "Other")),
    },
)


def lines() -> list[str]:
    return markdown(CATALOGUE).splitlines()


def test_each_class_is_a_row_with_all_that_it_says() -> None:
    row = "| E0506 | 积水 | Water / wet | 2uh | 深 / deep<br>浅 / shallow (4wh) | Drainage and sewerage | photo_after, sensor_clear | water |"
    assert row in lines()


def test_what_is_local_and_what_is_assumed_is_marked() -> None:
    assert any(line.startswith("| E0599¹² | 霾 | Haze | 2uh |") for line in lines())


def test_each_major_has_its_table_and_one_without_a_name_its_code() -> None:
    titles = [line for line in lines() if line.startswith("## ")]
    assert titles == [
        "## E05 突发事件 · Emergencies",
        "## X1",
        "## Departments",
        "## What closes a case",
        "## Sensor rules",
    ]


def test_departments_proofs_and_rules_are_explained_below() -> None:
    assert "| `drainage` | 排水 | Drainage and sewerage |" in lines()
    assert "| `photo_after` | 处置后照片 | photo after |" in lines()
    assert "| `water` | E0506 | `water_level_m` | 0.15, 0.1 | 深 | deep |" in lines()
    assert "| `silent` | X1 |  |  | 无 | nothing |" in lines()


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    width = 0
    for line in lines():
        if line.startswith("|"):
            width = width or line.count("|")
            assert line.count("|") == width, line
        else:
            width = 0
