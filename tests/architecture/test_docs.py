"""What the documents say is borne out: every file, command, reason and field that they name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import fields

from city.finding import Finding
from city.incident import Incident, LogEntry
from city.report import Receipt
from city.task import Task
from city.window import ClosedWindow, LateReading
from citygrid.main import COMMANDS
from messages.rejects import Answer, Reason, Reject
from operations.app import HANDLERS
from tests.architecture.house import ROOMS, ROOT, tracked

DOCUMENTS = [path for path in tracked() if path.suffix == ".md"]
WANTED = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/flow.md",
    "docs/contract.md",
    "docs/glossary.md",
    "docs/device-guide.md",
)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
QUOTED = re.compile(r"`([^`\n]+)`")
A_FILE = re.compile(rf"(?:{'|'.join((*ROOMS, 'tests', 'examples', 'docs', 'deploy'))})/[\w./-]*")
MAKE = re.compile(r"\bmake ([a-z]+)\b(?=[`\s])")
CONTRACT = "docs/contract.md"
SPOKEN: dict[str, type[Struct]] = {
    "**Task**": Task,
    "receipts/{worker}`": Receipt,
    "`citygrid.windows`": ClosedWindow,
    "`citygrid.late`": LateReading,
    "`citygrid.findings`": Finding,
    "`citygrid.incidents`": Incident,
    "`citygrid.incident-log`": LogEntry,
    "`citygrid.rejects`": Reject,
    "**Rejected**": Answer,
}


@pytest.mark.parametrize("name", WANTED)
def test_every_document_that_a_newcomer_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_every_link_leads_somewhere() -> None:
    broken = [f"{path}: {link}" for path in DOCUMENTS for link in LINK.findall(_text(path)) if not _beside(path, link)]

    assert not broken, "\n".join(broken)


def test_every_file_that_a_document_names_is_there() -> None:
    missing = [
        f"{path}: {name}" for path in DOCUMENTS for name in _quoted(path) if A_FILE.fullmatch(name) and not _named(name)
    ]

    assert not missing, "\n".join(missing)


def test_every_decision_stands_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    written = {path.name for path in folder.glob("0*.md")}

    assert set(LINK.findall((folder / "README.md").read_text(encoding="utf-8"))) == written


def test_every_target_of_make_that_a_document_names_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {(path, target) for path in DOCUMENTS for quote in _quoted(path) for target in MAKE.findall(f"{quote} ")}

    assert {(path, target) for path, target in named if target not in targets} == set()


def test_the_contract_and_the_command_line_have_the_same_commands() -> None:
    table = _text(Path(CONTRACT)).split("## Command line")[1].split("Settings come from")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = {quote.removeprefix("citygrid ").split()[0] for row in rows for quote in QUOTED.findall(row)}

    assert named == set(COMMANDS)


def test_the_contract_and_the_guide_explain_every_reason() -> None:
    for path in (CONTRACT, "docs/device-guide.md"):
        assert {reason.value for reason in Reason} <= set(_quoted(Path(path))), path


@pytest.mark.parametrize("said", SPOKEN)
def test_the_contract_names_every_field_of_what_is_sent(said: str) -> None:
    braces = _braces(_text(Path(CONTRACT)).split(said, 1)[1])
    named = set(re.findall(r'"(\w+)"', re.sub(r':\s*(?:\[?\{[^{}]*\}\]?|"[^"]*")', "", braces)))

    assert named == {field.encode_name for field in fields(SPOKEN[said])}


def test_the_contract_names_every_way_of_the_api() -> None:
    named = set(re.findall(r"(/api/v1/[a-z]+)", _text(Path(CONTRACT))))
    served = {"/".join(path.split("/")[:4]) for handler in HANDLERS for path in getattr(handler, "paths", ())}

    assert {path for path in served if path.startswith("/api/")} == named


def _text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _quoted(path: Path) -> Iterator[str]:
    yield from QUOTED.findall(_text(path))


def _beside(path: Path, link: str) -> bool:
    return (ROOT / path.parent / link).exists()


def _named(name: str) -> bool:
    """A file, a folder, or a module named without its ending."""
    return (ROOT / name).exists() or (ROOT / f"{name}.py").is_file()


def _braces(text: str) -> str:
    """What stands between the first brace and the one that closes it, both left out."""
    begin, depth = text.index("{") + 1, 1
    for end, letter in enumerate(text[begin:], start=begin):
        depth += (letter == "{") - (letter == "}")
        if not depth:
            return text[begin:end]
    return text[begin:]
