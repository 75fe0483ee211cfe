"""What must hold of a run that has come to rest: each check gives the sentences of what is wrong."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from messages.topics import FINDINGS, INCIDENT_LOG, INCIDENTS, LATE, LEDGER, REJECTS, TELEMETRY, WINDOWS
from tests.simulation import clocks, replies
from tests.simulation.expected import Expected, Row, expected
from tests.simulation.floods import unexplained
from tests.simulation.kafka import Record
from tests.simulation.run import Ran, newest_incidents
from tests.simulation.scheduler import EPOCH_MS
from tests.simulation.world import CLASS, DISTRICTS, FIRST, LATENESS_S, LEVEL, QUIET_CLASS, SILENT_S


def flaws(ran: Ran) -> list[str]:
    """All that is wrong with a run; empty when everything holds."""
    if not ran.rested:
        return ["it never came to rest"]
    logs = {district: _log(ran, district) for district in DISTRICTS}
    told = {district: expected(log) for district, log in logs.items()}
    found = [*_nothing_lost(ran, told), *_rejected(ran), *_findings(ran, told), *_incidents(ran), *_repeats(ran)]
    for district, one in told.items():
        found += [f"{district}: {flaw}" for flaw in _district(ran, district, one)]
    found += [*_silences(ran, logs), *replies.flaws(ran), *clocks.flaws(ran)]
    return found


def _log(ran: Ran, district: str) -> list[Record]:
    return [record for record in ran.kafka.of(TELEMETRY.name) if record.key.decode() == district]


def _rows(ran: Ran, topic: str, district: str) -> list[Row]:
    records = (record for record in ran.kafka.of(topic) if record.key.decode() == district)
    return [json.loads(line) for record in records for line in (record.value or b"").splitlines()]


def _once(rows: list[Row]) -> list[Row]:
    """The rows without repeats of equal content, in a fixed order."""
    return [json.loads(text) for text in sorted({json.dumps(row, sort_keys=True) for row in rows})]


def _nothing_lost(ran: Ran, told: dict[str, Expected]) -> Iterator[str]:
    """Every reading whose publish the broker acknowledged lies in Kafka, as it was sent, and nothing else does."""
    sent = {}
    for message in ran.published:
        if message.valid:
            said = json.loads(message.payload)
            device = message.topic.rsplit("/", 1)[1]
            sent |= {(device, metric, said.get("at"), said["seq"]): value for metric, value in said["values"].items()}
    written = {identity: value for one in told.values() for identity, value in one.readings.items()}
    if sent != written:
        lost, invented = sent.keys() - written.keys(), written.keys() - sent.keys()
        yield f"lost on the way to Kafka: {sorted(map(str, lost))[:3]}, never sent: {sorted(map(str, invented))[:3]}"


def _rejected(ran: Ran) -> Iterator[str]:
    """Everything that is wrong is refused, and nothing else."""
    wrong = {(one.topic, one.payload) for one in ran.published if not one.valid}
    rejects = [json.loads(record.value or b"") for record in ran.kafka.of(REJECTS.name)]
    refused = {(one["topic"], base64.b64decode(one["original"])) for one in rejects if one["kind"] != "replies"}
    if wrong != refused:
        yield f"{len(wrong - refused)} messages are wrong and not refused, {len(refused - wrong)} are refused and not wrong"


def _district(ran: Ran, district: str, told: Expected) -> Iterator[str]:
    for topic, rows in ((WINDOWS.name, told.windows), (LATE.name, told.late)):
        got, wanted = _once(_rows(ran, topic, district)), _once(rows)
        if got != wanted:
            missing, more = [one for one in wanted if one not in got], [one for one in got if one not in wanted]
            yield f"{topic}: missing {missing[:2]}, unexpected {more[:2]}"
    on_time = {identity for identity in _on_time(ran, district) if identity not in told.windowed}
    if on_time:
        yield f"in time and in no window: {sorted(map(str, on_time))[:3]}"
    yield from _ledger(ran, district, told)


def _on_time(ran: Ran, district: str) -> Iterator[tuple[str, str, int | None, int]]:
    """The readings that must be in a window whatever broke, because they were published within the allowed lateness."""
    ahead = [one for one in ran.published if one.valid and _ahead_ms(one.payload, one.at_s) > 0]
    for message in ran.published:
        if message.valid and message.topic.split("/")[2] == district and not ahead:
            said = json.loads(message.payload)
            if -_ahead_ms(message.payload, message.at_s) <= LATENESS_S * 1000:
                device = message.topic.rsplit("/", 1)[1]
                yield from ((device, metric, said.get("at"), said["seq"]) for metric in said["values"])


def _ahead_ms(payload: bytes, at_s: float) -> int:
    said = json.loads(payload)
    return int(said["at"] - EPOCH_MS - at_s * 1000) if "at" in said else 0


def _ledger(ran: Ran, district: str, told: Expected) -> Iterator[str]:
    records = [record for record in ran.kafka.of(LEDGER.name) if record.key.decode() == district]
    if not records:
        return
    sums: dict[str, Any] = json.loads(records[-1].value or b"")
    rejects = _rows(ran, REJECTS.name, district)
    counted = [one for one in rejects if one["kind"] in {"telemetry", "unknown"}]
    wanted = {
        "accepted": told.accepted,
        "received": told.accepted + len(counted),
        "windowed": sum(row["count"] for row in told.windows),
        "open": told.open,
        "duplicate": told.duplicate,
        "too_late": len(told.late),
        "late": told.behind,
    }
    got = {name: sums[name] for name in wanted}
    if got != wanted:
        yield f"the ledger says {got}, but it is {wanted}"
    if sum(sums["rejected"].values()) != len(counted):
        yield f"the ledger says {sums['rejected']}, but {len(counted)} were refused"


def _findings(ran: Ran, told: dict[str, Expected]) -> Iterator[str]:
    """What was found is what the rules say, the first ones and, from some record on, the newer ones."""
    versions = [FIRST] if ran.change is None else [FIRST, ran.change.levels]
    for district, one in told.items():
        got = {
            (found["device"], found["state"], found["at"], found["value"])
            for found in _rows(ran, FINDINGS.name, district)
            if found["class"] == CLASS
        }
        if flaw := unexplained(one.watched, got, versions):
            yield f"{district}: {flaw}"


def _values(ran: Ran, topic: str) -> list[Row]:
    return [json.loads(record.value or b"") for record in ran.kafka.of(topic)]


def _incidents(ran: Ran) -> Iterator[str]:
    """Each cell with floods has one incident, with every one of them as its cause, and it is closed."""
    causes: defaultdict[str, list[str]] = defaultdict(list)
    for finding in _values(ran, FINDINGS.name):
        if finding["class"] == CLASS and finding["state"] == "raised" and finding["id"] not in causes[finding["cell"]]:
            causes[finding["cell"]].append(finding["id"])
    floods = newest_incidents(ran.kafka)
    got = sorted((one["cells"], [cause["id"] for cause in one["causes"]], one["state"]) for one in floods)
    wanted = sorted(([cell], ids, "closed") for cell, ids in causes.items() if ids)
    if got != wanted:
        yield f"incidents are {got}, but should be {wanted}"


def _repeats(ran: Ran) -> Iterator[str]:
    """What is sent twice is the same both times; versions follow each other."""
    identities = {
        WINDOWS.name: ("cell", "metric", "start", "seconds"),
        FINDINGS.name: ("id", "state", "at"),
        INCIDENTS.name: ("id", "version"),
        INCIDENT_LOG.name: ("incident", "version"),
    }
    for topic, names in identities.items():
        content: dict[tuple[Any, ...], Row] = {}
        for district in {record.key.decode() for record in ran.kafka.of(topic)}:
            for row in _rows(ran, topic, district):
                identity = tuple(row[name] for name in names)
                if content.setdefault(identity, row) != row:
                    yield f"{topic}: {identity} was sent with two contents: {content[identity]} and {row}"
        if topic in {INCIDENTS.name, INCIDENT_LOG.name}:
            yield from _versions(topic, content)


def _versions(topic: str, content: dict[tuple[Any, ...], Row]) -> Iterator[str]:
    versions: defaultdict[str, set[int]] = defaultdict(set)
    for identity in content:
        versions[identity[0]].add(identity[1])
    for incident, numbers in versions.items():
        if topic == INCIDENT_LOG.name and numbers != set(range(1, max(numbers) + 1)):
            yield f"{topic}: {incident} has the versions {sorted(numbers)}"


def _silences(ran: Ran, logs: dict[str, list[Record]]) -> Iterator[str]:
    """A device is called silent only when nothing came of it for so long, whoever else was away."""
    heard = defaultdict(list)
    for log in logs.values():
        for record in log:
            for line in (record.value or b"").splitlines():
                said = json.loads(line)
                heard[said["device"]].append(min(said["at"], said["received_at"]))
    for finding in _values(ran, FINDINGS.name):
        if finding["class"] == QUIET_CLASS and finding["state"] == "raised":
            at, device = finding["at"], finding["device"]
            if any(at - SILENT_S * 1000 < moment < at for moment in heard[device]):
                yield f"{device} was called silent at {at}, although it was heard"


def same(broken: Ran, whole: Ran) -> list[str]:
    """How two runs of the same input differ in what does not depend on when it arrived: windows of devices with a clock, and incidents.

    Where a reading was too late in one of them they may differ by the rules, so nothing is compared.
    """
    if any(
        row["metric"] == LEVEL
        for ran in (broken, whole)
        for district in DISTRICTS
        for row in _rows(ran, LATE.name, district)
    ):
        return []
    differences = []
    for name, told in (("windows", _level_windows), ("incidents", _floods)):
        one, other = told(broken), told(whole)
        if name == "incidents" and broken.change is not None:
            continue  # between which records newer rules came to hold is no part of the input
        if one != other:
            differences.append(f"{name}: {one} with faults, {other} without")
    return differences


def _level_windows(ran: Ran) -> list[Row]:
    rows = [row for district in DISTRICTS for row in _rows(ran, WINDOWS.name, district) if row["metric"] == LEVEL]
    return _once([{name: value for name, value in row.items() if name != "late"} for row in rows])


def _floods(ran: Ran) -> list[tuple[Any, ...]]:
    return sorted((one["id"], one["cells"], one["causes"], one["state"]) for one in newest_incidents(ran.kafka))
