"""Measurements of citygrid on one machine, with room for other candidates beside it."""
