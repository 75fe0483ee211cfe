import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from citygrid.local import mosquitto, processes
from citygrid.main import COMMANDS, main
from citygrid.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "command" in service}


def test_it_names_the_processes_of_citygrid_up() -> None:
    local = [spec.name for spec in (*processes.stages(Settings()), processes.simulator(Settings()))]
    assert set(SERVICES) == {"kafka", "mosquitto", "apply", *local}


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_the_command_line(name: str) -> None:
    arguments = OURS[name]["command"]
    assert arguments[0] in COMMANDS
    group = click.Context(main)
    found = main.get_command(group, arguments[0])
    assert found is not None
    found.make_parser(click.Context(found)).parse_args(list(arguments[1:]))


def test_every_image_that_is_not_built_here_is_pinned_to_a_version() -> None:
    pulled = [service["image"] for service in SERVICES.values() if "build" not in service]
    assert pulled
    assert all(re.fullmatch(r"[\w/.-]+:\d+\.\d+\.\d+", image) for image in pulled)


def test_the_image_that_is_built_starts_from_a_pinned_one() -> None:
    assert re.search(r"^FROM \S+:\d+\.\d+\.\d+\S*$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_whatever_is_published_is_published_on_loopback() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_process_that_stays_has_a_health_check() -> None:
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["apply"]


def test_every_process_waits_for_what_it_needs() -> None:
    for name, service in OURS.items():
        assert set(service["depends_on"]) <= set(SERVICES), name
    assert OURS["simulator"]["depends_on"] == {"gateway-1": {"condition": "service_healthy"}}


def test_every_volume_is_declared_and_only_the_page_and_the_history_that_it_plots_share_one() -> None:
    named = {
        name: [volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")]
        for name, service in SERVICES.items()
    }
    assert {volume for volumes in named.values() for volume in volumes} == set(COMPOSE["volumes"])
    assert named.pop("history") == named["operations"]
    kept = [volume for volumes in named.values() for volume in volumes]
    assert len(kept) == len(set(kept))


def test_every_variable_is_a_setting() -> None:
    variables = {key for service in OURS.values() for key in service["environment"]}
    assert {key.removeprefix("CITYGRID_").lower() for key in variables} <= set(Settings.__struct_fields__)


def test_kafka_takes_the_same_largest_message_and_makes_no_topics_by_itself() -> None:
    environment = SERVICES["kafka"]["environment"]
    assert environment["KAFKA_MESSAGE_MAX_BYTES"] == 8 << 20
    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_mosquitto_is_set_up_as_on_one_machine_but_for_where_it_lies_and_listens() -> None:
    composed = directives((ROOT / "deploy" / "mosquitto.conf").read_text())
    local = directives(mosquitto.CONFIGURATION)
    for own in ("listener", "persistence_location", "user", "log_timestamp_format"):
        composed.pop(own, None)
        local.pop(own, None)
    assert composed == local


def directives(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            found.setdefault(name, set()).add(value)
    return found
