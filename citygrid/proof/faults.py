"""What is broken, and how: each fault hurts real processes with real signals, or the load itself, and says what it did."""

import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing

from msgspec import Struct

from adapters.clock import elapsed_ms
from citygrid.local import records
from citygrid.local.children import log_file
from citygrid.proof import cases, spoilt, town
from citygrid.proof.installation import Failed
from citygrid.proof.scene import Scene

KILLS, KAFKA_KILLS, RESTARTS = 10, 3, 3
STOPPED_S, AWAY_S, CUT_S, NO_ROOM_S = 60, 300, 20, 30
QUICK_S = 7
BROKER_STOPPED_S = 12
ANSWERS_OUT_S = 1
FIRST_LOOK_S, LOOK_EVERY_S = 15, 5
GATEWAYS = ("gateway-1", "gateway-2")
OTHER_FLOOD_ON = 0.2
APPLY_S = 60
ADOPTED_S = 120
SAYS_S = 10


class Fault(Struct, frozen=True):
    """One fault: what the table calls it, what it does to the scene, and whether the quick proof has it."""

    name: str
    title: str
    strike: Callable[[Scene], None]
    quick: bool = True
    after: Callable[[Scene], None] | None = None
    """What must show once the way has caught up."""


def _nothing(scene: Scene) -> None:
    """Raises Failed when a process ended by itself."""
    before = scene.installation.pids()
    scene.broken("nothing")
    scene.wait(QUICK_S if scene.quick else 3 * QUICK_S)
    scene.healed()
    if scene.installation.pids() != before:
        raise Failed("not every process is the same as before, although nothing was done to any")
    scene.saw(f"{len(before)} processes are the same as before")


def _kill(scene: Scene, *names: str, times: int, quick: int) -> None:
    """Kills one of `names` after the other, each chosen by chance and at a moment of chance, once the last one is back."""
    for _ in range(quick if scene.quick else times):
        scene.wait(scene.chance.uniform(0.2, 1.5))
        name = scene.chance.choice(names)
        pid = scene.installation.kill(name)
        scene.broken(f"kill -9 {name}")
        scene.saw(f"{name} {pid} was killed, {scene.installation.wait_other(name, pid)} came after it")


def _gateway(scene: Scene) -> None:
    _kill(scene, *GATEWAYS, times=KILLS, quick=2)


def _worker(scene: Scene) -> None:
    _kill(scene, "worker-1", "worker-2", times=KILLS, quick=1)


def _workers(scene: Scene) -> None:
    for _ in range(1 if scene.quick else KILLS):
        _both_workers(scene)


def _both_workers(scene: Scene) -> None:
    scene.wait(scene.chance.uniform(0.2, 1.5))
    pids = {name: scene.installation.kill(name) for name in ("worker-1", "worker-2")}
    scene.broken("kill -9 worker-1, worker-2")
    for name, pid in pids.items():
        scene.saw(f"{name} {pid} was killed, {scene.installation.wait_other(name, pid)} came after it")


def _kafka(scene: Scene) -> None:
    _kill(scene, "kafka", times=KAFKA_KILLS, quick=1)


def _operations(scene: Scene) -> None:
    _kill(scene, "operations", times=KAFKA_KILLS, quick=1)


def _history(scene: Scene) -> None:
    _kill(scene, "history", times=KAFKA_KILLS, quick=1)


def _kafka_stopped(scene: Scene) -> None:
    scene.installation.signal("kafka", signal.SIGSTOP)
    scene.broken("SIGSTOP kafka")
    try:
        scene.wait_noticed("gateway-1", STOPPED_S)
    finally:
        scene.installation.signal("kafka", signal.SIGCONT)
    scene.healed()


def _kafka_away(scene: Scene) -> None:
    """Raises Failed when Kafka, or a gateway that needs it, was ready at one of the looks."""
    began = elapsed_ms()
    next_look, looks, times = began + FIRST_LOOK_S * 1000, 0, 0
    while elapsed_ms() < began + AWAY_S * 1000:
        if "kafka" in records.processes(scene.installation.data):
            scene.installation.kill("kafka")
            times += 1
        if elapsed_ms() >= next_look:
            if ready := {"kafka", *GATEWAYS} - scene.installation.not_ready().keys():
                raise Failed(f"{', '.join(sorted(ready))} was ready while Kafka was to be away")
            looks, next_look = looks + 1, elapsed_ms() + LOOK_EVERY_S * 1000
        scene.wait(0.1)
    scene.broken(f"Kafka kept away for {AWAY_S} s, {times} starts of it ended")
    scene.row.broken_at -= AWAY_S * 1000
    scene.saw(f"neither Kafka nor a gateway was ready at {looks} looks, {times} starts of Kafka were killed")


def _mosquitto(scene: Scene) -> None:
    for _ in range(1 if scene.quick else RESTARTS):
        scene.wait(scene.chance.uniform(0.2, 1.5))
        pid = scene.installation.signal("mosquitto", signal.SIGTERM)
        scene.broken("SIGTERM mosquitto")
        scene.saw(f"mosquitto {pid} ended, {scene.installation.wait_other('mosquitto', pid)} came after it")


def _mosquitto_stopped(scene: Scene) -> None:
    """Raises Failed when it answered anybody meanwhile."""
    scene.installation.signal("mosquitto", signal.SIGSTOP)
    scene.broken("SIGSTOP mosquitto")
    try:
        scene.wait(ANSWERS_OUT_S)
        acked = scene.publisher.acked
        scene.wait_noticed("mosquitto", BROKER_STOPPED_S)
        if scene.publisher.acked != acked:
            raise Failed(f"{scene.publisher.acked - acked} messages were acknowledged while Mosquitto stood still")
    finally:
        scene.installation.signal("mosquitto", signal.SIGCONT)
    scene.healed()
    scene.saw(f"no message was acknowledged for {BROKER_STOPPED_S} s")


def _link(scene: Scene) -> None:
    link = scene.installation.link
    if not link.connections:
        raise Failed("no gateway speaks over the link that is to be cut")
    link.cut()
    scene.broken("link cut")
    try:
        scene.wait_noticed("gateway-1", QUICK_S if scene.quick else CUT_S)
    finally:
        link.heal()
    scene.healed()
    if scene.quick:
        return
    scene.wait(CUT_S)
    link.stall()
    scene.broken("link stalled")
    try:
        scene.wait(1)
        passed = link.passed
        scene.wait(CUT_S)
        if link.passed != passed:
            raise Failed(f"{link.passed - passed} bytes passed over the link that was stalled")
        scene.saw(f"not a byte passed for {CUT_S} s over the stalled link")
    finally:
        link.heal()
    scene.healed()


def _history_locked(scene: Scene) -> None:
    with closing(sqlite3.connect(scene.installation.history, isolation_level=None, timeout=30)) as db:
        db.execute("BEGIN EXCLUSIVE")
        scene.broken("history's file locked by another process")
        try:
            scene.wait_noticed("history", NO_ROOM_S)
        finally:
            db.execute("ROLLBACK")
    scene.healed()


def _history_full(scene: Scene) -> None:
    room = scene.installation.no_room("history")
    scene.broken("no room for history")
    try:
        scene.wait_noticed("history", NO_ROOM_S)
    finally:
        room()
    scene.healed()


def _gateway_full(scene: Scene) -> None:
    """A gateway keeps nothing on disk but its log; its link is cut meanwhile, so that there is something to log.

    Raises Failed when a log grew in spite of that, or does not grow afterwards from the same: then nothing was shown.
    """
    ends = [scene.installation.no_room(name) for name in GATEWAYS]
    scene.broken(f"no room for {', '.join(GATEWAYS)}")
    before = _logged(scene)
    scene.wait(NO_ROOM_S / 2)
    _cut_short(scene)
    scene.wait(NO_ROOM_S / 2)
    without_room = _logged(scene)
    for end in ends:
        end()
    scene.healed()
    _cut_short(scene)
    scene.wait(SAYS_S)
    with_room = _logged(scene)
    for name in before.keys() & without_room.keys() & with_room.keys():
        if without_room[name] != before[name]:
            raise Failed(f"the log of {name[0]} grew, so the fault has not hit it")
        if with_room[name] == without_room[name]:
            raise Failed(
                f"{name[0]} says nothing of a cut link, so its silence does not show that the fault has hit it"
            )
        grown = with_room[name] - without_room[name]
        scene.saw(f"the log of {name[0]} stood still at a cut link, and grew by {grown} bytes at the next one")


def _cut_short(scene: Scene) -> None:
    scene.installation.link.cut()
    scene.wait(1)
    scene.installation.link.heal()


def _logged(scene: Scene) -> dict[tuple[str, int], int]:
    """How many bytes the log of each gateway that runs has, by its name and pid."""
    data = scene.installation.data
    running = {name: one.pid for name, one in records.processes(data).items() if name in GATEWAYS}
    return {(name, pid): log_file(data, name).stat().st_size for name, pid in running.items()}


def _rules(scene: Scene) -> None:
    """Another level for the flood rule and a crash of the workers right behind it; no reading lies between the two levels."""
    city = town.write(scene.installation.city, scene.rate, flood_on=OTHER_FLOOD_ON)
    done = scene.installation.ask("apply", str(city), patience_s=APPLY_S)
    if done.returncode:
        raise Failed(f"`citygrid apply` ended with {done.returncode}: {done.stderr}")
    scene.broken("rules changed")
    _both_workers(scene)


def _adopted(scene: Scene) -> None:
    """Raises Failed when the floods of some district are still raised by the old level."""
    until = elapsed_ms() + ADOPTED_S * 1000
    while True:
        with scene.reader.lock:
            left = cases.adopted(scene.seen, scene.speaking, town.FLOOD_RULE, OTHER_FLOOD_ON)
        if not left:
            scene.saw("every district raised floods by the new level")
            return
        if elapsed_ms() > until:
            raise Failed(f"no flood was raised by the new level of the rule in {', '.join(left)}")
        scene.wait(1)


def _everything(scene: Scene) -> None:
    """Raises Failed when one of the processes was not there to be ended, or runs still."""
    before = scene.installation.pids()
    if missing := scene.installation.crowd.names - before.keys():
        raise Failed(f"{', '.join(sorted(missing))} did not run, so the fault could not end it")
    pids = scene.installation.kill_all()
    scene.broken(f"kill -9 of {len(pids)} processes, SIGTERM of Mosquitto")
    scene.installation.start()
    after = scene.installation.pids()
    if same := [name for name, pid in before.items() if after.get(name) == pid]:
        raise Failed(f"{', '.join(same)} is the same process as before, so the fault has not hit it")
    scene.saw(f"{len(before)} processes were replaced: {', '.join(sorted(before))}")


FAULTS = (
    Fault("none", "no fault", _nothing),
    Fault("gateway", "kill -9 of a gateway", _gateway),
    Fault("worker", "kill -9 of one of two workers", _worker),
    Fault("workers", "kill -9 of both workers", _workers, quick=False),
    Fault("kafka", "kill -9 of Kafka", _kafka),
    Fault("operations", "kill -9 of operations", _operations),
    Fault("history", "kill -9 of history", _history),
    Fault("mosquitto", "Mosquitto restarted", _mosquitto),
    Fault("mosquitto-stopped", f"SIGSTOP of Mosquitto for {BROKER_STOPPED_S} s", _mosquitto_stopped),
    Fault("link", "link between gateways and Mosquitto cut", _link),
    Fault("garbage", "10 % garbage", spoilt.garbage),
    Fault("thrice", "every message three times", spoilt.thrice, after=spoilt.came_thrice),
    Fault("clocks", "clocks wrong", spoilt.clocks, quick=False),
    Fault("rules", "rules changed, and a crash behind it", _rules, quick=False, after=_adopted),
    Fault("history-locked", "history's store unwritable", _history_locked, quick=False),
    Fault("history-full", "disk full for history", _history_full, quick=False),
    Fault("gateway-full", "disk full for the gateways", _gateway_full, quick=False),
    Fault("kafka-stopped", f"SIGSTOP of Kafka for {STOPPED_S} s", _kafka_stopped, quick=False),
    Fault("kafka-away", f"Kafka away for {AWAY_S // 60} minutes", _kafka_away, quick=False),
    Fault("everything", "everything killed at once and started again", _everything),
)
