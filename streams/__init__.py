"""The Faust agents: telemetry → windows and findings → cases."""

from streams.worker import run

__all__ = ["run"]
