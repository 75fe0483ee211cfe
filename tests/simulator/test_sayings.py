from city.names import Name
from city.registry import Condition, EventClass
from simulator.sayings import condition_of, seen

COVER = EventClass(
    code="C0103",
    name=Name("雨水井盖", "Storm drain cover"),
    conditions=tuple(
        Condition(id=id_, text=Name(f"井盖{id_}", f"it is {id_}")) for id_ in ("missing", "loose", "broken")
    ),
)
PLAIN = EventClass(code="E0506", name=Name("积水", "Water"))


def test_somebody_sees_any_of_a_classs_conditions_and_the_same_again_from_the_same_seed() -> None:
    first, again = ([condition_of(COVER, 7, number) for number in range(60)] for _ in range(2))
    assert set(first) == set(COVER.conditions)
    assert first == again


def test_a_class_without_conditions_is_seen_without_one() -> None:
    assert condition_of(PLAIN, 1) is None
    assert "water" in seen(PLAIN, None, 1)


def test_what_is_written_names_the_class_and_the_condition_in_both_languages() -> None:
    text = seen(COVER, COVER.conditions[1], 3)
    for part in ("雨水井盖", "井盖loose", "storm drain cover", "it is loose"):
        assert part in text
