"""What a file of a city holds, for whoever writes a mapping: its layers, their coordinate systems, columns and first values."""

from pathlib import Path

from adapters import csv_tables, geo_files
from adapters.geo_files import Unreadable
from citygrid.refusal import Refusal

SAMPLES = 3
WIDEST = 40


def text(path: Path) -> str:
    """The description in lines. Raises Refusal when the file cannot be read."""
    try:
        if path.suffix.lower() in (".csv", ".txt", ".tsv"):
            table = csv_tables.read(path)
            samples = {name: list(values[:SAMPLES]) for name, values in table.columns.items()}
            return "\n".join([f"{path.name}: {table.count:,} rows", *_columns(samples)])
        found = geo_files.look(path, SAMPLES)
    except Unreadable as wrong:
        raise Refusal(f"{wrong}.") from wrong
    lines = []
    for layer in found:
        system = layer.crs or "no coordinate system named"
        lines.append(f'layer "{layer.name}": {layer.count:,} features, {layer.kind}, {system}')
        lines += _columns(layer.columns)
    return "\n".join(lines)


def _columns(samples: dict[str, list[object]]) -> list[str]:
    wide = max((len(name) for name in samples), default=0)
    return [f"  {name:<{wide}}  {_shown(values)}" for name, values in samples.items()]


def _shown(values: list[object]) -> str:
    return ", ".join(str(value)[:WIDEST] for value in values)
