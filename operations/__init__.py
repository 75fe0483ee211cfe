"""The operations centre: read model, live feed, API, pages."""

from operations.serve import run

__all__ = ["run"]
