"""One example of everything that is said, as version 1 says it. Run as a program it writes the golden files anew."""

from pathlib import Path
from typing import Any

import msgspec

from city.finding import Finding, FindingState
from city.incident import Cause, Evidence, Incident, IncidentState, LogEntry
from city.names import Name
from city.registry import Cell, City, Device, District, EventClass, Metric, Place, Shift, Worker
from city.report import (
    Action,
    ActionKind,
    DeviceStatus,
    Position,
    Receipt,
    Reply,
    ReplyKind,
    Report,
    Tick,
    WorkerPosition,
)
from city.rules import Rule
from city.task import Task, TaskState, Why
from city.window import ClosedWindow, LateReading
from messages.ledger import DistrictSums
from messages.rejects import Answer, Reason, Refusal, Reject, answer, reject
from messages.telemetry import PackLine

GOLDEN = Path(__file__).parent / "golden"
AT = 1_481_904_000_000
CELL = "990102001001001"
REFUSED: Reject = reject(
    Refusal(Reason.NOT_JSON, "The message is not JSON in UTF-8."),
    sender="wl-0001",
    topic="citygrid/v1/990102/telemetry/wl-0001",
    kind="telemetry",
    district="990102",
    at=AT,
    original=b"{",
    seq=17,
    id_=None,
)
EXAMPLES: list[Any] = [
    PackLine(
        device="wl-0001",
        cell=CELL,
        at=AT,
        received_at=AT + 200,
        values={"water_level_m": 0.31, "battery_pct": 88.0},
        seq=17,
        position=Position(lon=111.3, lat=30.7, crs="wgs84"),
    ),
    Report(
        id="1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        at=AT,
        event_class="E0506",
        position=Position(lon=111.3, lat=30.7, crs="wgs84"),
        district="990102",
        cell=CELL,
        source="worker",
        sender="w-001",
        received_at=AT + 200,
        text="井盖缺失 cover gone",
        severity="severe",
        photos=["sha256:" + "a" * 64],
    ),
    Reply(
        id="2b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        task="990102-7f3a00000001-t1",
        at=AT,
        kind=ReplyKind.DONE,
        district="990102",
        worker="w-001",
        received_at=AT + 200,
        text="cover laid",
    ),
    Action(
        id="3b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        incident="990102-7f3a00000001",
        district="990102",
        action=ActionKind.CLOSE,
        reason="checked on the camera",
        actor="operator",
        at=AT,
    ),
    DeviceStatus(device="wl-0001", district="990102", at=AT, online=False),
    WorkerPosition(worker="w-001", district="990102", at=AT, position=Position(lon=111.3, lat=30.7), cell=CELL),
    ClosedWindow(
        cell=CELL,
        metric="water_level_m",
        start=AT,
        seconds=60,
        count=2,
        sum=0.62,
        min=0.3,
        max=0.32,
        first_at=AT,
        last_at=AT + 30_000,
        late=1,
    ),
    LateReading(
        device="wl-0001",
        metric="water_level_m",
        cell=CELL,
        at=AT,
        seq=17,
        value=0.31,
        received_at=AT + 600_000,
        window=AT,
    ),
    Finding(
        id="990102-water-road-wl-0001-1",
        rule="water-road",
        version=1,
        state=FindingState.RAISED,
        event_class="E0101",
        severity="severe",
        cell=CELL,
        device="wl-0001",
        metric="water_level_m",
        at=AT,
        value=0.31,
        limit=0.27,
        why=Name("积水深 0.31 米", "The water is 0.31 m deep"),
        position={"lon": 111.3, "lat": 30.7},
    ),
    Incident(
        id="990102-7f3a00000001",
        version=3,
        district="990102",
        state=IncidentState.DISPATCHED,
        event_class="E0101",
        name=Name("道路积水", "Water on the road"),
        severity="severe",
        cells=[CELL],
        position={"lon": 111.3, "lat": 30.7},
        causes=[Cause(kind="finding", id="990102-water-road-wl-0001-1", at=AT)],
        began_at=AT,
        detected_at=AT + 300,
        filed_at=AT + 300,
        deadline=AT + 7_200_300,
        tasks=["990102-7f3a00000001-t1"],
        turn="w-001",
        evidence=[Evidence(cause="990102-water-road-wl-0001-1", kind="finding", at=AT, why=Name("积水", "Water"))],
        updated_at=AT + 400,
    ),
    LogEntry(
        incident="990102-7f3a00000001",
        version=3,
        at=AT + 400,
        event="dispatched",
        from_state="filed",
        to_state="dispatched",
        actor="citygrid",
        detail={"task": "990102-7f3a00000001-t1"},
    ),
    Task(
        id="990102-7f3a00000001-t1",
        incident="990102-7f3a00000001",
        district="990102",
        event_class="E0101",
        name=Name("道路积水", "Water on the road"),
        cell=CELL,
        position={"lon": 111.3, "lat": 30.7},
        severity="severe",
        created_at=AT + 400,
        deadline=AT + 7_200_300,
        instructions=Name("排水", "Drain it"),
        why=[Why(factor="distance_m", value=420, score=4.2)],
        state=TaskState.OFFERED,
        worker="w-001",
        updated_at=AT + 400,
    ),
    Receipt(
        report="1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
        worker="w-001",
        district="990102",
        incident="990102-7f3a00000001",
        state="filed",
        at=AT + 300,
    ),
    REFUSED,
    answer(REFUSED, 3),
    Tick(district="990102", at=AT),
    DistrictSums(
        district="990102",
        received=11,
        accepted=10,
        duplicate=1,
        rejected={"not_json": 1},
        open=2,
        windowed=6,
        late=1,
        too_late=1,
        applied={"citygrid.telemetry": 41},
        watermark=AT,
    ),
    City(code="9901", name=Name("沧江市", "Cangjiang"), too_old_seconds=604_800, utc_offset_minutes=480),
    District(code="990102", name=Name("东区", "East"), index=1, crs="gcj02"),
    Place(
        code=CELL[:9],
        name=Name("云台街道", "Yuntai Subdistrict"),
        geometry={"type": "Polygon", "coordinates": [[[111.3, 30.7], [111.4, 30.7], [111.4, 30.8], [111.3, 30.7]]]},
    ),
    Cell(
        code=CELL,
        name=Name("一格", "Cell 1"),
        geometry={"type": "Polygon", "coordinates": [[[111.3, 30.7], [111.4, 30.7], [111.4, 30.8], [111.3, 30.7]]]},
    ),
    Device(
        id="wl-0001",
        district="990102",
        cell=CELL,
        kind="water_level",
        metrics=["water_level_m", "battery_pct"],
        lon=111.3,
        lat=30.7,
    ),
    Worker(
        id="w-001",
        district="990102",
        name=Name("王伟", "Wang Wei"),
        skills=["drainage"],
        grids=["990102001001"],
        shift=Shift(start="22:00", end="06:00"),
    ),
    Metric(name="water_level_m", unit="m", min=0, max=10),
    Rule(
        id="water-road",
        type="threshold",
        event_class="E0101",
        name=Name("道路积水", "Water on the road"),
        metric="water_level_m",
        on=0.27,
        off=0.15,
        for_seconds=60,
    ),
    EventClass(code="E0101", name=Name("道路积水", "Water on the road"), skill="drainage"),
]


def golden(example: Any) -> Path:
    """Where the bytes of `example`'s type in version 1 lie."""
    return GOLDEN / f"{type(example).__name__}.v1.json"


def names(kind: type) -> set[str]:
    """The fields of a message type as they stand on the wire."""
    return {field.encode_name for field in msgspec.structs.fields(kind)}


__all__ = ["AT", "CELL", "EXAMPLES", "GOLDEN", "Answer", "golden", "names"]

if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for one in EXAMPLES:
        golden(one).write_bytes(msgspec.json.encode(one) + b"\n")
