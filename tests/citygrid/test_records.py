import os
import subprocess
import sys
from pathlib import Path

from citygrid.local import records
from citygrid.local.records import Installation, Process

ME = Process(name="gateway-1", pid=os.getpid(), born=records.born(os.getpid()) or 0.0, http="127.0.0.1:1")


def installation(supervisor: Process) -> Installation:
    return Installation(supervisor=supervisor, mqtt="a:1", kafka="b:2", http="http://c:3", partitions=4, city="demo")


def test_a_process_is_found_while_it_is_written_down(tmp_path: Path) -> None:
    records.write_process(tmp_path, ME)
    assert records.processes(tmp_path) == {"gateway-1": ME}
    records.forget_process(tmp_path, "gateway-1")
    assert records.processes(tmp_path) == {}


def test_a_process_that_has_ended_is_not_found(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
    ended.wait()
    records.write_process(tmp_path, Process(name="gone", pid=ended.pid, born=0.0))
    assert records.processes(tmp_path) == {}


def test_another_process_with_the_same_pid_does_not_count(tmp_path: Path) -> None:
    records.write_process(tmp_path, Process(name="before", pid=ME.pid, born=ME.born - 100))
    assert records.processes(tmp_path) == {}


def test_the_names_of_all_that_ever_ran_are_remembered(tmp_path: Path) -> None:
    records.write_process(tmp_path, ME)
    records.forget_process(tmp_path, ME.name)
    assert records.names(tmp_path) == [ME.name]


def test_a_zombie_counts_as_ended() -> None:
    ended = subprocess.Popen([sys.executable, "-S", "-c", "print()"], stdout=subprocess.PIPE)
    assert ended.stdout
    ended.stdout.read()
    ended.stdout.close()
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert records.born(ended.pid) is None
    ended.wait()


def test_an_installation_counts_while_its_supervisor_lives_and_is_remembered_after(tmp_path: Path) -> None:
    running, ended = installation(ME), installation(Process(name="supervisor", pid=ME.pid, born=1.0))
    records.write_installation(tmp_path, running)
    assert records.installation(tmp_path) == running
    records.write_installation(tmp_path, ended)
    assert records.installation(tmp_path) is None
    assert records.last_installation(tmp_path) == ended


def test_nothing_is_found_in_an_empty_folder_or_in_a_broken_record(tmp_path: Path) -> None:
    assert records.installation(tmp_path) is None
    assert records.processes(tmp_path) == {}
    records.run_folder(tmp_path).mkdir()
    (records.run_folder(tmp_path) / "up.json").write_text("{")
    (records.run_folder(tmp_path) / "process-x.json").write_text('{"name": 1}')
    assert records.last_installation(tmp_path) is None
    assert records.processes(tmp_path) == {}
