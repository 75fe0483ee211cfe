"""Lines that a store can never take, set aside in a file: one JSON object a line, with the line itself and why."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from messages.line_protocol import Refused

FILE = "history-refused.ndjson"
"""What the file of an installation is called."""
MOST_BYTES = 16 << 20


class RefusedLines:
    """A file that lines are added to. After a crash a line may stand in it twice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        """Raises OSError when the file is as long as it may get, so that somebody looks at it before it fills the disk."""
        if self._path.exists() and self._path.stat().st_size >= MOST_BYTES:
            raise OSError(
                f"{self._path} holds {MOST_BYTES >> 20} MiB of refused lines: see why they were refused, and move it away"
            )

    def keep(self, refused: Sequence[Refused]) -> None:
        """Adds these lines; on return they survive a power failure. Raises OSError when they cannot be written."""
        if not refused:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(b"".join(msgspec.json.encode(line) + b"\n" for line in refused))
            file.flush()
            os.fsync(file.fileno())
