import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from adapters import health, kafka_registry
from adapters.installation import ProcessStanding, Standing
from city.registry import Registry
from citygrid.local import folder, ports, records
from citygrid.local.records import Installation, Process
from citygrid.main import COMMANDS, main
from messages.rejects import Reason
from messages.topics import TOPICS

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = (
    "up",
    "gateway",
    "worker",
    "operations",
    "history",
    "simulate",
    "replay",
    "status",
    "ledger",
    "topics",
    "rejects",
    "check",
    "import",
    "apply",
    "reset",
    "worker-link",
    "proof",
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("CITYGRID_"):
            monkeypatch.delenv(name)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Installation]:
    """An installation on the default data folder of which this process is everything."""
    me = Process(name="supervisor", pid=os.getpid(), born=records.born(os.getpid()) or 0.0)
    server = health.serve("127.0.0.1:0", list)
    with socket.create_server(("127.0.0.1", 0)) as broker, folder.held(tmp_path / ".citygrid"):
        address = f"127.0.0.1:{broker.getsockname()[1]}"
        installation = Installation(
            supervisor=me, mqtt=address, kafka=ports.any_free(), http=f"http://{server.address}", partitions=4, city="x"
        )
        records.write_installation(tmp_path / ".citygrid", installation)
        for name, http in (
            ("mosquitto", None),
            ("kafka", None),
            ("gateway-1", server.address),
            ("history", ports.any_free()),
        ):
            records.write_process(tmp_path / ".citygrid", Process(name=name, pid=me.pid, born=me.born, http=http))
        yield installation
    server.close()


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def refused(*arguments: str) -> str:
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.stderr
    return result.stderr


def test_the_commands_are_those_of_the_contract() -> None:
    assert set(COMMANDS) == set(CONTRACT)
    assert all(f"  {name} " in call("--help").stdout for name in CONTRACT)


def test_the_list_of_commands_is_not_cut_on_a_terminal_of_eighty_columns() -> None:
    commands = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout.split("Commands:")[1]
    assert "..." not in commands


@pytest.mark.parametrize("name", CONTRACT)
def test_every_command_has_help_that_says_what_it_does(name: str) -> None:
    result = call(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {name}")
    assert "--data-dir" in result.stdout or name in {"check", "import", "topics"}


def test_the_installed_command_and_the_module_are_the_same() -> None:
    done = subprocess.run([sys.executable, "-m", "citygrid", "--version"], capture_output=True, text=True, check=True)
    assert "0.1.0" in done.stdout


def test_asking_for_help_does_not_load_what_runs_the_city() -> None:
    program = "import sys; from citygrid.main import main; main(['worker', '--help'], standalone_mode=False); print('faust' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_a_wrong_setting_ends_any_command_with_all_mistakes(tmp_path: Path) -> None:
    (tmp_path / "citygrid.toml").write_text("kafak = 1\n")
    told = refused("status", "--data-dir", "")
    assert "citygrid.toml, line 1: there is no setting kafak; did you mean kafka?" in told
    assert "--data-dir: " in told


def test_status_of_nothing_is_told_with_exit_status_1(tmp_path: Path) -> None:
    result = call("status")
    assert result.exit_code == 1
    assert result.stdout == f"Nothing runs on {tmp_path / '.citygrid'}; `citygrid up` starts everything.\n"
    assert json.loads(call("status", "--json").stdout)["processes"] == {}


def test_status_tells_the_addresses_in_force_and_each_process(
    runs: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citygrid.commands.status.mqtt_answers", lambda address: address == runs.mqtt)
    result = call("status", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["mqtt"], told["kafka"], told["http"], told["data"]) == (
        runs.mqtt,
        runs.kafka,
        runs.http,
        str(tmp_path / ".citygrid"),
    )
    assert told["processes"]["mosquitto"] == {"pid": os.getpid(), "ready": True}
    assert told["processes"]["kafka"]["ready"] is False
    assert told["processes"]["gateway-1"] == {"pid": os.getpid(), "ready": True, "http": runs.http}
    assert told["processes"]["history"]["reason"] == "it does not answer yet"


def test_status_for_people_names_each_process_in_a_line(runs: Installation) -> None:
    told = call("status").stdout
    assert f"page       {runs.http}" in told
    assert "history    pid" in told
    assert "not ready: it does not answer yet" in told


def test_status_tells_of_a_process_that_fails_with_its_last_words_and_of_one_that_lags(
    runs: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = ProcessStanding(name="worker-1", state="failing", restarts=7, reason="out of luck")
    braked = ProcessStanding(name="gateway-1", state="running", pid=1, restarts=2, in_flight=5000, braked=True)
    standing = Standing(at=1, processes=[braked, failing], short_disks=[])
    monkeypatch.setattr("adapters.installation.ask", lambda _address: standing)
    records.write_installation(Path(".citygrid"), replace(runs, supervisor=replace(runs.supervisor, http="x:1")))
    told = json.loads(call("status", "--json").stdout)
    assert told["not_running"] == {"worker-1": {"state": "failing", "restarts": 7, "reason": "out of luck"}}
    assert told["processes"]["gateway-1"]["braked"] is True
    shown = call("status").stdout
    assert "failing      restarted 7×: out of luck" in shown
    assert "restarted 2× (5,000 messages in flight, reading held back)" in shown


@pytest.mark.parametrize("reason", list(Reason))
def test_rejects_are_asked_for_by_the_reasons_of_the_contract(runs: Installation, reason: Reason) -> None:
    assert f"Kafka does not answer at {runs.kafka}" in refused("rejects", "--reason", reason.value)


@pytest.mark.parametrize("arguments", [("ledger",), ("rejects",), ("apply", str(ROOT / "examples" / "beijing-air"))])
def test_a_command_that_needs_kafka_says_where_it_looked(runs: Installation, arguments: tuple[str, ...]) -> None:
    assert f"Kafka does not answer at {runs.kafka}" in refused(*arguments)


def test_an_address_that_was_chosen_goes_before_the_running_one(runs: Installation) -> None:
    other = ports.any_free()
    assert f"Kafka does not answer at {other}" in refused("ledger", "--kafka", other)
    assert runs.kafka != other


def test_topics_is_the_map() -> None:
    markdown = call("topics", "--markdown").stdout
    assert all(topic.name in markdown for topic in TOPICS)
    assert call("topics").exit_code == 0


def test_check_finds_nothing_wrong_with_the_demonstration_city() -> None:
    result = call("check", str(ROOT / "examples" / "demo"))
    assert result.exit_code == 0, result.stderr
    assert "2,000 cells, 3,000 devices, 200 workers" in result.stdout


def test_check_names_every_mistake_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "city.toml").write_text('code = "9901"\n')
    told = refused("check", str(tmp_path / "broken"))
    assert "mistakes:" in told
    assert "city.toml:1" in told


def test_check_of_a_folder_that_is_not_there_is_a_sentence() -> None:
    assert "there is no city's folder nowhere" in refused("check", "nowhere")


def test_the_demonstration_city_is_found_from_any_folder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = f"127.0.0.1:{listener.getsockname()[1]}"
        assert f"{taken}, which is set for Kafka, is in use by another program" in refused("up", "--kafka", taken)


def test_up_without_the_city_it_was_told_is_a_sentence() -> None:
    assert "there is no city's folder nowhere: name one with --city DIR." in refused("up", "--city", "nowhere")


@pytest.mark.parametrize("span", ["soon", "-5s", "5 days"])
def test_a_time_span_that_is_none_is_told(span: str) -> None:
    assert "is no time span: write 60s, 5m or 1h." in refused("up", "--for", span)


def test_a_second_up_on_the_same_folder_is_a_sentence(runs: Installation) -> None:
    told = refused("up", "--city", str(ROOT / "examples" / "demo"))
    assert f"citygrid already runs on .citygrid (process {os.getpid()}, {runs.http})" in told


def test_reset_forgets_and_says_so() -> None:
    assert call("reset").stdout == "There is nothing in .citygrid to forget.\n"
    with folder.held(Path(".citygrid")):
        pass
    assert call("reset").stdout == ".citygrid is forgotten.\n"
    assert not Path(".citygrid").exists()


@pytest.mark.usefixtures("runs")
def test_reset_while_something_runs_is_refused() -> None:
    assert "still runs on .citygrid" in refused("reset")


def test_replay_without_a_broker_says_where_it_looked(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("at,device\n")
    address = ports.any_free()
    assert f"the MQTT broker does not answer at {address}" in refused("replay", "x.csv", "--mqtt", address)


def test_a_worker_link_opens_the_worker_page_with_a_token(runs: Installation) -> None:
    told = call("worker-link", "w990101-01").stdout
    assert told.startswith(f"{runs.http}/worker?token=w990101-01.")
    assert call("worker-link", "w990101-01").stdout == told


def test_a_worker_link_for_nobody_is_refused_where_the_city_is_known(
    runs: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_registry, "load", lambda _kafka: Registry())
    assert "there is no worker w1 in this city." in refused("worker-link", "w1", "--kafka", runs.mqtt)


@pytest.mark.usefixtures("runs")
def test_a_second_process_of_the_same_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citygrid.process.os.getpid", lambda: 1)
    told = refused("history")
    assert "history runs already on .citygrid (process" in told
    assert "another --name" in told


def test_a_process_whose_kafka_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citygrid.process.PATIENCE_MS", 0)
    address = ports.any_free()
    assert f"Kafka does not answer at {address}: start it (`citygrid up` does)" in refused("worker", "--kafka", address)
