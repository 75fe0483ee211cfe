import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters import health
from adapters.health import Waits
from citygrid.local import asking, ports
from citygrid.local.asking import Counted
from citygrid.local.watchdog import Said
from tests.citygrid.waiting import until

FAKE = Path(__file__).with_name("fake_stage.py")
METRICS = """\
# HELP citygrid_stream_lag_records Records that are still to be read
# TYPE citygrid_stream_lag_records gauge
citygrid_stream_lag_records{agent="findings",partition="0",topic="citygrid.telemetry"} 12.0
citygrid_stream_lag_records{agent="cases",partition="3",topic="citygrid.findings"} 1e+03
citygrid_stream_lag_records_other 7.0
"""


@pytest.fixture
def stage() -> Iterator[tuple[str, int]]:
    address = ports.any_free()
    process = subprocess.Popen([sys.executable, "-S", str(FAKE), address, "/healthz={}"])
    until(lambda: asking.said_by(address).ready)
    yield address, process.pid
    process.kill()
    process.wait()


def test_a_process_without_a_reason_is_ready() -> None:
    server = health.serve("127.0.0.1:0", list)
    assert asking.said_by(server.address) == Said()
    server.close()


def test_a_process_tells_its_reasons_and_whether_a_new_start_could_mend_them() -> None:
    reasons = [Waits("the disk is full")]
    server = health.serve("127.0.0.1:0", lambda: reasons)
    assert asking.said_by(server.address) == Said(reasons=("the disk is full",), mendable=False)
    reasons.append(Waits("so is the other"))
    assert asking.said_by(server.address).reasons == ("the disk is full", "so is the other")
    server.close()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>"])
def test_an_answer_that_gives_no_reason_is_still_a_no(body: bytes) -> None:
    assert asking._reasons(body) == Said(reasons=("it says so",))


def test_nobody_there_does_not_answer() -> None:
    said = asking.said_by(ports.any_free())
    assert (said.answers, said.reasons) == (False, ("it does not answer yet",))


def test_a_process_that_was_stopped_does_not_answer_although_its_port_takes_connections(
    stage: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT_S", 0.1)
    monkeypatch.setattr(asking, "LIFE_TIMEOUT_S", 0.1)
    address, pid = stage
    os.kill(pid, signal.SIGSTOP)
    assert not asking.said_by(address).answers
    os.kill(pid, signal.SIGCONT)
    until(lambda: asking.said_by(address).ready)


def test_figures_with_labels_are_added_up_and_others_left_alone() -> None:
    assert asking.counted(METRICS) == Counted(lag=1012)


def test_a_gateway_tells_what_it_holds_and_whether_it_holds_back() -> None:
    text = "citygrid_gateway_messages_in_flight 5000.0\ncitygrid_gateway_braked 1.0\n"
    assert asking.counted(text) == Counted(in_flight=5000, braked=True)


def test_who_counts_nothing_of_this_or_is_not_there_has_no_figures() -> None:
    assert asking.counted("") == Counted()
    assert asking.counted_by(ports.any_free()) == Counted()


def test_the_names_are_those_under_which_the_stages_count() -> None:
    sources = "".join(file.read_text() for file in Path(__file__).parents[2].glob("*/*.py"))
    assert all(json.dumps(name) in sources for name in (*asking.LAG, asking.IN_FLIGHT, asking.BRAKED))
