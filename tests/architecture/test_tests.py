"""Tests are read as sentences, and stand where their module's name leads."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import PURE, ROOT, modules, room

TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
FEWEST_WORDS = 4


def test_the_name_of_every_test_reads_as_a_sentence() -> None:
    short = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and len(node.name.split("_")) - 1 < FEWEST_WORDS
    ]

    assert not short, "say in the name what holds:\n" + "\n".join(short)


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


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())
