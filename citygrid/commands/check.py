"""`citygrid check`: every mistake in a city's folder at once."""

from pathlib import Path

import click

from citygrid import cities


@click.command(name="check", short_help="Names every mistake in a city's folder.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Reads the city in DIR and names every mistake at once, with file and line. Exit status 0 if there is none."""
    registry = cities.read(folder)
    kinds = ("districts", "cells", "devices", "workers", "metrics", "classes", "rules")
    print(f"{folder} is right: " + ", ".join(f"{len(getattr(registry, kind)):,} {kind}" for kind in kinds) + ".")
