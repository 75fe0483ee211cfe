"""Who may ask, and who may write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.guard import LOOPBACK, fault, is_ours

HOST = {"host": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "192.168.1.7:8080", "[fe80::1]"]
)
def test_our_own_names_and_any_address_are_ours(host: str) -> None:
    assert is_ours(host, LOOPBACK)


@pytest.mark.parametrize(
    "host", ["example.org", "127.0.0.1.example.org", "", "localhost.example.org:80", "a@127.0.0.1", "[", "[::1"]
)
def test_other_names_are_not_ours(host: str) -> None:
    assert not is_ours(host, LOOPBACK)


def test_a_name_we_were_told_to_listen_on_is_ours() -> None:
    assert is_ours("city.example.com:80", LOOPBACK | {"city.example.com"})


def test_a_rebound_name_is_answered_with_misdirected_request() -> None:
    assert (fault("GET", "/api/v1/board", {"host": "example.org"}, LOOPBACK) or (0, ""))[0] == 421
    assert (fault("GET", "/api/v1/board", {}, LOOPBACK) or (0, ""))[0] == 421


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_may_use_any_name(path: str) -> None:
    assert fault("GET", path, {"host": "operations:8080"}, LOOPBACK) is None


def test_our_own_page_and_a_program_may_write() -> None:
    assert (
        fault(
            "POST",
            "/api/v1/reports",
            {**HOST, "origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"},
            LOOPBACK,
        )
        is None
    )
    assert fault("POST", "/api/v1/reports", HOST, LOOPBACK) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://example.org"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_page_of_another_site_may_not_write(method: str, headers: dict[str, str]) -> None:
    assert (fault(method, "/api/v1/reports", {**HOST, **headers}, LOOPBACK) or (0, ""))[0] == 403


def test_a_page_of_another_site_may_not_read_either_but_the_browser_sees_to_that() -> None:
    assert fault("GET", "/", {**HOST, "origin": "http://example.org"}, LOOPBACK) is None


@given(st.text(max_size=40))
def test_any_host_header_gets_a_verdict(host: str) -> None:
    assert is_ours(host, LOOPBACK) in {True, False}
