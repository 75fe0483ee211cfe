"""Runs many seeds, or one alone with its trace: python -m tests.simulation [--seeds N] [--seed n] [--unfenced]."""

import argparse
import sys
import time

from tests.simulation.checks import flaws
from tests.simulation.run import Ran, run

ONE_IN = 500
MOST_TRACED = 60


def main() -> int:
    """The exit status: 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds to run")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--seed", type=int, help="one seed alone, with its trace")
    parser.add_argument("--unfenced", action="store_true", help="with the faults that are not held against yet")
    options = parser.parse_args()
    if options.seed is not None:
        return _one(options.seed, unfenced=options.unfenced)
    return _many(range(options.first, options.first + options.seeds), unfenced=options.unfenced)


def _one(seed: int, *, unfenced: bool) -> int:
    ran = run(seed, unfenced=unfenced)
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


def _many(seeds: range, *, unfenced: bool) -> int:
    began, failed = time.process_time(), 0
    for number, seed in enumerate(seeds, 1):
        found = flaws(run(seed, unfenced=unfenced))
        if found:
            failed += 1
            print(f"seed {seed}: {found[0][:400]}\n  again: make simulate SEED={seed}")
        if number % ONE_IN == 0 or number == len(seeds):
            rate = 60 * number / (time.process_time() - began)
            print(f"{number} seeds, {failed} failed, {rate:.0f} seeds a minute of CPU")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
