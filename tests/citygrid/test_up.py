"""Whole runs of `citygrid up`: one with the real brokers, the others with stand-ins; the stages only serve HTTP."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from city.registry import District
from citygrid.local import brokers, folder, ports, processes, records, stopping, up
from citygrid.local.children import Spec
from citygrid.local.stopping import Stopping
from citygrid.local.up import NoLedger, Order, Run
from citygrid.settings import Settings
from messages.ledger import DistrictSums, Ledger
from tests.citygrid.waiting import until

FAKE = Path(__file__).with_name("fake_stage.py")
LEDGER = Ledger(
    districts={"990101": DistrictSums(district="990101", received=7, accepted=7, windowed=7)},
    in_flight=0,
    balanced=True,
)
PAGE = json.dumps({"districts": {"990101": {"received": 7}}, "in_flight": 0, "balanced": True})


def fake(name: str, http: str, *pages: str) -> Spec:
    return Spec(name=name, command=(sys.executable, "-S", str(FAKE), http, *pages), http=http)


@pytest.fixture
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(_data: Path, *, kafka_at: str, mqtt_at: str) -> list[Spec]:
        return [stand_in("kafka", kafka_at), stand_in("mosquitto", mqtt_at)]

    monkeypatch.setattr(brokers, "prepare", prepare)


def stand_in(name: str, address: str) -> Spec:
    command = (sys.executable, "-S", str(FAKE), address)
    return Spec(name=name, command=command, answers=lambda pid: ports.answered_by(pid, address))


@pytest.fixture(autouse=True)
def fake_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    def stages(settings: Settings, _districts: Sequence[District] = (), *, supervisor: str) -> list[Spec]:
        assert supervisor
        return [
            fake("gateway-1", ports.any_free()),
            fake(processes.OPERATIONS, settings.http, f"/api/v1/ledger={PAGE}"),
        ]

    monkeypatch.setattr(processes, "stages", stages)
    monkeypatch.setattr(processes, "simulator", lambda _settings: fake(processes.SIMULATOR, ports.any_free()))
    monkeypatch.setattr(up, "LINE_EVERY_MS", 200)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, kafka=ports.any_free(), mqtt=ports.any_free(), http=ports.any_free())


@pytest.fixture
def asked() -> Iterator[Stopping]:
    with stopping.listening() as asked:
        yield asked


def run(
    settings: Settings,
    asked: Stopping,
    *,
    seconds: float | None = 0.5,
    register: Callable[[Settings], str] = str,
    **more: Any,
) -> Any:
    order = Order(settings=settings, seconds=seconds, simulator=more.get("simulator", True), notes=[])
    with folder.held(settings.data_dir):
        return Run(order, asked, register).run(more.get("read_ledger", lambda _settings: LEDGER))


def when(happened: Callable[[], object], then: Callable[[], object]) -> threading.Thread:
    def work() -> None:
        until(happened)
        then()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def nothing_is_left(settings: Settings) -> bool:
    mine = [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(settings.data_dir) in " ".join(process.info["cmdline"] or ())
    ]
    return not mine and records.processes(settings.data_dir) == {}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


@pytest.mark.integration
def test_it_runs_for_the_time_it_was_given_and_ends_with_the_ledger(
    settings: Settings, asked: Stopping, capsys: pytest.CaptureFixture[str]
) -> None:
    registered: list[str] = []
    found = run(settings, asked, seconds=2.0, register=lambda s: registered.append(s.kafka) or "")
    assert found == LEDGER
    assert registered == [settings.kafka]
    assert nothing_is_left(settings)
    last = lines(capsys)[-1]
    assert set(last["processes"]) == {"kafka", "mosquitto", "gateway-1", "operations", "simulator"}
    assert (last["received"], last["balanced"], last["http"]) == (7, True, f"http://{settings.http}")


@pytest.mark.usefixtures("stand_ins")
def test_the_records_tell_every_pid_and_address_while_it_runs(settings: Settings, asked: Stopping) -> None:
    seen: list[tuple[Any, Any]] = []

    def look() -> None:
        seen.append((records.installation(settings.data_dir), records.processes(settings.data_dir)))
        os.kill(os.getpid(), signal.SIGTERM)

    watching = when(lambda: processes.SIMULATOR in records.processes(settings.data_dir), look)
    run(settings, asked, seconds=None)
    watching.join()
    installation, found = seen[0]
    assert (installation.kafka, installation.mqtt, installation.http) == (
        settings.kafka,
        settings.mqtt,
        f"http://{settings.http}",
    )
    assert installation.supervisor.pid == os.getpid()
    assert set(found) == {"kafka", "mosquitto", "gateway-1", "operations", "simulator"}


@pytest.mark.usefixtures("stand_ins")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_and_still_gives_the_ledger(settings: Settings, asked: Stopping, number: int) -> None:
    ending = when(
        lambda: processes.SIMULATOR in records.processes(settings.data_dir), lambda: os.kill(os.getpid(), number)
    )
    assert run(settings, asked, seconds=None) == LEDGER
    ending.join()
    assert asked.times == 1
    assert nothing_is_left(settings)


@pytest.mark.usefixtures("stand_ins")
def test_without_a_simulator_none_is_started(
    settings: Settings, asked: Stopping, capsys: pytest.CaptureFixture[str]
) -> None:
    run(settings, asked, simulator=False)
    assert all("simulator" not in line["processes"] for line in lines(capsys))


@pytest.mark.usefixtures("stand_ins")
def test_what_registering_raises_comes_out_with_nothing_left_running(settings: Settings, asked: Stopping) -> None:
    def refuse(_settings: Settings) -> str:
        raise ValueError("the city has a mistake")

    with pytest.raises(ValueError, match="the city has a mistake"):
        run(settings, asked, register=refuse)
    assert nothing_is_left(settings)


@pytest.mark.usefixtures("stand_ins")
def test_a_ledger_that_takes_too_long_is_not_waited_for(
    settings: Settings, asked: Stopping, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    monkeypatch.setattr(up, "LEDGER_S", 0.1)
    found = run(settings, asked, read_ledger=lambda _settings: never.wait(30))
    assert found == NoLedger("Kafka did not give it within 0.1 s")
    never.set()
    assert nothing_is_left(settings)


@pytest.mark.usefixtures("stand_ins")
def test_a_ledger_that_cannot_be_read_is_a_sentence_and_no_traceback(settings: Settings, asked: Stopping) -> None:
    def broken(_settings: Settings) -> Ledger:
        raise ConnectionError("Kafka went away")

    assert run(settings, asked, read_ledger=broken) == NoLedger("ConnectionError: Kafka went away")


@pytest.mark.usefixtures("stand_ins")
def test_a_signal_before_the_brokers_are_up_ends_it_too(settings: Settings, asked: Stopping) -> None:
    asked.times = 1
    run(settings, asked, seconds=None, register=lambda _settings: pytest.fail("too late to register"))
    assert nothing_is_left(settings)


def test_the_exit_status_is_0_only_if_the_ledger_balances(capsys: pytest.CaptureFixture[str]) -> None:
    assert up.show_ledger(LEDGER) == 0
    assert up.show_ledger(Ledger(districts={}, in_flight=0, balanced=False)) == 1
    assert up.show_ledger(Ledger(districts={}, in_flight=2, balanced=True)) == 1
    assert up.show_ledger(NoLedger("Kafka is away")) == 1
    assert "there is no ledger to end with: Kafka is away." in capsys.readouterr().err
