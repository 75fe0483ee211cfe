import msgspec
import pytest

from city.rules import Rule
from tests.builders import rule


def test_a_rule_is_written_with_the_class_under_its_own_name() -> None:
    told = msgspec.json.decode(msgspec.json.encode(rule("flood")))
    assert told["class"] == "E0506"
    assert msgspec.json.decode(msgspec.json.encode(rule("flood")), type=Rule) == rule("flood")


def test_a_rule_without_more_than_its_name_raises_at_once_on_one_reading() -> None:
    text = '{"id": "x", "type": "threshold", "class": "E0506", "name": {"zh": "水", "en": "Water"}, "metric": "w_m", "on": 1}'
    plain = msgspec.json.decode(text, type=Rule)
    assert (plain.for_seconds, plain.m, plain.n, plain.windows, plain.direction) == (0, 1, 1, 1, "above")
    assert (plain.severity, plain.version) == ("moderate", 1)


@pytest.mark.parametrize("field", ["id", "type", "class", "name"])
def test_a_rule_needs_its_id_type_class_and_name(field: str) -> None:
    told = msgspec.to_builtins(rule("flood"))
    del told[field]
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.convert(told, Rule)
