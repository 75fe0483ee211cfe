import signal
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from citygrid.main import main
from citygrid.proof import faults
from citygrid.proof.faults import FAULTS
from citygrid.proof.installation import Failed
from citygrid.proof.rows import Row
from citygrid.proof.town import FLOOD_ON


def test_the_faults_have_names_of_their_own_and_the_first_is_none_at_all() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert FAULTS[0].name == "none"


def test_the_quick_proof_kills_each_process_at_least_once() -> None:
    quick = {fault.name for fault in FAULTS if fault.quick}

    assert {"gateway", "worker", "kafka", "operations", "history", "mosquitto", "everything"} <= quick


def test_the_command_lists_them_all() -> None:
    listed = CliRunner().invoke(main, ["proof", "--list"])

    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.output.splitlines()] == [fault.name for fault in FAULTS]


def test_an_unknown_fault_is_refused_before_anything_starts() -> None:
    asked = CliRunner().invoke(main, ["proof", "--only", "earthquake"])

    assert asked.exit_code == 2
    assert "there is no fault earthquake" in asked.output


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()

    asked = CliRunner().invoke(main, ["proof", "--data-dir", str(tmp_path)])

    assert asked.exit_code == 2
    assert "not empty" in asked.output


@pytest.mark.parametrize("name", ["garbage", "thrice", "clocks"])
def test_a_load_that_was_never_spoilt_fails_the_line(name: str) -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    scene: Any = SimpleNamespace(
        load=SimpleNamespace(),
        quick=True,
        row=Row(name=name, title="", began_at=1, broken_at=1),
        publisher=SimpleNamespace(sent=[]),
        broken=lambda _did: None,
        wait=lambda _seconds: None,
        healed=lambda: None,
        saw=lambda _sentence: None,
    )

    with pytest.raises(Failed, match="was sent"):
        fault.strike(scene)


def test_a_stalled_link_that_lets_something_pass_fails_the_line_and_is_healed() -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == "link")
    healed: list[bool] = []
    link = SimpleNamespace(connections=2, passed=0, cut=list, stall=list, heal=lambda: healed.append(True))
    scene: Any = SimpleNamespace(
        installation=SimpleNamespace(link=link),
        quick=False,
        broken=lambda _did: None,
        wait=lambda _seconds: vars(link).update(passed=link.passed + 1),
        wait_noticed=lambda _name, _seconds: None,
        healed=lambda: None,
        saw=lambda _sentence: None,
    )

    with pytest.raises(Failed, match="bytes passed"):
        fault.strike(scene)

    assert healed == [True, True]


def no_room(monkeypatch: pytest.MonkeyPatch, *sizes: int) -> Any:
    """A scene in which the gateways' logs have these sizes whenever they are looked at."""
    seen = iter(sizes)
    monkeypatch.setattr(
        faults, "_logged", lambda _scene: dict.fromkeys([("gateway-1", 1), ("gateway-2", 2)], next(seen))
    )
    installation = SimpleNamespace(link=SimpleNamespace(cut=list, heal=list), no_room=lambda _name: list)
    return SimpleNamespace(
        installation=installation,
        broken=lambda _did: None,
        wait=lambda _seconds: None,
        healed=lambda: None,
        saw=lambda _sentence: None,
    )


@pytest.mark.parametrize(
    ("sizes", "told"), [((100, 150, 200), "grew"), ((100, 100, 100), "says nothing")], ids=["room", "silent"]
)
def test_a_full_disk_that_hit_no_gateway_fails_the_line(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], told: str
) -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == "gateway-full")
    with pytest.raises(Failed, match=told):
        fault.strike(no_room(monkeypatch, *sizes))


def test_a_full_disk_in_which_the_logs_stood_still_has_hit_the_gateways(monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == "gateway-full")
    fault.strike(no_room(monkeypatch, 100, 100, 150))


def scene_of(name: str, **installation: Any) -> Any:
    """A scene whose time passes at once and in which nothing happens but what the installation says."""
    row = Row(name=name, title="", began_at=1)
    return SimpleNamespace(
        installation=SimpleNamespace(**installation),
        quick=False,
        row=row,
        broken=lambda _did: None,
        wait=lambda _seconds: None,
        healed=lambda: None,
        saw=row.evidence.append,
    )


def struck(name: str, scene: Any) -> list[str]:
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    fault.strike(scene)
    return [str(sentence) for sentence in scene.row.evidence]


def test_no_fault_is_none_only_while_every_process_stays() -> None:
    assert struck("none", scene_of("none", pids=lambda: {"kafka": 1})) == ["1 processes are the same as before"]
    turns = iter(({"kafka": 1}, {"kafka": 2}))
    with pytest.raises(Failed, match="not every process is the same"):
        struck("none", scene_of("none", pids=lambda: next(turns)))


EVERYBODY = {"kafka": 1, "mosquitto": 2}


def everything(after: dict[str, int], before: dict[str, int] = EVERYBODY) -> Any:
    turns = iter((before, after))
    return scene_of(
        "everything",
        crowd=SimpleNamespace(names=set(EVERYBODY)),
        pids=lambda: next(turns),
        kill_all=lambda: list(before.values()),
        start=lambda: None,
    )


def test_everything_was_killed_only_if_all_of_it_ran_and_all_of_it_is_new() -> None:
    assert struck("everything", everything({"kafka": 3, "mosquitto": 4})) == [
        "2 processes were replaced: kafka, mosquitto"
    ]
    with pytest.raises(Failed, match="kafka is the same process as before"):
        struck("everything", everything({"kafka": 1, "mosquitto": 4}))
    with pytest.raises(Failed, match="mosquitto did not run"):
        struck("everything", everything({}, {"kafka": 1}))


@pytest.mark.parametrize("answers", [0, 1])
def test_a_stopped_broker_that_acknowledges_something_fails_the_line_and_goes_on(answers: int) -> None:
    signals: list[int] = []
    scene = scene_of("mosquitto-stopped", signal=lambda _name, what: signals.append(what))
    scene.publisher = SimpleNamespace(acked=5)
    scene.wait_noticed = lambda _name, _seconds: vars(scene.publisher).update(acked=5 + answers)
    with pytest.raises(Failed, match="1 messages were acknowledged") if answers else nullcontext():
        assert struck("mosquitto-stopped", scene) == ["no message was acknowledged for 12 s"]
    assert signals == [signal.SIGSTOP, signal.SIGCONT]


@pytest.mark.parametrize("ready", ["kafka", "gateway-2"])
def test_kafka_was_not_away_where_it_or_a_gateway_was_ready_meanwhile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ready: str
) -> None:
    clock = iter(range(0, 10_000_000, 1000))
    monkeypatch.setattr(faults, "elapsed_ms", lambda: next(clock))
    waiting = {"kafka", "gateway-1", "gateway-2", "history"}
    scene = scene_of("kafka-away", data=tmp_path, not_ready=lambda: dict.fromkeys(waiting, "it waits"))
    assert "neither Kafka nor a gateway was ready at" in struck("kafka-away", scene)[0]
    waiting.remove(ready)
    with pytest.raises(Failed, match=f"{ready} was ready while Kafka was to be away"):
        struck("kafka-away", scene)


def test_copies_that_the_log_never_saw_fail_the_line() -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == "thrice")
    assert fault.after is not None
    scene = scene_of("thrice")
    arrived = SimpleNamespace(times=3)
    scene.publisher = SimpleNamespace(sent=[SimpleNamespace(sent_at=5, device="a", seq=1)])
    scene.reader = SimpleNamespace(lock=nullcontext())
    scene.seen = SimpleNamespace(arrived={("a", 1): arrived})
    scene.row.broken_at, scene.row.healed_at = 1, 9
    fault.after(scene)
    assert scene.row.evidence == ["1 messages are 3 times in the log"]
    arrived.times = 2
    with pytest.raises(Failed, match="no message of that time is 3 times"):
        fault.after(scene)


def test_a_rule_that_the_workers_ignore_fails_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == "rules")
    assert fault.after is not None
    row = {"cell": "990901001001001", "state": "raised", "rule": "flood", "at": 1, "limit": FLOOD_ON}
    seen = SimpleNamespace(findings={1: row})
    scene: Any = SimpleNamespace(
        seen=seen,
        speaking=["990901"],
        reader=SimpleNamespace(lock=nullcontext()),
        wait=lambda _seconds: None,
        saw=lambda _sentence: None,
    )
    monkeypatch.setattr(faults, "ADOPTED_S", 0.05)
    with pytest.raises(Failed, match="new level of the rule in 990901"):
        fault.after(scene)
    row["limit"] = faults.OTHER_FLOOD_ON
    fault.after(scene)
