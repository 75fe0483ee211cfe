"""`make bench`, `python -m bench`: which measurements run, in which order, and where their results go."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil

from adapters.clock import elapsed_ms
from bench import gateway, history, latency, lookup, stage, way
from bench.readings import Plan
from bench.result import Result, Run, summary
from bench.rows import put_into, table

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PICTURE = DOCS / "performance.md", DOCS / "performance.png"
RATES = (500, 5_000)
OURS = "citygrid"


def main() -> int:
    """Measures as the command line says; the exit status is 0 when every result was right."""
    asked = _asked()
    began, results = elapsed_ms(), []
    for name, measure in MEASUREMENTS.items():
        if not asked.only or name in asked.only:
            _say(f"measuring: {name}")
            for result in measure(asked):
                print(result.line(), flush=True)
                results.append(result)
    measured = table(results, machine(asked, (elapsed_ms() - began) // 60_000))
    print(measured)
    if asked.write:
        _write(results, measured)
    return 0 if results and all(result.right for result in results) else 1


def _asked() -> Any:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures citygrid on this machine.")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, help="one measurement; may be given again")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median is taken  [3]")
    parser.add_argument("--readings", type=int, default=1_000_000, help="of the stage  [1,000,000]")
    parser.add_argument("--messages", type=int, default=300_000, help="of the gateway  [300,000]")
    parser.add_argument("--windows", type=int, default=300_000, help="of history  [300,000]")
    parser.add_argument("--steps", type=_steps, default=way.STEPS, help="rates tried of the whole way, like 5000,8000")
    parser.add_argument(
        "--try", dest="try_s", type=float, default=15.0, help="seconds that each of them is tried  [15]"
    )
    parser.add_argument("--hold", type=float, default=180.0, help="seconds that the best of them is held  [180]")
    parser.add_argument("--seconds", type=float, default=20.0, help="of a run that measures latency  [20]")
    parser.add_argument("--candidate", default=OURS, help="whose gateway and stage are measured  [citygrid]")
    parser.add_argument("--write", action="store_true", help="put the table and the plot into docs/performance.*")
    return parser.parse_args()


def _steps(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _gateway(asked: Any) -> Iterable[Result]:
    given: Any = gateway.measure(messages=asked.messages, runs=asked.runs, candidate=asked.candidate)
    runs = [
        Run(
            rate=each["rate"],
            seconds=each["seconds"],
            cpu={"gateway": each["cpu_seconds"]},
            figures={name: float(each[name]) for name in ("repeated", "missing", "left_in_session", "peak_rss_mib")},
            right=not each["missing"],
            note=f"{each['missing']} messages are missing" if each["missing"] else "",
        )
        for each in given["runs"]
    ]
    yield summary(runs, what="gateway", candidate=asked.candidate, unit="messages")


def _stage(asked: Any) -> Iterable[Result]:
    work = stage.prepare(Plan(readings=asked.readings))
    runs = _in_folders(asked.runs, lambda folder: stage.measure(folder, work, stage.CANDIDATES[asked.candidate]))
    yield summary(runs, what="stage", candidate=asked.candidate, unit="readings")


def _way(asked: Any) -> Iterable[Result]:
    def once(folder: Path) -> Run:
        return way.measure(folder / "city", steps=asked.steps, try_s=asked.try_s, hold_s=asked.hold, say=_say)

    yield summary(_in_folders(1, once), what="way", candidate=OURS, unit="readings")


def _latency(asked: Any) -> Iterable[Result]:
    for rate in RATES:
        with tempfile.TemporaryDirectory(prefix="citygrid-bench-") as folder:
            runs = latency.measure(Path(folder) / "city", rate=rate, runs=asked.runs, seconds=asked.seconds, say=_say)
        yield summary(runs, what=f"latency-{rate}", candidate=OURS, unit="readings")


def _history(asked: Any) -> Iterable[Result]:
    runs = _in_folders(asked.runs, lambda folder: history.measure(folder, count=asked.windows))
    yield summary(runs, what="history", candidate=OURS, unit="windows")


def _lookup(asked: Any) -> Iterable[Result]:
    runs = [lookup.measure() for _ in range(asked.runs)]
    yield summary(runs, what="lookup", candidate=OURS, unit="points")
    cells = lookup.large_city()
    large = _in_folders(asked.runs, lambda folder: lookup.measure_large(folder, cells))
    yield summary(large, what="lookup-large", candidate=OURS, unit="points")


MEASUREMENTS: dict[str, Callable[[Any], Iterable[Result]]] = {
    "gateway": _gateway,
    "stage": _stage,
    "latency": _latency,
    "way": _way,
    "history": _history,
    "lookup": _lookup,
}


def _in_folders(runs: int, measure: Callable[[Path], Run]) -> list[Run]:
    """Each run in a folder of its own, which is gone afterwards."""
    made = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="citygrid-bench-") as folder:
            made.append(measure(Path(folder)))
            _say(f"{made[-1].rate:,.0f} a second{'' if made[-1].right else ', wrong: ' + made[-1].note}")
    return made


def machine(asked: Any, minutes: int) -> str:
    """A sentence about the machine and the run."""
    memory, load = psutil.virtual_memory().total / 2**30, os.getloadavg()[2]
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}; "
        f"medians of {asked.runs} runs, all in one run of {minutes} minutes; load of the last 15 minutes at its end {load:.1f}."
    )


def _write(results: list[Result], measured: str) -> None:
    from bench.plot import draw  # noqa: PLC0415 - only who asks for the plot needs matplotlib

    draw(results, PICTURE)
    PAGE.write_text(put_into(PAGE.read_text(encoding="utf-8"), measured), encoding="utf-8")


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
