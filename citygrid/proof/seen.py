"""What came out, as an outside reader of Kafka sees it: every record of the topics that matter, whether it was written once or again."""

import base64
import hashlib
import json
from collections import Counter, defaultdict
from typing import Any

from msgspec import Struct, field

from citygrid.proof.recomputation import DistrictLog, Key, WindowOf

TOPICS = ("telemetry", "windows", "late", "findings", "incidents", "incident-log", "tasks", "rejects", "ledger")
NAMES = "citygrid."
TELEMETRY = f"{NAMES}telemetry"
WITHDRAWN = "withdrawn"
OVERTAKEN = "not_allowed_now"
"""What a worker is told whose reply came when the task had been withdrawn, because its incident had ended by itself meanwhile."""
COUNTED = ("telemetry", "unknown")
"""The kinds of refused messages that the ledger counts."""
Content = dict[str, Any]


class Arrived(Struct):
    """A message as it stands in the log, and how often."""

    at: int
    values: dict[str, float]
    times: int = 1
    received_at: int = 0


class Progress(Struct):
    """How far a district has come: what the log holds, and what its stage says that it has applied (Kafka's time, epoch ms)."""

    newest: list[tuple[int, int]] = []
    applied: int = -1
    accepted: int = -1
    moved_at: list[int] = []
    ledger: Content = {}


class Seen(Struct):
    """Everything that was read so far; `refused` counts by district and reason what stands in the rejects and belongs into the ledger, `overtaken` has the tasks of the replies that came when they were not allowed any more. What must be the same whenever it is repeated and was not stands in `contradictions`."""

    window_of: WindowOf
    logs: dict[str, DistrictLog] = {}
    arrived: dict[tuple[str, int], Arrived] = {}
    changed: list[str] = []
    windows: dict[Key, Content] = {}
    late: dict[tuple[Any, ...], Content] = {}
    findings: dict[tuple[str, str, int], Content] = {}
    incidents: dict[str, Content] = {}
    versions: dict[tuple[str, int], Content] = {}
    withdrawn: set[str] = set()
    overtaken: dict[tuple[str, str, str], str] = {}
    opened_at: dict[str, int] = {}
    log: dict[tuple[str, int], Content] = {}
    rejects: dict[tuple[str, str, str], int] = {}
    rejected_at: dict[tuple[str, str, str], int] = {}
    refused: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    progress: dict[str, Progress] = field(default_factory=lambda: defaultdict(Progress))
    contradictions: list[tuple[int, str]] = []
    repeats: int = 0

    def take(self, topic: str, key: str, record: "Raw") -> None:
        """One record of `topic` (its name without citygrid's own part)."""
        match topic:
            case "telemetry":
                self._telemetry(key, record)
            case "windows":
                for row in _lines(record.value):
                    identity = (row["cell"], row["metric"], row["start"], row["seconds"])
                    self._once(self.windows, identity, row, "window")
            case "late":
                for row in _lines(record.value):
                    reading = (row["device"], row["metric"], row["at"], row.get("seq"), row["received_at"])
                    self._once(self.late, reading, row, "late reading")
            case "ledger":
                self._ledger(key, record)
            case "rejects":
                self._reject(json.loads(record.value))
            case _:
                content = json.loads(record.value)
                if topic == "incidents":
                    self.opened_at.setdefault(content["id"], record.timestamp)
                self._single(topic, content)

    def _single(self, topic: str, content: Content) -> None:
        match topic:
            case "findings":
                step = (content["id"], content["state"], content["at"])
                self._once(self.findings, step, content, "finding")
            case "incident-log":
                self._once(self.log, (content["incident"], content["version"]), content, "entry of the incident log")
            case "tasks":
                if content["state"] == WITHDRAWN:
                    self.withdrawn.add(content["id"])
            case _:
                self._once(self.versions, (content["id"], content["version"]), content, "version of an incident")
                known = self.incidents.get(content["id"])
                if known is None or content["version"] >= known["version"]:
                    self.incidents[content["id"]] = content

    def _telemetry(self, district: str, record: "Raw") -> None:
        log = self.logs.get(district)
        if log is None:
            log = self.logs[district] = DistrictLog(self.window_of)
        lines = list(_lines(record.value))
        if not lines:
            log.mark(int(record.headers["at"]))
            return
        log.pack(lines)
        for line in lines:
            self._arrival(line)
        progress = self.progress[district]
        newest = max((min(line["at"], line["received_at"]) for line in lines if not line.get("clockless")), default=0)
        if not progress.newest or newest > progress.newest[-1][1]:
            progress.newest.append((record.offset, newest))

    def _arrival(self, line: Content) -> None:
        identity = (line["device"], line.get("seq", -1))
        known = self.arrived.get(identity)
        if known is None:
            self.arrived[identity] = Arrived(line["at"], line["values"], received_at=line["received_at"])
            return
        known.times += 1
        if known.values != line["values"] or (not line.get("clockless") and known.at != line["at"]):
            self.contradictions.append((line["received_at"], f"message {identity} came twice with different content"))

    def _ledger(self, district: str, record: "Raw") -> None:
        content = json.loads(record.value)
        progress = self.progress[district]
        progress.applied = max(progress.applied, content.get("applied", {}).get(TELEMETRY, -1))
        if content["accepted"] > progress.accepted:
            progress.accepted = content["accepted"]
            progress.moved_at.append(record.timestamp)
        progress.ledger = content

    def _reject(self, content: Content) -> None:
        original = base64.b64decode(content["original"])
        whole = len(original) == content["length"]
        if whole and hashlib.sha256(original).hexdigest() != content["sha256"]:
            self.contradictions.append((content["at"], f"a reject of {content['topic']} does not hold its original"))
        if content["kind"] in COUNTED:
            self.refused[content["district"]][content["reason"]] += 1
        identity = (content["sha256"], content["topic"], content["reason"])
        self.rejects[identity] = self.rejects.get(identity, 0) + 1
        self.rejected_at[identity] = content["at"]
        if whole and content["reason"] == OVERTAKEN:
            self.overtaken[identity] = str(json.loads(original).get("task"))

    def _once(self, known: dict[Any, Content], identity: Any, content: Content, what: str) -> None:
        before = known.setdefault(identity, content)
        if before is content:
            return
        self.repeats += 1
        if before != content:
            differing = sorted(name for name in before.keys() | content if before.get(name) != content.get(name))
            moment = int(content.get("at") or content.get("start") or content.get("detected_at") or 0)
            said = ", ".join(f"{name}: {before.get(name)} and {content.get(name)}" for name in differing)
            self.contradictions.append(
                (moment, f"{what} {identity} stands there twice with different content ({said})")
            )


class Raw(Struct, frozen=True):
    """A record as Kafka gives it."""

    value: bytes
    offset: int
    timestamp: int
    headers: dict[str, bytes]


def _lines(value: bytes) -> list[Content]:
    return [json.loads(line) for line in value.split(b"\n") if line]
