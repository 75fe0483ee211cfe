import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from citygrid.local import leftovers, records
from citygrid.local.records import Process
from tests.citygrid.waiting import until

WAITS = "print('up', flush=True); time.sleep(60)"
STAYS = f"import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit('goodbye')); {WAITS}"
STUBBORN = f"import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAITS}"
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def begin(name: str, program: str = STAYS) -> "subprocess.Popen[str]":
        one = subprocess.Popen(
            [sys.executable, "-S", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(one)
        assert one.stdout
        one.stdout.readline()
        records.write_process(tmp_path, Process(name=name, pid=one.pid, born=records.born(one.pid) or 0.0))
        return one

    yield begin
    for one in started:
        one.kill()
        one.communicate()


def last_words(one: "subprocess.Popen[str]") -> str:
    """What it said at its end; waits for that."""
    assert one.stdout
    return one.stdout.read()


def test_brokers_of_a_killed_supervisor_are_ended_in_good_order(tmp_path: Path, start: Start) -> None:
    kafka = start("kafka")
    assert leftovers.end(tmp_path) == ["kafka"]
    assert last_words(kafka) == "goodbye\n"


def test_one_that_was_stopped_hears_it_too(tmp_path: Path, start: Start) -> None:
    mosquitto = start("mosquitto")
    os.kill(mosquitto.pid, signal.SIGSTOP)
    assert leftovers.end(tmp_path) == ["mosquitto"]
    assert last_words(mosquitto) == "goodbye\n"


def test_one_that_does_not_end_is_killed(tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "WITHIN_S", 0.2)
    kafka = start("kafka", STUBBORN)
    leftovers.end(tmp_path)
    assert last_words(kafka) == ""


def test_a_process_that_somebody_runs_by_hand_on_the_same_folder_is_left_alone(tmp_path: Path, start: Start) -> None:
    gateway = start("gateway-7")
    assert leftovers.end(tmp_path) == []
    assert gateway.poll() is None


def test_a_record_of_one_that_is_gone_means_nothing(tmp_path: Path, start: Start) -> None:
    kafka = start("kafka")
    kafka.kill()
    until(lambda: kafka.poll() is not None)
    assert leftovers.end(tmp_path) == []
