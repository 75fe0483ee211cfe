import errno
import os
import shutil
from pathlib import Path

import pytest

from citygrid.local import folder, records
from citygrid.local.folder import FolderRefused
from citygrid.local.records import Installation, Process

ME = Process(name="supervisor", pid=os.getpid(), born=records.born(os.getpid()) or 0.0)


def test_it_is_made_where_there_is_none(tmp_path: Path) -> None:
    with folder.held(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b" / folder.MARK).exists()


def test_only_one_supervisor_holds_it_and_the_other_is_told_where_the_first_is(tmp_path: Path) -> None:
    with folder.held(tmp_path):
        with pytest.raises(FolderRefused, match="just starting or ending"), folder.held(tmp_path):
            pass
        records.write_installation(
            tmp_path, Installation(supervisor=ME, mqtt="a:1", kafka="b:2", http="http://c:3", partitions=1, city="x")
        )
        with (
            pytest.raises(FolderRefused, match=rf"already runs .* \(process {ME.pid}, http://c:3\)"),
            folder.held(tmp_path),
        ):
            pass
    with folder.held(tmp_path):
        pass


def test_a_folder_with_other_files_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(FolderRefused, match="files in it that are not citygrid's"), folder.held(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_folder_that_cannot_be_written_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with (
        pytest.raises(
            FolderRefused, match=r"cannot be written \(Permission denied\): name another one with --data-dir"
        ),
        folder.held(tmp_path / "x"),
    ):
        pass


def test_a_file_in_the_place_of_the_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(FolderRefused, match="cannot be written"), folder.held(tmp_path / "x"):
        pass


def test_a_disk_without_room_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(1 << 40, 1 << 40, 3 << 20))
    with pytest.raises(FolderRefused, match=r"only 3 MB free and citygrid wants 500 MB"), folder.held(tmp_path):
        pass


def test_forgetting_removes_what_citygrid_made_and_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with folder.held(data):
        (data / "kafka" / "data").mkdir(parents=True)
        (data / "kafka" / "data" / "x").touch()
        (data / "history.sqlite-wal").touch()
        records.write_process(data, Process(name="worker-of-mine", pid=ME.pid, born=0.0))
        (data / "worker-of-mine" / "v1").mkdir(parents=True)
    assert folder.forget(data)
    assert not data.exists()
    assert not folder.forget(data)


def test_forgetting_keeps_what_somebody_else_put_there(tmp_path: Path) -> None:
    with folder.held(tmp_path):
        (tmp_path / "notes.txt").touch()
    assert folder.forget(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_citygrid_did_not_make_is_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with pytest.raises(FolderRefused, match="was not made by citygrid: nothing was removed"):
        folder.forget(tmp_path)
    assert (tmp_path / "run").is_dir()


def test_nothing_is_forgotten_while_something_runs(tmp_path: Path) -> None:
    with folder.held(tmp_path):
        records.write_process(tmp_path, Process(name="gateway-1", pid=ME.pid, born=ME.born))
    with pytest.raises(FolderRefused, match=r"still runs on .* \(gateway-1\)"):
        folder.forget(tmp_path)
    assert (tmp_path / folder.MARK).exists()
