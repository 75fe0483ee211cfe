"""Whether what came out is what had to come out: every difference is a flaw with its moment, and none is forgiven."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from citygrid.proof.flaws import Behind, Flaw, Kind
from citygrid.proof.kept import Kept
from citygrid.proof.recomputation import Adding, Key, Total, WindowOf, windows_of_truth
from citygrid.proof.seen import Content, Seen
from citygrid.proof.truth import IN_THE_LOG, Fate, Sent

FIELDS = ("count", "sum", "min", "max", "first_at", "last_at", "late")
OF_TRUTH = FIELDS[:-1]


def messages(sent: Iterable[Sent], seen: Seen) -> Iterator[Flaw]:
    """Each acknowledged message stands in the log with its own time and values, and nothing stands there that nobody sent."""
    known = {}
    for one in sent:
        if one.fate not in IN_THE_LOG:
            continue
        known[one.device, one.seq] = one
        arrived = seen.arrived.get((one.device, one.seq))
        name = f"message {one.seq} of {one.device}"
        if not one.acked:
            yield Flaw(one.sent_at, f"{name} was never acknowledged by the broker")
        elif arrived is None:
            yield Flaw(one.sent_at, f"{name} was acknowledged at {one.acked_at} and is not in the log")
        elif arrived.values != one.values or one.at not in {None, arrived.at}:
            yield Flaw(
                one.sent_at,
                f"{name} is in the log with {arrived.values} at {arrived.at}, sent was {one.values} at {one.at}",
            )
    for identity, arrived in seen.arrived.items():
        if identity not in known:
            yield Flaw(arrived.received_at, f"message {identity} is in the log and nobody sent it")


def windows(sent: list[Sent], seen: Seen, kept: Kept, *, window_of: WindowOf, behind: Behind) -> Iterator[Flaw]:
    """Every window equals the one worked out from what was published, the one worked out from the log, and the one in history."""
    emitted = {key: _total(row) for key, row in seen.windows.items()}
    truth = windows_of_truth(sent, window_of)
    logged = {key: total for log in seen.logs.values() for key, total in log.closed.items()}
    waiting = {key for log in seen.logs.values() for key in log.open}
    untold = {key: total for key, total in emitted.items() if key in truth or key[1] in _told(sent)}
    yield from _differences(truth, untold, "what was published", behind, fields=OF_TRUTH)
    yield from _differences(logged, emitted, "the log", behind, fields=FIELDS)
    yield from (_window(behind.wall(key[0], key[2]), key, "never closed") for key in waiting)
    yield from clockless(sent, emitted)
    rows: dict[Key, Total] = {}
    for key, total in kept.windows:
        if key in rows:
            yield _window(behind.wall(key[0], key[2]), key, "is in history twice")
        rows[key] = total
    yield from _differences(emitted, rows, "the windows' topic", behind, fields=FIELDS, where=" in history")


def _window(moment: int, key: Key, what: str) -> Flaw:
    return Flaw(moment, f"window {key} {what}", Kind.WINDOW, str(key))


def _told(sent: list[Sent]) -> set[str]:
    """The metrics whose readings all have a time of their own."""
    timed = {metric for one in sent if one.at is not None for metric in one.values}
    return timed - {metric for one in sent if one.at is None for metric in one.values}


def _differences(
    wanted: dict[Key, Total],
    found: dict[Key, Total],
    source: str,
    behind: Behind,
    *,
    fields: tuple[str, ...],
    where: str = "",
) -> Iterator[Flaw]:
    for key in wanted.keys() | found.keys():
        moment = behind.wall(key[0], key[2])
        here, there = wanted.get(key), found.get(key)
        if there is None:
            yield _window(moment, key, f"is missing{where}: by {source} it holds {here}")
        elif here is None:
            yield _window(moment, key, f"should not be there{where} by {source}: {there}")
        else:
            wrong = [
                f"{name} {getattr(there, name)}, by {source} {getattr(here, name)}"
                for name in fields
                if getattr(here, name) != getattr(there, name)
            ]
            if wrong:
                yield _window(moment, key, f"has{where} {'; '.join(wrong)}")


def clockless(sent: list[Sent], emitted: dict[Key, Total]) -> Iterator[Flaw]:
    """What devices without a clock sent is in their cell's windows exactly once, whichever windows their arrival chose."""
    wanted: dict[tuple[str, str], Adding] = defaultdict(Adding)
    for one in sent:
        if one.at is None and one.fate is Fate.WINDOWED and one.acked:
            for metric, value in one.values.items():
                wanted[one.cell, metric].add(value, one.sent_at)
    found: dict[tuple[str, str], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for key, total in emitted.items():
        count, value = found[key[0], key[1]]
        found[key[0], key[1]] = (count + total.count, value + total.sum)
    for series, adding in wanted.items():
        total = adding.total()
        if found[series] != (total.count, total.sum):
            yield Flaw(
                total.last_at,
                f"{series}: {total.count} readings without a clock were acknowledged with the sum {total.sum}; "
                f"the windows hold {found[series][0]} with {found[series][1]}",
            )


def late_readings(sent: list[Sent], seen: Seen, kept: Kept, behind: Behind) -> Iterator[Flaw]:
    """Too late is what was sent so on purpose, and repeats of what is in its window; all of it stands in the late topic and in history."""
    told = {_late(row) for row in seen.late.values()}
    held = {_late(row) for row in kept.late}
    worked_out = {
        (one.device, one.metric, one.at, one.seq, one.received_at, one.value)
        for log in seen.logs.values()
        for one in log.late
    }
    for name, found in (("the late topic", told), ("history", held)):
        for reading in worked_out ^ found:
            what = "is missing in" if reading in worked_out else "should not be in"
            yield Flaw(behind.wall(_district(reading[0]), reading[2]), f"too late reading {reading} {what} {name}")
    values = {(*row[:4], row[5]) for row in told}
    for one in sent:
        if one.fate is Fate.TOO_LATE and one.acked:
            for metric, value in one.values.items():
                if (one.device, metric, one.at, one.seq, value) not in values:
                    yield Flaw(one.sent_at, f"message {one.seq} of {one.device} was sent too late and is not told so")
    if len(seen.late) != len(kept.late):
        yield Flaw(0, f"history holds {len(kept.late)} late readings, the late topic {len(seen.late)}")


def _late(row: Content) -> tuple[str, str, int, int, int, float]:
    seq = -1 if row.get("seq") is None else row["seq"]
    return row["device"], row["metric"], row["at"], seq, row["received_at"], row["value"]


def rejects(sent: list[Sent], seen: Seen) -> Iterator[Flaw]:
    """Each message that had to be refused was, for the right reason, with its own bytes; nothing else was, but replies to tasks that had been withdrawn."""
    wanted = {
        (hashlib.sha256(one.payload).hexdigest(), one.topic, one.reason): one
        for one in sent
        if one.fate is Fate.REFUSED and one.acked
    }
    for identity, one in wanted.items():
        if identity not in seen.rejects:
            yield Flaw(one.sent_at, f"{one.topic}: {one.payload[:60]!r} was not refused as {one.reason}")
    for identity in seen.rejects.keys() - wanted.keys():
        if "/replies/" in identity[1] and seen.overtaken.get(identity) in seen.withdrawn:
            continue
        yield Flaw(0, f"{identity[1]}: a message was refused as {identity[2]} that was not sent to be")


def ledger(seen: Seen) -> Iterator[Flaw]:
    """Citygrid's own sums are those that were worked out from the log and the rejects; no device of the load skips a number, so there is no gap."""
    for district, log in seen.logs.items():
        said = seen.progress[district].ledger
        windowed = sum(total.count for total in log.closed.values())
        refused = dict(seen.refused[district])
        wanted = {
            "received": log.readings + sum(refused.values()),
            "accepted": log.readings,
            "rejected": refused,
            "gaps": 0,
            "duplicate": log.duplicates,
            "too_late": len(log.late),
            "windowed": windowed,
            "late": sum(total.late for total in log.closed.values()),
            "open": sum(total.count for total in log.open.values()),
        }
        wrong = [
            f"{name} {said.get(name)} instead of {count}" for name, count in wanted.items() if said.get(name) != count
        ]
        if wrong:
            yield Flaw(0, f"the ledger of {district} says {', '.join(wrong)}")


def _total(row: Content) -> Total:
    return Total(**{name: row[name] for name in FIELDS})


def _district(device: str) -> str:
    return device.split("-")[1]
