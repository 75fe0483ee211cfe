import msgspec
import pytest

from city.catalogue import Catalogue, Major, Profile, Said, SaidOfCondition
from city.names import Name
from city.rules import Rule
from city.soundness.catalogue import catalogue_flaws, profile_flaws

NAME = Name("甲", "A")
OPEN = SaidOfCondition(id="open", zh="开", en="open", sensors=("tilt",))
MAJORS = {code: Major(code=code, name=NAME) for code in ("C01", "E05", "S01")}
TILT = Rule(id="tilt", type="threshold", event_class="C0101", name=NAME, metric="tilt_deg", on=15, off=8)
CATALOGUE = Catalogue(
    majors=MAJORS,
    templates={"cover": Said(limit="2uh", conditions=(OPEN,)), "dirty": Said(limit="1wd")},
    rules={"tilt": TILT},
    classes={
        "C0101": Said(name=NAME, templates=("cover",), department="water"),
        "E0506": Said(name=NAME, department="drainage", closing=("photo_after",)),
        "E0599": Said(name=NAME, local=True),
        "S0101": Said(name=NAME),
    },
)
CONDITION = SaidOfCondition(id="a", zh="甲", en="a")


def of(profile: Profile, catalogue: Catalogue = CATALOGUE) -> list[str]:
    return [f"{flaw.field}: {flaw.what}" for flaw in profile_flaws(catalogue, profile)]


def own(code: str, **said: object) -> list[str]:
    return of(Profile(classes={code: Said(**{"name": NAME, **said})}))  # type: ignore[arg-type] - builders take anything


def in_catalogue(**said: object) -> list[str]:
    own = Said(**{"name": NAME, **said})  # type: ignore[arg-type] - builders take anything
    changed = msgspec.structs.replace(CATALOGUE, classes=CATALOGUE.classes | {"E0506": own})
    return [f"{flaw.kind} {flaw.id} {flaw.field}: {flaw.what}" for flaw in catalogue_flaws(changed)]


def test_a_catalogue_and_a_profile_that_fit_have_no_flaw() -> None:
    assert list(catalogue_flaws(CATALOGUE)) == []
    profile = Profile(
        use=("C", "E05"),
        leave_out=("E0599",),
        skills={"water": "drainage"},
        classes={"E0506": Said(limit="1uh"), "E0598": Said(name=NAME), "haze": Said(name=NAME)},
    )
    assert of(profile) == []


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"department": "watr"}, "department: E0506: no department 'watr' (did you mean water?)"),
        ({"templates": ("covr",)}, "templates: E0506: no template 'covr' (did you mean cover?)"),
        ({"closing": ("photo_aftr",)}, "closing: E0506: no proof 'photo_aftr' (did you mean photo_after?)"),
        ({"closing": ("x",)}, "closing: E0506: no proof 'x': there are photo_before, photo_after, sensor_clear, text"),
        ({"limit": "soon"}, "limit: E0506: limit 'soon' is not a duration or a limit such as"),
        ({"limit": "0uh"}, "limit: E0506: limit '0uh' is not"),
        ({"limit": "4 hours"}, "limit: E0506: limit '4 hours' is not"),
        ({"conditions": (CONDITION, CONDITION)}, "conditions: E0506: condition a is here 2 times"),
        ({"conditions": (SaidOfCondition(id=" ", zh="甲", en="a"),)}, "conditions: E0506: a condition has an id"),
        (
            {"conditions": (SaidOfCondition(id="a", zh="甲", en="a", limit="5 weeks"),)},
            "conditions: E0506: limit '5 weeks' of the condition a is not",
        ),
        (
            {"conditions": (SaidOfCondition(id="a", zh="甲"),)},
            "conditions: E0506: the condition a has both zh and en, neither empty",
        ),
        (
            {"conditions": (SaidOfCondition(id="a", zh=" ", en="a"),)},
            "conditions: E0506: the condition a has both zh and en, neither empty",
        ),
    ],
)
def test_a_word_that_nobody_knows_is_named_in_a_profile_and_in_a_catalogue(said: dict[str, object], what: str) -> None:
    (here,) = own("E0506", **said)
    (there,) = in_catalogue(**said)
    assert here.startswith(what)
    assert there.startswith(f"classes E0506 {what}")


def test_a_condition_that_is_dropped_needs_no_words() -> None:
    assert own("E0506", conditions=(SaidOfCondition(id="a", drop=True),)) == []


def test_a_city_changes_the_limit_of_a_templates_condition_without_its_words() -> None:
    catalogue = Catalogue(
        majors=MAJORS,
        templates={"cover": Said(conditions=(CONDITION,))},
        classes={"C0101": Said(name=NAME, templates=("cover",))},
    )
    change = Profile(classes={"C0101": Said(conditions=(SaidOfCondition(id="a", limit="1uh"),))})
    assert of(change, catalogue) == []


def test_a_class_without_a_name_is_named_once() -> None:
    assert of(Profile(classes={"E0598": Said()})) == ["name: missing field name"]
    assert in_catalogue(name=None) == ["classes E0506 name: missing field name"]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("E0505", "E0505 is not in the catalogue (did you mean E0506?): the city's own are numbered from 99 down, here as E0598"),
        ("E0501", "numbered from 99 down, here as E0598"),
        ("C0100", ""),
        ("C0701", "C0701: there is no major C07: there are C01"),
        ("E0507", ""),
        ("E0598", ""),
        ("C0199", ""),
        ("S0150", ""),
        ("haze", ""),
    ],
)  # fmt: skip
def test_a_citys_own_class_is_numbered_where_no_national_one_can_come(code: str, what: str) -> None:
    said = own(code)
    assert [what in each for each in said] == ([True] if what else [])


def test_a_major_whose_numbers_are_used_up_says_so() -> None:
    full = {f"E05{minor:02d}": Said(name=NAME, local=minor > 50) for minor in range(2, 100)}
    (what,) = of(Profile(classes={"E0501": Said(name=NAME)}), Catalogue(majors=MAJORS, classes=full))
    assert "but no minor of E05 is left" in what


def test_without_a_catalogue_a_city_numbers_as_it_likes() -> None:
    assert of(Profile(classes={"E0101": Said(name=NAME), "Z9": Said(name=NAME)}), Catalogue()) == []


@pytest.mark.parametrize("field", ["use", "leave_out"])
def test_a_beginning_that_no_class_has_is_named(field: str) -> None:
    (what,) = of(Profile(**{field: ("C01", "Q")}))  # type: ignore[arg-type] - builders take anything
    assert what == f"{field}: {field}: no class of the catalogue begins with 'Q'"


def test_a_skill_for_a_department_that_does_not_exist_is_named_at_that_department() -> None:
    assert of(Profile(skills={"watr": "x"})) == ["watr: skills: no department 'watr' (did you mean water?)"]


def test_a_catalogue_names_only_rules_that_it_has_and_a_city_any_of_its_rules() -> None:
    conditions = (SaidOfCondition(id="a", zh="甲", en="a", sensors=("tlt",)),)
    (what,) = in_catalogue(conditions=conditions)
    assert what == "classes E0506 conditions: E0506: no rule 'tlt' (did you mean tilt?)"
    assert own("E0506", conditions=conditions) == []


def test_a_rule_of_the_catalogue_finds_a_class_that_knows_it() -> None:
    def said(event_class: str) -> list[str]:
        rule = Rule(id="tilt", type="threshold", event_class=event_class, name=NAME)
        classes = {"C0101": Said(name=NAME, templates=("cover",)), "E0506": Said(name=NAME)}
        changed = Catalogue(majors=MAJORS, templates=CATALOGUE.templates, classes=classes, rules={"tilt": rule})
        return [f"{flaw.kind} {flaw.id} {flaw.field}: {flaw.what}" for flaw in catalogue_flaws(changed)]

    assert said("C0101") == []
    assert said("C0102") == ["rules tilt class: tilt: no class C0102 (did you mean C0101?)"]
    assert said("E0506") == ["rules tilt class: tilt: no condition of E0506 names it among its sensors"]


def test_a_template_is_not_made_of_templates_and_a_class_has_a_major() -> None:
    catalogue = Catalogue(
        templates={"a": Said(), "b": Said(templates=("a",))}, classes={"E0506": Said(name=NAME)}, majors={}
    )
    assert [flaw.what for flaw in catalogue_flaws(catalogue)] == [
        "b: a template is not made of other templates",
        "E0506: no major E05",
    ]
