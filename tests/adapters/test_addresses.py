import socket

import pytest

from adapters.addresses import answers, host_and_port


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("127.0.0.1:9092", ("127.0.0.1", 9092)),
        ("kafka.example:19092", ("kafka.example", 19092)),
        ("[::1]:1883", ("::1", 1883)),
        (":8080", ("", 8080)),
    ],
)
def test_an_address_is_a_host_and_a_port(address: str, parts: tuple[str, int]) -> None:
    assert host_and_port(address) == parts


@pytest.mark.parametrize("address", ["", "localhost", "localhost:", "localhost:mqtt"])
def test_an_address_without_a_port_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="int"):
        host_and_port(address)


def test_only_where_somebody_listens_an_address_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        assert answers(address)
    assert not answers(address)
