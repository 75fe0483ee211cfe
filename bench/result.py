"""What a measurement gives: runs, their medians, and one line of JSON for each result."""

import json
from collections.abc import Sequence
from statistics import median
from typing import Any

import msgspec
from msgspec import Struct


class Run(Struct, frozen=True, kw_only=True):
    """One measured run: `rate` a second, `seconds` that it took, CPU seconds by process, further figures by name.

    `right` is whether the result was checked and found right; `note` says what was wrong or left out.
    """

    rate: float
    seconds: float
    cpu: dict[str, float] = {}
    figures: dict[str, float] = {}
    right: bool
    note: str = ""


class Bar(Struct, frozen=True):
    """What a figure has to reach: at least `limit`, or at most."""

    limit: float
    at_most: bool = False

    def reached(self, value: float) -> bool:
        """Whether `value` is good enough."""
        return value <= self.limit if self.at_most else value >= self.limit

    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{'≤' if self.at_most else '≥'} {self.limit:,.0f}"


class Result(Struct, frozen=True, kw_only=True):
    """The medians of all runs of one measurement; `right` only if every run was."""

    what: str
    candidate: str
    unit: str
    runs: int
    rate: float
    seconds: float
    cpu: dict[str, float]
    figures: dict[str, float]
    rates: list[float]
    right: bool
    notes: list[str]

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(msgspec.to_builtins(rounded(self)), ensure_ascii=False)


def summary(runs: Sequence[Run], *, what: str, candidate: str, unit: str) -> Result:
    """The medians of at least one run, figure by figure; a figure that some runs lack is the median of those that have it."""
    return Result(
        what=what,
        candidate=candidate,
        unit=unit,
        runs=len(runs),
        rate=median(run.rate for run in runs),
        seconds=median(run.seconds for run in runs),
        cpu=_medians([run.cpu for run in runs]),
        figures=_medians([run.figures for run in runs]),
        rates=[run.rate for run in runs],
        right=all(run.right for run in runs),
        notes=sorted({run.note for run in runs if run.note}),
    )


def _medians(tables: Sequence[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for table in tables for name in table)
    return {name: median(table[name] for table in tables if name in table) for name in names}


def rounded(value: Any) -> Any:
    """The same with every number to four significant digits or to the whole, whichever is finer."""
    built = msgspec.to_builtins(value)
    match built:
        case dict():
            return {name: rounded(each) for name, each in built.items()}
        case list():
            return [rounded(each) for each in built]
        case float():
            return round(built) if abs(built) >= 1000 else float(f"{built:.4g}")  # noqa: PLR2004 - from here on digits after the point say nothing
        case _:
            return built


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that at least `share` (0 to 1) of the values do not exceed. Raises IndexError for none."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * round(share * 1000) // 1000))
    return float(ordered[rank - 1])
