"""A process of citygrid for a test, started through the command line as anybody would."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from citygrid.local import ports
from tests.services import Services

ROOT = Path(__file__).parents[1]
PARTITIONS = 4


class Child:
    """`citygrid KIND` on the session's Kafka and Mosquitto, its data in `data`."""

    def __init__(self, services: Services, data: Path, kind: str, *flags: str) -> None:
        self.http = ports.any_free()
        command = [sys.executable, "-m", "citygrid", kind, "--kafka", services.kafka, "--mqtt", services.mqtt]
        command += ["--partitions", str(PARTITIONS), "--health", self.http, *flags]
        env = {**os.environ, "CITYGRID_DATA_DIR": str(data)}
        self._process = subprocess.Popen(command, cwd=ROOT, env=env)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def reasons(self) -> list[str]:
        """Why it is not ready; none when it is."""
        try:
            with urllib.request.urlopen(f"http://{self.http}/readyz", timeout=2) as answer:
                return list(json.load(answer)["reasons"])
        except urllib.error.HTTPError as error:
            return list(json.load(error)["reasons"])
        except OSError:
            return ["nobody answers"]

    @property
    def ready(self) -> bool:
        return not self.reasons

    def counted(self, metric: str) -> float:
        """The sum of a metric over its labels."""
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=2) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(metric))

    def memory(self) -> int:
        """Resident bytes."""
        pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def ended(self) -> int | None:
        """Its exit status, once it has ended."""
        return self._process.poll()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=10)

    def end(self, seconds: float = 10) -> int:
        """Its exit status, which has to come within `seconds` of a SIGTERM."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=seconds)

    def close(self) -> None:
        if self.ended() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()
