"""The map of topics, the files it names and the processes that are started agree."""

import re

import pytest

from messages.flow import markdown
from messages.topics import TOPICS
from tests.architecture.house import ROOT, SHELLS, modules, room, text

STAGES = sorted({stage for topic in TOPICS for stage in (*topic.writers, *topic.readers)})
COMMANDS = {
    "gateways": "gateway",
    "streams": "worker",
    "operations": "operations",
    "history": "history",
    "simulator": "simulate",
}


def test_each_stage_of_the_map_is_a_file() -> None:
    missing = [stage for stage in STAGES if not (ROOT / f"{stage}.py").is_file()]

    assert not missing, f"messages/topics.py names what is not there: {', '.join(missing)}"


def test_each_stage_of_the_house_stands_on_the_map() -> None:
    """The simulator stands where devices and workers do, outside of the map."""
    named = {
        str(module.with_suffix(""))
        for module in modules()
        if room(module) in SHELLS and room(module) != "simulator" and "_to_" in module.stem
    }

    assert named <= set(STAGES), f"put the topics of {sorted(named - set(STAGES))} into messages/topics.py"


def test_the_flow_page_is_printed_from_the_map() -> None:
    page = (ROOT / "docs" / "flow.md").read_text(encoding="utf-8")

    assert page == markdown(), "docs/flow.md is behind messages/topics.py: `make flow` prints it again"


def test_topics_are_named_only_on_the_map() -> None:
    named = re.compile(r"""["'](citygrid\.(?!toml)[a-z.-]+)["']""")
    names = {topic.name for topic in TOPICS}
    wrong = [
        f"{module} says {found!r}: take the name from messages/topics.py"
        for module in modules()
        if str(module) != "messages/topics.py"
        for found in named.findall(text(module))
        if found in names
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_a_process_in_docker_compose_and_a_command(shell: str) -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    assert re.search(rf'command: \["{COMMANDS[shell]}"', compose), (
        f"docker-compose.yml starts no `citygrid {COMMANDS[shell]}`"
    )
    assert (ROOT / "citygrid" / "commands" / f"{COMMANDS[shell]}.py").is_file()
