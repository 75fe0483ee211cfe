"""The modules that think, called by themselves in the browser."""

import json
from typing import Any

import pytest

from tests.operations.page_server import PageServer


@pytest.fixture
def called(page: Any, pages: PageServer) -> Any:
    """Calls an exported function of a module with values, and gives what it returns."""
    page.goto(pages.url + "/worker")

    def call(module: str, body: str, *values: Any) -> Any:
        return page.evaluate(
            f"async values => {{ const m = await import('/static/{module}'); return ({body})(m, ...values); }}",
            list(values),
        )

    return call


@pytest.mark.parametrize("length", [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])
def test_the_hash_by_hand_equals_the_browsers(called: Any, length: int) -> None:
    both = called(
        "worker/sha256.js",
        "async (m, n) => { const b = Uint8Array.from({length: n}, (_, i) => i * 7); return [m.sha256ByHand(b), await m.sha256(new Blob([b]))]; }",
        length,
    )
    assert both[0] == both[1]
    assert len(both[0]) == 64


def test_events_come_out_the_same_however_the_stream_is_cut(called: Any) -> None:
    stream = 'retry: 1000\n\nid: a-1\nevent: pulse\ndata: {"now": 1}\n\n: a comment\n\nid: a-2\r\nevent: task\r\ndata: one\r\ndata: two\r\n\r\n'
    results = called(
        "shared/feed.js",
        "(m, s) => Array.from({length: s.length}, (_, cut) => { const p = m.eventParser(); return [...p(s.slice(0, cut)), ...p(s.slice(cut))]; })",
        stream,
    )
    wanted = [{"event": "pulse", "data": '{"now": 1}', "id": "a-1"}, {"event": "task", "data": "one\ntwo", "id": "a-2"}]
    assert all(json.dumps(one) == json.dumps(wanted) for one in results)


def test_the_pause_between_tries_grows_and_has_an_end(called: Any) -> None:
    pauses = called("shared/feed.js", "m => [0, 1, 2, 3, 10, 100].map(n => m.pause(n, 1))")
    assert pauses == [500, 1000, 2000, 4000, 15_000, 15_000]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.02, 0.27), (-40, 3), (950, 1060), (0, 0.003)])
def test_a_plots_axis_has_a_few_round_figures_within_its_range(called: Any, low: float, high: float) -> None:
    ticks = called("board/plot.js", "(m, a, b) => m.ticks(a, b)", low, high)
    assert 2 <= len(ticks) <= 6
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)


def test_a_plots_line_breaks_where_windows_are_missing(called: Any) -> None:
    rows = [[minute * 60_000, 1, 0, 0, 0] for minute in (0, 1, 2, 3, 30, 31)]
    assert [len(run) for run in called("board/plot.js", "(m, rows) => m.runs(rows)", rows)] == [4, 2]


def test_every_text_has_both_languages_and_the_same_places_to_fill(called: Any) -> None:
    texts = called("shared/texts.js", "m => m.TEXTS")
    places = called(
        "shared/texts.js",
        "m => Object.entries(m.TEXTS).filter(([, t]) => (t.zh.match(/{\\w+}/g) ?? []).sort().join() !== (t.en.match(/{\\w+}/g) ?? []).sort().join()).map(([k]) => k)",
    )
    assert all(text["zh"].strip() and text["en"].strip() for text in texts.values())
    assert places == []


def test_the_ledgers_verdict_waits_for_what_is_under_way(called: Any) -> None:
    ledgers = [
        None,
        {"districts": {}},
        {"districts": {"a": {}}, "balanced": True, "in_flight": 0},
        {"districts": {"a": {}}, "balanced": False, "in_flight": 3},
        {"districts": {"a": {}}, "balanced": False, "in_flight": 0},
    ]
    assert called("board/ledger.js", "(m, all) => all.map(m.verdict)", ledgers) == [
        "none",
        "none",
        "balanced",
        "settling",
        "unbalanced",
    ]


def test_a_reply_counts_as_soon_as_it_is_written(called: Any) -> None:
    task = {"id": "t1", "state": "offered"}
    entry = {"kind": "reply", "body": {"task": "t1", "kind": "accept"}, "state": "waiting"}
    old = {**entry, "state": "sent", "sentAt": 0}
    body = "(m, task, entries) => m.shownState(task, entries, 100000)"
    assert called("worker/tasks.js", body, task, [entry]) == {"state": "accepted", "pending": True}
    assert called("worker/tasks.js", body, task, [old]) == {"state": "offered", "pending": False}
