"""The order of the proof: an installation, load, one fault after another, the end of the load, and then the judgement of everything."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from adapters.clock import elapsed_ms, now_ms
from citygrid.proof import board, cases, kept, rows, town, verdict
from citygrid.proof.faults import Fault
from citygrid.proof.flaws import Flaw
from citygrid.proof.installation import Crowd, Failed, Installation
from citygrid.proof.rows import Row
from citygrid.proof.scene import Scene
from citygrid.proof.truth import Sent

LEAD_S, AFTER_S, WARM_S = 4, 3, 3
FINISH_S, QUICK_FINISH_S = 240, 120
RECOUNT_S, HISTORY_S, SHOWN_S = 120, 20, 10

Shown = Callable[[list[Row]], None]


class Plan(Struct, frozen=True, kw_only=True):
    """What is to be proven: `rate` in readings a second; `data` is an empty folder of the proof's own, None for one that is removed."""

    faults: Sequence[Fault]
    rate: float
    seed: int
    quick: bool
    data: Path | None = None
    crowd: Crowd = Crowd()


class Proof(Struct, frozen=True, kw_only=True):
    """What came of it."""

    rows: list[Row]
    plan: Plan
    began_at: int
    ended_at: int
    messages: int
    readings: int
    repeats: int

    @property
    def holds(self) -> bool:
        """Whether every line holds."""
        return bool(self.rows) and all(row.holds for row in self.rows)


def run(plan: Plan, shown: Shown) -> Proof:
    """Runs all of it; `shown` gets the rows whenever one changes. Raises Failed when not even the installation starts."""
    if plan.data is not None:
        return _run(plan, plan.data, shown)
    with tempfile.TemporaryDirectory(prefix="citygrid-proof-", ignore_cleanup_errors=True) as folder:
        return _run(plan, Path(folder), shown)


def _run(plan: Plan, data: Path, shown: Shown) -> Proof:
    began_at = now_ms()
    city = town.write(data / "city", plan.rate)
    installation = Installation(data / "installation", city, plan.crowd)
    try:
        installation.start()
        scene = Scene(installation, rate=plan.rate, seed=plan.seed, quick=plan.quick, truth=data / "truth.ndjson")
        try:
            table = _strike_all(scene, plan, shown)
            _judge(scene, table, plan)
        finally:
            scene.close()
        return Proof(
            rows=table,
            plan=plan,
            began_at=began_at,
            ended_at=now_ms(),
            messages=scene.publisher.acked,
            readings=sum(log.readings for log in scene.seen.logs.values()),
            repeats=scene.seen.repeats,
        )
    finally:
        installation.close()


def _strike_all(scene: Scene, plan: Plan, shown: Shown) -> list[Row]:
    """The rows of the faults, and first one for all that lies before, between and after them."""
    table = [Row(name="rest", title="start, pauses and end", began_at=0)]
    scene.wait(WARM_S)
    for fault in plan.faults:
        row = Row(name=fault.name, title=fault.title, began_at=now_ms())
        table.append(row)
        shown(table)
        try:
            _strike(scene, fault, row, quick=plan.quick)
        except Failed as failure:
            row.flaws.append(str(failure))
        row.until = now_ms()
        with scene.reader.lock:
            rows.count_messages(row, _own(scene, row), scene.seen)
            row.longest_pause_ms = rows.longest_pause(row, scene.seen, scene.speaking)
        shown(table)
    return table


def _own(scene: Scene, row: Row) -> list[Sent]:
    return [one for one in scene.publisher.sent if row.has(one.sent_at)]


def _strike(scene: Scene, fault: Fault, row: Row, *, quick: bool) -> None:
    scene.row = row
    scene.wait(1 if quick else LEAD_S)
    fault.strike(scene)
    row.recovered_ms = scene.wait_caught_up(row.healed_at) - row.healed_at
    if fault.after is not None:
        fault.after(scene)
    scene.wait(1 if quick else AFTER_S)


def _judge(scene: Scene, table: list[Row], plan: Plan) -> None:
    rest = table[0]
    try:
        scene.quiet(QUICK_FINISH_S if plan.quick else FINISH_S)
    except Failed as failure:
        rest.flaws.append(str(failure))
    scene.end_load()
    try:
        scene.wait_finished(QUICK_FINISH_S if plan.quick else FINISH_S)
    except Failed as failure:
        rest.flaws.append(str(failure))
    shown = _shown(scene)
    flaws = [*_flaws(scene), *shown, *_own_ledger(scene)]
    with scene.reader.lock:
        for row in table[1:]:
            rows.count_messages(row, _own(scene, row), scene.seen)
            rows.judge(row, flaws, scene.seen, scene.load.episodes, scene.behind)
        _judge_rest(scene, table, flaws)


def _flaws(scene: Scene) -> list[Flaw]:
    held = _kept(scene)
    sent, seen, behind = scene.publisher.sent, scene.seen, scene.behind
    with scene.reader.lock:
        return [
            *verdict.messages(sent, seen),
            *verdict.windows(sent, seen, held, window_of=town.metric_window, behind=behind),
            *verdict.late_readings(sent, seen, held, behind),
            *verdict.rejects(sent, seen),
            *cases.incidents(scene.load.episodes, seen, held, behind),
            *cases.history_of_incidents(seen),
            *verdict.ledger(seen),
            *cases.answers(sent, scene.crew.refused, scene.crew.receipts, scene.load.episodes, seen),
            *(Flaw(at, what) for at, what in seen.contradictions),
        ]


def _kept(scene: Scene) -> kept.Kept:
    """What history holds, once it has had the time to keep the last of it."""
    until = elapsed_ms() + HISTORY_S * 1000
    while True:
        held = kept.read(scene.installation.history)
        with scene.reader.lock:
            seen = scene.seen
            same = (held.incidents, held.log) == (seen.incidents, seen.log) and len(held.late) == len(seen.late)
        if same or elapsed_ms() > until:
            return held
        time.sleep(0.5)


def _judge_rest(scene: Scene, table: list[Row], flaws: list[Flaw]) -> None:
    """What belongs to no fault's time; it must be as right as the rest."""
    rest, others = table[0], table[1:]
    outside = rows.Outside(others)
    rows.count_messages(rest, [one for one in scene.publisher.sent if outside.has(one.sent_at)], scene.seen, outside)
    rows.judge(rest, flaws, scene.seen, scene.load.episodes, scene.behind, times=outside)


def _shown(scene: Scene) -> list[Flaw]:
    """What the operations centre shows; its board was built anew whenever it was killed. It is asked at once: when the load is over, devices soon count as silent."""
    until = elapsed_ms() + SHOWN_S * 1000
    while True:
        try:
            shown = board.incidents(scene.installation.http)
            with scene.reader.lock:
                flaws = list(cases.board(scene.seen, shown))
        except OSError as problem:
            flaws = [Flaw(0, f"operations can't be asked: {problem}")]
        if not flaws or elapsed_ms() > until:
            return flaws
        time.sleep(0.5)


def _own_ledger(scene: Scene) -> list[Flaw]:
    """What citygrid says of itself: the ledger counted again, and the exit status of the run."""
    recount = scene.installation.ask("ledger", "--recount", patience_s=RECOUNT_S)
    flaws = [Flaw(0, f"`citygrid ledger --recount` ended with {recount.returncode}")] if recount.returncode else []
    status = scene.installation.stop()
    return [*flaws, Flaw(0, f"`citygrid up` ended with {status}, so its ledger does not balance")] if status else flaws
