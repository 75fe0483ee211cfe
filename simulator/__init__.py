"""A seeded city to run against, with the truth written down; replay of recorded data."""

from simulator.city_to_mqtt import run

__all__ = ["run"]
