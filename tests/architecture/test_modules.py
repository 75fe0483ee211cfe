"""Every module says what it decides, stays short, and lets errors through."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import PURE, SHELLS, docstring, modules, room, text, tree

MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40


def test_every_module_says_what_it_decides() -> None:
    silent = [
        str(module)
        for module in modules()
        if len(first_line(module).split()) < 2 or not first_line(module).endswith((".", ";", ":"))
    ]

    assert not silent, f"begin with a sentence that says what the module decides: {', '.join(silent)}"


def test_every_stage_shows_its_arrow() -> None:
    silent = [
        str(module)
        for module in modules()
        if room(module) in SHELLS and "_to_" in module.stem and "→" not in docstring(module)
    ]

    assert not silent, f"begin with what is turned into what, like `telemetry → windows, findings`: {', '.join(silent)}"


def test_every_module_is_short_enough_to_read() -> None:
    long = [
        f"{module} has {lines} lines" for module in modules() if (lines := len(text(module).splitlines())) > MOST_LINES
    ]

    assert not long, f"split by noun, not into helpers: {', '.join(long)}"


def test_every_function_is_short_enough_to_see_at_once() -> None:
    long = [
        f"{module}:{function.lineno} {function.name}"
        for module in modules()
        for function in functions(module)
        if (function.end_lineno or 0) - function.body[0].lineno >= MOST_LINES_OF_A_FUNCTION
    ]

    assert not long, f"more than {MOST_LINES_OF_A_FUNCTION} lines: {', '.join(long)}"


def test_at_most_one_guard_a_process_catches_everything() -> None:
    """Bad data is a value; a bug or a broken network is an exception that ends the process, and its supervisor starts it again."""
    guards = Counter(
        process(module) for module in modules() for node in ast.walk(tree(module)) if catches_everything(node)
    )

    assert {part: number for part, number in guards.items() if number > 1} == {}
    assert not set(guards) & set(PURE)


def first_line(module: Path) -> str:
    return docstring(module).split("\n", maxsplit=1)[0].rstrip()


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def process(module: Path) -> str:
    """The supervisor in citygrid/local is a process of its own beside the door."""
    return "citygrid/local" if module.parts[:2] == ("citygrid", "local") else room(module)


def catches_everything(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
