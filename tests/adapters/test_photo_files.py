"""Photos are kept whole, once, and under the hash of what they are."""

import hashlib
import resource
from pathlib import Path

import pytest

from adapters import photo_files
from adapters.photo_files import LARGEST_PHOTO, Photo, PhotoFiles, Put, is_hash, kind_of

JPEG = b"\xff\xd8\xff\xe0 a photo"
PNG = b"\x89PNG\r\n\x1a\n a photo"
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "


def hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("content", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")])
def test_a_photo_comes_back_as_it_was_brought(tmp_path: Path, content: bytes, kind: str) -> None:
    photos = PhotoFiles(tmp_path)
    assert photos.put(hashed(content), content) is Put.NEW
    assert photos.get(hashed(content)) == Photo(content, kind)


def test_the_same_photo_is_kept_once(tmp_path: Path) -> None:
    photos = PhotoFiles(tmp_path)
    photos.put(hashed(JPEG), JPEG)
    assert photos.put(hashed(JPEG), JPEG) is Put.KNOWN
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [hashed(JPEG)]


def test_another_content_than_its_hash_says_is_not_kept(tmp_path: Path) -> None:
    assert PhotoFiles(tmp_path).put(hashed(PNG), JPEG) is Put.OTHER_HASH
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"GIF89a", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_photo_is_not_kept(tmp_path: Path, content: bytes) -> None:
    assert PhotoFiles(tmp_path).put(hashed(content), content) is Put.NO_IMAGE
    assert kind_of(content) is None


def test_a_photo_beyond_eight_mebibytes_is_not_kept(tmp_path: Path) -> None:
    content = JPEG.ljust(LARGEST_PHOTO + 1, b"\0")
    assert PhotoFiles(tmp_path).put(hashed(content), content) is Put.TOO_LARGE


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "g" * 64, "0" * 63, "..", "0" * 63 + "/"])
def test_what_is_no_hash_names_no_photo(tmp_path: Path, name: str) -> None:
    assert not is_hash(name)
    assert PhotoFiles(tmp_path).get(name) is None


def test_a_photo_that_nobody_brought_is_not_there(tmp_path: Path) -> None:
    assert PhotoFiles(tmp_path).get("0" * 64) is None


def test_photos_have_a_limit_all_together_and_it_counts_those_that_were_there_before(tmp_path: Path) -> None:
    PhotoFiles(tmp_path).put(hashed(JPEG), JPEG)
    photos = PhotoFiles(tmp_path, len(JPEG) + len(PNG))
    assert photos.put(hashed(WEBP), WEBP) is Put.NEW
    assert photos.put(hashed(PNG), PNG) is Put.NO_ROOM
    assert photos.put(hashed(JPEG), JPEG) is Put.KNOWN
    assert photos.get(hashed(PNG)) is None


def test_a_disk_with_little_room_is_left_to_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_files, "LEAST_ROOM", 1 << 62)
    assert PhotoFiles(tmp_path / "photos").put(hashed(PNG), PNG) is Put.NO_ROOM


def test_a_photo_that_no_longer_fits_leaves_nothing_behind(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, before[1]))
    try:
        assert PhotoFiles(tmp_path).put(hashed(PNG), PNG) is Put.NO_ROOM
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
    assert PhotoFiles(tmp_path).put(hashed(PNG), PNG) is Put.NEW
