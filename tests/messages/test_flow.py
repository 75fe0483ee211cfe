"""How the map is shown."""

import re

from messages.flow import ENDS, HEADINGS, flowchart, markdown, rows
from messages.topics import REGISTERED, TOPICS


def test_each_topic_has_a_row_under_every_heading() -> None:
    assert [row[0] for row in rows()] == [topic.name for topic in TOPICS]
    assert {len(row) for row in rows()} == {len(HEADINGS)}
    assert all(cell for row in rows() for cell in row)


def test_each_arrow_of_the_picture_joins_nodes_that_are_drawn() -> None:
    lines = flowchart().splitlines()[1:]
    nodes = {match[1] for line in lines if (match := re.match(r"\s+(\w+)[\[(]", line))}
    arrows = [match.groups() for line in lines if (match := re.match(r"\s+(\w+) -.*-> (\w+)$", line))]

    assert len(nodes) + len(arrows) == len(lines)
    assert {end for arrow in arrows for end in arrow} <= nodes
    assert len(arrows) == len(set(arrows))


def test_each_writer_and_reader_of_a_topic_has_its_arrow() -> None:
    arrows = flowchart()

    for topic in TOPICS:
        node = "registry" if topic.name.startswith("citygrid.registry.") else re.sub(r"\W", "_", topic.name)
        for writer in topic.writers:
            assert f"{writer.replace('/', '_')} --> {node}" in arrows
        for reader in topic.readers:
            assert f"{node} --> {reader.replace('/', '_')}" in arrows


def test_the_ways_in_and_out_touch_stages_of_the_map() -> None:
    stages = {stage for topic in TOPICS for stage in (*topic.writers, *topic.readers)}

    assert all((origin in stages) != (goal in stages) for origin, _, goal in ENDS)


def test_the_registry_is_one_cylinder_and_all_its_topics_are_listed() -> None:
    assert flowchart().count('("registry.*")') == 1
    assert all(f"`citygrid.registry.{kind}`" in markdown() for kind in REGISTERED)
