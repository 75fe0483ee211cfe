"""A whole installation for a measurement: what `citygrid up` starts on one machine, without its simulator."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from adapters.clock import elapsed_ms
from bench.brokers import end
from bench.metrics import scrape
from citygrid.local import records
from citygrid.local.figures import why_not_ready

READY_MS = 180_000
GATEWAY, WORKER, OPERATIONS, HISTORY = "gateway", "worker", "operations", "history"


class Unready(Exception):
    """The installation did not come up; the text says what is missing."""


class Whole(Struct, frozen=True, kw_only=True):
    """A running installation: the addresses of its services, the pid of each process, and where each has its health page."""

    data: Path
    kafka: str
    mqtt: str
    http: str
    partitions: int
    pids: dict[str, int]
    pages: dict[str, str]

    def figure(self, kind: str, name: str) -> float:
        """A figure summed over all processes of a kind (their names begin with it). Raises OSError when one does not answer."""
        return sum(scrape(page).get(name, 0.0) for process, page in self.pages.items() if process.startswith(kind))


@contextmanager
def whole(folder: Path) -> Iterator[Whole]:
    """Runs an installation in `folder`, which is not there yet, while the block runs. Raises Unready."""
    command = (sys.executable, "-m", "citygrid", "up", "--no-simulator")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITYGRID_")}
    environment |= {"CITYGRID_DATA_DIR": str(folder)}
    with _log(folder).open("ab") as log:
        up = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield _started(folder, up)
    finally:
        end(up)


def _started(folder: Path, up: subprocess.Popen[bytes]) -> Whole:
    until = elapsed_ms() + READY_MS
    while elapsed_ms() < until and up.poll() is None:
        found = records.installation(folder)
        processes = records.processes(folder)
        pages = {name: each.http for name, each in processes.items() if each.http}
        if found and _all_there(pages) and not any(map(why_not_ready, pages.values())):
            return Whole(
                data=folder,
                kafka=found.kafka,
                mqtt=found.mqtt,
                http=found.http,
                partitions=found.partitions,
                pids={**{name: each.pid for name, each in processes.items()}, "supervisor": found.supervisor.pid},
                pages=pages,
            )
        time.sleep(0.2)
    raise Unready(f"not everything was ready; `citygrid up` said: {_log(folder).read_text(encoding='utf-8')[-2000:]}")


def _log(folder: Path) -> Path:
    """Beside the folder, because an installation takes an empty one or its own."""
    return folder.with_suffix(".log")


def _all_there(pages: dict[str, str]) -> bool:
    return all(any(name.startswith(kind) for name in pages) for kind in (GATEWAY, WORKER, OPERATIONS, HISTORY))
