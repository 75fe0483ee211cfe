"""How a stage runs as a process: named, written down, with a health page, ended by SIGTERM or Ctrl-C."""

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click
from msgspec import Struct

from adapters import logs
from adapters.addresses import answers
from adapters.clock import elapsed_ms
from citygrid import options
from citygrid.local import ports, records
from citygrid.refusal import Refusal
from citygrid.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
PATIENCE_MS = 10_000
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Own(Struct, frozen=True):
    """What a process is told: the settings in force, its name, and where its own health page is ("host:port")."""

    settings: Settings
    name: str
    health: str


def health_option(command: F) -> F:
    """Gives a command the flag --health."""
    text = "Where /healthz, /readyz and /metrics of this process are  [a free port on loopback]"
    return click.option("--health", metavar="HOST:PORT", help=text)(command)


@contextmanager
def running(kind: str, flags: Mapping[str, Any], *, health: str | None, needs: tuple[str, ...]) -> Iterator[Own]:
    """Makes this process the one called `kind` (or --name) while the block runs.

    `needs` are the settings whose addresses must answer first ("kafka", "mqtt"). Raises Refusal when one does not, or when the name is taken.
    """
    settings = options.in_force(flags)
    name = settings.name or kind
    _name_is_free(settings.data_dir, name)
    for need in needs:
        _wait_for(need, getattr(settings, need))
    logs.start(name)
    signal.signal(signal.SIGINT, _as_sigterm)
    own = Own(settings, name, health or ports.any_held())
    with _written_down(own):
        try:
            yield own
        except Refusal:
            raise
        except Exception:  # noqa: BLE001 - the one guard of a process: its supervisor starts it again
            logs.log("process").exception("ended by an unexpected error")
            sys.exit(1)


def shell(module: str) -> Any:
    """The module of a shell, imported when it is needed. Raises Refusal when this version does not have it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as problem:
        if problem.name and module.startswith(problem.name):
            raise Refusal(f"this version has no {module}.") from problem
        raise


def _name_is_free(data: Path, name: str) -> None:
    other = records.processes(data).get(name)
    if other and other.pid != os.getpid():
        raise Refusal(f"{name} runs already on {data} (process {other.pid}): end it, or give this one another --name.")


def _wait_for(need: str, address: str) -> None:
    what = {"kafka": "Kafka", "mqtt": "the MQTT broker"}[need]
    until = elapsed_ms() + PATIENCE_MS
    while not answers(address):
        if elapsed_ms() > until:
            raise Refusal(
                f"{what} does not answer at {address}: start it (`citygrid up` does), or say where it is with --{need}."
            )
        time.sleep(0.2)


@contextmanager
def _written_down(own: Own) -> Iterator[None]:
    born = records.born(os.getpid()) or 0.0
    process = records.Process(name=own.name, pid=os.getpid(), born=born, http=own.health)
    data = own.settings.data_dir
    try:
        records.write_process(data, process)
    except OSError as problem:
        if problem.errno not in FULL:
            raise Refusal(
                f"the data folder {data} cannot be written ({problem.strerror}): name another one with --data-dir."
            ) from problem
        logs.log("process").warning("the data folder is full; it runs all the same, and `citygrid status` misses it")
    try:
        yield
    finally:
        records.forget_process(data, own.name)


def _as_sigterm(_signal: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
