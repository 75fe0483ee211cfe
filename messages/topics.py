"""THE MAP: every Kafka topic with its key, what it holds, how long it is kept, who writes it and who reads it."""

from enum import StrEnum

from msgspec import Struct

from city.finding import Finding
from city.incident import Incident, LogEntry
from city.registry import Cell, City, Device, District, EventClass, Metric, Place, Worker
from city.report import Action, DeviceStatus, Receipt, Reply, Report, Tick, WorkerPosition
from city.rules import Rule
from city.task import Task
from messages.ledger import DistrictSums
from messages.rejects import Reject


class Kept(StrEnum):
    """How a topic is cleaned up."""

    WEEK = "week"
    HOUR = "hour"
    LATEST = "latest"


class Topic(Struct, frozen=True, kw_only=True):
    """One Kafka topic. `holds` is the type of a single record, or a text for packs (newline-delimited JSON, one line each)."""

    name: str
    key: str
    holds: type | str
    kept: Kept
    writers: tuple[str, ...]
    readers: tuple[str, ...]


MQTT_TO_TELEMETRY = "gateways/mqtt_to_telemetry"
MQTT_TO_REPORTS = "gateways/mqtt_to_reports"
TASKS_TO_MQTT = "gateways/tasks_to_mqtt"
TELEMETRY_TO_FINDINGS = "streams/telemetry_to_findings"
FINDINGS_TO_CASES = "streams/findings_to_cases"
TOPICS_TO_BOARD = "operations/topics_to_board"
REQUESTS_TO_TOPICS = "operations/requests_to_topics"
TOPICS_TO_HISTORY = "history/topics_to_history"
REGISTRY = "adapters/kafka_registry"
READ_LEDGER = "adapters/ledger"
REJECT_REPLAY = "adapters/reject_replay"

TELEMETRY = Topic(
    name="citygrid.telemetry",
    key="district",
    holds="pack of accepted messages",
    kept=Kept.WEEK,
    writers=(MQTT_TO_TELEMETRY,),
    readers=(TELEMETRY_TO_FINDINGS, TOPICS_TO_BOARD, READ_LEDGER),
)
REPORTS = Topic(
    name="citygrid.reports",
    key="district",
    holds=Report,
    kept=Kept.WEEK,
    writers=(MQTT_TO_REPORTS, REQUESTS_TO_TOPICS),
    readers=(FINDINGS_TO_CASES,),
)
REPLIES = Topic(
    name="citygrid.replies",
    key="district",
    holds=Reply,
    kept=Kept.WEEK,
    writers=(MQTT_TO_REPORTS, REQUESTS_TO_TOPICS),
    readers=(FINDINGS_TO_CASES,),
)
ACTIONS = Topic(
    name="citygrid.actions",
    key="district",
    holds=Action,
    kept=Kept.WEEK,
    writers=(REQUESTS_TO_TOPICS,),
    readers=(FINDINGS_TO_CASES,),
)
STATUS = Topic(
    name="citygrid.status",
    key="device",
    holds=DeviceStatus,
    kept=Kept.LATEST,
    writers=(MQTT_TO_REPORTS,),
    readers=(TOPICS_TO_BOARD,),
)
POSITIONS = Topic(
    name="citygrid.positions",
    key="worker",
    holds=WorkerPosition,
    kept=Kept.LATEST,
    writers=(MQTT_TO_REPORTS,),
    readers=(FINDINGS_TO_CASES, TOPICS_TO_BOARD),
)
WINDOWS = Topic(
    name="citygrid.windows",
    key="district",
    holds="pack of closed windows",
    kept=Kept.WEEK,
    writers=(TELEMETRY_TO_FINDINGS,),
    readers=(TOPICS_TO_BOARD, TOPICS_TO_HISTORY, READ_LEDGER),
)
LATE = Topic(
    name="citygrid.late",
    key="district",
    holds="pack of readings that came after their window closed",
    kept=Kept.WEEK,
    writers=(TELEMETRY_TO_FINDINGS,),
    readers=(TOPICS_TO_HISTORY, READ_LEDGER),
)
FINDINGS = Topic(
    name="citygrid.findings",
    key="district",
    holds=Finding,
    kept=Kept.WEEK,
    writers=(TELEMETRY_TO_FINDINGS,),
    readers=(FINDINGS_TO_CASES, TOPICS_TO_BOARD),
)
INCIDENTS = Topic(
    name="citygrid.incidents",
    key="incident",
    holds=Incident,
    kept=Kept.LATEST,
    writers=(FINDINGS_TO_CASES,),
    readers=(TOPICS_TO_BOARD, TOPICS_TO_HISTORY),
)
INCIDENT_LOG = Topic(
    name="citygrid.incident-log",
    key="district",
    holds=LogEntry,
    kept=Kept.WEEK,
    writers=(FINDINGS_TO_CASES,),
    readers=(TOPICS_TO_BOARD, TOPICS_TO_HISTORY),
)
TASKS = Topic(
    name="citygrid.tasks",
    key="task",
    holds=Task,
    kept=Kept.LATEST,
    writers=(FINDINGS_TO_CASES,),
    readers=(TASKS_TO_MQTT, TOPICS_TO_BOARD),
)
RECEIPTS = Topic(
    name="citygrid.receipts",
    key="district",
    holds=Receipt,
    kept=Kept.WEEK,
    writers=(FINDINGS_TO_CASES,),
    readers=(TASKS_TO_MQTT, TOPICS_TO_BOARD),
)
REJECTS = Topic(
    name="citygrid.rejects",
    key="district",
    holds=Reject,
    kept=Kept.WEEK,
    writers=(MQTT_TO_TELEMETRY, MQTT_TO_REPORTS, FINDINGS_TO_CASES),
    readers=(TELEMETRY_TO_FINDINGS, TASKS_TO_MQTT, TOPICS_TO_BOARD, READ_LEDGER, REJECT_REPLAY),
)
CLOCK = Topic(
    name="citygrid.clock",
    key="district",
    holds=Tick,
    kept=Kept.HOUR,
    writers=(MQTT_TO_TELEMETRY,),
    readers=(FINDINGS_TO_CASES,),
)
LEDGER = Topic(
    name="citygrid.ledger",
    key="district",
    holds=DistrictSums,
    kept=Kept.LATEST,
    writers=(TELEMETRY_TO_FINDINGS,),
    readers=(TOPICS_TO_BOARD, READ_LEDGER),
)

REGISTERED: dict[str, type] = {
    "city": City,
    "districts": District,
    "places": Place,
    "cells": Cell,
    "devices": Device,
    "workers": Worker,
    "metrics": Metric,
    "rules": Rule,
    "classes": EventClass,
}


def registry_topic(kind: str) -> Topic:
    """The compacted topic that holds what is registered of one kind, a key of `REGISTERED`."""
    return Topic(
        name=f"citygrid.registry.{kind}",
        key="id",
        holds=REGISTERED[kind],
        kept=Kept.LATEST,
        writers=(REGISTRY,),
        readers=(MQTT_TO_TELEMETRY, MQTT_TO_REPORTS, TELEMETRY_TO_FINDINGS, FINDINGS_TO_CASES, TOPICS_TO_BOARD),
    )


TOPICS: tuple[Topic, ...] = (
    TELEMETRY,
    REPORTS,
    REPLIES,
    ACTIONS,
    STATUS,
    POSITIONS,
    WINDOWS,
    LATE,
    FINDINGS,
    INCIDENTS,
    INCIDENT_LOG,
    TASKS,
    RECEIPTS,
    REJECTS,
    CLOCK,
    LEDGER,
    *(registry_topic(kind) for kind in REGISTERED),
)
