import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from kafka.net import selector

from adapters import logs


@pytest.fixture(autouse=True)
def given_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    logging.getLogger(selector.__name__).setLevel(logging.NOTSET)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_off_a_terminal_each_line_is_json_with_process_part_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    early = logs.log("mqtt")
    logs.start("gateway-1")
    early.info("connected", broker="127.0.0.1:1883", name="低洼路段")
    (line,) = lines(capsys)
    assert {"process": "gateway-1", "part": "mqtt", "event": "connected", "level": "info"}.items() <= line.items()
    assert line["name"] == "低洼路段"
    assert str(line["timestamp"]).endswith("Z")


def test_a_line_from_another_thread_names_the_process_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("gateway-1")
    thread = threading.Thread(target=lambda: logs.log("mqtt").warning("lost"))
    thread.start()
    thread.join()
    assert lines(capsys)[0]["process"] == "gateway-1"


def test_an_exception_is_told_without_the_variables_of_its_frames(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("worker-1")
    said_in_confidence = "hunter" + str(len("ab"))
    try:
        int("no number")
    except ValueError:
        logs.log("process").exception("ended", length=len(said_in_confidence))
    told = capsys.readouterr().err
    assert "no number" in json.loads(told)["exception"][0]["exc_value"]
    assert said_in_confidence not in told


def test_warnings_of_libraries_come_out_the_same_way_and_their_chatter_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.start("worker-1")
    logging.getLogger("kafka.client").info("chatter")
    logging.getLogger("kafka.client").warning("lost %s", "a broker")
    (line,) = lines(capsys)
    assert (line["event"], line["process"]) == ("lost a broker", "worker-1")


def test_a_slow_step_inside_the_kafka_client_is_not_told_and_its_errors_are(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("worker-1")
    client = logging.getLogger(selector.__name__)
    client.warning("Task %r ran for %.3fs (>%.3fs threshold).", "poll", 0.16, 0.1)
    client.error("the loop ended")
    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("the loop ended", "error")


def test_on_a_terminal_it_is_a_line_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    logs.start("worker-1")
    logs.log("process").info("started")
    told = capsys.readouterr().err
    assert "started" in told
    assert not told.startswith("{")


def test_a_log_that_cannot_be_written_loses_its_line_and_ends_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with io.TextIOWrapper(Path("/dev/full").open("wb", buffering=0), write_through=True) as full:
        monkeypatch.setattr(sys, "stderr", full)
        logs.start("gateway-1")
        logs.log("mqtt").info("connected")
        logging.getLogger("kafka").warning("lost a broker")
        monkeypatch.undo()
