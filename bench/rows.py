"""Which figures stand in the table of the measurements, and which bar each has to reach."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from bench.result import Bar, Result

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEADINGS = ("what", "measured", "bar", "runs", "CPU seconds of a run", "result")
BARS = {"gateway": Bar(45_000), "stage": Bar(400_000), "way": Bar(15_000), "lookup-large": Bar(1_000_000)}
INDEX_BAR = Bar(60, at_most=True)
LATENCY_BARS = {
    "latency-500": {
        "kafka_p99_ms": Bar(30, at_most=True),
        "finding_p99_ms": Bar(100, at_most=True),
        "browser_p99_ms": Bar(1000, at_most=True),
    }
}
WAYS = ("kafka", "finding", "browser")
NAMES = {
    "gateway": "gateway alone",
    "stage": "stream stage alone",
    "way": "the whole way",
    "history": "history alone",
    "lookup": "place lookup",
    "lookup-large": "place lookup in 100,000 cells, by 1,000",
}


class Row(Struct, frozen=True, kw_only=True):
    """One line of the table: `value` in `unit`, the bar where there is one, and what it was measured with."""

    what: str
    value: float
    unit: str
    bar: Bar | None
    beside: str
    result: Result


def rows(results: Iterable[Result]) -> list[Row]:
    """The rows of these results, in their order."""
    return [row for result in results for row in _rows(result)]


def _rows(result: Result) -> list[Row]:
    if result.what.startswith("latency"):
        return _latency(result)
    return [_rate(result), *([_index(result)] if "built_s" in result.figures else [])]


def _index(result: Result) -> Row:
    """Making the index that a lookup needs."""
    figures = result.figures
    return Row(
        what="index of 100,000 cells, built once",
        value=figures["built_s"],
        unit="s",
        bar=INDEX_BAR,
        beside=f" (read again in {figures['read_s']:.1f} s; {figures['memory_mib']:,.0f} MiB, file {figures['file_mib']:,.0f} MiB)",
        result=result,
    )


def _rate(result: Result) -> Row:
    name = NAMES.get(result.what, result.what)
    return Row(
        what=name, value=result.rate, unit=f"{result.unit}/s", bar=BARS.get(result.what), beside="", result=result
    )


def _latency(result: Result) -> list[Row]:
    bars, rate = LATENCY_BARS.get(result.what, {}), result.what.removeprefix("latency-")
    return [
        Row(
            what=f"device → {way} at {int(rate):,}/s",
            value=result.figures[f"{way}_p99_ms"],
            unit="ms, p99",
            bar=bars.get(f"{way}_p99_ms"),
            beside=f" (p50 {result.figures[f'{way}_p50_ms']:,.0f} ms)",
            result=result,
        )
        for way in WAYS
        if f"{way}_p99_ms" in result.figures
    ]


def verdict(row: Row) -> str:
    """Whether the figure counts and reaches its bar."""
    if not row.result.right:
        return "**wrong**: " + "; ".join(row.result.notes)
    if row.bar is None:
        return "right"
    return "reached" if row.bar.reached(row.value) else "**missed**"


def table(results: Sequence[Result], machine: str) -> str:
    """The results as a table in Markdown, under a sentence about the machine."""
    lines = [machine, "", "| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    for row in rows(results):
        bar = str(row.bar) if row.bar else "–"
        measured = f"{row.value:,.0f} {row.unit}{row.beside}"
        cells = (row.what, measured, bar, str(row.result.runs), cpu(row.result), verdict(row))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cpu(result: Result) -> str:
    """The CPU seconds of the processes that took a tenth of a second or more, the greatest first."""
    used = sorted(result.cpu.items(), key=lambda each: -each[1])
    listed = ", ".join(f"{name} {seconds:.1f}" for name, seconds in used if seconds >= 0.1)  # noqa: PLR2004 - less says nothing
    return f"{listed} (in {result.seconds:.1f} s)" if listed else "–"


def put_into(page: str, measured: str) -> str:
    """The page with what was measured between its two marks. Raises ValueError when it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{measured}\n{END}{after}"
