"""Every exception from a rule has its reason on the same line."""

import re
import tomllib

from tests.architecture.house import ROOT, text, tracked

FEWEST_WORDS = 2
SETTINGS = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
RULE = re.compile(r'^\s*"(?P<code>[A-Z]+[0-9]*)",(?P<rest>.*)$', re.MULTILINE)
WAIVER = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?(?P<reason>.*)$", re.MULTILINE)
IGNORED = re.compile(r"#\s*type:\s*ignore(?P<codes>\[[a-z, -]+\])?(?P<reason>.*)$", re.MULTILINE)
PYTHON = [path for path in tracked() if path.suffix == ".py" and path.name != "test_waivers.py"]


def test_every_rule_that_is_off_says_why() -> None:
    silent = [
        found["code"]
        for found in RULE.finditer(SETTINGS)
        if len(found["rest"].split("#", 1)[-1].split()) < FEWEST_WORDS
    ]

    assert not silent, f"say on the line why it is off: {', '.join(silent)}"


def test_every_file_that_is_exempt_says_why() -> None:
    table = SETTINGS.split("[tool.ruff.lint.per-file-ignores]")[1].split("\n[")[0]
    exempt = [line for line in table.splitlines() if re.match(r'^"[^"]+" = \[.*\]', line)]

    assert [line for line in exempt if "#" not in line] == []


def test_every_file_that_is_exempt_is_there() -> None:
    exempt = tomllib.loads(SETTINGS)["tool"]["ruff"]["lint"]["per-file-ignores"]

    assert [pattern for pattern in exempt if not any(ROOT.glob(pattern))] == []


def test_ruff_and_mypy_are_as_strict_as_they_can_be() -> None:
    tool = tomllib.loads(SETTINGS)["tool"]

    assert tool["ruff"]["lint"]["select"] == ["ALL"]
    assert tool["mypy"]["strict"] is True


def test_every_waiver_names_its_rule_and_its_reason() -> None:
    wrong = [
        f"{path}: {found[0]}"
        for path in PYTHON
        for found in WAIVER.finditer(text(path))
        if not found["codes"] or len(found["reason"].strip(" -(#").split()) < FEWEST_WORDS
    ]

    assert not wrong, "write `# noqa: RULE - the reason`:\n" + "\n".join(wrong)


def test_every_type_that_is_ignored_names_its_rule_and_its_reason() -> None:
    """In tests the rule is enough: what a test hands in there is wrong on purpose."""
    wrong = [
        f"{path}: {found[0]}"
        for path in PYTHON
        for found in IGNORED.finditer(text(path))
        if not found["codes"] or (path.parts[0] != "tests" and len(found["reason"].strip(" #").split()) < FEWEST_WORDS)
    ]

    assert not wrong, "write `# type: ignore[rule] # the reason`:\n" + "\n".join(wrong)
