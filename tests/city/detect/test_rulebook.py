from city.detect.rulebook import rulebook
from tests.builders import GAS, WATER, registry, rule, silent_rule


def test_rules_are_found_by_their_metric_and_kind() -> None:
    rules = rulebook(registry(rule("a"), rule("b", metric=GAS), rule("c", "mean"), silent_rule("d")))
    assert {metric: [one.id for one in found] for metric, found in rules.threshold.items()} == {
        WATER: ["a"],
        GAS: ["b"],
    }
    assert [one.id for one in rules.mean[WATER]] == ["c"]
    assert rules.silent["water"].id == "d"
    assert set(rules.by_id) == {"a", "b", "c", "d"}


def test_rules_of_a_metric_stand_in_the_order_of_their_ids_whatever_the_registry_s() -> None:
    rules = rulebook(registry(rule("c"), rule("a"), rule("b")))
    assert [one.id for one in rules.threshold[WATER]] == ["a", "b", "c"]


def test_the_shortest_silence_of_a_kind_counts_and_of_equal_ones_the_first_id() -> None:
    longer, shorter, equal = (
        silent_rule("a", after_seconds=60),
        silent_rule("c", after_seconds=30),
        silent_rule("b", after_seconds=30, kinds=["water", "bin"]),
    )
    rules = rulebook(registry(longer, shorter, equal))
    assert (rules.silent["water"].id, rules.silent["bin"].id) == ("b", "b")


def test_a_city_without_rules_has_an_empty_rulebook() -> None:
    rules = rulebook(registry())
    assert (rules.by_id, rules.threshold, rules.mean, rules.silent) == ({}, {}, {}, {})
