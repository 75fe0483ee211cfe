import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from citygrid import settings
from citygrid.settings import PARSERS, Settings

TO_COPY = Path(__file__).resolve().parents[2] / "deploy" / "citygrid.toml"


def right(config: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    found = settings.load(config, environment or {}, flags)
    assert isinstance(found, Settings), found
    return found


def wrong(config: Path | None = None, environment: Mapping[str, str] | None = None, **flags: Any) -> str:
    found = settings.load(config, environment or {}, flags)
    assert isinstance(found, list)
    return "\n".join(str(mistake) for mistake in found)


def file(folder: Path, text: str) -> Path:
    path = folder / "citygrid.toml"
    path.write_text(text)
    return path


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_anything_the_defaults_are_in_force_and_nothing_counts_as_chosen() -> None:
    assert right() == Settings()
    assert right().chosen == frozenset()
    assert right().kafka == "127.0.0.1:9092"


def test_every_setting_has_a_parser_and_every_parser_a_setting() -> None:
    assert set(PARSERS) == set(Settings.__struct_fields__) - {"chosen"}


def test_the_file_to_copy_names_every_setting_with_its_default() -> None:
    text = TO_COPY.read_text()
    found = right(TO_COPY)
    assert all(re.search(rf"^(# )?{key} = ", text, re.MULTILINE) for key in PARSERS)
    assert found.data_dir == TO_COPY.parent / ".citygrid"
    kept = {"data_dir": Path(".citygrid"), "city": Path("examples/demo"), "chosen": frozenset()}
    assert replace(found, **kept) == Settings()


def test_a_variable_goes_before_the_file_and_a_flag_before_both(tmp_path: Path) -> None:
    config = file(tmp_path, "rate = 1\nseed = 1\npartitions = 1\n")
    found = right(config, {"CITYGRID_SEED": "2", "CITYGRID_PARTITIONS": "2"}, partitions="3")
    assert (found.rate, found.seed, found.partitions) == (1.0, 2, 3)
    assert found.chosen == {"rate", "seed", "partitions"}


def test_the_file_of_the_working_folder_is_read_by_itself(tmp_path: Path) -> None:
    file(tmp_path, "rate = 7\n")
    assert right().rate == 7


def test_a_flag_that_was_not_given_changes_nothing() -> None:
    assert right(rate=None, kafka=None) == Settings()


def test_an_unknown_key_is_told_with_its_line_and_the_nearest_right_one(tmp_path: Path) -> None:
    config = file(tmp_path, '# mine\nrate = 5\nkafak = "127.0.0.1:9092"\n')
    assert wrong(config) == f"{config}, line 3: there is no setting kafak; did you mean kafka?"


def test_an_unknown_variable_is_told_too() -> None:
    assert wrong(environment={"CITYGRID_DATADIR": "x"}) == (
        "the variable CITYGRID_DATADIR: there is no setting datadir; did you mean data_dir?"
    )


def test_a_key_like_no_other_is_answered_with_the_list_of_all() -> None:
    assert "the settings are city, data_dir, districts," in wrong(environment={"CITYGRID_QQQQQQ": "x"})


def test_a_table_in_the_file_is_an_unknown_key(tmp_path: Path) -> None:
    assert "line 2: there is no setting mqtt_broker; did you mean mqtt?" in wrong(
        file(tmp_path, "\n[mqtt_broker]\nport = 1\n")
    )


def test_variables_meant_for_others_are_left_alone() -> None:
    environment = {"CITYGRID_REAL_DATA": "/data", "CITYGRID_CACHE_DIR": "/cache", "PATH": "/bin"}
    assert right(environment=environment) == Settings()


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    told = wrong(file(tmp_path, "rate = -1\n"), {"CITYGRID_KAFKA": "nowhere"}, seed="x")
    assert len(told.splitlines()) == 3


@pytest.mark.parametrize(
    ("key", "value", "part"),
    [
        ("qos", "2", "only QoS 1 is safe here"),
        ("qos", "0", "only QoS 1 is safe here"),
        ("kafka", "9092", 'an address like "127.0.0.1:9092" is wanted'),
        ("mqtt", "mqtt://127.0.0.1:1883", "an address like"),
        ("http", "127.0.0.1:65536", "an address like"),
        ("partitions", "0", "a whole number from 1 to 1024 is wanted"),
        ("partitions", "1.5", "a whole number"),
        ("partitions", True, "a whole number"),
        ("seed", "-1", "a whole number"),
        ("rate", "0", "above 0 is wanted"),
        ("rate", "nan", "above 0 is wanted"),
        ("rate", "inf", "above 0 is wanted"),
        ("rate", [], "above 0 is wanted"),
        ("history", "postgres", '"sqlite" or "influxdb" is wanted'),
        ("districts", "9901", "six digits"),
        ("districts", ["990101", 990102], "six digits"),
        ("name", "../etc", "a process name"),
        ("name", "", "a process name"),
        ("data_dir", "", "a folder is wanted"),
        ("city", 3, "a folder is wanted"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_a_plain_sentence(key: str, value: Any, part: str) -> None:
    told = wrong(None, {}, **{key: value})
    assert told.startswith(f"--{key.replace('_', '-')}: {key} = {value!r}: ")
    assert part in told
    assert told.endswith(".")


def test_districts_may_be_a_list_or_a_text_with_commas(tmp_path: Path) -> None:
    assert right(file(tmp_path, 'districts = ["990101"]\n')).districts == ("990101",)
    assert right(districts="990101, 990102").districts == ("990101", "990102")


def test_a_folder_in_the_file_is_meant_from_where_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    config = file(tmp_path / "etc", 'data_dir = "data"\ncity = "/cities/demo"\n')
    assert right(config).data_dir == tmp_path / "etc" / "data"
    assert right(config).city == Path("/cities/demo")
    assert right(config, {"CITYGRID_DATA_DIR": "data"}).data_dir == Path("data")


def test_a_file_that_is_not_toml_or_not_there_is_told(tmp_path: Path) -> None:
    assert "this is not TOML" in wrong(file(tmp_path, "rate 5"))
    assert "cannot be read" in wrong(tmp_path / "gone.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "caf\xe9"')
    assert "cannot be read" in wrong(tmp_path / "latin.toml")


@given(st.dictionaries(st.sampled_from([*sorted(PARSERS), "unknown", "rat"]), st.text(max_size=20)))
def test_whatever_stands_in_the_variables_there_is_an_answer_and_never_an_exception(values: dict[str, str]) -> None:
    environment = {f"CITYGRID_{key.upper()}": value for key, value in values.items()}
    found = settings.load(Path("/dev/null"), environment, {})
    assert isinstance(found, Settings) or all(str(mistake).endswith((".", "?")) for mistake in found)


@given(st.integers(1, 1024), st.floats(0.001, 1e6), st.integers(0, 2**63 - 1))
def test_what_is_right_comes_through_as_it_was_given(partitions: int, rate: float, seed: int) -> None:
    found = right(Path("/dev/null"), {"CITYGRID_RATE": repr(rate)}, partitions=str(partitions), seed=str(seed))
    assert (found.partitions, found.rate, found.seed) == (partitions, rate, seed)


def test_a_token_is_taken_from_the_environment_and_never_shown() -> None:
    told = right(environment={"CITYGRID_HISTORY_TOKEN": "hidden-one", "CITYGRID_HISTORY": "influxdb"})

    assert told.history_token == "hidden-one"  # noqa: S105 - made up
    assert "hidden-one" not in repr(told)


@pytest.mark.parametrize("value", ["127.0.0.1:8086", "ftp://x", "http://user:word@host"])
def test_an_address_of_influxdb_that_is_none_is_told(value: str) -> None:
    assert "http://127.0.0.1:8086" in wrong(history_url=value)
