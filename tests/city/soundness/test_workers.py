from typing import Any

import pytest

from city.registry import District, Shift
from tests.city.soundness.builders import WORKER, A, changed, draft, said

OTHER = District(code="990102", name=A, index=1)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"grids": ["990101001009"]}, "grids: w2: no place 990101001009 (did you mean 990101001001?)"),
        ({"grids": ["990102"]}, "grids: w2: 990102 does not lie in the worker's district 990101"),
        ({"capacity": 0}, "capacity: w2: a capacity of 0 means no task ever"),
        ({"shift": Shift(start="6 am", end="14:00")}, "shift_start: w2: '6 am' is not a time of day like 08:30"),
        ({"shift": Shift(start="06:00", end="14:75")}, "shift_end: w2: '14:75' is not a time of day"),
        ({"shift": Shift(start="06:00", end="14:00", days=())}, "days: w2: days are the ISO week days"),
        ({"shift": Shift(start="06:00", end="14:00", days=(0, 1))}, "each once, not 0 1"),
        ({"shift": Shift(start="06:00", end="14:00", days=(1, 1))}, "each once, not 1 1"),
    ],
)
def test_a_worker_that_does_not_fit_is_named(fields: dict[str, Any], what: str) -> None:
    flaw, _ = said(draft(OTHER, changed(WORKER, id="w2", **fields)))
    assert flaw.startswith("workers w2 ")
    assert what in flaw


def test_a_district_that_is_not_there_is_named() -> None:
    found = said(draft(changed(WORKER, id="w2", district="990103", grids=[])))
    assert found == ["workers w2 district: w2: no district 990103 (did you mean 990101?)"]


def test_a_worker_without_a_duty_grid_helps_out_anywhere() -> None:
    assert said(draft(changed(WORKER, grids=[]))) == []


def test_a_whole_district_or_town_or_city_part_may_be_a_duty_grid() -> None:
    assert said(draft(changed(WORKER, grids=["990101", "990101001"]))) == []


@pytest.mark.parametrize("grid", ["990101001", "990101001001"])
def test_a_place_that_only_the_codes_of_its_cells_name_may_be_a_duty_grid(grid: str) -> None:
    assert said(draft(changed(WORKER, grids=[grid]), places={})) == []


def test_an_id_that_cannot_stand_in_an_mqtt_topic_is_refused() -> None:
    (flaw,) = said(draft(changed(WORKER, id="w/2")))
    assert "an id stands in MQTT topics" in flaw


def test_a_shift_past_midnight_is_worked() -> None:
    assert said(draft(changed(WORKER, shift=Shift(start="22:00", end="06:00")))) == []
