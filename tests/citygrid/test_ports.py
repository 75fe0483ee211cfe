import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.addresses import answers
from citygrid.local import addresses, ports
from citygrid.local.addresses import Chosen, PortTaken
from citygrid.local.records import Installation, Process
from citygrid.settings import Settings


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


HOLDER = """
import sys
from citygrid.local import ports
print(ports.choose(sys.argv[1], chosen=False), flush=True)
sys.stdin.read()
"""


class Holder:
    """Another process that chooses a port, listens on nothing yet, and keeps what it has chosen until it is killed."""

    def __init__(self, wanted: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, wanted], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def chosen(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def holders() -> Iterator[Callable[[str], Holder]]:
    started: list[Holder] = []

    def start(wanted: str) -> Holder:
        started.append(Holder(wanted))
        return started[-1]

    yield start
    for holder in started:
        holder.kill()


def last(http: str) -> Installation:
    nobody = Process(name="supervisor", pid=1, born=0.0)
    return Installation(
        supervisor=nobody, mqtt=ports.any_free(), kafka=ports.any_free(), http=http, partitions=16, city="x"
    )


def free(**settings: str) -> Settings:
    given = {key: ports.any_free() for key in ("kafka", "mqtt", "http")} | settings
    return Settings(**given)


def test_a_port_that_something_listens_on_is_not_free_and_answers(taken: str) -> None:
    assert not ports.is_free(taken)
    assert answers(taken)


def test_a_port_that_a_listener_on_every_address_has_is_not_free_on_loopback() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:  # noqa: S104 - that is what is tested
        assert not ports.is_free(f"127.0.0.1:{listener.getsockname()[1]}")


def test_a_free_port_is_free_and_silent() -> None:
    address = ports.any_free()
    assert ports.is_free(address)
    assert not answers(address)


def test_an_answer_counts_only_from_the_process_that_was_meant(taken: str) -> None:
    assert ports.answered_by(os.getpid(), taken)
    assert not ports.answered_by(os.getppid(), taken)
    assert not ports.answered_by(2**22 + 1, taken)


def test_what_is_wanted_and_free_is_taken() -> None:
    address = ports.any_free()
    assert ports.choose(address, chosen=False) == address
    assert ports.choose(address, chosen=True) == address


def test_a_port_that_nobody_chose_gives_way_to_another(taken: str) -> None:
    other = ports.any_free()
    assert ports.choose(taken, chosen=False, others=[taken, other]) == other
    assert ports.choose(taken, chosen=False) not in {taken, None}


def test_a_port_that_somebody_chose_does_not_give_way(taken: str) -> None:
    assert ports.choose(taken, chosen=True, others=[ports.any_free()]) is None


def test_an_installation_without_rivals_gets_what_it_wants_and_says_nothing() -> None:
    wanted = free()
    assert addresses.choose(wanted, None) == Chosen(wanted, [])


def test_a_default_in_use_gives_way_and_it_is_said(taken: str) -> None:
    found = addresses.choose(free(mqtt=taken), None)
    assert isinstance(found, Chosen)
    assert found.settings.mqtt != taken
    assert found.notes == [f"{taken} is in use by another program: Mosquitto listens on {found.settings.mqtt} instead."]


def test_it_goes_back_to_the_port_of_the_last_time(taken: str) -> None:
    before = ports.any_free()
    found = addresses.choose(free(http=taken), last(f"http://{before}"))
    assert isinstance(found, Chosen)
    assert found.settings.http == before


def test_a_chosen_port_in_use_ends_in_a_sentence_that_says_what_to_do(taken: str) -> None:
    settings = Settings(kafka=taken, mqtt=ports.any_free(), http=ports.any_free(), chosen=frozenset({"kafka"}))
    found = addresses.choose(settings, None)
    assert isinstance(found, PortTaken)
    assert found.sentence.startswith(f"{taken}, which is set for Kafka, is in use by another program")
    assert "--kafka" in found.sentence
    assert "CITYGRID_KAFKA" in found.sentence


def test_data_folders_do_not_matter_for_ports(tmp_path: Path) -> None:
    assert isinstance(addresses.choose(free(data_dir=str(tmp_path)), None), Chosen)


def test_a_free_port_is_one_that_no_outgoing_connection_may_take() -> None:
    _, _, port = ports.any_free().rpartition(":")
    assert int(port) in ports.BELOW_CONNECTIONS


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names of sockets without a file")
def test_processes_that_choose_in_the_same_moment_do_not_choose_the_same(holders: Callable[[str], Holder]) -> None:
    wanted = ports.any_free()
    several = [holders(wanted) for _ in range(3)]
    chosen = [holder.chosen() for holder in several]
    assert len(set(chosen)) == len(several)
    assert chosen.count(wanted) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names of sockets without a file")
def test_a_port_that_another_process_holds_is_not_free_until_that_process_is_gone(
    holders: Callable[[str], Holder],
) -> None:
    wanted = ports.any_free()
    holder = holders(wanted)
    assert holder.chosen() == wanted
    assert not ports.is_free(wanted)
    assert ports.choose(wanted, chosen=True) is None
    holder.kill()
    assert ports.choose(wanted, chosen=True) == wanted


def test_a_process_never_gives_a_port_twice_that_it_holds() -> None:
    given = [ports.any_held() for _ in range(20)]
    assert len(set(given)) == len(given)
    assert all(ports.hold(address) for address in given)


def test_somebody_else_answers_only_where_a_process_that_can_be_seen_does_not_listen(
    taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ports.answered_by_another(2**22 + 1, taken)
    assert not ports.answered_by_another(os.getpid(), taken)
    assert not ports.answered_by_another(os.getpid(), ports.any_free())
    monkeypatch.setattr(ports, "_listens", lambda _pid, _address: None)
    assert not ports.answered_by_another(1, taken)
