"""Every module says what it decides, stays short, and lets errors through."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import PURE, SHELLS, docstring, modules, room, text, tree

TOO_MANY_LINES = 300
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
        f"{module} has {lines} lines"
        for module in modules()
        if (lines := len(text(module).splitlines())) >= TOO_MANY_LINES
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


@pytest.mark.parametrize(
    "source",
    [
        "try: f()\nexcept: pass",
        "try: f()\nexcept Exception: pass",
        "try: f()\nexcept (OSError, Exception): pass",
        "try: f()\nexcept BaseException: pass",
        "with suppress(Exception): f()",
        "with contextlib.suppress(Exception): f()",
    ],
)
def test_a_guard_is_seen_however_it_is_written(source: str) -> None:
    assert any(map(catches_everything, ast.walk(ast.parse(source))))


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
    """Whether an error of any kind ends here; a handler that raises it again only tidies up."""
    match node:
        case ast.ExceptHandler(body=[*_, ast.Raise()]):
            return False
        case ast.ExceptHandler(type=caught):
            return caught is None or "Exception" in _names(caught)
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=caught):
            return any("Exception" in _names(one) for one in caught)
    return False


def _names(caught: ast.AST) -> set[str]:
    """What is caught, with BaseException under the name of Exception."""
    named = {node.id for node in ast.walk(caught) if isinstance(node, ast.Name)}
    return {name.removeprefix("Base") for name in named}
