"""How the load itself is spoilt, and what shows that it was: garbage, copies, wrong clocks."""

from collections.abc import Callable

from citygrid.proof.installation import Failed
from citygrid.proof.scene import Scene
from citygrid.proof.truth import Fate, Sent

SPOILT_S, QUICK_S = 20, 7
COPIES = 3


def garbage(scene: Scene) -> None:
    """A tenth of all messages is none that citygrid takes. Raises Failed when there was none."""
    scene.load.garbage_on = True
    scene.broken("10 % garbage")
    scene.wait(QUICK_S if scene.quick else SPOILT_S)
    scene.load.garbage_on = False
    scene.healed()
    _said(scene, "garbage", lambda one: one.fate is Fate.REFUSED)


def thrice(scene: Scene) -> None:
    """Every message is published three times. Raises Failed when none was."""
    scene.load.copies = COPIES
    scene.broken("every message three times")
    scene.wait(QUICK_S if scene.quick else SPOILT_S)
    scene.load.copies = 1
    scene.healed()
    _said(scene, "message three times", lambda one: one.copies - one.later == COPIES)


def clocks(scene: Scene) -> None:
    """The clocks of some devices are wrong, each in its own way. Raises Failed when none was."""
    scene.load.clocks_wrong = True
    scene.broken("clocks 30 s and 10 min ahead, 5 min behind, jumping by 20 s")
    scene.wait(SPOILT_S)
    scene.load.clocks_wrong = False
    scene.healed()
    _said(scene, "message of a clock that is far ahead", lambda one: one.reason == "from_the_future")


def _said(scene: Scene, what: str, wanted: Callable[[Sent], bool]) -> None:
    """Raises Failed when the load was never spoilt: the fault has not struck."""
    times = sum(wanted(one) for one in list(scene.publisher.sent) if one.sent_at >= scene.row.broken_at)
    if not times:
        raise Failed(f"no {what} was sent")
    scene.saw(f"{what}: {times:,} were sent")


def came_thrice(scene: Scene) -> None:
    """Raises Failed when no message is in the log so often: then nothing had to be recognised."""
    with scene.reader.lock:
        own = [one for one in list(scene.publisher.sent) if scene.row.broken_at <= one.sent_at < scene.row.healed_at]
        found = [scene.seen.arrived.get((one.device, one.seq)) for one in own]
        times = sum(one is not None and one.times >= COPIES for one in found)
    if not times:
        raise Failed(f"no message of that time is {COPIES} times in the log")
    scene.saw(f"{times:,} messages are {COPIES} times in the log")
