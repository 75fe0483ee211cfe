"""A child that cannot outlive its supervisor: asks the kernel for a signal at the parent's death, then becomes the command it was given.

Run as `python -I -S child.py SIGNAL PARENT COMMAND…`. The pid stays the same, so the pid that the supervisor knows is the process itself.
It imports next to nothing, because each start of a process waits for it.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent: int, signal: int) -> bool:
    """Has `signal` sent to this process when `parent` ends; False when it has ended already. Only Linux knows this; elsewhere nothing is asked."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    return os.getppid() == parent


def main(signal: int, parent: int, command: list[str]) -> int:
    """Becomes `command`; returns only when that failed."""
    if not die_with(parent, signal):
        return 1
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted between supervisor and child
    except OSError as problem:
        print(f"{command[0]} could not be started: {problem.strerror}", file=sys.stderr)
    return 127


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
