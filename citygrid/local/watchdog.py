"""When a process that runs is started anew all the same: it does not answer, or it is not ready and nobody else is to blame.

A value without a clock, as restarts.py: the supervisor passes `now` (milliseconds on a clock that never goes backwards).
"""

from msgspec import Struct
from msgspec.structs import replace

SILENT_MS = 30_000
SILENT_BROKER_MS = 300_000
FIRST_ANSWER_MS = 300_000  # a gateway that indexes the cells of a large city may not come to answer for a while
LEAST_LOOKS = 5


class Said(Struct, frozen=True, kw_only=True):
    """What a process answered to one look: whether it did, why it is not ready, and whether starting it anew could mend that."""

    answers: bool = True
    reasons: tuple[str, ...] = ()
    mendable: bool = True

    @property
    def ready(self) -> bool:
        """Whether it answers and has no reason against."""
        return self.answers and not self.reasons


class Watch(Struct, frozen=True, kw_only=True):
    """What was seen of one start of a process: `since` when it is silent or not ready without a break, and how many looks say so."""

    pid: int
    began: int
    heard: bool = False  # said anything but that it is coming up
    silent_since: int | None = None
    silent_looks: int = 0
    unready_since: int | None = None
    unready_looks: int = 0
    reasons: tuple[str, ...] = ()


def looked(watch: Watch | None, pid: int, said: Said, now: int, *, brokers: bool) -> Watch:
    """The watch after one more look; while the brokers do not answer (`brokers` False) nobody is blamed for not being ready."""
    watch = watch if watch and watch.pid == pid else Watch(pid=pid, began=now)
    if not said.answers:
        since = now if watch.silent_since is None else watch.silent_since
        return replace(watch, silent_since=since, silent_looks=watch.silent_looks + 1)
    # One that says it gets on by itself is still coming up, and may be too busy with that to answer every time.
    watch = replace(watch, heard=watch.heard or said.mendable, silent_since=None, silent_looks=0, reasons=said.reasons)
    if said.ready or not said.mendable or not brokers:
        return replace(watch, unready_since=None, unready_looks=0)
    since = now if watch.unready_since is None else watch.unready_since
    return replace(watch, unready_since=since, unready_looks=watch.unready_looks + 1)


def verdict(watch: Watch, now: int, *, patience_ms: int, silent_ms: int = SILENT_MS) -> str:
    """Why the process has to be started anew, empty when it has not. `patience_ms` is for not being ready; 0 waits for ever.

    A few looks are wanted beside the time: when it was the supervisor that stood still, the time alone says nothing of others.
    """
    if watch.silent_since is not None and watch.silent_looks >= LEAST_LOOKS:
        silent = now - watch.silent_since
        if silent >= (silent_ms if watch.heard else max(silent_ms, FIRST_ANSWER_MS)):
            return f"it did not answer for {silent // 1000} s"
    if watch.unready_since is not None and watch.unready_looks >= LEAST_LOOKS and patience_ms:
        unready = now - watch.unready_since
        if unready >= patience_ms:
            return f"it was not ready for {unready // 1000} s although the brokers answer: {'; '.join(watch.reasons)}"
    return ""
