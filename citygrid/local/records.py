"""Which processes of an installation run: each is written down in `run/` of the data folder, with its pid and the addresses in force.

A record counts only while the process that it names lives: a pid that came back as another process does not.
"""

from pathlib import Path
from typing import TypeVar

import msgspec
import psutil

UP = "up"
NAMED = "named-"
T = TypeVar("T")


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One running process: `born` is when the system says it began (epoch seconds), which tells it from a later one with its pid."""

    name: str
    pid: int
    born: float
    http: str | None = None

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return born(self.pid) == self.born


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """What the supervisor of a data folder has started: the addresses in force."""

    supervisor: Process
    mqtt: str
    kafka: str
    http: str
    partitions: int
    city: str
    gateways: int = 1


def born(pid: int) -> float | None:
    """When the process `pid` began, or None when it does not run (a zombie does not)."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def run_folder(data: Path) -> Path:
    """Where the records of a data folder lie."""
    return data / "run"


def write_installation(data: Path, installation: Installation) -> None:
    """Writes down what the supervisor has started."""
    _write(run_folder(data) / f"{UP}.json", msgspec.json.encode(installation))


def last_installation(data: Path) -> Installation | None:
    """What a supervisor wrote down last, whether it still runs or not."""
    return _read(run_folder(data) / f"{UP}.json", Installation)


def installation(data: Path) -> Installation | None:
    """What the supervisor of this data folder has started, if it runs."""
    last = last_installation(data)
    return last if last and last.supervisor.alive else None


def write_process(data: Path, process: Process) -> None:
    """Writes down a process that was started, and for good that there was one of this name."""
    run_folder(data).mkdir(parents=True, exist_ok=True)
    (run_folder(data) / f"{NAMED}{process.name}").touch()
    _write(_process_file(data, process.name), msgspec.json.encode(process))


def forget_process(data: Path, name: str) -> None:
    """Removes the record of a process that ended."""
    _process_file(data, name).unlink(missing_ok=True)


def names(data: Path) -> list[str]:
    """The names of all processes that ever ran on this data folder."""
    return sorted(file.name.removeprefix(NAMED) for file in run_folder(data).glob(f"{NAMED}*"))


def processes(data: Path) -> dict[str, Process]:
    """The processes of this data folder that run, by name."""
    found = (_read(file, Process) for file in sorted(run_folder(data).glob("process-*.json")))
    return {process.name: process for process in found if process and process.alive}


def _process_file(data: Path, name: str) -> Path:
    return run_folder(data) / f"process-{name}.json"


def _write(file: Path, content: bytes) -> None:
    """Replaces the file as a whole, so that no reader finds half a record."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.replace(file)


def _read(file: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
