"""The picture of the measurements: rates as a share of their bars, and the latencies."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.result import Result
from bench.rows import BARS, NAMES, WAYS

BLUE, ORANGE, GREY = "#1f5f8b", "#e08214", "#777777"


def draw(results: Sequence[Result], file: Path) -> None:
    """Writes the picture; what was not measured is left out."""
    mpl.use("agg")
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
    _rates(left, [result for result in results if result.what in BARS])
    _latencies(right, [result for result in results if result.what.startswith("latency-")])
    figure.savefig(file, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _rates(axes: Axes, results: Sequence[Result]) -> None:
    for place, result in enumerate(results):
        limit = BARS[result.what].limit
        axes.barh(place, result.rate / limit, color=BLUE, height=0.55)
        axes.plot(
            [rate / limit for rate in result.rates], [place] * len(result.rates), "|", color=ORANGE, markersize=16
        )
        text = f" {result.rate:,.0f} {result.unit}/s (bar {limit:,.0f})"
        axes.text(0.02, place + 0.36, text, fontsize=8, va="bottom", color=GREY)
    axes.axvline(1.0, color=GREY, linestyle="--", linewidth=1)
    axes.set_yticks(range(len(results)), [NAMES[result.what] for result in results])
    axes.set_ylim(len(results) - 0.3, -0.9)
    axes.set_xlabel("measured, as a share of the bar")
    axes.spines[["top", "right"]].set_visible(False)


def _latencies(axes: Axes, results: Sequence[Result]) -> None:
    labels: list[str] = []
    for result in results:
        rate = int(result.what.removeprefix("latency-"))
        for way in WAYS:
            place = len(labels)
            labels.append(f"{way}, {rate:,}/s")
            p50, p99 = (result.figures.get(f"{way}_{share}_ms", 0.0) for share in ("p50", "p99"))
            axes.plot([p50, p99], [place, place], color=BLUE, linewidth=3, solid_capstyle="butt")
            axes.plot([p50], [place], "o", color=BLUE)
            axes.plot([p99], [place], "|", color=ORANGE, markersize=16)
            axes.text(p99 * 1.1, place, f"{p50:,.0f} / {p99:,.0f} ms", fontsize=8, va="center", color=GREY)
    axes.set_xscale("log")
    axes.set_xlim(1, 5000)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlabel("from the device, milliseconds: p50 (dot) to p99 (bar)")
    axes.spines[["top", "right"]].set_visible(False)
