from typing import Any

import pytest

from city.registry import Registry
from tests.city.soundness.builders import CLASS, REGISTRY, changed, draft, said


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"skill": "drainag"}, "skill: E1 asks for the skill 'drainag', which no worker has (did you mean drainage?)"),
        ({"skill": ""}, 'skill: E1 needs a skill, or work = "none"'),
        ({"work": "robot"}, "work: work is one of worker, none, not 'robot'"),
        ({"limit_seconds": 0}, "limit_seconds: E1: a time of 0 s is over at once"),
        ({"offer_seconds": -1}, "offer_seconds: E1: a time of -1 s is over at once"),
    ],
)
def test_a_class_that_nobody_could_handle_is_named(fields: dict[str, Any], what: str) -> None:
    assert said(draft(changed(CLASS, code="E1", **fields))) == [f"classes E1 {what}"]


def test_what_ends_by_itself_needs_no_skill() -> None:
    assert said(draft(changed(CLASS, code="E1", skill="", work="none"))) == []


def test_nothing_is_said_of_skills_when_the_workers_could_not_be_read() -> None:
    registry: Registry = changed(REGISTRY, workers={})
    assert said(changed(draft(unread=frozenset({"workers"})), registry=registry)) == []
    assert len(said(changed(draft(), registry=registry))) == 1


def test_a_skill_that_nobody_has_is_named_once_however_many_classes_ask_for_it() -> None:
    asking = [changed(CLASS, code=f"E{number}", skill="divers") for number in range(4)]
    assert said(draft(*asking)) == ["classes E0 skill: E0 and 3 more ask for the skill 'divers', which no worker has"]
