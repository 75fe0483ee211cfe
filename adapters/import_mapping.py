"""An operator's mapping file as a mapping, or every mistake in it with its line."""

from pathlib import Path
from typing import Any

from adapters.city_entries import built
from adapters.city_source import Entry, Mistake, nearest, toml_tables
from city.intake.mapping import NEEDED, SECTIONS, Mapping
from geo.crs import CRS_NAMES
from geo.grid_codes import SCHEMES


def load(path: Path) -> Mapping | list[Mistake]:
    """Reads the file. Returns the mapping, or its mistakes by line; raises nothing for what is in the file."""
    tables, mistakes = toml_tables(path.parent, path.name)
    if mistakes:
        return mistakes
    found: dict[str, Any] = {}
    for name, entry in tables.items():
        if name not in SECTIONS:
            mistakes.append(entry.mistake(f"unknown section [{name}]{nearest(name, frozenset(SECTIONS))}"))
            continue
        value, wrong = built(SECTIONS[name], entry)
        mistakes += wrong or _contradictions(name, value, entry)
        found[name] = value
    mistakes += [Mistake(path.name, 1, f"missing section [{name}]") for name in NEEDED if name not in tables]
    return sorted(mistakes) if mistakes else Mapping(**found)


def _contradictions(name: str, value: Any, entry: Entry) -> list[Mistake]:
    match name:
        case "city" if value.crs not in CRS_NAMES:
            return [
                entry.mistake(f"crs: devices and phones send one of {', '.join(CRS_NAMES)}, not {value.crs!r}", "crs")
            ]
        case "cells" if value.code and value.community:
            what = "code and community are both given: code is for cells that have one, community for cells without serial numbers"
            return [entry.mistake(what, "community")]
        case "cells" if value.digits not in {scheme.digits for scheme in SCHEMES}:
            return [entry.mistake("digits: a cell's code has 15 digits, or 14, 16 or 20 in other schemes", "digits")]
        case "cells" if value.file and not (value.code or value.community):
            return [
                entry.mistake("missing field code: the column of the cell's code (or community, for cells without)")
            ]
        case "cells" if not value.file and not value.generate_m:
            return [entry.mistake("say where the cells are with file, or how wide to make them with generate_m = 100")]
        case _:
            return []
