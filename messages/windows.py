"""Packs that leave the windows: closed windows, and readings that came after theirs had closed, one JSON object a line."""

from city.window import ClosedWindow, LateReading

__all__ = ["ClosedWindow", "LateReading"]
