"""The set-up script, run in a small imitation of a machine: every outside program is a script that notes how it was called."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSED_ON = (
    "sh",
    "cat",
    "cksum",
    "rm",
    "grep",
    "tail",
    "df",
    "awk",
    "dirname",
    "id",
    "env",
    "mkdir",
    "chmod",
    "touch",
    "ln",
)


class Machine:
    """A folder that looks like a fresh clone, and a PATH with only what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.bin, self.calls = folder / "clone", folder / "bin", folder / "calls"
        (self.clone / "citygrid" / "local").mkdir(parents=True)
        for name in ("requirements.lock", "pyproject.toml", "citygrid/local/kafka.lock", "citygrid/local/setup.sh"):
            shutil.copy(ROOT / name, self.clone / name)
        self.bin.mkdir()
        for name in PASSED_ON:
            (self.bin / name).symlink_to(shutil.which(name) or f"/bin/{name}")
        self.calls.touch()
        self.has("df", "echo h; echo 'd 1 1 90000000 1% /'")
        self.has("id", "echo 1000")
        self.has("python3", self.python())

    def python(self, *, venv: str = "true") -> str:
        """A Python whose `-m venv` makes a folder with itself in it."""
        return f"""
case "$*" in
  *version_info\\[:2\\]*) echo 3.12 ;;
  *version_info*) exit 0 ;;
  *ensurepip*) {venv} ;;
  --version) echo "Python 3.12.1" ;;
  "-m venv"*) mkdir -p "$4/bin" && ln -sf "{self.bin}/python3" "$4/bin/python" ;;
esac
"""

    def has(self, name: str, script: str = "") -> None:
        """Gives the machine a program that notes its call and then does `script`."""
        program = self.bin / name
        program.unlink(missing_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.calls}\n{script}\n')
        program.chmod(0o755)

    def looks_only_on_path(self, systemd: str = "/nowhere") -> None:
        """Lets the script forget the folders beside PATH, where the machine under the test may have a Mosquitto."""
        script = self.clone / "citygrid/local/setup.sh"
        text = script.read_text().replace("/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin", "/nowhere")
        script.write_text(text.replace("/run/systemd/system", systemd))

    def installing_mosquitto(self) -> str:
        """An apt-get that notes the run level and installs a Mosquitto."""
        program = self.bin / "mosquitto"
        install = f'echo "level $RUNLEVEL" >>{self.calls}; touch {program}; chmod +x {program}'
        return f'case "$*" in *mosquitto*) {install} ;; esac'

    def setup(self, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs the script, and forgets the calls of the run before."""
        self.calls.write_text("")
        return subprocess.run(
            ["/bin/sh", str(self.clone / "citygrid/local/setup.sh")],
            env={"PATH": str(self.bin), "TMPDIR": str(self.calls.parent), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self, part: str) -> bool:
        """Whether a call with this in it was noted."""
        return part in self.calls.read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    return line


def test_a_fresh_clone_is_made_ready(machine: Machine) -> None:
    machine.has("mosquitto")
    done = machine.setup()
    assert done.returncode == 0, done.stderr
    assert "ready: 'make up' starts the demonstration city" in done.stdout
    assert machine.called("-m pip install --disable-pip-version-check --no-input --require-hashes -r requirements.lock")
    assert machine.called("--no-build-isolation -e .")
    assert machine.called("-m citygrid.local.jars")


def test_the_second_time_nothing_is_installed_again(machine: Machine) -> None:
    machine.has("mosquitto")
    machine.setup()
    done = machine.setup()
    assert (done.returncode, done.stdout) == (0, "")
    assert not machine.called("pip install")


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml", "citygrid/local/kafka.lock"])
def test_a_changed_lock_is_installed_again(machine: Machine, changed: str) -> None:
    machine.has("mosquitto")
    machine.setup()
    with (machine.clone / changed).open("a") as file:
        file.write("# changed\n")
    assert machine.setup().returncode == 0
    assert machine.called("pip install")


def test_a_broker_that_cannot_be_had_is_told_before_anything_large_is_fetched(machine: Machine) -> None:
    machine.looks_only_on_path()
    machine.has("apt-get")
    assert "ask an administrator for 'apt-get install mosquitto'" in refused(machine.setup())
    assert not machine.called("pip install")


def test_without_a_new_enough_python_it_says_what_to_do(machine: Machine) -> None:
    machine.has("python3", "exit 1")
    assert refused(machine.setup()).startswith("setup: Python 3.11 or newer was not found: install it")


def test_a_python_may_be_named(machine: Machine) -> None:
    machine.has("mosquitto")
    machine.has("python3", "exit 1")
    machine.has("mine", machine.python().replace("/python3", "/mine"))
    assert machine.setup({"PYTHON": "mine"}).returncode == 0
    assert machine.called("mine -m venv")


def test_what_python_lacks_is_installed_as_root(machine: Machine) -> None:
    machine.has("mosquitto")
    machine.has("id", "echo 0")
    machine.has("python3", machine.python(venv="false"))
    machine.has("apt-get")
    assert machine.setup().returncode == 0
    assert machine.called("python3.12-venv")


def test_without_root_and_sudo_it_says_whom_to_ask(machine: Machine) -> None:
    machine.has("python3", machine.python(venv="false"))
    machine.has("apt-get")
    assert refused(machine.setup()) == (
        "setup: python3.12-venv is missing and this user may not install it: "
        "ask an administrator for 'apt-get install python3.12-venv' and run it again."
    )


def test_on_a_system_without_apt_it_says_what_is_missing(machine: Machine) -> None:
    machine.has("python3", machine.python(venv="false"))
    assert "this system has no apt-get: install python3.12-venv" in refused(machine.setup())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Temporary failure in name resolution", "because the network did not answer"),
        ("OSError: [Errno 28] No space left on device", "because the disk is full: free 2 GB"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "a package is not the one that was pinned"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "this user may not write there"),
        ("something odd", "failed: something odd"),
    ],
)
def test_a_failed_installation_ends_in_one_sentence(machine: Machine, said: str, told: str) -> None:
    machine.has("mosquitto")
    fails = f'case "$*" in *require-hashes*) echo "{said}"; exit 1 ;; esac\n'
    machine.has("python3", fails + machine.python())
    line = refused(machine.setup())
    assert line.startswith("setup: Installing the Python packages failed")
    assert told in line


def test_after_a_failure_the_next_run_begins_again(machine: Machine) -> None:
    machine.has("mosquitto")
    machine.has("python3", 'case "$*" in *require-hashes*) exit 1 ;; esac\n' + machine.python())
    machine.setup()
    machine.has("python3", machine.python())
    assert machine.setup().returncode == 0
    assert machine.called("pip install")


def test_a_disk_that_is_nearly_full_is_told_before_anything_is_done(machine: Machine) -> None:
    machine.has("df", "echo h; echo 'd 1 1 20480 1% /'")
    assert refused(machine.setup()).startswith("setup: The disk has only 20 MB free here")
    assert not machine.called("venv")


def test_jars_that_cannot_be_had_end_it_with_their_own_sentence(machine: Machine) -> None:
    machine.has("mosquitto")
    fails = 'case "$*" in *local.jars*) echo "setup: no network" >&2; exit 1 ;; esac\n'
    machine.has("python3", fails + machine.python())
    assert refused(machine.setup()) == "setup: no network"


def test_a_missing_mosquitto_is_installed_with_its_service_kept_from_starting(machine: Machine) -> None:
    machine.looks_only_on_path()
    machine.has("id", "echo 0")
    machine.has("apt-get", machine.installing_mosquitto())
    assert machine.setup().returncode == 0
    assert machine.called("level 1")
    assert not machine.called("systemctl")


def test_a_machine_with_systemd_has_the_service_masked_meanwhile_and_left_switched_off(machine: Machine) -> None:
    machine.looks_only_on_path(systemd="/")
    machine.has("id", "echo 0")
    machine.has("systemctl")
    machine.has("apt-get", machine.installing_mosquitto())
    done = machine.setup()
    assert done.returncode == 0
    order = [line for line in machine.calls.read_text().splitlines() if line.startswith(("systemctl", "level"))]
    assert order == [
        "systemctl mask mosquitto.service",
        "level 1",
        "systemctl unmask mosquitto.service",
        "systemctl disable mosquitto.service",
    ]
    assert "left switched off" in done.stdout


def test_a_mosquitto_service_is_unmasked_also_when_the_installation_failed(machine: Machine) -> None:
    machine.looks_only_on_path(systemd="/")
    machine.has("id", "echo 0")
    machine.has("systemctl")
    machine.has("apt-get", 'case "$*" in *mosquitto*) echo "E: Could not get lock"; exit 100 ;; esac')
    assert "Installing mosquitto failed: E: Could not get lock" in refused(machine.setup())
    assert machine.called("systemctl unmask mosquitto.service")
    assert not machine.called("systemctl disable")


def test_the_lock_names_versions_and_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#", "-"))]
    assert pinned
    assert all("==" in line and line.endswith("\\") for line in pinned)


def test_the_jars_are_pinned_by_version_and_hash_and_no_address() -> None:
    lines = (ROOT / "citygrid/local/kafka.lock").read_text().splitlines()
    assert any(line.startswith("org.apache.kafka:kafka_2.13:4.1.0 ") for line in lines)
    assert all(line.count(":") == 3 and len(line.split("sha256:")[1]) == 64 for line in lines)


def test_the_script_is_plain_sh() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    checked = subprocess.run(["/bin/sh", "-n", str(ROOT / "citygrid/local/setup.sh")], check=False)
    assert checked.returncode == 0
