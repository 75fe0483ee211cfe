"""What an import says on the terminal: its progress while somebody looks, and at the end each kind of remark with its first examples."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters import fault_files
from adapters.city_import import STEPS
from adapters.city_import import Progress as Tell
from city.intake.remark import Grade, Remark

MOST_LINES = 8
HEADS = {Grade.MISTAKE: "mistakes", Grade.WARNING: "warnings", Grade.NOTE: "notes"}


@contextmanager
def shown() -> Iterator[Tell]:
    """A progress bar on standard error while it is a terminal; nothing otherwise."""
    console = Console(stderr=True)
    if not (sys.stderr.isatty() and console.is_terminal):
        yield _silent
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=len(STEPS))

        def tell(step: str, done: int, total: int) -> None:
            part = done / total if total else 0.0
            bar.update(task, description=step, completed=STEPS.index(step) + part)

        yield tell


def _silent(step: str, done: int, total: int) -> None:
    del step, done, total


def lines(remarks: Sequence[Remark], faults: Path) -> Iterator[str]:
    """The remarks as lines, the gravest first: of each kind at most so many, then how many more there are, and where."""
    for grade in Grade:
        graded = [remark for remark in remarks if remark.grade is grade]
        if not graded:
            continue
        yield f"{len(graded):,} {HEADS[grade] if len(graded) > 1 else HEADS[grade].removesuffix('s')}:"
        for kind in dict.fromkeys(remark.kind for remark in graded):
            own = [remark for remark in graded if remark.kind == kind]
            yield from (f"  {remark}" for remark in own[:MOST_LINES])
            if len(own) > MOST_LINES:
                yield f"  … and {len(own) - MOST_LINES:,} more of {kind.replace('_', ' ')} in {faults / fault_files.GEOJSON}"
