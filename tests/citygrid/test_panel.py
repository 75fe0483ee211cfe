import json
from pathlib import Path

from rich.console import Console

from citygrid.local import panel
from citygrid.local.figures import Figures
from citygrid.local.supervisor import Report, State
from citygrid.settings import Settings

SETTINGS = Settings(data_dir=Path("/data"), http="127.0.0.1:8080")
FIGURES = Figures(
    readings_per_s=51.4,
    in_flight=3,
    received=1234567,
    balanced=True,
    open_incidents=2,
    tasks=1,
    ready=frozenset({"gateway-1"}),
)


def report(name: str = "gateway-1", state: State = State.RUNNING, **more: object) -> Report:
    return Report(**{"name": name, "state": state, "pid": 42, "http": "127.0.0.1:9", "restarts": 0, **more})


def text(*reports: Report, figures: Figures = FIGURES, notes: list[str] | None = None) -> str:
    console = Console(width=140, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115 - thrown away
    console.print(panel.render(SETTINGS, reports, figures, notes or []))
    console.file.close()
    return console.export_text()


def test_it_shows_the_address_and_every_figure() -> None:
    shown = text(report())
    for part in (
        "http://127.0.0.1:8080",
        "51",
        "1,234,567 received, balances",
        "open incidents",
        "Ctrl-C ends everything",
    ):
        assert part in shown


def test_what_is_not_known_yet_is_a_dash_and_no_zero() -> None:
    shown = text(report(), figures=Figures())
    assert shown.count("–") == 5
    assert "0" not in shown.split("ledger")[1].split("gateway")[0]


def test_a_ledger_with_something_in_flight_is_still_counting() -> None:
    assert "still counting" in text(figures=Figures(received=5, in_flight=1, balanced=False))
    assert "does not balance yet" in text(figures=Figures(received=5, in_flight=0, balanced=False))


def test_a_process_that_is_not_ready_yet_is_starting_and_says_what_it_waits_for() -> None:
    shown = text(report(), figures=Figures(not_ready={"gateway-1": "no session yet"}))
    assert "starting" in shown
    assert "no session yet" in shown


def test_a_failing_process_shows_its_last_words_and_how_often_it_was_restarted() -> None:
    shown = text(report(state=State.FAILING, pid=None, restarts=4, last_words="out of luck " * 20))
    assert "failing" in shown
    assert "restarted 4×" in shown
    assert "out of luck" in shown
    assert "…" in shown


def test_notes_stand_at_the_end() -> None:
    assert "The disk has only 10 MB free." in text(report(), notes=["The disk has only 10 MB free."])


def test_off_a_terminal_it_is_one_line_of_json() -> None:
    shown = panel.line(
        SETTINGS, [report(), report("worker-1", State.WAITING, pid=None, last_words="bye")], FIGURES, at=7
    )
    assert "\n" not in shown
    told = json.loads(shown)
    assert told["at"] == 7
    assert told["readings_per_s"] == 51.4
    assert told["processes"]["gateway-1"] == {"state": "running", "pid": 42, "ready": True}
    assert json.loads(panel.line(SETTINGS, [report()], Figures(), at=7))["processes"]["gateway-1"]["ready"] is False
    assert told["processes"]["worker-1"] == {"state": "restarting", "pid": None, "ready": False, "reason": "bye"}
