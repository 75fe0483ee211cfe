"""How wide what we print may be: as the terminal is, or wide enough for every table where there is none."""

import sys

from rich.console import Console

WIDE = 160


def console() -> Console:
    """Standard output, for tables."""
    return Console() if sys.stdout.isatty() else Console(width=WIDE)
