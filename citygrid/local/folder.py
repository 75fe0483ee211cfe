"""Whether a data folder can be used: it can be written, has room, is made by us, and nobody else holds it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from citygrid.local import records

LEAST_ROOM = 500 << 20
MARK = "citygrid-data"
OURS = ("logs", "kafka", "mosquitto", "photos", "secret", "history.sqlite*", "history-refused.ndjson", "truth*")
MARK_TEXT = "This folder holds the data of a citygrid installation. `citygrid reset` forgets it.\n"


class FolderRefused(Exception):
    """The data folder cannot be used; the text says why and what to do."""


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Makes the folder if need be and holds it for one supervisor; a killed one lets go by itself. Raises FolderRefused."""
    _make(data)
    handle = os.open(data / "run" / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise FolderRefused(_held_already(data)) from problem
        yield
    finally:
        os.close(handle)


def _make(data: Path) -> None:
    try:
        if data.is_dir() and any(data.iterdir()) and not (data / MARK).exists() and not (data / "run").is_dir():
            raise FolderRefused(
                f"{data} has files in it that are not citygrid's: name an empty or a new folder with --data-dir."
            )
        (data / "run").mkdir(parents=True, exist_ok=True)
        (data / MARK).write_text(MARK_TEXT)
    except OSError as problem:
        raise FolderRefused(
            f"The data folder {data} cannot be written ({problem.strerror}): name another one with --data-dir or CITYGRID_DATA_DIR."
        ) from problem
    if room(data) < LEAST_ROOM:
        raise FolderRefused(
            f"The disk of {data} has only {room(data) >> 20} MB free and citygrid wants {LEAST_ROOM >> 20} MB: free some, or name another folder with --data-dir."
        )


def room(data: Path) -> int:
    """Free bytes on the disk of the data folder."""
    return shutil.disk_usage(data).free


def _held_already(data: Path) -> str:
    runs = records.installation(data)
    if runs is None:
        return f"Another citygrid is just starting or ending on {data}: wait a moment and try again."
    return (
        f"citygrid already runs on {data} (process {runs.supervisor.pid}, {runs.http}): "
        "look at it there, end it with Ctrl-C, or name another folder with --data-dir."
    )


def forget(data: Path) -> bool:
    """Removes what citygrid made in the data folder, and the folder if nothing else is left in it; False when there was nothing. Raises FolderRefused."""
    if not data.exists():
        return False
    if not (data / MARK).exists():
        raise FolderRefused(f"{data} was not made by citygrid: nothing was removed.")
    running = records.processes(data)
    if records.installation(data) or running:
        raise FolderRefused(
            f"citygrid still runs on {data} ({', '.join(running) or 'its supervisor'}): end it first, nothing was removed."
        )
    try:
        _remove(data)
    except OSError as problem:
        raise FolderRefused(
            f"{problem.filename} could not be removed ({problem.strerror}): remove it by hand."
        ) from problem
    return True


def _remove(data: Path) -> None:
    """Removes what has one of our names or the name of a process of ours; the mark goes last, so that what fails can be repeated."""
    named = [data / name for name in records.names(data)]
    for path in (*(found for pattern in OURS for found in data.glob(pattern)), *named, data / "run", data / MARK):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if not any(data.iterdir()):
        data.rmdir()
