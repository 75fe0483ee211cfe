"""Reading the counters of a process from its page /metrics."""

from collections.abc import Iterable
from urllib.request import urlopen


def scrape(address: str) -> dict[str, float]:
    """The figures of a process by name, summed over their labels. Raises OSError when it does not answer."""
    with urlopen(f"http://{address}/metrics", timeout=5.0) as answer:
        return figures(answer.read().decode().splitlines())


def figures(lines: Iterable[str]) -> dict[str, float]:
    """The figures of a page in Prometheus' text format, summed over their labels."""
    found: dict[str, float] = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            bare = name.split("{", maxsplit=1)[0]
            found[bare] = found.get(bare, 0.0) + float(value)
    return found
