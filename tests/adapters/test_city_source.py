from pathlib import Path

import pytest

from adapters.city_source import Entry, Mistake, csv_entries, feature_entries, nearest, toml_entries

RULES = """# two rules

[[rule]]
id = "one"
kinds = [
  "a",
  "b",
]
name = { zh = "甲", en = "A" }

[[ rule ]]   # the second
"id" = "two"
on = 1
"""


def test_each_table_and_each_key_knows_its_line(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    (one, two), mistakes = toml_entries(tmp_path, "rules.toml", "rule")
    assert mistakes == []
    assert (one.line, one.lines) == (3, {"id": 4, "kinds": 5, "name": 9})
    assert (two.line, two.lines) == (11, {"id": 12, "on": 13})
    assert one.fields["kinds"] == ["a", "b"]


def test_a_mistake_stands_on_the_line_of_its_field_or_of_its_entry() -> None:
    each = Entry("f", 3, {}, {"id": 4})
    assert each.mistake("wrong", "id") == Mistake("f", 4, "wrong")
    assert each.mistake("wrong", "on") == Mistake("f", 3, "wrong")
    assert each.mistake("wrong") == Mistake("f", 3, "wrong")


def test_a_file_without_any_table_holds_no_entries(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("# none yet\n", encoding="utf-8")
    assert toml_entries(tmp_path, "rules.toml", "rule") == ([], [])


@pytest.mark.parametrize("text", ["[rule]\nid = 1\n", "rule = [{ id = 1 }]\n", "rule = 1\n"])
def test_a_table_written_another_way_is_told_the_right_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    assert toml_entries(tmp_path, "rules.toml", "rule") == (
        [],
        [Mistake("rules.toml", 1, "write each rule as its own [[rule]]")],
    )


def test_a_stray_key_or_table_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('stray = 1\n\n[[rule]]\nid = "a"\n\n[other]\nx = 1\n', encoding="utf-8")
    entries, mistakes = toml_entries(tmp_path, "rules.toml", "rule")
    assert [each.line for each in entries] == [3]
    assert [(mistake.line, mistake.what.split(":")[0]) for mistake in mistakes] == [
        (1, "unknown table 'stray'"),
        (6, "unknown table 'other'"),
    ]


def test_a_byte_order_mark_from_a_spreadsheet_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("\ufeffid,zh\na,甲\n".encode())
    entries, mistakes = csv_entries(tmp_path, "t.csv", frozenset({"id", "zh"}), needed=frozenset({"id"}))
    assert mistakes == []
    assert [each.fields for each in entries] == [{"id": "a", "zh": "甲"}]


def test_a_row_over_two_lines_and_an_empty_line_keep_the_count(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('id,en\na,"two\nlines"\n\nb,one\nc\n', encoding="utf-8")
    entries, mistakes = csv_entries(tmp_path, "t.csv", frozenset({"id", "en"}), needed=frozenset())
    assert [(each.fields["id"], each.line) for each in entries] == [("a", 2), ("b", 5)]
    assert mistakes == [Mistake("t.csv", 6, "1 values, but the header has 2 columns")]


@pytest.mark.parametrize("layout", ["one a line", "spread out", "all on one line"])
def test_features_are_found_in_any_layout(tmp_path: Path, layout: str) -> None:
    feature = '{"type": "Feature", "properties": {"code": "%s"}, "geometry": null}'
    between = {"one a line": ",\n", "spread out": ",\n\n  ", "all on one line": ", "}[layout]
    features = between.join(feature % code for code in "ab")
    (tmp_path / "cells.geojson").write_text(
        f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}', encoding="utf-8"
    )
    entries, mistakes = feature_entries(tmp_path, "cells.geojson")
    assert mistakes == []
    lines = {"one a line": [2, 3], "spread out": [2, 4], "all on one line": [2, 2]}[layout]
    assert [each.line for each in entries] == lines
    assert [each.fields["code"] for each in entries] == ["a", "b"]


def test_things_that_are_no_features_are_named(tmp_path: Path) -> None:
    (tmp_path / "cells.geojson").write_text('{"features": [\n{"type": "Feature"},\n7]}', encoding="utf-8")
    entries, mistakes = feature_entries(tmp_path, "cells.geojson")
    assert entries == []
    assert [mistake.line for mistake in mistakes] == [2, 2]


def test_a_folder_in_the_place_of_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    entries, (mistake,) = csv_entries(tmp_path, "t.csv", frozenset(), needed=frozenset())
    assert entries == []
    assert mistake.what == "the file cannot be read: Is a directory"


def test_the_nearest_right_field_is_offered_or_all_of_them() -> None:
    assert nearest("sevrity", frozenset({"severity", "skill"})) == ": did you mean severity?"
    assert nearest("x", frozenset({"severity", "skill"})) == ": there are severity, skill"
