"""Watches over what runs: which process has to be started anew although it lives, which disk is short, and tells both to whoever asks."""

from collections.abc import Callable

from adapters import health
from adapters.clock import elapsed_ms, now_ms
from adapters.installation import PAGE, DiskStanding, ProcessStanding, Standing, encoded
from adapters.probes import kafka_answers, mqtt_answers
from citygrid.local import disks, watchdog
from citygrid.local.asking import Counted
from citygrid.local.figures import Figures, Look, Watcher
from citygrid.local.supervisor import Report, State, Supervisor
from citygrid.local.watchdog import Watch
from citygrid.settings import Settings

TIDY_EVERY_MS = 5_000
NOT_READY = "not_ready"


class Guard:
    """Remembers what was seen of each process, and says which to start anew."""

    def __init__(self, patience_ms: int) -> None:
        """`patience_ms` is how long a process may be not ready while the brokers answer; 0: for ever."""
        self._patience_ms = patience_ms
        self._watches: dict[str, Watch] = {}

    def look(self, figures: Figures, now: int) -> dict[str, str]:
        """The reasons by name, after another round of looks."""
        brokers = [look.said.answers for look in figures.looks if look.broker]
        watched = [look for look in figures.looks if look.watched]
        self._watches = {
            look.name: self._watch(look, now, brokers=len(brokers) > 1 and all(brokers)) for look in watched
        }
        reasons = {look.name: self._verdict(look, now) for look in watched}
        return {name: why for name, why in reasons.items() if why}

    def _watch(self, look: Look, now: int, *, brokers: bool) -> Watch:
        return watchdog.looked(self._watches.get(look.name), look.pid, look.said, now, brokers=brokers)

    def _verdict(self, look: Look, now: int) -> str:
        silent_ms = watchdog.SILENT_BROKER_MS if look.broker else watchdog.SILENT_MS
        return watchdog.verdict(self._watches[look.name], now, patience_ms=self._patience_ms, silent_ms=silent_ms)


class Oversight:
    """One run's oversight; its own page answers at `address`."""

    def __init__(self, settings: Settings, supervisor: Supervisor, address: str) -> None:
        """Begins to watch. Raises OSError when the address is taken."""
        self._settings = settings
        self._supervisor = supervisor
        self._guard = Guard(settings.ready_patience * 1000)
        self._watcher = Watcher(settings.http, supervisor.report, _brokers(settings))
        self._looked_at = self._watcher.latest
        self._tidied_at = 0
        self.short_disks: list[DiskStanding] = []
        self._page = health.serve(address, self._reasons, {PAGE: lambda: encoded(self.standing())})

    @property
    def figures(self) -> Figures:
        """The latest figures."""
        return self._watcher.latest

    def close(self) -> None:
        """Ends the watching and the page."""
        self._watcher.close()
        self._page.close()

    def tick(self) -> None:
        """Starts anew what stands still, keeps the logs bounded, looks at the disks. Called a few times a second."""
        figures = self.figures
        if figures is not self._looked_at:
            self._looked_at = figures
            for name, why in self._guard.look(figures, elapsed_ms()).items():
                self._supervisor.restart(name, why)
        if elapsed_ms() - self._tidied_at >= TIDY_EVERY_MS:
            self._tidied_at = elapsed_ms()
            self._supervisor.bound_logs()
            self.short_disks = disks.short(self._settings.data_dir)

    def standing(self) -> Standing:
        """How everything stands now; may be called from any thread."""
        figures = self.figures
        processes = [_process(report, figures) for report in self._supervisor.report()]
        return Standing(at=now_ms(), processes=processes, short_disks=self.short_disks)

    def _reasons(self) -> list[str]:
        standing = self.standing()
        return [f"{one.name}: {one.reason or one.state}" for one in standing.processes if one.state != State.RUNNING]


def _process(report: Report, figures: Figures) -> ProcessStanding:
    reason = report.last_words or figures.not_ready.get(report.name, "")
    ready = report.name in figures.ready
    counted = figures.counted.get(report.name, Counted()) if report.pid else Counted()
    return ProcessStanding(
        name=report.name,
        state=NOT_READY if report.state is State.RUNNING and not ready else report.state.value,
        pid=report.pid,
        restarts=report.restarts,
        reason=reason,
        lag=counted.lag,
        in_flight=counted.in_flight,
        braked=counted.braked,
    )


def _brokers(settings: Settings) -> dict[str, Callable[[], bool]]:
    return {
        "kafka": lambda: kafka_answers(settings.kafka),
        "mosquitto": lambda: mqtt_answers(settings.mqtt),
    }
