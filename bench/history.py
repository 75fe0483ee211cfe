"""How many windows a second history's store takes: the SQLite file, or InfluxDB's write protocol at a server that is named.

`python -m bench.history --windows 500000 [--influx URL]` prints one line of JSON. Kafka is left out; the rows are as its packs give them.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from adapters.clock import elapsed_ms
from adapters.history_place import Influx, Secret
from adapters.history_stores import past_in, store_in
from bench.result import Run
from city.window import ClosedWindow
from messages.past import Batch, Stamped

CELLS = 1_000
ROWS_A_BATCH = 20_000
MINUTE_MS = 60_000
DISTRICT = "990191"
WRITTEN_AT = 1_790_000_000_000


def measure(folder: Path, *, count: int, influx: Influx | None = None) -> Run:
    """One run: `count` windows of 1,000 cells into a store in `folder`, or into the bucket. Only the file is counted afterwards."""
    store = store_in(folder, influx)
    began, worked = elapsed_ms(), os.times()
    refused = sum(len(store.keep(batch)) for batch in batches(count))
    seconds = max(1, elapsed_ms() - began) / 1000
    used = os.times()
    store.close()
    kept = count - refused if influx else past_in(folder, None).counts()[DISTRICT].windows
    return Run(
        rate=count / seconds,
        seconds=seconds,
        cpu={"history": used.user + used.system - worked.user - worked.system},
        figures={"windows": count, "kept": kept, "refused": refused},
        right=kept == count and not refused,
        note="not read back: the server answered for every blob" if influx else "",
    )


def batches(count: int) -> Iterator[Batch]:
    """`count` windows, minute after minute, in batches as large as what Kafka gives at once."""
    for first in range(0, count, ROWS_A_BATCH):
        rows = [Stamped(window(number), WRITTEN_AT) for number in range(first, min(first + ROWS_A_BATCH, count))]
        yield Batch(windows=rows)


def window(number: int) -> ClosedWindow:
    """The window with this number: a cell's in a minute."""
    minute, cell = divmod(number, CELLS)
    start = WRITTEN_AT - WRITTEN_AT % MINUTE_MS + minute * MINUTE_MS
    return ClosedWindow(
        cell=f"{DISTRICT}001{cell // 100:03d}{cell % 100:03d}",
        metric="water_level_m",
        start=start,
        seconds=60,
        count=60,
        sum=number / 7,
        min=0.01,
        max=number / 3,
        first_at=start,
        last_at=start + MINUTE_MS - 1,
    )


def main() -> None:
    """Measures once and prints the result."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--windows", type=int, default=500_000)
    asked.add_argument("--influx", metavar="URL", help="a server with InfluxDB's write protocol  [the SQLite file]")
    told = asked.parse_args()
    token = Secret(os.environ.get("CITYGRID_HISTORY_TOKEN", ""))
    influx = Influx(url=told.influx, org="citygrid", bucket="citygrid", token=token) if told.influx else None
    with tempfile.TemporaryDirectory() as folder:
        run = measure(Path(folder), count=told.windows, influx=influx)
    sys.stdout.write(msgspec.json.encode(run).decode() + "\n")


if __name__ == "__main__":
    main()
