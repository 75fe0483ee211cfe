import msgspec

from city.names import Name
from city.registry import Condition, EventClass, Severity
from operations.classes import brief, pictured

TRAFFIC = Name("交通设施", "Traffic facilities")
UNDERPASS = EventClass(
    code="C0207",
    name=Name("地下通道", "Underpass"),
    family="flood",
    skill="drainage",
    severity=Severity.EXTREME,
    limit="2uh",
    department="roads",
    closing=("photo_after", "sensor_clear", "unheard-of"),
    conditions=(
        Condition(id="flooded", text=Name("积水", "Flooded"), sensors=("underpass-water",)),
        Condition(id="dark", text=Name("不亮", "Dark"), limit="1wd", severity=Severity.MINOR),
    ),
    major=TRAFFIC,
)
BRIDGE = EventClass(code="C0208", name=Name("立交桥", "Flyover"), limit="5wd", major=TRAFFIC)
PLAIN = EventClass(code="E0506", name=Name("积水", "Water"), limit_seconds=5400)


def test_a_brief_class_has_no_conditions_and_its_limit_in_short() -> None:
    flood, bridge, plain = brief([PLAIN, BRIDGE, UNDERPASS])
    assert [kind.code for kind in (flood, bridge, plain)] == ["C0207", "C0208", "E0506"]
    assert (flood.limit, plain.limit, flood.major, plain.major) == ("2uh", "90m", TRAFFIC, None)
    assert b"conditions" not in msgspec.json.encode(flood)


def test_classes_are_pictured_by_majors_and_one_that_has_none_by_the_beginning_of_its_code() -> None:
    first, second = pictured([PLAIN, BRIDGE, UNDERPASS]).majors
    assert (first.code, first.name, [kind.code for kind in first.classes]) == ("C02", TRAFFIC, ["C0207", "C0208"])
    assert (second.code, second.name) == ("E05", Name("E05", "E05"))


def test_a_condition_without_a_limit_or_severity_shows_those_of_its_class() -> None:
    flooded, dark = pictured([UNDERPASS]).majors[0].classes[0].conditions
    assert (flooded.limit, flooded.severity, flooded.sensors) == ("2uh", Severity.EXTREME, ("underpass-water",))
    assert (dark.limit, dark.severity) == ("1wd", Severity.MINOR)
    assert (dark.limit_name.zh, dark.limit_name.en) == ("1工作日", "1 work day")


def test_a_department_and_what_closes_a_case_are_named_as_far_as_they_are_known() -> None:
    kind = pictured([UNDERPASS]).majors[0].classes[0]
    assert kind.department_name == Name("市政道路桥梁", "Municipal roads and bridges")
    assert [name.en for name in kind.closing_names] == ["photo after", "sensor back to normal"]
    assert pictured([PLAIN]).majors[0].classes[0].department_name is None
