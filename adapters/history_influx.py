"""History in InfluxDB 2: a writer that sends blobs of lines and waits for each answer, and a reader that asks in Flux.

The client's own batching is not used: its queue has no bound, and a batch that fails its last try is dropped without an exception. Here nothing is
queued; a failed write is an OSError, and whoever asked for it tries again. Lines that the server can never take are found by halving
the blob and set aside in a file.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from influxdb_client import BucketsApi, InfluxDBClient, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from adapters.history_place import Influx
from adapters.history_refused import RefusedLines
from adapters.logs import log
from city.incident import Incident, LogEntry
from city.window import ClosedWindow
from messages.line_protocol import BELOW_A_MS, FIRST_MS, LAST_MS, Refused, blobs, lines_of, whole_of
from messages.past import ENDLESS, Batch, Counts

LINES_A_BLOB = 5_000
BYTES_A_BLOB = 2 << 20
TIMEOUT_MS = 10_000
MOST_REFUSED = 100
"""So many bad lines in one batch are no bad lines: something is wrong with the bucket or the server, and the batch waits."""
OF_THE_LINES = {400, 413, 422}
BEYOND_RETENTION = "retention policy"
ONLY_BEYOND_RETENTION = re.compile(
    r"(failure writing points to database: )?partial write: points beyond retention policy dropped=(?P<rows>\d+)"
)
"""What InfluxDB answers where nothing else was wrong; any other sentence may tell of lines that it refused for another reason."""
NO_RIGHT = {401: "check history_token", 403: "check history_token", 404: "check history_org and history_bucket"}


class Writer:
    """The one process that writes the bucket. `set_aside` is the file for lines that the server can never take."""

    def __init__(self, place: Influx, set_aside: Path) -> None:
        self._place, self._set_aside = place, RefusedLines(set_aside)
        self._client = _client(place)
        self._api = self._client.write_api(write_options=SYNCHRONOUS)

    def identity(self) -> str:
        """The bucket's own id; where the server tells none, a name made of its address. Raises OSError when the server cannot be asked."""
        with _told(self._place):
            try:
                found = BucketsApi(self._client).find_buckets(name=self._place.bucket, org=self._place.org).buckets
            except ApiException as answer:
                if answer.status not in {400, 403, 404}:
                    raise
                found = []
        place = f"{self._place.url}\n{self._place.org}\n{self._place.bucket}"
        return str(found[0].id) if found else hashlib.sha256(place.encode()).hexdigest()[:12]

    def keep(self, batch: Batch) -> list[Refused]:
        """Keeps all of `batch` and returns the lines that were set aside. A half-kept batch is completed by keeping it again. Raises OSError."""
        self._set_aside.check()
        refused: list[Refused] = []
        with _told(self._place):
            for blob in blobs(_fit(batch, refused), most_lines=LINES_A_BLOB, most_bytes=BYTES_A_BLOB):
                self._write(blob, refused)
        self._set_aside.keep(refused)
        return refused

    def forget(self, before: int, *, most: int) -> int:
        """Nothing: the bucket's own retention forgets, by event time."""
        del before, most
        return 0

    def close(self) -> None:
        """Ends the connections."""
        self._api.close()
        self._client.close()

    def _write(self, blob: list[str], refused: list[Refused]) -> None:
        try:
            body = "\n".join(blob).encode()
            self._api.write(self._place.bucket, self._place.org, body, write_precision=WritePrecision.NS)
        except ApiException as answer:
            why = _sentence(answer)
            if answer.status not in OF_THE_LINES:
                raise
            only_old = ONLY_BEYOND_RETENTION.fullmatch(why)
            if only_old or (len(blob) == 1 and BEYOND_RETENTION in why):
                rows = int(only_old["rows"]) if only_old else 1
                log("history").warning("older than the bucket keeps; the rest was taken", rows=rows, answer=why)
                return
            if len(blob) == 1:
                refused.append(Refused(why, blob[0]))
                _not_too_many(refused, self._place)
                return
        else:
            return
        half = len(blob) // 2
        self._write(blob[:half], refused)
        self._write(blob[half:], refused)


class Reader:
    """Asks the bucket. Times are event time in epoch milliseconds, `since` included and `until` not. Every method raises OSError when it cannot be asked."""

    def __init__(self, place: Influx) -> None:
        self._place = place

    def cell_windows(self, code: str, since: int, until: int, metric: str | None = None) -> list[ClosedWindow]:
        """The closed windows of a cell, by metric and then by start."""
        only = f" and r.metric == {quoted(metric)}" if metric is not None else ""
        rows = self._rows("windows", f"r.cell == {quoted(code)}{only}", since, until)
        windows = [_window(row) for row in rows]
        return sorted(windows, key=lambda w: (w.metric, w.start, w.seconds))

    def last_heard(self, since: int) -> dict[tuple[str, str], int]:
        """When each cell was last heard of each metric."""
        wanted = 'r._measurement == "windows" and r._field == "last_at"'
        rows = self._ask(f"{self._from(max(since, FIRST_MS), LAST_MS)} |> filter(fn: (r) => {wanted}) |> last()")
        found: dict[tuple[str, str], int] = {}
        for row in rows:
            key = str(row["cell"]), str(row["metric"])
            found[key] = max(int(row["_value"]), found.get(key, 0))
        return found

    def incidents(self, prefix: str, since: int, until: int = ENDLESS, most: int = 500) -> list[Incident]:
        """The incidents of a city or district that were open at some time between `since` and `until`, the latest first."""
        versions = [
            msgspec.json.decode(whole_of(row), type=Incident)
            for row in self._rows("incidents", f"r.district =~ /^{int(prefix)}/", FIRST_MS, until)
        ]
        newest = {i.id: i for i in sorted(versions, key=lambda i: i.version)}.values()
        open_then = [i for i in newest if i.began_at < until and (i.closed_at is None or i.closed_at >= since)]
        return sorted(open_then, key=lambda i: -i.began_at)[:most]

    def log(self, incident: str) -> list[LogEntry]:
        """What happened to an incident, in order."""
        rows = self._rows("log", f"r.incident == {quoted(incident)}", FIRST_MS, ENDLESS)
        return sorted((msgspec.json.decode(whole_of(row), type=LogEntry) for row in rows), key=lambda e: e.version)

    def counts(self) -> dict[str, Counts]:
        """What is held of each district. The server reads the whole bucket for it: for a recount, not for a page."""
        windows = self._by_district("windows", "count", "count()")
        readings = self._by_district("windows", "count", "sum()")
        late = self._by_district("late", "value", "count()")
        return {
            district: Counts(
                windows=windows.get(district, 0), readings=readings.get(district, 0), too_late=late.get(district, 0)
            )
            for district in sorted({*windows, *late})
        }

    def broken(self) -> int:
        """How many lines of Kafka nobody understood."""
        return sum(1 for _ in self._rows("broken", "exists r.topic", FIRST_MS, ENDLESS))

    def _rows(self, measurement: str, only: str, since: int, until: int) -> list[dict[str, Any]]:
        """The points of a measurement, each with its tags and fields side by side."""
        first, last = max(since, FIRST_MS), min(until, LAST_MS)
        if first >= last:
            return []
        wanted = f"r._measurement == {quoted(measurement)} and {only}"
        return self._ask(
            f"{self._from(first, last)} |> filter(fn: (r) => {wanted})"
            ' |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")'
        )

    def _by_district(self, measurement: str, field: str, how: str) -> dict[str, int]:
        wanted = f"r._measurement == {quoted(measurement)} and r._field == {quoted(field)}"
        rows = self._ask(
            f'{self._from(FIRST_MS, LAST_MS)} |> filter(fn: (r) => {wanted}) |> group(columns: ["district"]) |> {how}'
        )
        return {str(row["district"]): int(row["_value"]) for row in rows}

    def _from(self, first: int, last: int) -> str:
        start, stop = (f"time(v: {at * BELOW_A_MS})" for at in (first, last))
        return f"from(bucket: {quoted(self._place.bucket)}) |> range(start: {start}, stop: {stop})"

    def _ask(self, flux: str) -> list[dict[str, Any]]:
        with _told(self._place), _client(self._place) as client:
            return [dict(record.values) for record in client.query_api().query_stream(flux)]


def quoted(value: str) -> str:
    """A Flux string literal, with nothing in it that Flux would interpolate."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${").replace("\n", "\\n") + '"'


def _fit(batch: Batch, refused: list[Refused]) -> Iterator[str]:
    for line in lines_of(batch):
        if isinstance(line, Refused):
            refused.append(line)
        else:
            yield line


def _window(row: dict[str, Any]) -> ClosedWindow:
    start = round(row["_time"].timestamp() * 1000)
    return msgspec.convert({**row, "start": start, "seconds": int(row["seconds"])}, ClosedWindow)


def _client(place: Influx) -> InfluxDBClient:
    return InfluxDBClient(url=place.url, token=str(place.token) or "none", org=place.org, timeout=TIMEOUT_MS)


@contextmanager
def _told(place: Influx) -> Iterator[None]:
    """What goes wrong between here and the server, as an OSError whose sentence says what to look at and holds no token."""
    try:
        yield
    except ApiException as answer:
        hint = NO_RIGHT.get(answer.status or 0, "it is tried again")
        raise OSError(f"InfluxDB at {place.url} answers {answer.status}: {_sentence(answer)} ({hint})") from None
    except HTTPError as problem:
        raise OSError(f"InfluxDB at {place.url} does not answer: {type(problem).__name__}: {problem}") from None


def _sentence(answer: ApiException) -> str:
    body = answer.body.decode(errors="replace") if isinstance(answer.body, bytes) else str(answer.body or "")
    try:
        told = str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        told = body or str(answer.reason)
    return " ".join(told.split())[:500]


def _not_too_many(refused: list[Refused], place: Influx) -> None:
    if len(refused) > MOST_REFUSED:
        raise OSError(f"InfluxDB at {place.url} refuses line after line: {refused[-1].why}")
