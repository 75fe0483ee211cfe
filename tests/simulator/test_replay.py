import gzip
import os
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.mqtt import Subscriber
from simulator.recording import Recorded, Unreadable
from simulator.replay import Districts, Unsent, publish, read, run

ROOT = Path(__file__).parents[2]
REAL_DATA = Path(os.environ.get("CITYGRID_REAL_DATA", ROOT.parent / "shared" / "data"))
ROWS = "at,device,pm25_ugm3\n3000,a,3\n1000,b,1\n2000,a,\n1000,a,2\n"
Heard = list[tuple[str, bytes]]


def known(device: str) -> str | None:
    return {"a": "990101", "b": "990102"}.get(device)


@pytest.fixture
def listen(services: Any) -> Iterator[Callable[[str], Callable[[int], Heard]]]:
    opened: list[Subscriber] = []

    def start(pattern: str) -> Callable[[int], Heard]:
        heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        opened.append(Subscriber(services.mqtt, f"test-replay-{len(opened)}", [pattern], lambda *said: heard.put(said)))
        assert opened[-1].wait_subscribed(10)
        return lambda count: [heard.get(timeout=10) for _ in range(count)]

    yield start
    for one in opened:
        one.close()


@pytest.mark.integration
@pytest.mark.parametrize("packed", [False, True])
def test_a_recording_is_published_in_event_time_order(
    services: Any, listen: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], packed: bool
) -> None:
    file = tmp_path / ("rows.csv.gz" if packed else "rows.csv")
    file.write_bytes(gzip.compress(ROWS.encode()) if packed else ROWS.encode())
    heard = listen("citygrid/v1/+/telemetry/+")
    done = run(file=file, city=None, mqtt=services.mqtt, speed=None, district_of=known)
    assert [(topic.split("/")[2], payload) for topic, payload in heard(3)] == [
        ("990102", b'{"at":1000,"values":{"pm25_ugm3":1}}'),
        ("990101", b'{"at":1000,"values":{"pm25_ugm3":2}}'),
        ("990101", b'{"at":3000,"values":{"pm25_ugm3":3}}'),
    ]
    assert (done.messages, done.readings, done.unknown) == (3, 3, ())
    assert "Sent 3 messages with 3 readings" in capsys.readouterr().out


@pytest.mark.integration
def test_a_pace_holds_messages_back_as_long_as_they_were_apart(services: Any) -> None:
    recorded = [Recorded("test/pace", b"x", at, 1) for at in (0, 1000, 2000)]
    counted: list[int] = []
    begun = threading.Event()
    sent = publish(recorded, mqtt=services.mqtt, speed=10.0, advance=counted.append, stopped=begun)
    assert (sent, counted) == (3, [1, 1, 1])


@pytest.mark.integration
def test_a_replay_that_is_stopped_sends_no_more(services: Any) -> None:
    stopped = threading.Event()
    recorded = [Recorded("test/stop", b"x", at, 1) for at in (0, 0, 3_600_000)]

    def advance(_count: int) -> None:
        stopped.set()

    assert publish(recorded, mqtt=services.mqtt, speed=1.0, advance=advance, stopped=stopped) == 1


@pytest.mark.integration
def test_a_json_recording_is_published_as_it_is(services: Any, listen: Any, tmp_path: Path) -> None:
    file = tmp_path / "messages.ndjson"
    file.write_text('{"topic": "test/json/b", "payload": {"at": 2}}\n{"topic": "test/json/a", "payload": {"at": 1}}\n')
    heard = listen("test/json/+")
    run(file=file, city=None, mqtt=services.mqtt, speed=None)
    assert heard(2) == [("test/json/a", b'{"at": 1}'), ("test/json/b", b'{"at": 2}')]


@pytest.mark.integration
@pytest.mark.skipif(
    not (REAL_DATA / "beijing-air.csv.gz").exists(), reason="no beijing-air.csv.gz under CITYGRID_REAL_DATA"
)
def test_the_real_recording_has_all_its_messages_and_readings(services: Any) -> None:
    file = REAL_DATA / "beijing-air.csv.gz"
    done = run(file=file, city=ROOT / "examples" / "beijing-air", mqtt=services.mqtt, speed=None)
    assert (done.messages, done.readings, done.unknown) == (13_248, 144_800, ())


def test_without_a_broker_it_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.replay.CONNECT_SECONDS", 0.2)
    with pytest.raises(Unsent, match="does not answer"):
        publish(
            [Recorded("t", b"x", 1, 1)],
            mqtt="127.0.0.1:9",
            speed=None,
            advance=lambda _n: None,
            stopped=threading.Event(),
        )


def test_unknown_devices_go_to_the_first_district_and_are_counted() -> None:
    districts = Districts(known, "990101")
    assert [districts(one) for one in ("b", "x", "x", "y")] == ["990102", "990101", "990101", "990101"]
    assert districts.unknown == {"x": 2, "y": 1}


def test_without_a_city_unknown_devices_go_where_the_first_known_one_went() -> None:
    districts = Districts(known, None)
    assert [districts(one) for one in ("x", "b", "x")] == ["unknown", "990102", "990102"]


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b"\xff\xfe"), ("a.csv.gz", b"plain"), ("a.ndjson", b"{"), ("a.csv", b"x\n")]
)
def test_a_file_that_is_no_recording_is_named_with_the_reason(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=name):
        read(file, lambda _device: "990101")


def test_the_mark_that_spreadsheets_put_in_front_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(ROWS, encoding="utf-8-sig")
    assert len(read(file, lambda _device: "990101")) == 3


def test_the_readings_of_a_recording_are_spread_over_its_devices(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(ROWS)
    sent = read(file, lambda _device: "990101")
    assert Counter(one.topic.rsplit("/", 1)[-1] for one in sent) == {"a": 2, "b": 1}
