"""History in InfluxDB 2: written to a server of the tests' own, which refuses on demand, and to a real one; read from recorded answers.

The answers in Flux CSV are written after InfluxDB's documentation: no InfluxDB 2 itself runs here.
"""

import json
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters import history_influx
from adapters.history_influx import MOST_REFUSED, Reader, Writer, quoted
from adapters.history_place import Influx as Place
from adapters.history_place import Secret
from adapters.history_refused import FILE, MOST_BYTES
from city.window import ClosedWindow
from messages.line_protocol import texts
from messages.past import Counts
from tests.history.builders import CELL, METRIC, START, batch, broken, entry, incident, late, window
from tests.influx_server import Influx, serving

TOKEN = "s3cret-token"  # noqa: S105 - the key to a server in this file


def place(url: str) -> Place:
    return Place(url=url, org="city", bucket="b", token=Secret(TOKEN))


@pytest.fixture
def influx() -> Influx:
    return Influx()


@pytest.fixture
def url(influx: Influx) -> Iterator[str]:
    with serving(influx) as url:
        yield url


@pytest.fixture
def writer(url: str, tmp_path: Path) -> Iterator[Writer]:
    writer = Writer(place(url), tmp_path / FILE)
    yield writer
    writer.close()


def set_aside(tmp_path: Path) -> list[Any]:
    path = tmp_path / FILE
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_everything_of_a_batch_is_written_in_one_blob(writer: Writer, influx: Influx) -> None:
    assert writer.keep(batch(window(), late(), incident(), entry(), broken())) == []

    assert influx.writes == 1
    assert {series.split(",")[0] for series, _ in influx.points} == {"windows", "late", "incidents", "log", "broken"}
    assert influx.tokens == {f"Token {TOKEN}"}


def test_a_large_batch_goes_in_blobs_of_a_bounded_size(
    writer: Writer, influx: Influx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_influx, "LINES_A_BLOB", 10)
    writer.keep(batch(*(window(start=n * 60_000) for n in range(35))))

    assert influx.writes == 4
    assert len(influx.points) == 35


def test_a_repeated_batch_overwrites_itself(writer: Writer, influx: Influx) -> None:
    rows = batch(window(), late(), late(seq=18), late(seq=None), incident(), entry(), broken())
    writer.keep(rows)
    once = dict(influx.points)
    writer.keep(rows)

    assert influx.points == once
    assert len(influx.of("late")) == 3


@pytest.mark.parametrize("status", [429, 500, 503, 401, 403, 404])
def test_a_server_that_refuses_is_an_os_error_and_takes_the_batch_afterwards(
    writer: Writer, influx: Influx, status: int
) -> None:
    influx.answers = [status]
    with pytest.raises(OSError, match=str(status)) as refusal:
        writer.keep(batch(window()))
    assert TOKEN not in str(refusal.value)

    writer.keep(batch(window()))
    assert len(influx.points) == 1


def test_a_batch_cut_off_in_the_middle_is_completed_by_the_next_try(
    writer: Writer, influx: Influx, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_influx, "LINES_A_BLOB", 5)
    rows = batch(*(window(start=n * 60_000) for n in range(12)))
    influx.answers = [204, 503]
    with pytest.raises(OSError, match="503"):
        writer.keep(rows)

    writer.keep(rows)
    assert len(influx.points) == 12


def test_a_server_that_does_not_answer_is_given_up_after_a_while(
    url: str, influx: Influx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_influx, "TIMEOUT_MS", 200)
    influx.talks.clear()
    writer = Writer(place(url), tmp_path / FILE)
    with pytest.raises(OSError, match="does not answer"):
        writer.keep(batch(window()))
    influx.talks.set()

    writer.keep(batch(window()))
    writer.close()
    assert len(influx.points) == 1


def test_a_server_that_is_away_is_an_os_error_for_writer_and_reader(tmp_path: Path) -> None:
    with serving(Influx()) as gone:
        pass
    writer = Writer(place(gone), tmp_path / FILE)
    with pytest.raises(OSError, match="does not answer"):
        writer.keep(batch(window()))
    with pytest.raises(OSError, match="does not answer"):
        writer.identity()
    with pytest.raises(OSError, match="does not answer"):
        Reader(place(gone)).cell_windows(CELL, 0, START)
    writer.close()


def test_the_bad_line_is_found_and_set_aside_and_all_others_are_kept(
    writer: Writer, influx: Influx, tmp_path: Path
) -> None:
    influx.bad = "metric=odd"
    rows = [window(start=n * 60_000) for n in range(100)]
    refused = writer.keep(batch(*rows[:37], window(metric="odd"), *rows[37:]))

    assert len(influx.points) == 100
    assert [line.why for line in refused] == ["unable to parse"]
    assert [told["line"].split(",")[3] for told in set_aside(tmp_path)] == ["metric=odd"]


def test_a_row_that_no_line_can_say_is_set_aside_too(writer: Writer, influx: Influx, tmp_path: Path) -> None:
    writer.keep(batch(window(sum=float("inf")), window(start=0)))

    assert len(influx.points) == 1
    assert "no number" in set_aside(tmp_path)[0]["why"]


def test_a_server_that_refuses_line_after_line_is_waited_for(writer: Writer, influx: Influx, tmp_path: Path) -> None:
    influx.bad = "windows"
    with pytest.raises(OSError, match="line after line"):
        writer.keep(batch(*(window(start=n * 60_000) for n in range(MOST_REFUSED + 50))))

    assert set_aside(tmp_path) == []


def test_what_is_older_than_the_bucket_keeps_does_not_stop_history(
    writer: Writer, influx: Influx, tmp_path: Path
) -> None:
    influx.answers, influx.message = [422], "partial write: points beyond retention policy dropped=1"

    assert writer.keep(batch(window())) == []
    assert set_aside(tmp_path) == []


def test_a_bad_line_among_lines_that_are_too_old_is_found_all_the_same(
    writer: Writer, influx: Influx, tmp_path: Path
) -> None:
    influx.bad, influx.old = "metric=odd", "metric=gone"
    old = [window(start=n * 60_000, metric="gone") for n in range(20)]
    good = [window(start=n * 60_000) for n in range(20)]
    refused = writer.keep(batch(*old[:7], *good[:9], window(metric="odd"), *good[9:], *old[7:]))

    assert len(influx.points) == 20
    assert len(refused) == len(set_aside(tmp_path)) == 1
    assert "metric=odd" in refused[0].line


def test_where_lines_are_only_too_old_nothing_is_asked_twice(writer: Writer, influx: Influx) -> None:
    influx.old = "metric=gone"
    assert writer.keep(batch(window(metric="gone"), window())) == []
    assert (influx.writes, len(influx.points)) == (1, 1)


def test_a_late_reading_that_came_three_times_is_there_three_times(writer: Writer, influx: Influx) -> None:
    rows = [late(received_at=START + 200_000 + n) for n in (0, 1, 50_000)]
    writer.keep(batch(*rows))
    writer.keep(batch(*rows))
    assert len(influx.of("late")) == 3


def test_a_file_of_refused_lines_that_is_full_stops_history_with_a_sentence(writer: Writer, tmp_path: Path) -> None:
    with (tmp_path / FILE).open("wb") as file:
        file.truncate(MOST_BYTES)

    with pytest.raises(OSError, match="move it away"):
        writer.keep(batch(window()))


def test_a_bucket_tells_who_it_is_and_a_server_that_does_not_is_known_by_its_address(
    writer: Writer, influx: Influx
) -> None:
    assert writer.identity() == "0123456789abcdef"
    influx.bucket_id = None
    assert writer.identity() == writer.identity() != "0123456789abcdef"


def test_a_token_is_not_in_what_a_log_or_a_traceback_would_show() -> None:
    assert TOKEN not in repr(place("http://x"))


# Reading. A table of Flux CSV: annotations, then a row a point.


def csv(types: dict[str, str], *rows: dict[str, Any]) -> str:
    quote = lambda value: '"' + str(value).replace('"', '""') + '"'  # noqa: E731 - only here
    head = [
        "#datatype,string,long," + ",".join(types.values()),
        "#group,false,false," + ",".join("false" for _ in types),
        "#default,_result,," + ",".join("" for _ in types),
        ",result,table," + ",".join(types),
    ]
    return "\r\n".join(
        [*head, *(",,0," + ",".join(quote(row.get(name, "")) for name in types) for row in rows), "", ""]
    )


WINDOW = {
    "_time": "dateTime:RFC3339", "cell": "string", "district": "string", "metric": "string", "seconds": "string",
    "count": "long", "sum": "double", "min": "double", "max": "double", "first_at": "long", "last_at": "long", "late": "long", "written_at": "long",
}  # fmt: skip


def answer(row: ClosedWindow, time: str) -> dict[str, Any]:
    return {**msgspec.structs.asdict(row), "_time": time, "district": row.cell[:6], "written_at": 1}


def test_windows_are_read_as_they_were_written_by_metric_and_start(url: str, influx: Influx) -> None:
    later, other = window(start=START + 60_000, sum=0.1 + 0.2), window(metric="tilt_deg")
    influx.csv = csv(
        WINDOW,
        answer(later, "2016-12-01T00:01:00Z"),
        answer(window(), "2016-12-01T00:00:00Z"),
        answer(other, "2016-12-01T00:00:00Z"),
    )

    assert Reader(place(url)).cell_windows(CELL, START, START + 120_000) == [other, window(), later]
    (flux,) = influx.asked
    assert f"range(start: time(v: {START}000000), stop: time(v: {START + 120_000}000000))" in flux
    assert f'r._measurement == "windows" and r.cell == "{CELL}"' in flux


def test_a_metric_that_is_asked_for_is_named_in_the_question(url: str, influx: Influx) -> None:
    assert Reader(place(url)).cell_windows(CELL, 0, START, METRIC) == []
    assert f'and r.metric == "{METRIC}"' in influx.asked[0]


def test_a_span_without_length_is_not_asked_for(url: str, influx: Influx) -> None:
    assert Reader(place(url)).cell_windows(CELL, START, START) == []
    assert influx.asked == []


def test_the_last_point_of_each_series_says_when_a_cell_was_last_heard(url: str, influx: Influx) -> None:
    types = {"cell": "string", "metric": "string", "seconds": "string", "_value": "long"}
    rows = [{"cell": CELL, "metric": METRIC, "seconds": str(n), "_value": START + n} for n in (300, 60)]
    influx.csv = csv(types, *rows)

    assert Reader(place(url)).last_heard(START) == {(CELL, METRIC): START + 300}
    assert 'r._field == "last_at") |> last()' in influx.asked[0]


def test_an_incident_is_read_in_its_newest_version_if_it_was_open_then(url: str, influx: Influx) -> None:
    newest = incident(version=2, began_at=5_000)
    over = incident(id="990102-x", began_at=1_000, closed_at=2_000)
    rows = [{"whole": msgspec.json.encode(i).decode()} for i in (newest, incident(began_at=5_000), over)]
    influx.csv = csv({"whole": "string"}, *rows)

    assert Reader(place(url)).incidents("9901", 3_000, 10_000) == [newest]
    assert "r.district =~ /^9901/" in influx.asked[0]


def test_a_long_log_entry_is_put_together_from_its_fields(url: str, influx: Influx) -> None:
    long = entry(version=2, reason="雨" * 20_000)
    fields = dict(part.split("=", 1) for part in texts(msgspec.json.encode(long).decode()))
    row = {name: value[1:-1].replace('\\"', '"') for name, value in fields.items()}
    influx.csv = csv(dict.fromkeys(row, "string"), row, {"whole": msgspec.json.encode(entry()).decode()})

    assert Reader(place(url)).log("990102-7f3a00000001") == [entry(), long]
    assert len(fields) == 2


def test_counts_are_added_up_by_the_server_for_each_district(url: str, influx: Influx) -> None:
    influx.csv = csv({"district": "string", "_value": "long"}, {"district": "990102", "_value": 7})

    assert Reader(place(url)).counts() == {"990102": Counts(windows=7, readings=7, too_late=7)}
    assert [flux.rsplit("|> ", 1)[1] for flux in influx.asked] == ["count()", "sum()", "count()"]


def test_no_text_leaves_its_quotes_in_a_question() -> None:
    assert quoted('a"b\\c${d}') == '"a\\"b\\\\c\\${d}"'


# A real server that speaks the InfluxDB 2 write protocol; it reads back in its own way, holds numbers only, and times in milliseconds.


class Victoria:
    """A running VictoriaMetrics."""

    def __init__(self, folder: Path) -> None:
        from citygrid.local import ports  # noqa: PLC0415 - the door, only for a port

        self.url = f"http://{ports.any_free()}"
        flags = {
            "storageDataPath": folder / "data",
            "httpListenAddr": self.url.removeprefix("http://"),
            "retentionPeriod": "100y",
            "dedup.minScrapeInterval": "1ms",
        }
        self._log = (folder / "log").open("wb")
        self._child = subprocess.Popen(
            ["victoria-metrics", *(f"-{name}={value}" for name, value in flags.items())],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._until_it_answers()

    def series(self, match: str) -> list[dict[str, Any]]:
        """The series that fit `match`, with everything that was written so far."""
        self.ask("/internal/force_flush")
        wide = "start=1970-01-02T00:00:00Z&end=2037-01-01T00:00:00Z"
        return [json.loads(line) for line in self.ask(f"/api/v1/export?match[]={match}&{wide}").splitlines()]

    def ask(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as found:  # noqa: S310 - our own server
            return bytes(found.read())

    def close(self) -> None:
        self._child.terminate()
        self._child.wait(20)
        self._log.close()

    def _until_it_answers(self) -> None:
        pause = threading.Event()
        for _ in range(600):
            try:
                self.ask("/health")
            except OSError:
                assert self._child.poll() is None, "victoria-metrics ended at once"
                pause.wait(0.05)
            else:
                return


@pytest.fixture(scope="module")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    if not shutil.which("victoria-metrics"):
        pytest.skip("victoria-metrics is not installed: `make test` tries to")
    running = Victoria(tmp_path_factory.mktemp("victoria"))
    yield running
    running.close()


def test_a_real_server_has_every_window_once_with_its_figures(victoria: Victoria, tmp_path: Path) -> None:
    cell = "990177001001001"
    rows = [window(cell=cell, start=START + n * 60_000, count=n + 1, sum=n / 8) for n in range(6_000)]
    writer = Writer(place(victoria.url), tmp_path / FILE)
    for _ in range(2):
        assert writer.keep(batch(*rows)) == []
    writer.close()

    (counts,) = victoria.series(f'windows_count{{cell="{cell}"}}')
    (sums,) = victoria.series(f'windows_sum{{cell="{cell}"}}')
    assert counts["timestamps"] == sums["timestamps"] == [row.start for row in rows]
    assert counts["values"] == [row.count for row in rows]
    assert sums["values"] == [row.sum for row in rows]
    assert counts["metric"]["metric"] == METRIC


def test_a_real_server_takes_all_kinds_of_rows_and_tells_their_tags(victoria: Victoria, tmp_path: Path) -> None:
    cell = "990178001001001"
    rows = [
        late(cell=cell, device="a b,c=d"),
        late(cell=cell, device="a b,c=d", seq=1_000_017),
        incident(),
        entry(),
        broken(),
    ]
    writer = Writer(place(victoria.url), tmp_path / FILE)
    assert writer.keep(batch(*rows)) == []
    writer.close()

    found = victoria.series(f'late_value{{cell="{cell}"}}')
    assert sorted(series["metric"]["round"] for series in found) == ["0.1480550600", "1000.1480550600"]
    assert {series["metric"]["device"] for series in found} == {"a b,c=d"}
    assert [series["values"] for series in found] == [[0.3], [0.3]]
    for name in ("incidents_version", "log_version", "broken_offset"):
        assert len(victoria.series(name)) == 1


def test_a_real_server_that_knows_no_buckets_gets_a_name_all_the_same(victoria: Victoria, tmp_path: Path) -> None:
    writer = Writer(place(victoria.url), tmp_path / FILE)

    assert len(writer.identity()) == 12
    writer.close()
