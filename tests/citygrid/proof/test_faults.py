from pathlib import Path

from click.testing import CliRunner

from citygrid.main import main
from citygrid.proof.faults import FAULTS


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
