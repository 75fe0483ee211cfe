"""Which disks of an installation have too little room left: the data folder's, and those that are mounted on folders in it."""

import os
import shutil
from pathlib import Path

from adapters.installation import DiskStanding

LEAST_ROOM = 500 << 20
LEAST_PART = 10


def short(data: Path) -> list[DiskStanding]:
    """The disks with less than 500 MB free, or less than a tenth of a small one, each with the folders on it that are ours."""
    folders: dict[int, list[Path]] = {}
    for folder in (data, *_inside(data)):
        try:
            folders.setdefault(folder.stat().st_dev, []).append(folder)
        except OSError:
            continue
    return [disk for found in folders.values() if (disk := _standing(data, found))]


def sentence(disk: DiskStanding) -> str:
    """What the panel says of it."""
    return f"The disk of {', '.join(disk.folders)} has only {disk.free_mb} MB free: free some, or what is written there is lost or waits."


def _inside(data: Path) -> list[Path]:
    try:
        with os.scandir(data) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=True))
    except OSError:
        return []


def _standing(data: Path, folders: list[Path]) -> DiskStanding | None:
    """A disk that holds the data folder itself is named by that alone."""
    try:
        usage = shutil.disk_usage(folders[0])
    except OSError:
        return None
    if usage.free >= min(LEAST_ROOM, usage.total // LEAST_PART):
        return None
    named = [data] if data in folders else folders
    return DiskStanding(folders=tuple(str(folder) for folder in named), free_mb=usage.free >> 20)
