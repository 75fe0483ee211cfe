"""Tests are read as sentences, and stand where their module's name leads."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import PURE, ROOT, modules, room

TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
FEWEST_WORDS = 4
# What is tested where no single module stands for it.
TOGETHER = {
    "city/cases/test_properties.py": "any day of a district's cases",
    "city/cases/test_stories.py": "a case from its first cause to its close",
    "city/test_odd_clocks.py": "clocks that jump, outages and storms",
    "city/test_packing.py": "that no output depends on how messages were packed",
    "citygrid/test_compose.py": "docker-compose.yml",
    "history/test_history_process.py": "history as a process",
    "messages/test_golden.py": "the bytes of every message",
    "operations/test_page_board.py": "the operations centre in a browser",
    "operations/test_page_large_city.py": "the map of a city of many cells in a browser",
    "operations/test_page_place.py": "the page of a place in a browser",
    "operations/test_page_modules.py": "the pages' modules without a browser",
    "operations/test_page_with_real_app.py": "the pages on the real application",
    "operations/test_page_worker.py": "the worker's page in a browser",
    "streams/test_several_workers.py": "workers that share the districts",
    "simulation/test_simulation.py": "gateways and streams under faults, in simulated time",
}


def test_the_name_of_every_test_reads_as_a_sentence() -> None:
    short = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and len(node.name.split("_")) - 1 < FEWEST_WORDS
    ]

    assert not short, "say in the name what holds:\n" + "\n".join(short)


def test_every_file_of_tests_stands_where_its_module_leads() -> None:
    """tests/city/test_window.py is of city/window.py; more of one module, or one file for several of a kind, begins with their name."""
    lost = [
        str(path)
        for path in TESTS
        if path.parts[1] != "architecture"
        and str(path.relative_to("tests")) not in TOGETHER
        and not _has_a_module(path)
    ]

    assert not lost, f"name them as their module, or put them into TOGETHER: {', '.join(lost)}"


def test_what_is_tested_together_is_there_and_has_no_module_of_its_name() -> None:
    there = {str(path.relative_to("tests")) for path in TESTS if not _has_a_module(path)}

    assert set(TOGETHER) <= there


def test_no_test_waits_only_for_time_to_pass() -> None:
    """`sleep(0)` lets others run and waits for nothing."""
    sleeping = [
        f"{path}:{node.lineno}"
        for path, node in nodes()
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("sleep") and ast.unparse(node.args[0]) != "0"
    ]

    assert not sleeping, f"wait for an event instead: {', '.join(sleeping)}"


@pytest.mark.parametrize("pure", PURE)
def test_a_pure_room_has_at_least_as_many_lines_of_test_as_of_source(pure: str) -> None:
    source = sum(_lines(ROOT / module) for module in modules() if room(module) == pure)
    tests = sum(_lines(path) for path in (ROOT / "tests" / pure).rglob("*.py"))

    assert tests >= source, f"tests/{pure} has {tests} lines for {source} of {pure}/"


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in TESTS:
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            yield path, node


def _has_a_module(test: Path) -> bool:
    """Whether a module, or a folder of an example, has the test's name, or one of the two names begins with the other."""
    name, place = test.stem.removeprefix("test_"), ROOT / test.parent.relative_to("tests")
    found = {path.stem.replace("-", "_") for path in (*place.glob("*"), *place.glob("*/*.py"), *place.glob("*/*.sh"))}
    return any(one == name or one.startswith(f"{name}_") or name.startswith(f"{one}_") for one in found - {"__init__"})


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
