import re
from pathlib import Path

import pytest

from adapters.catalogue_files import read_catalogue
from adapters.city_folder import Loaded, load
from adapters.rule_templates import rule_entries
from city.registry import Metric, Registry
from city.rules import Rule
from city.soundness.draft import Draft
from city.soundness.rules import rule_flaws
from tests.adapters.city_builders import BEIJING, copy


def wrote(folder: Path, text: str) -> Path:
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    return folder


METRICS = """
[[metric]]
name = "fill_pct"
unit = "pct"
min = 0
max = 100

[[metric]]
name = "water_level_m"
unit = "m"
min = 0
max = 5
"""


def city_with(folder: Path, text: str) -> dict[str, Rule] | list[str]:
    """The rules of a small city whose rules.toml is `text`, or its mistakes."""
    city = copy(folder, BEIJING)
    (city / "classes.toml").write_text("[catalogue]\n", encoding="utf-8")
    with (city / "metrics.toml").open("a", encoding="utf-8") as metrics:
        metrics.write(METRICS)
    loaded = load(wrote(city, text), ground=False)
    return loaded.registry.rules if isinstance(loaded, Loaded) else [str(one) for one in loaded]


def test_a_rule_takes_everything_from_its_template_and_its_id_too(tmp_path: Path) -> None:
    rules = city_with(tmp_path, '[[rule]]\ntemplate = "bin-full"\n')
    catalogue, _ = read_catalogue()
    assert rules == {"bin-full": catalogue.rules["bin-full"]}
    assert catalogue.rules["bin-full"].for_seconds == 1800


def test_what_a_rule_says_itself_counts_in_either_spelling_of_a_time(tmp_path: Path) -> None:
    text = '[[rule]]\ntemplate = "bin-full"\nid = "bins"\non = 80\nfor_seconds = 60\nseverity = "severe"\n'
    rules = city_with(tmp_path, text)
    assert isinstance(rules, dict)
    bins = rules["bins"]
    assert (bins.on, bins.off, bins.for_seconds, bins.severity, bins.metric) == (80, 60, 60, "severe", "fill_pct")


def test_rules_with_and_without_templates_stand_side_by_side(tmp_path: Path) -> None:
    own = '[[rule]]\nid = "mine"\ntype = "threshold"\nclass = "E0506"\nname = { zh = "水", en = "Water" }\nmetric = "water_level_m"\non = 1\noff = 0.5\n'
    rules = city_with(tmp_path, own + '[[rule]]\ntemplate = "road-water"\n')
    assert isinstance(rules, dict)
    assert {id_: rule.on for id_, rule in rules.items()} == {"mine": 1, "road-water": 0.15}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rule]]\nid = "a"\ntemplate = "road-watr"\n', r"rules.toml:3: template: no template 'road-watr' \(did you mean road-water\?\)"),
        ("[[rule]]\ntemplate = 7\n", "rules.toml:2: template: no template 7"),
        ('[[rule]]\ntemplate = "road-water"\noff = 0.2\n', "rules.toml:3: .*wrong way round"),
        ('[[rule]]\ntemplate = "drain-level"\n', "rules.toml:1: drain-level: no metric drain_fill_pct"),
        ('[[rule]]\ntemplate = "device-silent"\n', "rules.toml:1: device-silent can never fire: it watches no kind"),
        ('[[rule]]\ntemplate = "road-water"\n\n[[rule]]\ntemplate = "road-water"\n', "rules.toml:4: rule road-water is here twice"),
        ('[[rule]]\ntemplate = "road-water"\nclas = "E0506"\n', "rules.toml:3: unknown field 'clas'"),
    ],
)  # fmt: skip
def test_a_mistake_beside_a_template_is_named_where_it_stands(tmp_path: Path, text: str, said: str) -> None:
    found = city_with(tmp_path, text)
    assert isinstance(found, list)
    (mistake,) = found
    assert re.match(said, mistake)


LEVELLED = '[[rule]]\nid = "a"\ntype = "mean"\nclass = "E0599"\nname = { zh = "霾", en = "Haze" }\nmetric = "pm25_ugm3"\nwindows = 24\nlevel = "aqi.heavy"\n'


def test_a_rule_with_a_named_level_has_no_numbers_beside_it(tmp_path: Path) -> None:
    found = city_with(tmp_path, LEVELLED + "on = 0\noff = 70\n")
    assert found == [
        f"rules.toml:{line}: {field}: the rule has a named level already; leave out {field}, or level"
        for line, field in ((9, "on"), (10, "off"))
    ]


def test_a_rule_that_says_its_level_in_one_way_takes_none_of_its_templates_other_way(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    wrote(tmp_path / "ours", '[[rule]]\nid = "numbers"\non = 5\noff = 4\n\n' + LEVELLED)
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "classes.toml").write_text('[catalogue]\nfolder = "../ours"\n', encoding="utf-8")
    text = '[[rule]]\ntemplate = "numbers"\nlevel = "aqi.heavy"\n\n[[rule]]\ntemplate = "a"\non = 7\noff = 6\n'
    entries, mistakes = rule_entries(wrote(tmp_path / "city", text))
    assert mistakes == []
    said = [{f: entry.fields.get(f) for f in ("on", "off", "level")} for entry in entries]
    assert said == [{"on": None, "off": None, "level": "aqi.heavy"}, {"on": 7, "off": 6, "level": None}]


def test_a_file_without_templates_is_read_as_it_stands(tmp_path: Path) -> None:
    entries, mistakes = rule_entries(wrote(tmp_path, '[[rule]]\nid = "a"\non = 1\n'))
    assert [entry.fields for entry in entries] == [{"id": "a", "on": 1}]
    assert mistakes == []


def test_templates_come_from_the_catalogue_that_the_city_uses(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    wrote(tmp_path / "ours", '[[rule]]\nid = "own"\non = 5\n')
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "classes.toml").write_text('[catalogue]\nfolder = "../ours"\n', encoding="utf-8")
    entries, mistakes = rule_entries(wrote(tmp_path / "city", '[[rule]]\ntemplate = "own"\noff = 1\n'))
    assert mistakes == []
    assert [entry.fields for entry in entries] == [{"id": "own", "on": 5, "off": 1}]


def test_every_template_can_fire_and_clear_in_a_city_that_measures_what_it_needs() -> None:
    catalogue, _ = read_catalogue()
    metrics = {
        rule.metric: Metric(name=rule.metric, unit=rule.metric.rsplit("_", 1)[1], min=-50, max=10_000)
        for rule in catalogue.rules.values()
        if rule.metric
    }
    draft = Draft(
        registry=Registry(rules=catalogue.rules, metrics=metrics),
        places={},
        mentioned={"classes": frozenset(catalogue.classes), "metrics": frozenset(metrics)},
        unread=frozenset({"devices"}),
    )
    assert [flaw.what for flaw in rule_flaws(draft)] == ["device-silent can never fire: it watches no kind of device"]
