"""What was: every closed window, late reading and incident, kept in a store of its own."""

from history.topics_to_history import run

__all__ = ["run"]
