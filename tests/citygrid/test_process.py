import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from citygrid import process
from citygrid.local import ports, records
from citygrid.refusal import Refusal

PROGRAM = """
import signal, sys, threading
from citygrid import process
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
with process.running("stage-1", {"data_dir": sys.argv[1]}, health=None, needs=()) as own:
    print(own.health, flush=True)
    if "fail" in sys.argv:
        raise ValueError("a bug")
    ended.wait()
print("ended in order", flush=True)
"""


@pytest.fixture(autouse=True)
def given_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    root, handler = logging.getLogger(), signal.getsignal(signal.SIGINT)
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    signal.signal(signal.SIGINT, handler)


def start(data: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(data), *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_it_is_written_down_while_it_runs_and_ctrl_c_ends_it_in_order(tmp_path: Path) -> None:
    stage = start(tmp_path)
    assert stage.stdout
    health = stage.stdout.readline().strip()
    found = records.processes(tmp_path)["stage-1"]
    assert (found.pid, found.http) == (stage.pid, health)
    stage.send_signal(signal.SIGINT)
    assert stage.communicate(timeout=20)[0] == "ended in order\n"
    assert stage.returncode == 0
    assert records.processes(tmp_path) == {}


def test_a_bug_is_one_line_in_the_log_and_exit_status_1(tmp_path: Path) -> None:
    stage = start(tmp_path, "fail")
    told = stage.communicate(timeout=20)[1]
    assert stage.returncode == 1
    (line,) = [json.loads(each) for each in told.splitlines()]
    assert (line["process"], line["event"], line["level"]) == ("stage-1", "ended by an unexpected error", "error")
    assert line["exception"][0]["exc_value"] == "a bug"
    assert records.processes(tmp_path) == {}


def test_a_name_and_a_health_address_that_were_given_are_kept(tmp_path: Path) -> None:
    address = ports.any_free()
    with process.running("stage-1", {"data_dir": str(tmp_path), "name": "stage-2"}, health=address, needs=()) as own:
        assert (own.name, own.health) == ("stage-2", address)
        assert records.processes(tmp_path)["stage-2"].pid == os.getpid()


def test_what_a_user_can_put_right_is_a_sentence_and_no_log_line(tmp_path: Path) -> None:
    stage = process.running("stage-1", {"data_dir": str(tmp_path)}, health=None, needs=())
    with pytest.raises(Refusal, match="no such thing"), stage:
        raise Refusal("no such thing")


def test_a_data_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    stage = process.running("stage-1", {"data_dir": str(tmp_path / "data")}, health=None, needs=())
    with pytest.raises(Refusal, match=r"cannot be written \(.+\): name another one with --data-dir"), stage:
        pass


def test_a_shell_that_this_version_lacks_is_a_sentence_and_a_broken_one_is_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal, match="this version has no nothing"):
        process.shell("nothing.of.the.kind")
    (tmp_path / "broken_shell.py").write_text("import no_such_library\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        process.shell("broken_shell")
