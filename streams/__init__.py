"""The Faust agents: telemetry → windows and findings → cases."""
