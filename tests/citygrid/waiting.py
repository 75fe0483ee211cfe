"""Waiting for an event in tests, instead of sleeping for a while and hoping."""

import time
from collections.abc import Callable


def until(happened: Callable[[], object], seconds: float = 20.0) -> None:
    """Returns as soon as `happened` is true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
