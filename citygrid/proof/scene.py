"""The proof while it runs: the load that goes on by itself, what has been seen of it, and when the whole way has caught up."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

from adapters.clock import elapsed_ms, now_ms
from citygrid.proof import kept, town
from citygrid.proof.crew import Crew
from citygrid.proof.flaws import Behind
from citygrid.proof.installation import Failed, Installation
from citygrid.proof.load import ALWAYS_AHEAD_MS, Load
from citygrid.proof.publisher import Publisher
from citygrid.proof.reader import Reader
from citygrid.proof.rows import Row
from citygrid.proof.seen import Seen

TURN_S, GLANCE_S = 0.02, 0.25
CATCH_UP_S = 240
FIRST_ANSWER_S = 30


class Scene:
    """Everything that a fault may touch. The load runs in a thread of its own until `quiet`."""

    def __init__(self, installation: Installation, *, rate: float, seed: int, quick: bool, truth: Path) -> None:
        """The installation runs already; the load begins now."""
        self.installation = installation
        self.rate = rate
        self.quick = quick
        self.chance = random.Random(seed)  # noqa: S311 - the moments can be chosen again
        self.seen = Seen(town.metric_window)
        self.reader = Reader(installation.kafka, self.seen)
        self.publisher = Publisher(installation.mqtt, truth)
        self.crew = Crew(self.publisher.connection("crew"))
        self.load = Load(town.devices(rate), started_at=now_ms(), rate=rate, seed=seed)
        self.behind = Behind({district.code: district.behind_ms for district in town.DISTRICTS})
        self.speaking = [district.code for district in town.DISTRICTS if not district.quiet]
        self.row = Row(name="", title="", began_at=now_ms())
        self._failure: BaseException | None = None
        self._quiet = threading.Event()
        self._ending = threading.Event()
        self._pump = threading.Thread(target=self._publish, name="proof-load", daemon=True)
        self._pump.start()

    def broken(self, did: str) -> None:
        """A fault happened now; the first one of a row is its beginning, the last one its end unless `healed` is called."""
        self.row.broken_at = self.row.broken_at or now_ms()
        self.row.healed_at = now_ms()
        self.row.did.append(did)

    def healed(self) -> None:
        """A fault that lasted is over now."""
        self.row.healed_at = now_ms()

    def saw(self, sentence: str) -> None:
        """Something that shows that the fault has struck; a line without anything of that kind does not hold."""
        self.row.evidence.append(self._anywhere(sentence))

    def _anywhere(self, sentence: str) -> str:
        """A sentence without the folder of this run, which means nothing to those who read the report."""
        return sentence.replace(str(self.installation.data), "the data folder")

    def wait_noticed(self, name: str, seconds: float) -> None:
        """Lets the load run for a while, in which a process must say that it is not ready. Raises Failed when it does not: the fault has hit nothing."""
        until = elapsed_ms() + int(seconds * 1000)
        while name not in (found := self.installation.not_ready()):
            if elapsed_ms() > until:
                raise Failed(f"{name} was ready all the time, so the fault has not hit it")
            self.wait(GLANCE_S)
        self.saw(f"{name} was not ready: {found[name]}")
        self.wait((until - elapsed_ms()) / 1000)

    def wait(self, seconds: float) -> None:
        """Lets the load run for a while. Raises what ended it."""
        until = elapsed_ms() + int(seconds * 1000)
        while elapsed_ms() < until:
            self.check()
            time.sleep(min(GLANCE_S, max(0.0, (until - elapsed_ms()) / 1000)))

    def check(self) -> None:
        """Raises what ended the load or the reader."""
        for failure in (self._failure, self.reader.failure):
            if failure is not None:
                raise Failed(f"the proof's own {type(failure).__name__}: {failure}") from failure

    def wait_caught_up(self, since: int) -> int:
        """Waits until what was published after `since` has gone the whole way, and gives when (epoch ms). Raises Failed."""
        until = elapsed_ms() + CATCH_UP_S * 1000
        told = len(self.seen.windows)
        missing = ["it was not looked at"]
        while elapsed_ms() < until:
            self.wait(GLANCE_S)
            missing = self._missing(since, told)
            if not missing:
                return now_ms()
            self.row.waited_for = self._anywhere("; ".join(missing))
            told = len(self.seen.windows)
        raise Failed(f"not caught up within {CATCH_UP_S} s: {'; '.join(missing)}")

    def _missing(self, since: int, windows: int) -> list[str]:
        late = [district for district in self.speaking if not self._applied(district, since)]
        missing = [f"nothing of {', '.join(late)} published since is applied"] if late else []
        if not missing and (cases := self._cases(since)):
            missing = [f"{cases} episodes are no incidents yet"]
        if not missing:
            missing = [f"{name}: {why}" for name, why in self.installation.not_ready().items()]
        if not missing and (held := kept.count(self.installation.history)) < windows:
            missing = [f"history holds {held} of {windows} windows"]
        return missing

    def _cases(self, since: int) -> int:
        """How many of the episodes that began before `since` have no incident yet."""
        with self.reader.lock:
            return max(0, sum(one.sent_at < since for one in self.load.episodes) - len(self.seen.incidents))

    def _cases_over(self) -> bool:
        over = not self._cases(now_ms())
        with self.reader.lock:
            return over and all(incident["state"] == "closed" for incident in self.seen.incidents.values())

    def _applied(self, district: str, since: int) -> bool:
        with self.reader.lock:
            progress = self.seen.progress[district]
            wanted = since - self.behind.ms[district]
            offset = next((offset for offset, newest in progress.newest if newest >= wanted), None)
            return offset is not None and progress.applied >= offset

    def quiet(self, patience_s: float) -> None:
        """Ends what has begun, then the load, and waits for the broker's last answers. Raises Failed.

        The load goes on until no window lies ahead, so that all can close before a device is missed.
        """
        self.load.no_more_episodes = True
        caught_up_at = elapsed_ms() + ALWAYS_AHEAD_MS
        self._until(lambda: not self.load.in_an_episode, 60, "the last episode did not end")
        self._until(self._cases_over, patience_s, "not every episode became an incident that is closed")
        self.wait((caught_up_at - elapsed_ms()) / 1000)
        self.end_load()
        self._until(
            lambda: not self.load.repeats_wait and not self.publisher.waiting,
            60,
            "the broker did not acknowledge everything",
        )

    def end_load(self) -> None:
        """Lets nothing more be published."""
        self._quiet.set()

    def wait_finished(self, patience_s: float) -> None:
        """Waits until all windows have closed, all incidents are over and history holds all of it, at most `patience_s` seconds."""
        until = elapsed_ms() + int(patience_s * 1000)
        while elapsed_ms() < until and not self._finished():
            self.wait(GLANCE_S)
        if not self.reader.at_the_end(FIRST_ANSWER_S):
            raise Failed("the proof could not read Kafka to its end")

    def _finished(self) -> bool:
        with self.reader.lock:
            logs, seen = self.seen.logs, self.seen
            waiting = any(log.open for log in logs.values()) or any(
                i["state"] != "closed" for i in seen.incidents.values()
            )
            closed = sum(len(log.closed) for log in logs.values())
            settled = all(seen.progress[code].ledger.get("open") == 0 for code in logs)
        done = not waiting and settled and len(seen.windows) >= closed and not self._cases(now_ms())
        return done and kept.count(self.installation.history) >= closed

    def close(self) -> None:
        """Ends the threads and connections of the proof."""
        self._ending.set()
        self._pump.join(5)
        self.publisher.close()
        self.reader.close()

    def _until(self, done: Callable[[], bool], patience_s: float, otherwise: str) -> None:
        until = elapsed_ms() + int(patience_s * 1000)
        while not done():
            if elapsed_ms() > until:
                raise Failed(otherwise)
            self.wait(GLANCE_S)

    def _publish(self) -> None:
        try:
            while not self._ending.is_set():
                if not self._quiet.is_set():
                    self.publisher.publish(self.load.due(now_ms()))
                self.publisher.repeat(self.load.due_again(now_ms()), elsewhere=self.load.speaks_elsewhere)
                self.crew.speak()
                self.publisher.settle()
                time.sleep(TURN_S)
        except BaseException as failure:
            self._failure = failure
            raise
