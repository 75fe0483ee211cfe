"""How much processor time processes took, their children included."""

from collections.abc import Mapping

import psutil


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, with that of its children, ended or not; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        running = [process, *process.children(recursive=True)]
        own = process.cpu_times()
        return own.children_user + own.children_system + sum(_own(each) for each in running)
    except psutil.NoSuchProcess:
        return 0.0


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


class Meter:
    """The processor time of named processes from now on."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._before = {name: cpu_seconds(pid) for name, pid in self._pids.items()}

    def read(self) -> dict[str, float]:
        """CPU seconds since the meter was made, by name."""
        return {name: cpu_seconds(pid) - self._before[name] for name, pid in self._pids.items()}
