"""Brokers that outlive a supervisor which was killed: asked to end by the kernel, they may take their time over it, or stand still and not hear it."""

from pathlib import Path

import psutil

from citygrid.local import kafka, mosquitto, records

WITHIN_S = 30.0


def end(data: Path) -> list[str]:
    """Ends them in good order, by force after a while, and gives their names. Whoever calls this holds the data folder, so nobody else's they are."""
    found = {name: process for name, process in records.processes(data).items() if name in {kafka.NAME, mosquitto.NAME}}
    running = [one for process in found.values() if (one := _of(process.pid))]
    for one in running:
        _ask(one)
    _, stubborn = psutil.wait_procs(running, timeout=WITHIN_S)
    for one in stubborn:
        one.kill()
    psutil.wait_procs(stubborn, timeout=WITHIN_S)
    return list(found)


def _of(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _ask(one: psutil.Process) -> None:
    """Sends SIGTERM, and lets one that was stopped go on, so that it hears it."""
    try:
        one.terminate()
        one.resume()
    except psutil.NoSuchProcess:
        return
