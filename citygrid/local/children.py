"""One process under the supervisor: how it is started, what it said last, how it is ended."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from adapters.clock import now_ms
from citygrid.local import child, records

LARGEST_LOG = 20 << 20
LAST_WORDS = 64 << 10
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Spec(Struct, frozen=True, kw_only=True):
    """What to start.

    `signal_at_death` is what it gets should the supervisor be killed. `answers` tells of its pid whether it is ready (None: not known here).
    Not `watched`: it is started anew only when it died. `grace_s` is what it is given at least to end by itself, however little time there is:
    for one whose end by force loses something.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = {}
    http: str | None = None
    signal_at_death: int = signal.SIGKILL
    answers: Callable[[int], bool] | None = None
    watched: bool = True
    grace_s: float = 0.0


class Child:
    """A started process in a session of its own, so that Ctrl-C reaches only the supervisor.

    Start it from the main thread: the kernel's promise to end it (see child.py) is bound to the thread that started it.
    """

    def __init__(self, spec: Spec, data: Path) -> None:
        """Starts it; what it says goes to `logs/<name>.log` of the data folder. Raises OSError when there is no such file and no room for one."""
        self.spec = spec
        self._data = data
        self._log = log_file(data, spec.name)
        self._said = _rotated(self._log)
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-S",
                    child.__file__,
                    str(int(spec.signal_at_death)),
                    str(os.getpid()),
                    *spec.command,
                ],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **spec.environment},
                start_new_session=True,
            )
        self.pid = self._process.pid
        started = records.born(self.pid)
        if started is not None:
            with suppress(OSError):  # a full disk: it runs all the same, only `citygrid status` does not know it
                records.write_process(data, records.Process(name=spec.name, pid=self.pid, born=started, http=spec.http))

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """Its exit status (negative: the signal that ended it), None while it runs."""
        return self._process.poll()

    @property
    def answers(self) -> bool:
        """Whether it runs and answers, as far as its spec can tell."""
        return self.alive and (self.spec.answers is None or self.spec.answers(self.pid))

    def last_words(self) -> str:
        """The last line that this start of it has said, or how it ended when it said nothing."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(self._said, self._log.stat().st_size - LAST_WORDS))
                said = TERMINAL_CODES.sub("", log.read().decode(errors="replace"))
        except OSError:
            said = ""
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        return _plain(lines[-1]) if lines else f"it said nothing and ended with status {self.exit_status}"

    def ask_to_end(self) -> None:
        """Sends SIGTERM, and lets one that was stopped go on, so that it hears it."""
        if self.alive:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kills it with everything that it started, and does not wait for its end."""
        if self.alive:
            os.killpg(self.pid, signal.SIGKILL)

    def bound_log(self) -> None:
        """Puts the log aside when it has grown too large: what is written from now on begins anew. Nothing happens where there is no room for that."""
        with suppress(OSError):
            if self._log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(self._log, self._log.with_suffix(".log.1"))
                os.truncate(self._log, 0)
                self._said = 0

    def end(self, timeout: float) -> bool:
        """Waits for its end at most `timeout` seconds (or its grace, if that is longer), then kills it with everything that it started; returns whether it ended by itself."""
        try:
            self._process.wait(max(0.0, timeout, self.spec.grace_s))
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
            return False
        else:
            return True
        finally:
            records.forget_process(self._data, self.spec.name)


def log_file(data: Path, name: str) -> Path:
    """Where a process's log lies."""
    return data / "logs" / f"{name}.log"


def note(data: Path, name: str, sentence: str) -> None:
    """Writes a line of the supervisor into a process's log, where there is room for it."""
    line = {"process": "supervisor", "level": "warning", "event": sentence, "timestamp": _now()}
    with suppress(OSError), log_file(data, name).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")


def _now() -> str:
    return datetime.fromtimestamp(now_ms() / 1000, UTC).isoformat(timespec="milliseconds")


def _plain(line: str) -> str:
    """A log line as a person reads it: of a JSON line its event and its last exception."""
    try:
        said = json.loads(line[line.find("{") :])
        event = said["event"]
    except (ValueError, TypeError, KeyError):
        return line
    what = _innermost(said.get("exception")) or said.get("error", "")
    return f"{event}: {what}" if what else str(event)


def _innermost(raised: Any) -> str:
    """The last exception of a logged traceback, and within a group the first of the group."""
    if not isinstance(raised, list) or not raised or not isinstance(raised[-1], dict):
        return ""
    last = raised[-1]
    inner = next((found for each in last.get("exceptions") or [] if (found := _innermost(each))), "")
    return inner or f"{last.get('exc_type')}: {last.get('exc_value')}"


def _rotated(log: Path) -> int:
    """Puts a log that has grown too large aside, and gives the length of what is there now."""
    log.parent.mkdir(parents=True, exist_ok=True)
    length = log.stat().st_size if log.exists() else 0
    if length <= LARGEST_LOG:
        return length
    log.replace(log.with_suffix(".log.1"))
    return 0
