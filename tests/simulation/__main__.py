"""Runs many seeds on all cores, or one alone with its trace: python -m tests.simulation [--seeds N] [--first n] [--seed n] [--jobs n]."""

import argparse
import os
import sys
import time
from multiprocessing import get_context

from tests.simulation.checks import flaws
from tests.simulation.run import Ran, run

ONE_IN = 500
MOST_TRACED = 60
AT_ONCE = 4
"""Seeds that are handed to a core together."""


def main() -> int:
    """The exit status: 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds to run")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="one seed alone, with its trace")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="on how many cores")
    options = parser.parse_args()
    if options.seed is not None:
        return _one(options.seed)
    return _many(range(options.first, options.first + options.seeds), options.jobs)


def _one(seed: int) -> int:
    ran = run(seed)
    for at, what in ran.scheduler.trace[:MOST_TRACED]:
        print(f"{at:8.3f} s  {what}")
    found = flaws(ran)
    print(_described(ran))
    for flaw in found:
        print(f"  {flaw}")
    return int(bool(found))


def _described(ran: Ran) -> str:
    broken = ", ".join(f"{fault.name} at {fault.at_s:.2f} s for {fault.for_s:.2f} s" for fault in ran.faults)
    return f"seed {ran.seed}: {len(ran.published)} messages; {broken or 'nothing broke'}"


def _many(seeds: range, jobs: int) -> int:
    """Runs seeds side by side, and tells of them in their order."""
    began, failed, cpu_s = time.monotonic(), 0, 0.0
    with get_context("fork").Pool(jobs) as pool:
        for number, (seed, found, took_s) in enumerate(pool.imap(_checked, seeds, AT_ONCE), 1):
            cpu_s += took_s
            if found:
                failed += 1
                print(f"seed {seed}: {found[0][:400]}\n  again: make simulate SEED={seed}", flush=True)
            if number % ONE_IN == 0 or number == len(seeds):
                rate, each = 60 * number / (time.monotonic() - began), 60 * number / cpu_s
                print(
                    f"{number} seeds, {failed} failed, {rate:.0f} a minute ({each:.0f} a minute of one core)",
                    flush=True,
                )
    return int(failed > 0)


def _checked(seed: int) -> tuple[int, list[str], float]:
    """A seed, what is wrong with it, and how many seconds of CPU it took."""
    began = time.process_time()
    try:
        found = flaws(run(seed))
    except Exception as error:  # noqa: BLE001 - one seed's crash is no reason not to look at the others
        found = [f"it ended with {error!r}"]
    return seed, found, time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
