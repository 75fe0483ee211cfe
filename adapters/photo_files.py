"""Photos as files, each named by the hash of its content, so that the same photo is kept once and none can be changed."""

import errno
import hashlib
import os
import secrets
import shutil
import threading
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

LARGEST_PHOTO = 8 * 1024 * 1024
HASH_LENGTH = 64
LEAST_ROOM = 100 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_HEX = frozenset("0123456789abcdef")


class Put(StrEnum):
    """What became of a photo that was brought."""

    NEW = "new"
    KNOWN = "known"
    TOO_LARGE = "too_large"
    NO_IMAGE = "no_image"
    OTHER_HASH = "other_hash"
    NO_ROOM = "no_room"


class Photo(Struct, frozen=True):
    """A kept photo: its bytes and its media type, as its first bytes tell."""

    content: bytes
    kind: str


class PhotoFiles:
    """The photos of one installation, below `folder`: at most `most_bytes` together, and none that would fill the disk for all others.

    One process writes them; its requests may come from several threads.
    """

    def __init__(self, folder: Path, most_bytes: int = 10 << 30) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._bytes: int | None = None
        self._lock = threading.Lock()

    def put(self, sha256: str, content: bytes) -> Put:
        """Keeps a photo under its hash. Raises OSError when the folder cannot be written for another reason than want of room."""
        if len(content) > LARGEST_PHOTO:
            return Put.TOO_LARGE
        if hashlib.sha256(content).hexdigest() != sha256:
            return Put.OTHER_HASH
        if kind_of(content) is None:
            return Put.NO_IMAGE
        file = self._file(sha256)
        if file.exists():
            return Put.KNOWN
        return self._keep(file, content)

    def _keep(self, file: Path, content: bytes) -> Put:
        with self._lock:
            if self._bytes is None:
                self._bytes = _size_of(self._folder)
            if self._bytes + len(content) > self._most_bytes or _room(self._folder) < LEAST_ROOM:
                return Put.NO_ROOM
            try:
                _write(file, content)
            except OSError as problem:
                if problem.errno in FULL:
                    return Put.NO_ROOM
                raise
            self._bytes += len(content)
        return Put.NEW

    def get(self, sha256: str) -> Photo | None:
        """The photo with this hash, or None."""
        if not is_hash(sha256):
            return None
        try:
            content = self._file(sha256).read_bytes()
        except FileNotFoundError:
            return None
        return Photo(content, kind_of(content) or "application/octet-stream")

    def _file(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def is_hash(text: str) -> bool:
    """Whether a text is a SHA-256 in lower-case hexadecimal digits."""
    return len(text) == HASH_LENGTH and _HEX.issuperset(text)


def kind_of(content: bytes) -> str | None:
    """The media type of JPEG, PNG or WebP by their first bytes; None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def _write(file: Path, content: bytes) -> None:
    """A photo is there whole or not at all, also after a power cut."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*/*") if file.is_file())


def _room(folder: Path) -> int:
    """Free bytes on the disk of a folder, which may not be there yet."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), Path())
    return shutil.disk_usage(there).free
