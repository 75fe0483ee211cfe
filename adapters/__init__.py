"""One file for each outside system, with all of its client library in it."""
