"""What is said to people is said in both languages."""

import pytest
from msgspec.structs import replace

from city.cases import words
from city.cases.evidence import of_finding
from city.clocks import Stage, started
from city.dispatch import LeftOut
from city.incident import IncidentState
from city.limits import Clock, Limit
from city.names import Name
from city.report import ActionKind
from city.transitions import Change
from city.work_time import EVERY_WEEK
from tests.city.case_builders import CELLS, finding

SAID = [
    *(value for value in vars(words).values() if isinstance(value, Name)),
    words.nobody_there({}),
    *(words.nobody_there({reason: 1}) for reason in LeftOut),
    words.all_asked(180),
    words.still_stands(of_finding(finding())),
    words.sensor_died(of_finding(finding())),
    words.holding(60),
    words.not_here("990102-1"),
    words.not_while_it_stands(of_finding(finding())),
    words.no_worker_here("w-1", "990102"),
    *(words.needs_a_reason(action) for action in ActionKind),
    *(words.not_in_this_state(ActionKind.CLOSE, state) for state in IncidentState),
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.en)
def test_every_sentence_is_chinese_and_english(said: Name) -> None:
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said.zh)
    assert said.en
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in said.en)


def test_the_reason_nearest_to_being_able_is_told() -> None:
    both = words.nobody_there({LeftOut.WITHOUT_SKILL: 40, LeftOut.FULL: 1})
    assert both == words.nobody_there({LeftOut.FULL: 9})


def test_a_cells_mean_is_named_by_its_cell() -> None:
    assert CELLS[0] in words.still_stands(of_finding(finding(device=""))).en


@pytest.mark.parametrize(
    ("value", "text"), [(0.3, "0.3"), (15.0, "15"), (1234567.0, "1234567"), (0.0, "0"), (None, "–")]
)
def test_readings_are_written_as_people_write_them(value: float | None, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("change", "extensions", "zh", "en"),
    [
        (Change.CLOCK_WARNING, 0, "处置临近超时：2工作日已用九成", "Handling has used nine tenths of 2 work days"),
        (Change.OVERDUE, 0, "处置超时：时限2工作日", "Handling is overdue: its limit was 2 work days"),
        (Change.OVERDUE, 1, "处置超时：时限2工作日 × 2", "Handling is overdue: its limit was 2 work days × 2"),
    ],
)
def test_a_clock_that_has_turned_is_said_with_its_stage_and_limit(
    change: Change, extensions: int, zh: str, en: str
) -> None:
    clock = replace(started(Stage.HANDLING, Limit(Clock.WORK_DAY, 2), 0, EVERY_WEEK), extensions=extensions)
    assert words.clock_turned(change, clock) == Name(zh=zh, en=en)
