import errno
import hashlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from citygrid.local import jars
from citygrid.local.jars import Jar, JarsMissing

CONTENT = b"a jar"
GOOD = Jar("org.example", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest())
BAD = Jar("org.example", "other", "2.0", "0" * 64)


class Repository:
    """In the place of jgo's Maven context: gives CONTENT for everything, or raises."""

    problem: Exception | None = None

    def __init__(self, repo_cache: Path, **_more: Any) -> None:
        self.cache = repo_cache

    def project(self, _group: str, artifact: str) -> "Repository":
        self.name = artifact
        return self

    def at_version(self, _version: str) -> "Repository":
        return self

    def artifact(self) -> "Repository":
        return self

    def resolve(self) -> Path:
        if self.problem:
            raise self.problem
        file = self.cache / self.name
        file.write_bytes(CONTENT)
        return file


@pytest.fixture(autouse=True)
def repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[Repository]:
    module = ModuleType("jgo.maven")
    module.MavenContext = Repository  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jgo.maven", module)
    monkeypatch.setenv("CITYGRID_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(Repository, "problem", None)
    monkeypatch.setattr(jars, "pinned", lambda: [GOOD])
    return Repository


def test_the_cache_lies_where_it_is_told() -> None:
    assert jars.cache_folder().name == "kafka"


def test_what_is_missing_is_fetched_and_the_second_time_nothing_is() -> None:
    assert list(jars.fetch(jars.cache_folder())) == [GOOD]
    assert list(jars.fetch(jars.cache_folder())) == []
    assert jars.class_path() == str(jars.cache_folder() / "thing-1.0.jar")
    assert [file.name for file in jars.cache_folder().iterdir()] == ["thing-1.0.jar"]


def test_without_the_jars_there_is_no_class_path_but_a_sentence() -> None:
    with pytest.raises(JarsMissing, match="run 'make setup'"):
        jars.class_path()


def test_a_jar_with_other_bytes_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "pinned", lambda: [BAD])
    with pytest.raises(JarsMissing, match=r"other-2.0.jar is not the file that was pinned"):
        list(jars.fetch(jars.cache_folder()))
    assert not (jars.cache_folder() / BAD.file_name).exists()


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (OSError("HTTPSConnectionPool"), "the network did not answer"),
        (OSError(errno.ENOSPC, "No space left"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied"), "Set CITYGRID_CACHE_DIR"),
        (RuntimeError("Artifact not found"), "was not found in the Maven repository"),
    ],
)
def test_each_failure_is_a_sentence_that_says_what_to_do(
    problem: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Repository, "problem", problem)
    assert jars.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("setup: ")
    assert told in line


def test_fetching_as_a_program_says_what_it_does_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert jars.main() == 0
    assert capsys.readouterr().out.startswith("setup: fetching Kafka (1 jars")
    assert jars.main() == 0
    assert capsys.readouterr().out == ""


def test_the_real_list_names_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    names = {jar.file_name for jar in jars.pinned()}
    assert {"kafka_2.13-4.1.0.jar", "kafka-clients-4.1.0.jar"} <= names
