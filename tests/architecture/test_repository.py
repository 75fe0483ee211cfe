"""What lies in the repository is ours, and fits any machine."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import ROOT, tracked

LARGEST_FILE = 4 * 1024 * 1024
PICTURES = {".png", ".jpg", ".webp", ".ico", ".woff2"}
RECORDED = {".gz", ".zip", ".sqlite", ".jar", ".whl"}
A_MACHINE = re.compile(r"(?<![\w.<>])/(?:home|root|Users|work|tmp)/[\w.]+")
ADDRESS = re.compile(r"https?://([A-Za-z0-9-]+\.[A-Za-z0-9.-]+)")
# Hosts that a reader is sent to, or that a standard uses as a name; nothing is fetched from them.
NAMED = {
    "127.0.0.1",
    "cloudevents.io",
    "datatracker.ietf.org",
    "example.com",
    "example.org",
    "json-schema.org",
    "www.opengis.net",
    "www.rfc-editor.org",
    "www.w3.org",
}


def test_no_file_names_a_path_of_one_machine() -> None:
    wrong = [f"{path} names {found}" for path, content in texts() if (found := A_MACHINE.findall(content))]

    assert not wrong, "\n".join(wrong)


def test_no_file_names_an_address_to_download_from() -> None:
    """Packages come by name, version and hash; where from is the business of whoever installs."""
    wrong = [
        f"{path} names {sorted(hosts)}; if a reader is only sent there, add it to NAMED"
        for path, content in texts()
        if (hosts := {host.lower() for host in ADDRESS.findall(content)} - NAMED)
    ]

    assert not wrong, "\n".join(wrong)


def test_no_file_is_larger_than_a_clone_should_carry() -> None:
    assert [str(path) for path in tracked() if (ROOT / path).stat().st_size > LARGEST_FILE] == []


def test_nothing_that_was_recorded_or_fetched_lies_here() -> None:
    assert [str(path) for path in tracked() if path.suffix in RECORDED] == []


def test_every_text_is_utf_8_with_plain_line_ends() -> None:
    assert [str(path) for path, content in texts() if "\r\n" in content] == []


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        if path.suffix not in PICTURES | RECORDED:
            yield path, (ROOT / path).read_bytes().decode("utf-8")
