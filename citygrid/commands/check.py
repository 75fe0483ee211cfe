"""`citygrid check`: every mistake in a city's folder at once."""

import sys
from pathlib import Path

import click

from adapters import city_folder, fault_files
from adapters.city_folder import Checked
from adapters.city_source import Mistake
from city.intake.ground import remark_of
from citygrid.refusal import Refusal

KINDS = ("districts", "cells", "devices", "workers", "metrics", "classes", "rules")


@click.command(name="check", short_help="Names every mistake in a city's folder.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--faults",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write what is wrong with the ground plan here, as GeoJSON and as a picture.",
)
@click.pass_context
def command(ctx: click.Context, /, *, folder: Path, faults: Path | None) -> None:
    """Reads the city in DIR and names every mistake and every warning at once, with file and line.

    Exit status 0 if there is none, 1 if there are warnings only (the city runs), 2 if there are mistakes.
    """
    if not folder.is_dir():
        raise Refusal(f"there is no city's folder {folder}: name one with --city DIR.")
    checked = city_folder.check(folder)
    if faults is not None:
        _draw(checked, faults)
    if checked.mistakes:
        _tell(checked.warnings, "warning")
        raise Refusal(f"the city in {folder} has {_listed(checked.mistakes, 'mistake')}")
    _tell(checked.warnings, "warning")
    counts = ", ".join(f"{len(getattr(checked.registry, kind)):,} {kind}" for kind in KINDS)
    print(f"{folder} {'runs, with warnings' if checked.warnings else 'is right'}: {counts}.")
    ctx.exit(1 if checked.warnings else 0)


def _tell(found: list[Mistake], word: str) -> None:
    if found:
        print(_listed(found, word), file=sys.stderr)


def _listed(found: list[Mistake], word: str) -> str:
    lines = "\n".join(f"  {each}" for each in found)
    return f"{len(found):,} {word}{'s' if len(found) > 1 else ''}:\n{lines}"


def _draw(checked: Checked, folder: Path) -> None:
    remarks = [remark_of(fault, [f"{where.file}:{where.line}"]) for fault, where in checked.faults]
    fault_files.write(folder, remarks, fault_files.shapes_of(checked.registry.cells.values()))
