from typing import Any

import pytest

from city.registry import Registry
from tests.city.soundness.builders import MEAN, METRIC, REGISTRY, SILENT, THRESHOLD, changed, draft, said


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"type": "treshold"}, "type: r: type is one of threshold, mean, silent"),
        ({"severity": "sever"}, "severity: r: severity is one of minor, moderate, severe, extreme, not 'sever' (did you mean severe?)"),
        ({"event_class": "E0560"}, "class: r: no class E0560 (did you mean E0506?)"),
        ({"metric": "water_level"}, "metric: r: no metric water_level (did you mean water_level_m?)"),
        ({"direction": "over"}, "direction: r: direction is one of above, below, not 'over'"),
        ({"off": 0.2}, "off: r: on 0.15 and off 0.2 are the wrong way round; off lies below on"),
        ({"direction": "below"}, "off: r: on 0.15 and off 0.1 are the wrong way round; off lies above on"),
        ({"off": 0.15}, "off: r: on and off are both 0.15"),
        ({"on": 6}, "on: r can never fire: water_level_m lies in 0 to 5, on is 6"),
        ({"direction": "below", "on": -1, "off": 1}, "on: r can never fire"),
        ({"direction": "below", "on": 5, "off": 6}, "on: r would always fire"),
        ({"on": 0.15, "off": -0.1}, "off: r could never clear: water_level_m lies in 0 to 5, off is -0.1"),
        ({"direction": "below", "on": 1, "off": 6}, "off: r could never clear"),
        ({"m": 3, "n": 2}, "m: r can never fire: 3 of the last 2 readings"),
        ({"m": 0}, "m: r: m of n readings"),
        ({"n": 65}, "m: r: m of n readings with m from 1 and n from 1 to 64, not 1 of 65"),
        ({"for_seconds": -1}, "for_seconds: r: a time cannot be negative"),
        ({"windows": 5}, "windows: r: windows means nothing in a threshold rule"),
        ({"level": "noise.2"}, "level: r: water_level_m is no noise level"),
        ({"level": "rain_24h.storm", "direction": "below"}, "level: r: a named level is reached from below"),
        ({"kinds": ["gauge"]}, "kinds: r: kinds means nothing in a threshold rule"),
    ],
)  # fmt: skip
def test_a_threshold_rule_that_cannot_do_its_work_is_named(fields: dict[str, Any], what: str) -> None:
    found = said(draft(changed(THRESHOLD, id="r", **fields)))
    assert any(flaw.startswith(f"rules r {what}") for flaw in found), found


def test_a_rule_that_would_always_fire_is_named_with_what_follows() -> None:
    found = said(draft(changed(THRESHOLD, id="r", on=0, off=-1)))
    assert [flaw.split(": ")[0] for flaw in found] == ["rules r on", "rules r off"]


def test_a_rule_on_a_metric_that_no_device_sends_can_never_fire() -> None:
    other = changed(METRIC, name="rain_mm", unit="mm")
    unsent = changed(MEAN, id="r", metric="rain_mm")
    assert said(draft(other, unsent)) == ["rules r metric: r can never fire: no device sends rain_mm"]
    assert said(draft(other, unsent, unread=frozenset({"devices"}))) == []


def test_a_mean_needs_a_window() -> None:
    (flaw,) = said(draft(changed(MEAN, windows=0)))
    assert flaw == "rules mean windows: mean: a mean needs at least one window"


def test_fields_of_a_threshold_mean_nothing_in_a_mean() -> None:
    found = said(draft(changed(MEAN, m=2, n=3, for_seconds=60)))
    assert [flaw.split(":")[0] for flaw in found] == ["rules mean for_seconds", "rules mean m", "rules mean n"]


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"after_seconds": 0}, 'after_seconds: silent: say after how long, such as after = "30m"'),
        ({"kinds": []}, "kinds: silent can never fire: it watches no kind of device"),
        ({"kinds": ["gauge", "gage"]}, "kinds: silent: no device is of the kind gage (did you mean gauge?)"),
        ({"on": 3.0}, "on: silent: on means nothing in a silent rule"),
    ],
)
def test_a_silent_rule_that_cannot_do_its_work_is_named(fields: dict[str, Any], what: str) -> None:
    assert said(draft(changed(SILENT, **fields))) == [f"rules silent {what}"]


def test_nothing_is_said_of_kinds_when_the_devices_could_not_be_read() -> None:
    registry: Registry = changed(REGISTRY, devices={})
    assert said(changed(draft(unread=frozenset({"devices"})), registry=registry)) == []


def test_nothing_is_said_of_reach_when_the_metric_could_not_be_read() -> None:
    registry: Registry = changed(REGISTRY, metrics={})
    assert said(changed(draft(changed(THRESHOLD, on=50)), registry=registry)) == []


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"type": "bool"}, "type: type is one of number, boolean, not 'bool' (did you mean boolean?)"),
        ({"unit": "mm"}, "unit: water_level_m does not end in its unit"),
        ({"window_seconds": 0}, "window_seconds: water_level_m: a window lasts at least a second"),
        ({"lateness_seconds": -1}, "lateness_seconds: water_level_m: lateness cannot be negative"),
        ({"min": 5.0}, "min: water_level_m: min 5 is not below max 5, so no value is possible"),
    ],
)
def test_a_metric_that_cannot_be_is_named(fields: dict[str, Any], what: str) -> None:
    found = said(draft(changed(METRIC, **fields)))
    assert any(flaw.startswith(f"metrics water_level_m {what}") for flaw in found), found
