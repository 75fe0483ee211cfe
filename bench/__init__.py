"""Measurements of citygrid on one machine, each printed as one line of JSON."""
