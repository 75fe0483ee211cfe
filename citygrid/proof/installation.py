"""The installation that the proof runs and breaks: the ordinary `citygrid up` with a data folder of its own, and the ways to hurt its processes."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from adapters.clock import elapsed_ms
from citygrid import settings
from citygrid.commands.status import read
from citygrid.local import child, ports, records
from citygrid.proof.link import Relay
from citygrid.settings import Settings

GLANCE_S = 0.2
START_S, READY_S, GONE_S = 180, 180, 30


class Failed(Exception):
    """The proof could not do what it set out to do: that is a failure of the row, never passed over."""


class Crowd(Struct, frozen=True):
    """How many gateways and workers there are."""

    gateways: int = 2
    workers: int = 2

    @property
    def names(self) -> set[str]:
        """The processes that must be ready."""
        many = (("gateway", self.gateways), ("worker", self.workers))
        named = {f"{kind}-{number + 1}" for kind, count in many for number in range(count)}
        return named | {"kafka", "mosquitto", "operations", "history"}


class Installation:
    """One installation on `data` with the city in `city`; gateways reach Mosquitto over `link`, which can be cut."""

    def __init__(self, data: Path, city: Path, crowd: Crowd) -> None:
        """Chooses its addresses; starts nothing yet."""
        self.data = data
        self.city = city
        self.crowd = crowd
        self.kafka, self.mqtt, self.http = ports.any_free(), ports.any_free(), ports.any_free()
        self.link = Relay(self.mqtt)
        self.killed: list[str] = []
        self._supervisor: subprocess.Popen[bytes] | None = None

    @property
    def history(self) -> Path:
        """History's file."""
        return self.data / "history.sqlite"

    def start(self) -> None:
        """Starts everything and waits until all of it is ready. Raises Failed."""
        ours = (sys.executable, "-I", "-S", child.__file__, str(int(signal.SIGTERM)), str(os.getpid()))
        command = (*ours, sys.executable, "-m", "citygrid", "up", "--no-simulator", "--data-dir", str(self.data))
        where = ("--city", str(self.city), "--kafka", self.kafka, "--mqtt", self.mqtt, "--http", self.http)
        many = ("--gateways", str(self.crowd.gateways), "--workers", str(self.crowd.workers))
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data.parent / "up.log").open("ab") as log:
            self._supervisor = subprocess.Popen(  # noqa: S603 - our own command
                (*command, *where, *many),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**_own_environment(), "CITYGRID_GATEWAY_MQTT": self.link.address},
                start_new_session=True,
            )
        self.wait_ready(START_S)

    def ask(self, command: str, *arguments: str, patience_s: float) -> subprocess.CompletedProcess[str]:
        """What one of citygrid's commands says of this installation and no other, whatever is set for others."""
        here = ("--data-dir", str(self.data), "--kafka", self.kafka)
        return subprocess.run(  # noqa: S603 - our own command
            (sys.executable, "-m", "citygrid", command, *here, *arguments),
            capture_output=True,
            text=True,
            check=False,
            timeout=patience_s,
            env=_own_environment(),
        )

    def stop(self) -> int:
        """Ends it as a user would; its exit status."""
        if self._supervisor is None:
            return 0
        self._supervisor.terminate()
        try:
            return self._supervisor.wait(60)
        except subprocess.TimeoutExpired:
            self.kill_all()
            return -1

    def close(self) -> None:
        """Leaves nothing running."""
        if self._supervisor is not None and self._supervisor.poll() is None:
            self.kill_all()
        self.link.close()

    def pid(self, name: str) -> int:
        """The process of this name. Raises Failed when it does not run."""
        found = records.processes(self.data).get(name)
        if found is None:
            raise Failed(f"{name} does not run")
        return found.pid

    def not_ready(self) -> dict[str, str]:
        """The processes that must be ready and are not, each with why."""
        own = replace(Settings(), data_dir=self.data, kafka=self.kafka, mqtt=self.mqtt, http=self.http, city=self.city)
        found = read(own)["processes"]
        return {
            name: str(found.get(name, {}).get("reason", "it does not answer" if name in found else "it does not run"))
            for name in self.crowd.names
            if not found.get(name, {}).get("ready")
        }

    def wait_ready(self, patience_s: float = READY_S) -> None:
        """Waits until every process is ready. Raises Failed with those that are not."""
        until = elapsed_ms() + int(patience_s * 1000)
        while missing := self.not_ready():
            if self._supervisor is not None and self._supervisor.poll() is not None:
                raise Failed(
                    f"`citygrid up` ended with status {self._supervisor.returncode}; see {self.data / 'up.log'}"
                )
            if elapsed_ms() > until:
                raise Failed(f"not ready within {patience_s:g} s: {missing}")
            time.sleep(GLANCE_S)

    def kill(self, name: str) -> int:
        """`kill -9` of the process itself, and waits until it is gone. Its pid. Raises Failed when nothing was hit."""
        pid = self.pid(name)
        self.signal(name, signal.SIGKILL)
        _gone(pid)
        self.killed.append(name)
        return pid

    def signal(self, name: str, what: signal.Signals) -> int:
        """Sends a signal to the process of this name; its pid."""
        pid = self.pid(name)
        os.kill(pid, what)
        return pid

    def pids(self) -> dict[str, int]:
        """The processes that run, by name."""
        return {name: process.pid for name, process in records.processes(self.data).items()}

    def wait_other(self, name: str, pid: int, patience_s: float = READY_S) -> int:
        """Waits until another process than `pid` bears the name and is ready; its pid. Raises Failed."""
        until = elapsed_ms() + int(patience_s * 1000)
        while (found := records.processes(self.data).get(name)) is None or found.pid == pid or name in self.not_ready():
            if elapsed_ms() > until:
                raise Failed(f"{name} did not come back within {patience_s:g} s")
            time.sleep(GLANCE_S)
        return found.pid

    def kill_all(self) -> list[int]:
        """`kill -9` of the supervisor and of every process at once, and waits until all are gone; their pids.

        Only Mosquitto gets SIGTERM: it acknowledges before it saves, so its own `kill -9` loses what nobody behind it ever saw.
        """
        found = records.processes(self.data)
        pids = [process.pid for process in found.values()]
        if broker := found.get("mosquitto"):
            _kill(broker.pid, signal.SIGTERM)
            pids.remove(broker.pid)
        if self._supervisor is not None:
            pids.insert(0, self._supervisor.pid)
        for pid in pids:
            _kill(pid)
        if self._supervisor is not None:
            self._supervisor.wait(GONE_S)
        for pid in [*pids, *([broker.pid] if broker else [])]:
            _gone(pid)
        self._supervisor = None
        return pids

    def no_room(self, name: str) -> Callable[[], None]:
        """Lets no file of this process grow, as on a full disk; gives what ends it.

        A process that was started meanwhile has a disk with room.
        """
        pid = self.pid(name)
        soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))

        def room() -> None:
            if records.born(pid) is not None:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))

        return room


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not _set_for_others(name)}


def _set_for_others(name: str) -> bool:
    return name.startswith(settings.PREFIX) and name not in settings.FOR_OTHERS


def _kill(pid: int, what: signal.Signals = signal.SIGKILL) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return


def _gone(pid: int) -> None:
    until = elapsed_ms() + GONE_S * 1000
    while records.born(pid) is not None:
        if elapsed_ms() > until:
            raise Failed(f"process {pid} survived kill -9")
        time.sleep(0.02)
