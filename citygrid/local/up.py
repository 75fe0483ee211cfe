"""How an installation runs from start to end: brokers, topics, city, processes, panel; and the ledger that it ends with."""

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import assert_never

from msgspec import Struct
from rich.live import Live

from adapters.clock import elapsed_ms, now_ms
from city.registry import District
from citygrid import ledger_text, terminal
from citygrid.local import brokers, disks, panel, ports, processes, records
from citygrid.local.figures import get_json, received_of, why_not_ready
from citygrid.local.oversight import Oversight
from citygrid.local.records import Installation, Process
from citygrid.local.stopping import Stopping
from citygrid.local.supervisor import Supervisor
from citygrid.settings import Settings
from messages.ledger import Ledger

GLANCE_S = 0.25
LINE_EVERY_MS = 5_000
PATIENCE_MS = 120_000  # what the first start on a large city may take beside the time that was asked for
END_WITHIN_MS = 14_000
FOR_BROKERS_MS = 3_500
FOR_SIMULATOR_S = 2.0
LEDGER_S = 3.0
SETTLE_WHEN_INTERRUPTED_MS = 4_000
SETTLE_MS = 20_000
SETTLE_GLANCE_S = 0.5


class Order(Struct, frozen=True, kw_only=True):
    """What `citygrid up` was asked for: `seconds` to run after everything has started (None: until somebody ends it)."""

    settings: Settings
    seconds: float | None
    simulator: bool
    notes: list[str]
    districts: Sequence[District] = ()


class NoLedger(Struct, frozen=True):
    """Why a run ends without a ledger."""

    reason: str


class Run:
    """One run of an installation in a data folder that is held already."""

    def __init__(self, order: Order, stopping: Stopping, register: Callable[[Settings], str]) -> None:
        """`register` makes the topics, registers the city and gives a sentence about it; it is called once the brokers answer."""
        self._order = order
        self._settings = order.settings
        self._data: Path = order.settings.data_dir
        self._stopping = stopping
        self._register = register
        self._supervisor = Supervisor(self._data)
        self._console = terminal.console()
        self._notes = list(order.notes)
        self._own = ports.any_held()

    def run(self, read_ledger: Callable[[Settings], Ledger]) -> Ledger | NoLedger:
        """Runs until the end was asked for or the time is over; returns the ledger, or why there is none.

        Raises what starting the brokers and registering the city raise; nothing is left running then.
        """
        try:
            self._write_down()
            started = self._start_brokers()
            if started:
                self._watch()
            return self._finish(read_ledger if started else None)
        finally:
            self._supervisor.stop(timeout=0 if self._stopping.hurried else 3.0)

    def _write_down(self) -> None:
        born = records.born(os.getpid()) or 0.0
        supervisor = Process(name="supervisor", pid=os.getpid(), born=born, http=self._own)
        settings = self._settings
        records.write_installation(
            self._data,
            Installation(
                supervisor=supervisor,
                mqtt=settings.mqtt,
                kafka=settings.kafka,
                http=f"http://{settings.http}",
                partitions=settings.partitions,
                city=str(settings.city),
                gateways=settings.gateways,
            ),
        )

    def _start_brokers(self) -> bool:
        settings = self._settings
        self._say(f"starting Kafka on {settings.kafka} and Mosquitto on {settings.mqtt}, data in {self._data}")
        specs = brokers.prepare(self._data, kafka_at=settings.kafka, mqtt_at=settings.mqtt)
        if not brokers.start(self._supervisor, specs, enough=lambda: self._stopping.asked):
            return False
        self._say(self._register(settings))
        for spec in processes.stages(settings, self._order.districts, supervisor=self._own):
            self._supervisor.start(spec)
        return not self._stopping.asked

    def _say(self, sentence: str) -> None:
        if sentence and self._console.is_terminal:
            self._console.print(sentence, style="dim", highlight=False)

    def _watch(self) -> None:
        oversight = Oversight(self._settings, self._supervisor, self._own)
        shown = Live(console=self._console, refresh_per_second=4) if self._console.is_terminal else None
        try:
            with shown or nullcontext():
                self._loop(oversight, shown)
        finally:
            oversight.close()

    def _loop(self, oversight: Oversight, shown: Live | None) -> None:
        waiting = processes.simulator(self._settings) if self._order.simulator else None
        ends_at = self._ends_at(patience_ms=PATIENCE_MS if waiting else 0)
        next_line = elapsed_ms()
        while not self._stopping.asked and (ends_at is None or elapsed_ms() < ends_at):
            self._supervisor.tick()
            oversight.tick()
            if waiting and self._takes_readings():
                self._supervisor.start(waiting)
                waiting, ends_at = None, self._ends_at()
            next_line = self._show(oversight, shown, next_line)
            time.sleep(GLANCE_S)

    def _ends_at(self, patience_ms: int = 0) -> int | None:
        seconds = self._order.seconds
        return None if seconds is None else elapsed_ms() + patience_ms + int(seconds * 1000)

    def _takes_readings(self) -> bool:
        """Whether every gateway has its session: what is published before that reaches nobody."""
        gateways = [report for report in self._supervisor.report() if report.name.startswith(processes.GATEWAY)]
        return all(report.pid and report.http and not why_not_ready(report.http, report.pid) for report in gateways)

    def _show(self, oversight: Oversight, shown: Live | None, next_line: int) -> int:
        reports, figures = self._supervisor.report(), oversight.figures
        if shown:
            short = [disks.sentence(disk) for disk in oversight.short_disks]
            shown.update(panel.render(self._settings, reports, figures, [*self._notes, *short]))
        elif elapsed_ms() >= next_line:
            print(panel.line(self._settings, reports, figures, now_ms(), oversight.short_disks), flush=True)
            return elapsed_ms() + LINE_EVERY_MS
        return next_line

    def _finish(self, read_ledger: Callable[[Settings], Ledger] | None) -> Ledger | NoLedger:
        """Ends the simulator, lets what is under way arrive, reads the ledger, ends the rest."""
        began = elapsed_ms()
        self._say("ending: the simulator, then what is still under way, then the rest")
        self._supervisor.stop([processes.SIMULATOR], timeout=FOR_SIMULATOR_S)
        ledger: Ledger | NoLedger = NoLedger("it ended before everything had started, or in a hurry")
        if read_ledger and self._supervisor.alive("kafka") and not self._stopping.hurried:
            self._settle(SETTLE_WHEN_INTERRUPTED_MS if self._stopping.asked else SETTLE_MS)
            ledger = within(LEDGER_S, lambda: read_ledger(self._settings))
        if not self._stopping.asked:
            began = elapsed_ms()
        ours = [report.name for report in self._supervisor.report() if report.http]
        left = max(1000, began + END_WITHIN_MS - FOR_BROKERS_MS - elapsed_ms())
        killed = self._supervisor.stop(ours, timeout=0 if self._stopping.hurried else left / 1000)
        left = max(FOR_BROKERS_MS, began + END_WITHIN_MS - elapsed_ms())
        killed += self._supervisor.stop(timeout=0 if self._stopping.hurried else left / 1000)
        if killed:
            print(f"citygrid: ended by force: {', '.join(killed)}", file=sys.stderr)
        return ledger

    def _settle(self, most_ms: int) -> None:
        """Waits until two looks at the ledger in a row show nothing in flight and nothing new."""
        until, before = elapsed_ms() + most_ms, None
        while elapsed_ms() < until and not self._stopping.hurried:
            time.sleep(SETTLE_GLANCE_S)
            ledger = get_json(self._settings.http, "/api/v1/ledger", timeout=1.0) or {}
            now = received_of(ledger)
            if now is not None and now == before and ledger.get("balanced") and not ledger.get("in_flight"):
                return
            before = now


def within(seconds: float, read: Callable[[], Ledger]) -> Ledger | NoLedger:
    """What `read` gives, or why there is none after at most `seconds`: a run that ends does not stumble over its last page."""
    given: list[Ledger | NoLedger] = []

    def work() -> None:
        try:
            given.append(read())
        except Exception as problem:  # noqa: BLE001 - whatever it is, it is told in the sentence
            given.append(NoLedger(f"{type(problem).__name__}: {problem}"))

    thread = threading.Thread(target=work, name="ledger", daemon=True)
    thread.start()
    thread.join(seconds)
    return given[0] if given else NoLedger(f"Kafka did not give it within {seconds:g} s")


def show_ledger(ledger: Ledger | NoLedger) -> int:
    """Prints the ledger and gives the exit status: 0 only if it balances with nothing left in flight, which could still go either way."""
    match ledger:
        case NoLedger(reason):
            print(
                f"citygrid: there is no ledger to end with: {reason}. `citygrid ledger` shows it when everything runs again.",
                file=sys.stderr,
            )
            return 1
        case Ledger():
            terminal.console().print(ledger_text.table(ledger))
            return 0 if ledger.balanced and not ledger.in_flight else 1
        case _:
            assert_never(ledger)
