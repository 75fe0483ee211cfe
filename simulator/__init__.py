"""A seeded city to run against, with the truth written down; replay of recorded data."""
