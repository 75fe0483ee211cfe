"""The map of topics, the files it names and the processes that are started agree."""

import ast
import re
from pathlib import Path

import pytest

from messages import topics
from messages.flow import markdown
from messages.topics import TOPICS, Topic
from tests.architecture.house import PURE, ROOT, SHELLS, imports, modules, room, text, tree

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


def test_who_handles_a_topic_stands_with_it_on_the_map() -> None:
    """A room that names a topic writes or reads it, and the map says so. The pure rooms only tell its bytes."""
    wrong = [
        f"{module} handles {topic.name}, of which the map knows only {', '.join(sorted(_rooms(topic)))}"
        for module in modules()
        if room(module) not in (*PURE, "citygrid")
        for topic in _named_in(module)
        if (str(module.with_suffix("")) if room(module) == "adapters" else room(module)) not in _rooms(topic)
    ]

    assert not wrong, "\n".join(wrong)


def test_whom_the_map_names_with_a_topic_handles_it() -> None:
    """The registry's topics have no constants; adapters/kafka_registry reads and writes them for everybody."""
    handled = {
        (topic.name, str(module.with_suffix("")) if room(module) == "adapters" else room(module))
        for module in modules()
        for said_by in (module, *_messages_of(module))
        for topic in _named_in(said_by)
    }
    wrong = [
        f"{place} is named with {topic.name} and never says it"
        for topic in TOPICS
        if topic.writers != (topics.REGISTRY,)
        for place in _rooms(topic)
        if (topic.name, place) not in handled
    ]

    assert not wrong, "\n".join(wrong)


def test_the_flow_page_is_printed_from_the_map() -> None:
    page = (ROOT / "docs" / "flow.md").read_text(encoding="utf-8")

    assert page == markdown(), "docs/flow.md is behind messages/topics.py: `make flow` prints it again"


def test_topics_are_named_only_on_the_map() -> None:
    """Nor as the beginning of a name that is put together."""
    named = re.compile(r"""["'](citygrid\.[a-z-]+)(?:[."'{]|$)""")
    beginnings = {".".join(topic.name.split(".")[:2]) for topic in TOPICS}
    wrong = [
        f"{module} says {found!r}: take the name from messages/topics.py"
        for module in modules()
        if str(module) != "messages/topics.py"
        for found in named.findall(text(module))
        if found in beginnings
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_a_process_in_docker_compose_and_a_command(shell: str) -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    assert re.search(rf'command: \["{COMMANDS[shell]}"', compose), (
        f"docker-compose.yml starts no `citygrid {COMMANDS[shell]}`"
    )
    assert (ROOT / "citygrid" / "commands" / f"{COMMANDS[shell]}.py").is_file()


def _named_in(module: Path) -> list[Topic]:
    """The topics that a module imports from the map by their constants."""
    imported = {
        name.name
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom) and node.module == topics.__name__
        for name in node.names
    }
    return [found for name in sorted(imported) if isinstance(found := getattr(topics, name), Topic)]


def _messages_of(module: Path) -> list[Path]:
    """The modules of messages/ that a module imports, because they name topics for it."""
    named = {Path(*name.split(".")).with_suffix(".py") for name, _ in imports(module)}
    return [path for path in modules() if path in named and room(path) == "messages"]


def _rooms(topic: Topic) -> set[str]:
    """The shells that the map names with a topic, and the files of adapters/, each of which stands for itself."""
    named = {Path(stage) for stage in (*topic.writers, *topic.readers)}
    return {str(stage) if stage.parts[0] == "adapters" else stage.parts[0] for stage in named}
