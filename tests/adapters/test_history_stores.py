"""Which store history lies in, and that both can be asked the same."""

from pathlib import Path

from adapters import history_influx, history_sqlite
from adapters.history_place import Influx, Secret
from adapters.history_stores import past_in, store_in
from tests.history.builders import CELL, START, batch, window

BUCKET = Influx(url="http://127.0.0.1:1", org="city", bucket="b", token=Secret("hidden-one"))


def test_without_a_bucket_history_lies_in_the_data_folder(tmp_path: Path) -> None:
    store = store_in(tmp_path, None)
    store.keep(batch(window()))
    store.close()

    assert past_in(tmp_path, None).cell_windows(CELL, START, START + 1) == [window()]


def test_with_a_bucket_nothing_is_made_in_the_data_folder(tmp_path: Path) -> None:
    store = store_in(tmp_path, BUCKET)
    store.close()

    assert isinstance(store, history_influx.Writer)
    assert isinstance(past_in(tmp_path, BUCKET), history_influx.Reader)
    assert list(tmp_path.iterdir()) == []


def test_both_stores_can_be_asked_the_same() -> None:
    asked = {name for name in vars(history_sqlite.Reader) if not name.startswith("_")}

    assert asked == {name for name in vars(history_influx.Reader) if not name.startswith("_")}
