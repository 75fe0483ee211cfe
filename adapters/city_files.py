"""Which file of a city's folder holds what, and how its rows become entries."""

from pathlib import Path

from adapters.city_entries import split_cells
from adapters.city_source import Entry, Found, csv_entries, feature_entries, toml_entries
from adapters.rule_templates import rule_entries

# Columns that a file may have, and those of them that it may leave out.
DEVICE_COLUMNS = frozenset({"id", "district", "cell", "kind", "metrics", "lon", "lat", "zh", "en"})
WORKER_COLUMNS = frozenset(
    {"id", "district", "zh", "en", "skills", "grids", "shift_start", "shift_end", "days", "capacity"}
)
PLACE_COLUMNS = frozenset({"code", "zh", "en"})
LEFT_OUT = frozenset({"days", "capacity"})


def entries_of(folder: Path, kind: str, one: str) -> Found:
    """The entries of a kind of thing ("devices", …), which a table of TOML calls `one` ("device", …), and what is wrong with the file."""
    match kind:
        case "places":
            entries, mistakes = csv_entries(folder, "places.csv", PLACE_COLUMNS, needed=PLACE_COLUMNS)
            return [split_cells(entry, ()) for entry in entries], mistakes
        case "cells":
            entries, mistakes = feature_entries(folder, "cells.geojson")
            return [split_cells(entry, ()) for entry in entries], mistakes
        case "devices":
            entries, mistakes = csv_entries(folder, "devices.csv", DEVICE_COLUMNS, needed=DEVICE_COLUMNS - {"zh", "en"})
            return [split_cells(entry, ("metrics",)) for entry in entries], mistakes
        case "workers":
            entries, mistakes = csv_entries(folder, "workers.csv", WORKER_COLUMNS, needed=WORKER_COLUMNS - LEFT_OUT)
            return [
                _with_shift(split_cells(entry, ("skills", "grids", "days"), drop_empty=LEFT_OUT)) for entry in entries
            ], mistakes
        case "rules":
            return rule_entries(folder)
        case _:
            return toml_entries(folder, file_of(kind), one)


def _with_shift(entry: Entry) -> Entry:
    """A worker's three shift columns as one field."""
    fields = dict(entry.fields)
    times = {"start": fields.pop("shift_start", ""), "end": fields.pop("shift_end", "")}
    days = fields.pop("days", None)
    fields["shift"] = times if days is None else {**times, "days": days}
    return Entry(entry.file, entry.line, fields, entry.lines)


def file_of(kind: str) -> str:
    """The file in which a kind of thing stands."""
    return {"places": "places.csv", "cells": "cells.geojson", "devices": "devices.csv", "workers": "workers.csv"}.get(
        kind, f"{kind}.toml"
    )
