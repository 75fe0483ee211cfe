import re
from functools import cache
from pathlib import Path

import pytest

from adapters.catalogue_files import Classes, read_catalogue, read_classes
from adapters.city_folder import Loaded, load
from city.catalogue import Catalogue, Profile, filing_limit, found_condition, merged
from city.departments import DEPARTMENTS
from city.limits import Limit, read_limit
from city.registry import EventClass
from tests.adapters.city_builders import BEIJING, DEMO, Edit, copy, edit, line_of

HAN = re.compile(r"[\u4e00-\u9fff]")

# Every minor that a city has to find, national ones and the local ones we know of, written down apart from the data.
MINORS = {
    "C01": "01 02 03 04 06 10 11 14 18 23 25 26 27 28 29 30 31 37 38 39 40 45 46 49 50 51 52 54 57",
    "C02": "01 04 06 07 08 09 11 12 17 19 20 21 24 25 30",
    "C03": "01 02 03 04 05 06 07 08",
    "C04": "01 02 04 05 06 07 08 09 10",
    "C05": "03 04 06 07 08",
    "E01": "01 02 03 04 05 06 07 08 10 11 12 13 14 17 18 19 20 21 22 25 26 28 29 30 31 32 33 35 36 37 38",
    "E02": "01 02 03 04 05 06 07",
    "E03": "01 02 03 04 05 06 07 08 09 10 11 12",
    "E04": "01 02 04 05 06 10",
    "E05": "01 02 03 04 05 06 07 08",
    "E06": "02 04",
}
LOCAL_MINORS = {
    "C01": "78 79 80 81 86 88 90 92 93 97 99",
    "C02": "83 84 85 86 99",
    "C03": "96 97",
    "C04": "93 94 95 96 97 98 99",
    "C05": "98",
    "E01": "79 80 81 82 83 84 87 90 91 92 93 95 96 97 98 99",
    "E02": "99",
    "E03": "96 97 98 99",
    "E04": "91 92 93 94 95 96 98",
    "E05": "95 96 99",
    "E06": "96 98",
}
NAMES = {
    "C0101": "上水井盖", "C0104": "雨水箅子", "C0118": "化粪池井盖", "C0127": "通讯交接箱", "C0137": "路灯", "C0150": "监控电子眼",
    "C0181": "无障碍坡道及盲道", "C0190": "综合管廊设施", "C0204": "公交站亭（牌）", "C0207": "地下通道", "C0211": "限高架", "C0299": "高架桥",
    "C0303": "化粪池", "C0396": "施工公示牌", "C0401": "古树名木", "C0410": "喷泉", "C0504": "液化气站", "C0508": "防汛墙",
    "E0101": "私搭乱建", "E0113": "道路破损", "E0122": "非法伐树", "E0137": "动物尸体", "E0192": "垃圾满溢", "E0201": "非法小广告",
    "E0299": "公益宣传品", "E0304": "工地扬尘", "E0397": "裸露钢筋", "E0410": "非机动车乱停放", "E0496": "占用消防通道", "E0502": "燃气管道破裂",
    "E0506": "道路积水", "E0596": "高空坠物", "E0604": "门前四包", "E0698": "桥下空间",
}  # fmt: skip
# The limits of one city's table, as far as they are one figure.
LIMITS = {
    "E0102": "1nd", "E0105": "2wd", "E0106": "1wd", "E0107": "2uh", "E0110": "4wh", "E0111": "5wd", "E0112": "2wh", "E0113": "5wd",
    "E0114": "4wh", "E0117": "4wh", "E0118": "4wh", "E0119": "1wd", "E0120": "2uh", "E0121": "3wd", "E0125": "2wd", "E0126": "2wd",
    "E0128": "2uh", "E0129": "2uh", "E0131": "4wh", "E0132": "2wd", "E0133": "2wd", "E0135": "2wd", "E0136": "1wd", "E0137": "4wh",
    "E0138": "1wd", "E0179": "5wd", "E0180": "1wd", "E0181": "5wd", "E0182": "5wd", "E0183": "15wd", "E0184": "1wd", "E0187": "1wd",
    "E0190": "2wd", "E0191": "2wh", "E0192": "4wh", "E0193": "2wd", "E0196": "2wd", "E0197": "3wd", "E0201": "1wd", "E0202": "2wh",
    "E0204": "5wd", "E0205": "3wd", "E0206": "2wd", "E0207": "1wd", "E0299": "5wd", "E0301": "2uh", "E0302": "1wd", "E0303": "1wd",
    "E0304": "2wh", "E0305": "2wd", "E0306": "1wd", "E0308": "5wd", "E0309": "5wd", "E0310": "2wd", "E0311": "2wd", "E0312": "1wd",
    "E0397": "3wd", "E0398": "2wd", "E0399": "3wd", "E0401": "2uh", "E0402": "2uh", "E0404": "1wd", "E0405": "2uh", "E0406": "2uh",
    "E0410": "2wh", "E0494": "2wh", "E0495": "2uh", "E0496": "2wh", "E0498": "2wd", "E0501": "1uh", "E0502": "1uh", "E0504": "1uh",
    "E0505": "2uh", "E0506": "2uh", "E0507": "4wh", "E0508": "2wh", "E0595": "2uh", "E0596": "2uh", "E0602": "2wh", "E0604": "4wh",
    "E0696": "1wd",
}  # fmt: skip
CONDITION_LIMITS = {
    ("E0101", "under-way"): "2nd", ("E0101", "finished"): "15wd", ("E0103", "movable"): "1wd", ("E0103", "fixed"): "3wd",
    ("E0108", "danger"): "4wh", ("E0108", "seen"): "5wd", ("E0122", "under-way"): "1uh", ("E0122", "restore"): "3wd",
    ("E0203", "movable"): "1wd", ("E0203", "fixed"): "5wd", ("E0493", "misparked"): "2wh", ("E0493", "broken"): "1wd",
    ("E0501", "subsidence"): "5wd", ("E0503", "blocked"): "4wh", ("E0503", "broken"): "1uh", ("C0101", "missing"): "2uh",
    ("C0101", "broken"): "4wh", ("C0106", "broken"): "1wd", ("C0101", "loose"): "2wd", ("C0101", "surround"): "5wd",
    ("C0104", "blocked"): "1wd", ("C0131", "falling"): "4uh", ("C0211", "falling"): "4uh", ("C0130", "falling"): "1wd",
    ("C0137", "leaning"): "1wd", ("C0137", "out"): "2wd", ("C0137", "schedule"): "2wh", ("C0137", "abandoned"): "3wd",
    ("C0504", "smell"): "2uh", ("C0503", "smell"): "4wh", ("C0303", "missing"): "4uh", ("C0207", "flooded"): "2uh",
    ("C0208", "water"): "4wh", ("C0125", "leaking"): "2uh", ("C0410", "gushing"): "2uh", ("C0301", "odour"): "1wd",
}  # fmt: skip
SENSORS = {
    "manhole-tilt": "C0103", "manhole-open": "C0118", "road-water": "E0506", "underpass-water": "C0207", "drain-level": "E0503",
    "water-main-pressure": "E0501", "methane-warning": "E0502", "methane-alarm": "E0502", "bin-full": "E0192", "lamp-fault": "C0137",
    "lamp-schedule": "C0137", "site-noise": "E0301", "shop-noise": "E0128", "site-dust": "E0304", "open-burning": "E0120",
    "river-oxygen": "E0126", "river-ammonia": "E0126", "fire-lane": "E0496", "overhead-line": "E0508", "pole-tilt": "C0131", "toilet-odour": "C0301",
}  # fmt: skip


@cache
def shipped() -> Catalogue:
    catalogue, mistakes = read_catalogue()
    assert mistakes == []
    return catalogue


@cache
def settled() -> dict[str, EventClass]:
    return merged(shipped(), Profile())


def codes(minors: dict[str, str]) -> set[str]:
    return {f"{major}{minor}" for major, listed in minors.items() for minor in listed.split()}


@pytest.mark.parametrize("major", [*MINORS, *(f"S{number:02d}" for number in range(1, 11))])
def test_every_major_is_there_with_classes(major: str) -> None:
    assert shipped().majors[major].name.zh
    assert any(code.startswith(major) for code in shipped().classes)


def test_every_minor_is_there_and_marked_local_where_it_is() -> None:
    there = {code for code in shipped().classes if code[0] in "CE"}
    assert codes(MINORS) | codes(LOCAL_MINORS) == there
    assert {code for code, kind in settled().items() if kind.local and code[0] in "CE"} == codes(LOCAL_MINORS)


def test_classes_are_called_what_they_are_called_everywhere() -> None:
    assert {code: settled()[code].name.zh for code in NAMES} == NAMES
    for prefix in "CES":
        kinds = [kind.name for code, kind in settled().items() if code.startswith(prefix)]
        assert len({name.zh for name in kinds}) == len({name.en for name in kinds}) == len(kinds)


def test_limits_are_those_of_the_table_that_is_known() -> None:
    assert {code: settled()[code].limit for code in LIMITS} == LIMITS
    said = {(code, id_): filing_limit(settled()[code], id_).text for code, id_ in CONDITION_LIMITS}
    assert said == CONDITION_LIMITS


def test_every_cover_has_the_same_four_conditions() -> None:
    covers = [kind for kind in settled().values() if kind.name.zh.endswith("井盖")]
    assert len(covers) == 9
    for kind in covers:
        assert {"missing", "broken", "loose", "surround"} <= {each.id for each in kind.conditions}, kind.code


@pytest.mark.parametrize("code", sorted(settled()))
def test_every_class_says_everything_in_both_languages(code: str) -> None:
    kind = settled()[code]
    texts = [kind.name, kind.instructions, *(each.text for each in kind.conditions)]
    assert all(HAN.search(text.zh) and text.en.strip() and not HAN.search(text.en) for text in texts)
    assert kind.major is not None
    assert kind.department in DEPARTMENTS
    assert kind.closing
    assert kind.conditions
    assert isinstance(read_limit(kind.limit), Limit)
    assert all(not each.limit or read_limit(each.limit) for each in kind.conditions)
    assert shipped().classes[code].severity or any(
        shipped().templates[name].severity for name in shipped().classes[code].templates or ()
    )


def test_no_condition_gives_more_time_than_the_longest_of_the_table() -> None:
    longest = Limit(clock=read_limit("15wd").clock, value=15).ms  # type: ignore[union-attr] - it can be read
    assert all(filing_limit(kind, each.id).ms <= longest for kind in settled().values() for each in kind.conditions)


@pytest.mark.parametrize("sensor", sorted(SENSORS))
def test_a_sensors_rule_shows_a_condition_of_its_class(sensor: str) -> None:
    kind = settled()[SENSORS[sensor]]
    assert found_condition(kind, sensor)
    assert "sensor_clear" in kind.closing or kind.code in {"C0131", "E0508"}


def test_every_rule_of_the_catalogue_shows_a_condition_of_the_class_it_finds() -> None:
    for id_, rule in shipped().rules.items():
        assert found_condition(settled()[rule.event_class], id_), id_


def test_the_demonstration_city_has_all_classes_and_somebody_for_each() -> None:
    loaded = load(DEMO, ground=False)
    assert isinstance(loaded, Loaded)
    classes = loaded.registry.classes
    assert set(classes) == set(shipped().classes) | {"E0598"}
    assert classes["E0598"].local
    for rule in loaded.registry.rules.values():
        assert found_condition(classes[rule.event_class], rule.id), rule.id
    crews = {skill for worker in loaded.registry.workers.values() for skill in worker.skills}
    assert {kind.skill for kind in classes.values() if kind.work == "worker"} == crews


def test_a_city_that_does_not_speak_of_a_catalogue_has_its_own_classes_only() -> None:
    assert set(read_classes(BEIJING).values) == {"E0599"}


def wrote(folder: Path, text: str) -> Classes:
    folder.mkdir(exist_ok=True)
    (folder / "classes.toml").write_text(text, encoding="utf-8")
    return read_classes(folder)


def test_any_folder_on_the_disk_can_use_the_catalogue(tmp_path: Path) -> None:
    found = wrote(tmp_path, '[catalogue]\nuse = ["C01", "E05"]\nleave_out = ["C0199"]\n')
    assert found.mistakes == []
    assert set(found.values) == {c for c in shipped().classes if c.startswith(("C01", "E05"))} - {"C0199"}
    assert found.entries["E0506"].line == 1


def test_a_city_changes_a_class_and_the_line_of_its_change_is_known(tmp_path: Path) -> None:
    found = wrote(tmp_path, '[catalogue]\n\n[[class]]\ncode = "E0506"\nlimit = "90m"\noffer = "1m"\n')
    assert found.mistakes == []
    kind = found.values["E0506"]
    assert (kind.limit, kind.limit_seconds, kind.offer_seconds, kind.name.zh) == ("90m", 5400, 60, "道路积水")
    assert (found.entries["E0506"].line, found.entries["E0506"].lines["limit"]) == (3, 5)


def test_a_file_as_before_is_read_as_before(tmp_path: Path) -> None:
    text = '[[class]]\ncode = "E0113"\nname = { zh = "坑", en = "Hole" }\nskill = "roads"\nlimit = "5d"\nclear = "0s"\n'
    kind = wrote(tmp_path, text).values["E0113"]
    assert (kind.limit_seconds, kind.clear_seconds, kind.skill, kind.conditions) == (5 * 86_400, 0, "roads", ())
    assert wrote(tmp_path, text.replace('limit = "5d"', "limit_seconds = 60")).values["E0113"].limit_seconds == 60


def own_catalogue(folder: Path, classes: str = "") -> Path:
    """A catalogue of one class in five small files."""
    folder.mkdir(exist_ok=True)
    name = 'name = { zh = "甲", en = "A" }\n'
    (folder / "majors.toml").write_text(f'[[major]]\ncode = "E05"\n{name}', encoding="utf-8")
    (folder / "templates.toml").write_text('[[template]]\nid = "t"\nlimit = "3wd"\n', encoding="utf-8")
    for file in ("rules.toml", "components.toml", "social.toml"):
        (folder / file).write_text("", encoding="utf-8")
    text = classes or f'[[class]]\ncode = "E0501"\ntemplates = ["t"]\ndepartment = "water"\n{name}'
    (folder / "events.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_city_can_have_another_catalogue_than_the_one_shipped(tmp_path: Path) -> None:
    own_catalogue(tmp_path / "ours")
    found = wrote(tmp_path / "city", '[catalogue]\nfolder = "../ours"\n')
    assert found.mistakes == []
    assert {code: (kind.limit, kind.skill) for code, kind in found.values.items()} == {"E0501": ("3wd", "water")}


def test_a_mistake_in_a_catalogue_of_ones_own_is_named_there(tmp_path: Path) -> None:
    own_catalogue(tmp_path / "ours", '[[class]]\ncode = "E0501"\nlimit = "soon"\n\n[[class]]\ncode = "E0501"\n')
    found = wrote(tmp_path / "city", '[catalogue]\nfolder = "../ours"\n')
    assert [str(one) for one in found.mistakes] == ["../ours/events.toml:5: class E0501 is here twice: first on line 1"]
    own_catalogue(tmp_path / "ours", '[[class]]\ncode = "E0501"\nlimit = "soon"\n')
    found = wrote(tmp_path / "city", '[catalogue]\nfolder = "../ours"\n')
    assert [str(one).split(" is not")[0] for one in found.mistakes] == [
        "../ours/events.toml:3: E0501: limit 'soon'",
        "../ours/events.toml:1: missing field name",
    ]


def test_a_catalogue_that_lacks_a_file_says_which(tmp_path: Path) -> None:
    (own_catalogue(tmp_path / "ours") / "rules.toml").unlink()
    found = wrote(tmp_path / "city", '[catalogue]\nfolder = "../ours"\n')
    assert [str(one) for one in found.mistakes] == ["../ours/rules.toml:1: the file is missing"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[catalogue]\nuse = "C"\n', "classes.toml:2: use: expected a list, got text"),
        ('[catalogue]\nfolder = "../nowhere"\n', "classes.toml:2: folder: there is no folder ../nowhere"),
        ('[catalogue]\nleave = ["C"]\n', "classes.toml:2: unknown field 'leave': did you mean leave_out?"),
        ("[catalogue]\n[catalogue.skills]\nwatr = 'x'\n", "classes.toml:3: skills: no department 'watr'"),
        ("catalogue = true\n", "classes.toml:1: unknown table 'catalogue'"),
        ("[catalogue]\n[[class]]\nname = 1\n", "classes.toml:2: missing field code"),
        ('[catalogue]\n[[class]]\ncode = "E0506"\nid = "x"\n', "classes.toml:4: unknown field 'id': it is called code here"),
        ('[catalogue]\n[[class]]\ncode = "E0506"\nlimit = "1 week"\n', "classes.toml:4: E0506: limit '1 week'"),
        ('[catalogue]\n[[class]]\ncode = "E0506"\nseverity = "dire"\n', "classes.toml:4: severity: there is no 'dire'"),
        ('[catalogue]\n[[class]]\ncode = "E0506"\nconditions = [{ zh = "a" }]\n', "classes.toml:4: conditions: missing id"),
        ('[catalogue]\n[[class]]\ncode = "E0506"\nconditions = [{ id = "a", x = 1 }]\n', "classes.toml:4: conditions: "),
        ('[catalogue]\n[[class]]\ncode = "E0509"\n', "classes.toml:2: missing field name"),
        ('[catalogue]\n[[class]]\ncode = "E0505"\n[[class]]\ncode = "E0505"\n', "classes.toml:4: class E0505 is here twice"),
        ("[catalogue\n", "classes.toml:1: not TOML"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_profile_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (mistake,) = wrote(tmp_path, text).mistakes
    assert str(mistake).startswith(said)


def test_a_class_that_cannot_be_read_is_not_said_to_be_missing_as_well(tmp_path: Path) -> None:
    city = copy(tmp_path, BEIJING)
    change = Edit("classes.toml", 'severity = "severe"', 'severity = "dire"', 'severity = "dire"', "")
    edit(city, change)
    found = load(city, ground=False)
    assert isinstance(found, list)
    assert [(one.file, one.line) for one in found] == [("classes.toml", line_of(city, change))]
