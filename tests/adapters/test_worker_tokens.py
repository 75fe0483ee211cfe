"""A worker's token opens that worker's page and no other."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.worker_tokens import link, secret_of, token_for, worker_of

SECRET = b"s" * 32


@given(st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable()))
def test_a_token_names_its_worker(worker: str) -> None:
    assert worker_of(SECRET, token_for(SECRET, worker)) == worker


@given(st.text(max_size=80))
def test_any_other_text_names_nobody(text: str) -> None:
    assert worker_of(SECRET, text) is None


def test_a_token_of_another_installation_names_nobody() -> None:
    assert worker_of(SECRET, token_for(b"t" * 32, "w-1")) is None


def test_a_token_cannot_be_carried_over_to_another_worker() -> None:
    signature = token_for(SECRET, "w-1").rpartition(".")[2]
    assert worker_of(SECRET, f"w-2.{signature}") is None


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    made = secret_of(tmp_path / "data")
    assert secret_of(tmp_path / "data") == made
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret"]


def test_processes_that_make_the_secret_at_once_agree_on_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(secret_of, [tmp_path] * 32))) == 1


def test_a_damaged_secret_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"short")
    with pytest.raises(ValueError, match="remove it"):
        secret_of(tmp_path)


def test_a_link_opens_the_workers_page() -> None:
    assert (
        link("http://127.0.0.1:8080/", SECRET, "w-1")
        == f"http://127.0.0.1:8080/worker?token={token_for(SECRET, 'w-1')}"
    )
