from functools import reduce
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.catalogue import (
    PROOFS,
    Catalogue,
    Major,
    Profile,
    Proof,
    Said,
    SaidOfCondition,
    by_major,
    filed_name,
    filing_limit,
    filing_severity,
    found_condition,
    layered,
    merged,
    over,
    settled,
    used,
)
from city.limits import Clock, Limit
from city.names import Name
from city.registry import Condition, EventClass, Severity

COVER = Said(
    family="manhole",
    severity=Severity.SEVERE,
    limit="2uh",
    closing=("photo_after",),
    conditions=(
        SaidOfCondition(id="missing", zh="缺失", en="missing", limit="2uh", sensors=("manhole-open",)),
        SaidOfCondition(id="broken", zh="破损", en="broken", limit="4wh", severity=Severity.MODERATE),
    ),
)
DIRTY = Said(limit="9wd", conditions=(SaidOfCondition(id="dirty", zh="脏", en="dirty", limit="1wd"),))
CATALOGUE = Catalogue(
    majors={"C01": Major(code="C01", name=Name("公用设施", "Public utilities"))},
    templates={"cover": COVER, "dirty": DIRTY},
    classes={
        "C0101": Said(name=Name("上水井盖", "Water cover"), department="water", templates=("cover", "dirty")),
        "C0106": Said(
            name=Name("路灯井盖", "Lighting cover"),
            department="lighting",
            templates=("cover",),
            conditions=(SaidOfCondition(id="broken", limit="1wd"),),
        ),
        "E0506": Said(name=Name("道路积水", "Water on the road"), department="drainage", limit="2uh"),
    },
)

texts = st.none() | st.sampled_from(["", "a", "b", "2uh"])
conditions = st.builds(
    SaidOfCondition,
    id=st.sampled_from("pqrs"),
    zh=texts,
    en=texts,
    limit=texts,
    severity=st.none() | st.sampled_from(list(Severity)),
    sensors=st.none() | st.just(("x",)),
    drop=st.none() | st.booleans(),
)
said = st.builds(
    Said,
    name=st.none() | st.just(Name("甲", "A")) | st.just(Name("乙", "B")),
    templates=st.none() | st.sampled_from([(), ("cover",), ("dirty", "cover")]),
    family=texts,
    limit=texts,
    severity=st.none() | st.sampled_from(list(Severity)),
    offer_seconds=st.none() | st.integers(1, 600),
    conditions=st.none() | st.lists(conditions, max_size=4, unique_by=lambda each: each.id).map(tuple),
    local=st.none() | st.booleans(),
)


def with_own(**of: Said) -> Profile:
    return Profile(classes=of)


@given(said, said, said)
def test_laying_layers_over_one_another_does_not_depend_on_which_pair_is_joined_first(
    one: Said, two: Said, three: Said
) -> None:
    assert over(one, over(two, three)) == over(over(one, two), three)


@given(said)
def test_silence_above_or_below_changes_nothing(one: Said) -> None:
    assert over(Said(), one) == one == over(one, Said())


@given(said)
def test_a_layer_over_itself_is_that_layer(one: Said) -> None:
    assert over(one, one) == one


@given(said, said)
def test_what_the_upper_says_counts_and_where_it_is_silent_the_lower(upper: Said, lower: Said) -> None:
    both = over(upper, lower)
    for field in set(Said.__struct_fields__) - {"conditions"}:
        above, below = getattr(upper, field), getattr(lower, field)
        assert getattr(both, field) == (below if above is None else above)


@given(said, said)
def test_conditions_are_joined_by_id_and_none_is_lost_or_doubled(upper: Said, lower: Said) -> None:
    above = {each.id: each for each in upper.conditions or ()}
    below = {each.id: each for each in lower.conditions or ()}
    both = over(upper, lower).conditions or ()
    assert len(both) == len({each.id for each in both})
    assert {each.id for each in both} == set(above) | set(below)
    for each in both:
        silent = SaidOfCondition(id=each.id)
        for field in ("zh", "en", "limit", "severity", "sensors", "drop"):
            first = getattr(above.get(each.id, silent), field)
            second = getattr(below.get(each.id, silent), field)
            assert getattr(each, field) == (second if first is None else first)


@given(st.lists(said, min_size=1, max_size=5))
def test_what_only_the_upper_layers_have_comes_first(layers: list[Said]) -> None:
    lowest = [each.id for each in layers[-1].conditions or ()]
    both = [each.id for each in reduce(over, layers).conditions or ()]
    assert both[len(both) - len(lowest) :] == lowest


@given(said, said)
def test_a_class_is_what_its_layers_say_whatever_lies_in_them(own: Said, catalogues: Said) -> None:
    catalogue = Catalogue(templates=CATALOGUE.templates, classes={"E0101": catalogues})
    kind = settled(catalogue, with_own(E0101=own), "E0101")
    whole = layered(catalogue, with_own(E0101=own), "E0101")
    assert kind.name == (whole.name or Name("E0101", "E0101"))
    assert [each.id for each in kind.conditions] == [each.id for each in whole.conditions or () if not each.drop]
    assert filing_limit(kind).ms > 0
    assert msgspec.json.decode(msgspec.json.encode(kind), type=EventClass) == kind


def test_without_a_profile_of_its_own_a_city_has_the_whole_catalogue() -> None:
    assert sorted(merged(CATALOGUE, Profile())) == ["C0101", "C0106", "E0506"]


def test_a_class_has_its_templates_conditions_the_first_templates_before_the_second() -> None:
    kind = merged(CATALOGUE, Profile())["C0101"]
    assert [each.id for each in kind.conditions] == ["missing", "broken", "dirty"]
    assert (kind.limit, kind.family, kind.severity, kind.closing) == (
        "2uh",
        "manhole",
        Severity.SEVERE,
        ("photo_after",),
    )


def test_a_class_changes_one_limit_of_a_template_and_keeps_the_text() -> None:
    kind = merged(CATALOGUE, Profile())["C0106"]
    assert {each.id: (each.text.en, each.limit) for each in kind.conditions} == {
        "missing": ("missing", "2uh"),
        "broken": ("broken", "1wd"),
    }


def test_a_city_changes_a_limit_adds_a_condition_and_drops_another() -> None:
    own = Said(
        limit="1uh",
        conditions=(
            SaidOfCondition(id="stolen", zh="被盗", en="stolen"),
            SaidOfCondition(id="dirty", drop=True),
            SaidOfCondition(id="missing", limit="30m"),
        ),
    )
    kind = merged(CATALOGUE, with_own(C0101=own))["C0101"]
    assert kind.limit == "1uh"
    assert [(each.id, each.limit) for each in kind.conditions] == [
        ("stolen", ""),
        ("missing", "30m"),
        ("broken", "4wh"),
    ]
    assert kind.name.en == "Water cover"


def test_a_city_that_chooses_other_templates_has_those_instead() -> None:
    kind = merged(CATALOGUE, with_own(C0101=Said(templates=("dirty",))))["C0101"]
    assert [each.id for each in kind.conditions] == ["dirty"]
    assert kind.limit == "9wd"


def test_a_city_takes_some_majors_leaves_some_codes_out_and_keeps_what_it_speaks_of() -> None:
    own = {"E0594": Said(name=Name("江水", "River")), "C0101": Said(limit="1uh")}
    assert used(CATALOGUE, Profile(use=("C",))) == ["C0101", "C0106"]
    assert used(CATALOGUE, Profile(leave_out=("C01",))) == ["E0506"]
    assert used(CATALOGUE, Profile(use=("E",), leave_out=("E0506",), classes=own)) == ["C0101", "E0594"]


def test_a_department_asks_for_its_own_word_as_a_skill_unless_the_city_or_the_class_says_another() -> None:
    assert merged(CATALOGUE, Profile())["C0101"].skill == "water"
    assert merged(CATALOGUE, Profile(skills={"water": "drainage"}))["C0101"].skill == "drainage"
    own = Profile(skills={"water": "drainage"}, classes={"C0101": Said(skill="divers")})
    assert merged(CATALOGUE, own)["C0101"].skill == "divers"


def test_a_class_that_the_catalogue_does_not_have_is_the_citys_own() -> None:
    kinds = merged(CATALOGUE, with_own(E0599=Said(name=Name("霾", "Haze"))))
    assert kinds["E0599"].local
    assert not kinds["E0506"].local


def test_without_a_catalogue_a_city_stands_for_itself() -> None:
    kind = merged(Catalogue(), with_own(haze=Said(name=Name("霾", "Haze"))))["haze"]
    assert kind == EventClass(code="haze", name=Name("霾", "Haze"))


def test_a_class_says_its_limit_in_seconds_as_well_for_those_that_know_no_clocks() -> None:
    def seconds(limit: str) -> int:
        return merged(Catalogue(), with_own(a=Said(limit=limit)))["a"].limit_seconds

    assert (seconds("2uh"), seconds("1nd"), seconds("4wh"), seconds("2wd")) == (7200, 86_400, 14_400, 57_600)
    assert seconds("90m") == 5400


def test_a_major_gives_its_name_to_the_classes_whose_codes_begin_with_it() -> None:
    kinds = merged(CATALOGUE, Profile())
    assert kinds["C0101"].major == Name("公用设施", "Public utilities")
    assert kinds["E0506"].major is None


def test_classes_are_grouped_by_majors_in_the_order_of_their_codes() -> None:
    kinds = [EventClass(code=code, name=Name(code, code)) for code in ("E0599", "C0101", "E0101", "E0102", "x")]
    assert [(major, [kind.code for kind in found]) for major, found in by_major(kinds).items()] == [
        ("C01", ["C0101"]),
        ("E01", ["E0101", "E0102"]),
        ("E05", ["E0599"]),
        ("x", ["x"]),
    ]


KIND = EventClass(
    code="C0101",
    name=Name("盖", "Cover"),
    limit="2uh",
    limit_seconds=9,
    severity=Severity.MINOR,
    conditions=(
        Condition(id="loose", text=Name("响", "Loose"), limit="2wd", sensors=("rattle", "bounce")),
        Condition(id="missing", text=Name("缺", "Missing"), severity=Severity.EXTREME, sensors=("open",)),
    ),
)


@pytest.mark.parametrize(
    ("changes", "condition", "limit"),
    [
        ({}, "", Limit(Clock.URGENT_HOUR, 2)),
        ({}, "loose", Limit(Clock.WORK_DAY, 2)),
        ({}, "missing", Limit(Clock.URGENT_HOUR, 2)),
        ({}, "never heard of", Limit(Clock.URGENT_HOUR, 2)),
        ({"limit": ""}, "", Limit(Clock.URGENT_HOUR, 0.0025)),
        ({"limit": ""}, "loose", Limit(Clock.WORK_DAY, 2)),
        ({"limit": "soon"}, "", Limit(Clock.URGENT_HOUR, 0.0025)),
    ],
)
def test_the_limit_is_the_conditions_else_the_classs_else_the_seconds(
    changes: dict[str, Any], condition: str, limit: Limit
) -> None:
    assert filing_limit(msgspec.structs.replace(KIND, **changes), condition) == limit


def test_the_severity_is_the_conditions_else_the_classs() -> None:
    assert filing_severity(KIND) is Severity.MINOR
    assert filing_severity(KIND, "loose") is Severity.MINOR
    assert filing_severity(KIND, "missing") is Severity.EXTREME


def test_a_components_case_is_called_by_what_is_wrong_with_it_and_an_events_by_its_class() -> None:
    text = next(each.text for each in KIND.conditions if each.id == "missing")
    cover = msgspec.structs.replace(KIND, code="C0103")
    assert filed_name(cover, "missing") == Name(f"{KIND.name.zh}：{text.zh}", f"{KIND.name.en}: {text.en}")
    assert filed_name(cover) == filed_name(cover, "never heard of") == KIND.name
    assert filed_name(msgspec.structs.replace(KIND, code="E0103"), "missing") == KIND.name


@pytest.mark.parametrize(
    ("rule", "condition"), [("rattle", "loose"), ("bounce", "loose"), ("open", "missing"), ("x", "")]
)
def test_a_rules_finding_shows_the_condition_that_names_the_rule(rule: str, condition: str) -> None:
    assert found_condition(KIND, rule) == condition


def test_every_proof_has_its_name_in_both_languages() -> None:
    assert set(PROOFS) == set(Proof)
    assert all(name.zh and name.en for name in PROOFS.values())
