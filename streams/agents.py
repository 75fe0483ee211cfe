"""Which agent reads which topics: the whole of the stream worker's way on one page."""

from faust.types import AppT

from messages.topics import ACTIONS, CLOCK, FINDINGS, POSITIONS, REJECTS, REPLIES, REPORTS, TELEMETRY
from streams.agent import Agent
from streams.findings_to_cases import CasesStage
from streams.knowledge import Knowledge
from streams.stall import Pulse
from streams.telemetry_to_findings import TelemetryStage

FINDINGS_AGENT, CASES_AGENT = NAMES = ("findings", "cases")


def add(app: AppT, knowledge: Knowledge, partitions: int) -> list[Agent]:
    """Gives the application its agents and their tables."""
    telemetry = (TELEMETRY, REJECTS)
    said = (FINDINGS, REPORTS, REPLIES, ACTIONS, POSITIONS, CLOCK)
    pulse = Pulse()
    return [
        Agent(
            app,
            FINDINGS_AGENT,
            telemetry,
            partitions,
            make=lambda effects: TelemetryStage(effects, knowledge),
            pulse=pulse,
        ),
        Agent(app, CASES_AGENT, said, partitions, make=lambda effects: CasesStage(effects, knowledge), pulse=pulse),
    ]
