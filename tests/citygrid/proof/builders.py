"""A small day of the proof as it should be: what was published, what was seen, what history holds. Tests then spoil it."""

import copy
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from citygrid.proof import cases, verdict
from citygrid.proof.flaws import Behind
from citygrid.proof.kept import Kept
from citygrid.proof.recomputation import Key, Total
from citygrid.proof.seen import Raw, Seen
from citygrid.proof.town import DAY_MS, METER, SEVERITY, Device, District, metric_window
from citygrid.proof.truth import Episode, Fate, Sent

DISTRICT = "990901"
CELL = f"{DISTRICT}001001001"
METER_CELL = f"{DISTRICT}001001002"
NOON = 1_800_000_000_000
BEHIND = Behind({DISTRICT: 0})
DEVICE = Device(f"gauge-{DISTRICT}-0000", "gauge", District(DISTRICT), CELL, 111.0, 30.0, scene=True)
WHOSE = {"kind": "telemetry", "district": DISTRICT}
REPORT = "5b0c5a6e-3f0e-4f86-9b55-0a0d6f2f9c12"


def sent(seq: int, at: int | None, value: float, **fields: Any) -> Sent:
    kind = METER if at is None else "gauge"
    given: dict[str, Any] = {
        "topic": f"citygrid/v1/{DISTRICT}/telemetry/{kind}-{DISTRICT}-0000",
        "device": f"{kind}-{DISTRICT}-0000",
        "district": DISTRICT,
        "cell": METER_CELL if at is None else CELL,
        "fate": Fate.WINDOWED,
        "at": at,
        "seq": seq,
        "values": {"flow_m" if at is None else "load_w": value},
        "payload": f"{seq} {at} {value}".encode(),
        "sent_at": NOON + 1000 * seq,
        "acked_at": NOON + 1000 * seq + 5,
    }
    return Sent(**given | fields)


class Day:
    """Published, seen and kept agree in everything until somebody spoils one of them."""

    def __init__(self) -> None:
        self.sent = [
            *(sent(seq, NOON + 1000 * seq, 2.0**-seq) for seq in range(5)),
            *(sent(seq, None, 3.0 * seq) for seq in range(10, 13)),
            sent(30, NOON - 600_000, 9.0, fate=Fate.TOO_LATE, sent_at=NOON + 30_000, acked_at=NOON + 30_001),
            sent(31, NOON, 9.0, fate=Fate.REFUSED, reason="not_json", values={}),
        ]
        self.episodes = [
            Episode(
                kind="finding",
                event_class="E0506",
                district=DISTRICT,
                cell=CELL,
                cause=DEVICE.id,
                at=NOON + 2000,
                ended_at=NOON + 4000,
                sent_at=NOON + 2000,
            ),
            Episode(
                kind="report",
                event_class="E0110",
                district=DISTRICT,
                cell=CELL,
                cause=REPORT,
                at=NOON + 3000,
                sent_at=NOON + 3000,
            ),
        ]
        self.told = {self.sent[-1].topic.rsplit("/", 1)[1]: (1, 0)}
        self.receipts = {REPORT}
        self.seen = Seen(metric_window)
        self.log(line(one) for one in self.sent if one.fate is not Fate.REFUSED)
        self.mark(NOON + 90_000)
        self._emit()
        self.shown = copy.deepcopy(self.seen.incidents)
        self.kept = Kept(
            [(key, copy.copy(total)) for key, total in self._closed()],
            [
                {
                    "device": r["device"],
                    "metric": r["metric"],
                    "at": r["at"],
                    "seq": r["seq"],
                    "received_at": r["received_at"],
                    "value": r["value"],
                }
                for r in self.seen.late.values()
            ],
            copy.deepcopy(self.seen.incidents),
            copy.deepcopy(self.seen.log),
        )

    def log(self, lines: Iterable[dict[str, Any]]) -> None:
        value = b"\n".join(json.dumps(one).encode() for one in lines)
        self.seen.take("telemetry", DISTRICT, Raw(value, len(self.seen.arrived), NOON, {}))

    def mark(self, at: int) -> None:
        self.seen.take("telemetry", DISTRICT, Raw(b"", 99, at, {"at": str(at).encode()}))

    def take(self, topic: str, content: dict[str, Any]) -> None:
        self.seen.take(topic, DISTRICT, Raw(json.dumps(content).encode(), 0, NOON, {}))

    def flaws(self) -> list[str]:
        found = [
            *verdict.messages(self.sent, self.seen),
            *verdict.windows(self.sent, self.seen, self.kept, window_of=metric_window, behind=BEHIND),
            *verdict.late_readings(self.sent, self.seen, self.kept, BEHIND),
            *verdict.rejects(self.sent, self.seen),
            *cases.incidents(self.episodes, self.seen, self.kept, BEHIND),
            *cases.history_of_incidents(self.seen),
            *verdict.ledger(self.seen),
            *cases.board(self.seen, self.shown),
            *cases.answers(self.sent, self.told, self.receipts, self.episodes, self.seen),
        ]
        return [flaw.what for flaw in found] + [what for _, what in self.seen.contradictions]

    def refuse(self, *moments: int) -> None:
        """Has the sender of the garbage refused at these moments, instead of once; it was told once."""
        self.sent.pop()
        self.seen.rejects, self.seen.rejected_at, self.seen.refused = {}, {}, {DISTRICT: Counter()}
        for number, at in enumerate(moments):
            self.sent.append(sent(40 + number, NOON, 9.0, fate=Fate.REFUSED, reason="not_json", values={}))
            self._refused(at)
        figures = self.seen.progress[DISTRICT].ledger
        figures |= {"rejected": {"not_json": len(moments)}, "received": figures["accepted"] + len(moments)}

    def window(self, metric: str = "load_w") -> dict[str, Any]:
        """The window of this metric as it was emitted."""
        return next(row for row in self.seen.windows.values() if row["metric"] == metric)

    def _closed(self) -> list[tuple[Key, Total]]:
        return [pair for log in self.seen.logs.values() for pair in log.closed.items()]

    def _emit(self) -> None:
        log = self.seen.logs[DISTRICT]
        for (cell, metric, start, seconds), total in log.closed.items():
            figures = {name: getattr(total, name) for name in verdict.FIELDS}
            self.take("windows", {"cell": cell, "metric": metric, "start": start, "seconds": seconds, **figures})
        for late in log.late:
            fields = {name: getattr(late, name) for name in ("device", "metric", "at", "seq", "value", "received_at")}
            self.take("late", {**fields, "cell": CELL, "window": 0})
        self._refused(NOON)
        self.take("findings", {"id": "f1", "state": "raised", "device": DEVICE.id, "at": NOON + 2000})
        self.take("findings", {"id": "f1", "state": "cleared", "device": DEVICE.id, "at": NOON + 4000})
        for id_, cause, kind, code in (("i1", "f1", "finding", "E0506"), ("i2", REPORT, "report", "E0110")):
            self.incident(id_, [{"kind": kind, "id": cause, "at": NOON}], code)
        windowed = sum(total.count for total in log.closed.values())
        outside = {"received": log.readings + 1, "accepted": log.readings, "rejected": {"not_json": 1}, "gaps": 0}
        sums = {"duplicate": 0, "too_late": 1, "windowed": windowed, "open": 0}
        self.take("ledger", {**outside, **sums, "late": sum(total.late for total in log.closed.values())})

    def _refused(self, at: int) -> None:
        refused = self.sent[-1]
        original = {
            "original": "",
            "length": len(refused.payload),
            "sha256": hashlib.sha256(refused.payload).hexdigest(),
        }
        self.take("rejects", {"topic": refused.topic, "reason": "not_json", "at": at, **WHOSE, **original})

    def incident(self, id_: str, causes: list[dict[str, Any]], code: str, state: str = "closed") -> None:
        whole = {
            "id": id_,
            "version": 1,
            "class": code,
            "cells": [CELL],
            "causes": causes,
            "state": state,
            "severity": SEVERITY,
            "detected_at": NOON,
            "filed_at": NOON,
            "deadline": NOON + 1000 + DAY_MS,
            "closed_at": NOON + 5000,
        }
        self.take("incidents", whole)
        self.take("incident-log", {"incident": id_, "version": 1, "at": NOON, "from": None, "to": state})


def line(one: Sent) -> dict[str, Any]:
    """The message as it stands in a pack."""
    received_at = one.sent_at + 10
    body = {
        "device": one.device,
        "cell": one.cell,
        "at": one.at or received_at,
        "received_at": received_at,
        "seq": one.seq,
        "values": one.values,
    }
    return body if one.at is not None else {**body, "clockless": True}
