"""Which jars Kafka runs from: those pinned in kafka.lock, fetched once by coordinate and checked by hash.

Needs neither a JDK nor Maven. Run as a program it fetches what is missing and says so in a sentence.
"""

import errno
import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import platformdirs
from msgspec import Struct

LOCK = Path(__file__).with_name("kafka.lock")


class Jar(Struct, frozen=True):
    """One pinned jar by its Maven coordinate, with the SHA-256 of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """What the jar is called in the cache."""
        return f"{self.artifact}-{self.version}.jar"


class JarsMissing(Exception):
    """Kafka's jars could not be had; the text says why and what to do."""


def cache_folder() -> Path:
    """Where the jars lie: `kafka` under CITYGRID_CACHE_DIR, or in the user's cache folder."""
    chosen = os.environ.get("CITYGRID_CACHE_DIR")
    return (Path(chosen) if chosen else platformdirs.user_cache_path("citygrid")) / "kafka"


def pinned() -> list[Jar]:
    """The jars of kafka.lock, one a line: `group:artifact:version sha256:…`."""
    lines = (line.replace(" sha256:", ":").split(":") for line in LOCK.read_text().splitlines())
    return [Jar(group, artifact, version, sha256) for group, artifact, version, sha256 in lines]


def missing(folder: Path) -> list[Jar]:
    """The pinned jars that are not in the cache."""
    return [jar for jar in pinned() if not (folder / jar.file_name).is_file()]


def class_path() -> str:
    """Java's class path of the cached jars. Raises JarsMissing when some are not there."""
    folder = cache_folder()
    if missing(folder):
        raise JarsMissing(f"Kafka's jars are not in {folder}: run 'make setup'.")
    return os.pathsep.join(str(folder / jar.file_name) for jar in pinned())


def fetch(folder: Path) -> Iterator[Jar]:
    """Fetches what is missing into `folder`, giving each jar once it is there. Raises JarsMissing."""
    wanted = missing(folder)
    if not wanted:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="fetching-") as scratch:
            for jar in wanted:
                _fetch_one(jar, Path(scratch), folder)
                yield jar
    except OSError as problem:
        raise JarsMissing(_sentence(problem, folder)) from problem


def _fetch_one(jar: Jar, scratch: Path, folder: Path) -> None:
    from jgo.maven import MavenContext  # noqa: PLC0415 - slow to import, and rarely needed

    project = MavenContext(repo_cache=scratch, local_repos=[], timeout=60).project(jar.group, jar.artifact)
    try:
        fetched = project.at_version(jar.version).artifact().resolve()
    except RuntimeError as problem:
        raise JarsMissing(
            f"{jar.file_name} was not found in the Maven repository: check the proxy, or kafka.lock."
        ) from problem
    found = hashlib.sha256(fetched.read_bytes()).hexdigest()
    if found != jar.sha256:
        raise JarsMissing(
            f"{jar.file_name} is not the file that was pinned (SHA-256 {found}): check the network, or kafka.lock."
        )
    fetched.replace(folder / jar.file_name)


def _sentence(problem: OSError, folder: Path) -> str:
    match problem.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"Kafka's jars do not fit into {folder}: the disk is full. Free 100 MB and run it again."
        case errno.EACCES | errno.EROFS | errno.EPERM:
            return f"Kafka's jars cannot be kept in {folder}: this user may not write there. Set CITYGRID_CACHE_DIR to a folder of yours."
        case _:
            return "Kafka's jars could not be fetched: the network did not answer. Check the connection (or proxy) and run it again."


def main() -> int:
    """Fetches what is missing; the exit status is 1 when that failed."""
    folder = cache_folder()
    count = len(missing(folder))
    if not count:
        return 0
    print(f"setup: fetching Kafka ({count} jars, 45 MB) into {folder}", flush=True)
    try:
        for _ in fetch(folder):
            pass
    except JarsMissing as problem:
        print(f"setup: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
