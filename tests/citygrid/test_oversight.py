import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from adapters import installation
from citygrid.local import asking, children, figures, oversight, ports, watchdog
from citygrid.local.children import Spec
from citygrid.local.figures import Figures, Look
from citygrid.local.oversight import Guard, Oversight
from citygrid.local.supervisor import State, Supervisor
from citygrid.local.watchdog import Said
from citygrid.settings import Settings
from tests.citygrid.waiting import until

FAKE = Path(__file__).with_name("fake_stage.py")
METRICS = 'citygrid_stream_lag_records{topic="citygrid.telemetry"} 1234.0\n'
STUCK = Said(reasons=("nothing moves",))


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path)
    yield supervisor
    supervisor.stop(timeout=0)


@pytest.fixture
def watching(tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Oversight]:
    monkeypatch.setattr(figures, "EVERY_S", 0.02)
    monkeypatch.setattr(oversight, "mqtt_answers", lambda _address: True)
    monkeypatch.setattr(oversight, "kafka_answers", lambda _address: True)
    for name in ("TIMEOUT_S", "LIFE_TIMEOUT_S"):
        monkeypatch.setattr(asking, name, 0.2)
    settings = Settings(data_dir=tmp_path, http=ports.any_free())
    watching = Oversight(settings, supervisor, ports.any_free())
    yield watching
    watching.close()


def stage(name: str, *pages: str) -> Spec:
    address = ports.any_free()
    return Spec(name=name, command=(sys.executable, "-S", str(FAKE), address, *pages), http=address)


def look(name: str, said: Said, **more: object) -> Look:
    return Look(**{"name": name, "pid": 7, "said": said, **more})


def reasons(guard: Guard, *looks: Look, seconds: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for second in range(seconds + 1):
        found = guard.look(Figures(looks=looks), 1000 * second)
    return found


BROKERS = (look("kafka", Said(), broker=True), look("mosquitto", Said(), broker=True))
KAFKA_AWAY = (look("kafka", Said(answers=False), broker=True), BROKERS[1])


def test_a_stage_that_stands_still_while_both_brokers_answer_is_to_be_started_anew() -> None:
    assert set(reasons(Guard(10_000), *BROKERS, look("worker-1", STUCK), seconds=11)) == {"worker-1"}


def test_a_stage_is_not_blamed_for_a_broker_that_is_away() -> None:
    assert reasons(Guard(10_000), *KAFKA_AWAY, look("worker-1", STUCK), seconds=100) == {}
    assert reasons(Guard(10_000), look("worker-1", STUCK), seconds=100) == {}


def test_a_broker_is_given_five_minutes() -> None:
    assert reasons(Guard(10_000), *KAFKA_AWAY, seconds=299) == {}
    assert reasons(Guard(10_000), *KAFKA_AWAY, seconds=301) == {"kafka": "it did not answer for 301 s"}


def test_the_simulator_is_left_alone() -> None:
    silent = look("simulator", Said(answers=False), watched=False)
    assert reasons(Guard(10_000), *BROKERS, silent, seconds=500) == {}


def test_a_stage_that_was_stopped_is_killed_and_started_again_with_the_reason_in_its_log(
    tmp_path: Path, supervisor: Supervisor, watching: Oversight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oversight.watchdog, "SILENT_MS", 300)
    monkeypatch.setattr(watchdog, "LEAST_LOOKS", 2)
    first = supervisor.start(stage("worker-1", "/healthz={}"))
    until(lambda: "worker-1" in watching.figures.ready)
    watching.tick()
    os.kill(first.pid, signal.SIGSTOP)

    def again() -> bool:
        watching.tick()
        supervisor.tick()
        (report,) = supervisor.report()
        return report.state is State.RUNNING and report.pid != first.pid

    until(again)
    assert "started anew: it did not answer for" in children.log_file(tmp_path, "worker-1").read_text()


def test_it_tells_over_http_how_every_process_stands(supervisor: Supervisor, watching: Oversight) -> None:
    supervisor.start(stage("worker-1", f"/metrics={METRICS}"))
    supervisor.start(Spec(name="history", command=("no-such-program",)))
    until(lambda: watching.figures.counted.get("worker-1", asking.Counted()).lag == 1234)
    until(lambda: supervisor.tick() or not supervisor.alive("history"))
    address = watching._page.address
    told = installation.ask(address)
    assert told is not None
    worker, history = told.processes
    assert (worker.state, worker.lag, worker.in_flight) == ("running", 1234, None)
    assert history.state in {"restarting", "failing", "not_ready"}
    with urlopen(f"http://{address}/metrics") as answer:
        assert answer.status == 200
    assert "short_disks" in json.loads(installation.encoded(told))


def test_a_supervisor_that_is_not_there_tells_nothing() -> None:
    assert installation.ask(ports.any_free()) is None
