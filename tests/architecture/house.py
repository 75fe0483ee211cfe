"""The house as the architecture tests see it: its rooms, modules and imports, read from the source and never run."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PURE = ("geo", "city", "messages")
SHELLS = ("gateways", "streams", "operations", "history", "simulator")
ROOMS = (*PURE, "adapters", *SHELLS, "citygrid")

# What each room may import of the others; the arrow of the house.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "geo": (),
    "city": ("geo",),
    "messages": ("geo", "city"),
    "adapters": PURE,
    **dict.fromkeys(SHELLS, (*PURE, "adapters")),
    "citygrid": (*PURE, "adapters", *SHELLS),
}


@cache
def modules() -> tuple[Path, ...]:
    """Every module of every room, relative to the root."""
    return tuple(path.relative_to(ROOT) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))


def room(module: Path) -> str:
    return module.parts[0]


@cache
def text(module: Path) -> str:
    return (ROOT / module).read_text(encoding="utf-8")


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(text(module), filename=str(module))


def imports(module: Path) -> Iterator[tuple[str, int]]:
    """The dotted names that a module imports anywhere in it, with their lines."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "", node.lineno)


def top(name: str) -> str:
    return name.split(".", maxsplit=1)[0]


def docstring(module: Path) -> str:
    return ast.get_docstring(tree(module)) or ""


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git keeps and that is there, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())
