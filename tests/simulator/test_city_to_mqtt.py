import json
import queue
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from adapters.mqtt import Publisher, Subscriber
from simulator.city_to_mqtt import NoCity, play, registry_of
from simulator.noise import fraction
from tests.simulator.builders import DISTRICT, code, small_city

ROOT = Path(__file__).parents[2]


def free_address() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return f"127.0.0.1:{taken.getsockname()[1]}"


def truths(folder: Path) -> list[dict[str, Any]]:
    file = folder / "truth.ndjson"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.integration
def test_a_city_is_played_until_it_is_stopped_and_its_workers_answer(services: Any, tmp_path: Path) -> None:
    heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
    phones = Subscriber(
        services.mqtt, "test-city-listener", [f"citygrid/v1/{DISTRICT}/#"], lambda *said: heard.put(said)
    )
    assert phones.wait_subscribed(10)
    stopped = threading.Event()
    keywords: dict[str, Any] = {"mqtt": services.mqtt, "data_dir": tmp_path, "rate": 500.0, "seed": 7, "http": None}
    playing = threading.Thread(target=play, args=(small_city(),), kwargs=keywords | {"stopped": stopped})
    playing.start()
    try:
        _offer(services.mqtt)
        kinds: dict[str, int] = {}
        while "replies" not in kinds:
            kind = heard.get(timeout=30)[0].split("/")[3]
            kinds[kind] = kinds.get(kind, 0) + 1
    finally:
        stopped.set()
        playing.join(10)
        phones.close()
    assert not playing.is_alive()
    assert kinds["telemetry"] > 100
    assert {"status", "positions"} <= set(kinds)
    assert [line["seed"] for line in truths(tmp_path) if "run" in line] == [7]


def _offer(mqtt: str) -> None:
    names = (f"{DISTRICT}-city-t{one}" for one in range(1000))
    task = next(one for one in names if fraction(one, "decision") > 0.2)
    body = {"id": task, "class": "E0506", "cell": code(3), "position": {"lon": 111.3, "lat": 30.7}, "state": "offered"}
    office = Publisher(mqtt, "test-city-office")
    office.publish(f"citygrid/v1/{DISTRICT}/tasks/w1/{task}", json.dumps(body).encode(), retain=True)
    assert office.wait_below(1, 10)
    assert office.close() == 0


@pytest.mark.integration
def test_as_a_process_it_tells_how_it_is_and_ends_soon_after_sigterm(services: Any, tmp_path: Path) -> None:
    http = free_address()
    program = (
        "import sys; from pathlib import Path; from adapters import logs; from simulator import run; logs.start('simulator'); "
        "run(city=Path(sys.argv[1]), mqtt=sys.argv[2], data_dir=Path(sys.argv[3]), rate=200, seed=1, http=sys.argv[4])"
    )
    arguments = [str(ROOT / "examples" / "demo"), services.mqtt, str(tmp_path), http]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert any("playing" in line for line in process.stderr), "it ended before it played"
            with urlopen(f"http://{http}/metrics", timeout=5) as answer:
                assert b"citygrid_simulator_messages_total" in answer.read()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=5)
        finally:
            process.kill()
    assert process.returncode == 0


def test_a_folder_with_mistakes_is_refused_with_the_first_of_them(tmp_path: Path) -> None:
    with pytest.raises(NoCity, match="citygrid check"):
        registry_of(tmp_path)
