"""What time it is: the one place where the clock is read."""

import time


def now_ms() -> int:
    """Wall time, epoch milliseconds UTC."""
    return time.time_ns() // 1_000_000


def elapsed_ms() -> int:
    """Milliseconds on a clock that never goes backwards; only differences mean anything."""
    return time.monotonic_ns() // 1_000_000
