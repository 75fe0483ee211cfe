import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.installation import DiskStanding
from citygrid.local import disks

GB = 1 << 30


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """A data folder of which each subfolder is a disk of its own; the values are (total, free) bytes."""
    found = {"": (100 * GB, 50 * GB), "kafka": (100 * GB, 50 * GB), "photos": (100 * GB, 50 * GB)}
    for name in found:
        (tmp_path / name).mkdir(exist_ok=True)

    def usage(folder: Path) -> SimpleNamespace:
        total, free = found[folder.name if folder != tmp_path else ""]
        return SimpleNamespace(total=total, free=free, used=total - free)

    names = sorted(found)
    real = Path.stat
    monkeypatch.setattr(shutil, "disk_usage", usage)
    monkeypatch.setattr(
        Path,
        "stat",
        lambda path, **more: (
            SimpleNamespace(st_dev=names.index(path.name if path != tmp_path else ""))
            if tmp_path in {path, path.parent}
            else real(path, **more)
        ),
    )
    return found


@pytest.mark.usefixtures("mounts")
def test_disks_with_room_are_not_spoken_of(tmp_path: Path) -> None:
    assert disks.short(tmp_path) == []


def test_the_disk_that_is_short_is_named_by_what_lies_on_it(tmp_path: Path, mounts: dict[str, tuple[int, int]]) -> None:
    mounts["photos"] = (100 * GB, 3 << 20)
    assert disks.short(tmp_path) == [DiskStanding(folders=(str(tmp_path / "photos"),), free_mb=3)]
    assert "photos has only 3 MB free" in disks.sentence(disks.short(tmp_path)[0])


def test_a_small_disk_is_short_when_a_tenth_is_left(tmp_path: Path, mounts: dict[str, tuple[int, int]]) -> None:
    mounts["kafka"] = (GB, GB // 5)
    assert disks.short(tmp_path) == []
    mounts["kafka"] = (GB, GB // 11)
    assert [disk.folders for disk in disks.short(tmp_path)] == [(str(tmp_path / "kafka"),)]


def test_one_disk_for_everything_is_named_once_by_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kafka").mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=100 * GB, free=0, used=100 * GB))
    assert disks.short(tmp_path) == [DiskStanding(folders=(str(tmp_path),), free_mb=0)]


def test_a_folder_that_is_not_there_is_no_disk(tmp_path: Path) -> None:
    assert disks.short(tmp_path / "nowhere") == []
