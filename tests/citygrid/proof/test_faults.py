from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from citygrid.main import main
from citygrid.proof.faults import FAULTS
from citygrid.proof.installation import Failed
from citygrid.proof.rows import Row


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
