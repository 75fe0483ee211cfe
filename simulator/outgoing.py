"""A message on its way to the broker."""

from msgspec import Struct


class Outgoing(Struct, frozen=True):
    """What is published where; `readings` counts the values in it."""

    topic: str
    payload: bytes
    readings: int = 0
