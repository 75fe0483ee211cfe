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
        installation=installation, broken=lambda _did: None, wait=lambda _seconds: None, healed=lambda: None
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


def test_a_rule_that_the_workers_ignore_fails_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == "rules")
    assert fault.after is not None
    row = {"cell": "990901001001001", "state": "raised", "rule": "flood", "at": 1, "limit": FLOOD_ON}
    seen = SimpleNamespace(findings={1: row})
    scene: Any = SimpleNamespace(
        seen=seen, speaking=["990901"], reader=SimpleNamespace(lock=nullcontext()), wait=lambda _seconds: None
    )
    monkeypatch.setattr(faults, "ADOPTED_S", 0.05)
    with pytest.raises(Failed, match="new level of the rule in 990901"):
        fault.after(scene)
    row["limit"] = faults.OTHER_FLOOD_ON
    fault.after(scene)
