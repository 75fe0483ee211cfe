"""`citygrid import`: a city's own files as a city's folder, or everything that is wrong with them at once."""

import os
import shutil
import sys
from pathlib import Path

import click

from adapters import catalogue_files, city_files, city_folder, city_import, city_writer, fault_files, import_mapping
from adapters.city_import import Imported
from city.intake.mapping import Mapping
from city.intake.remark import Grade, Remark, worst
from citygrid import import_look, import_report
from citygrid.options import beside_us
from citygrid.refusal import Refusal

PROFILE = Path("examples") / "demo"
FOLDER = click.Path(path_type=Path)


@click.command(name="import", short_help="Makes a city's folder of a city's own files.")
@click.argument("mapping", metavar="[MAPPING.toml]", type=FOLDER, required=False)
@click.option("--to", "to", type=FOLDER, metavar="DIR", help="The city's folder to make, or to renew.")
@click.option(
    "--profile",
    type=FOLDER,
    metavar="DIR",
    help="The city whose rules, metrics and classes a new city begins with  [examples/demo]",
)
@click.option("--accept-warnings", is_flag=True, help="Bring the city in although there are warnings.")
@click.option("--look", type=FOLDER, metavar="FILE", help="Only show the layers, columns and first values of a file.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    mapping: Path | None,
    to: Path | None,
    profile: Path | None,
    accept_warnings: bool,
    look: Path | None,
) -> None:
    """Reads boundaries (GeoJSON, GeoPackage, Shapefile), devices and workers (CSV) as MAPPING.toml describes them, and writes DIR.

    Names every mistake at once, with file and feature; what can be drawn lies in DIR-faults as faults.geojson and faults.svg. Nothing is
    written to DIR unless all is right. Exit status 0 if the city is in its place, 1 if warnings keep it out, 2 if mistakes do.
    """
    if look is not None:
        print(import_look.text(look))
        return
    if mapping is None or to is None:
        raise Refusal(
            "say which mapping and where to: `citygrid import MAPPING.toml --to DIR`; `--look FILE` shows what a file holds."
        )
    wanted = _mapping(mapping)
    to = to if to.name else to.resolve()
    try:
        city_writer.check_place(to)
    except city_writer.FolderTaken as taken:
        raise Refusal(f"{taken}.") from taken
    own = to if (to / "classes.toml").exists() else None
    source = own or profile or beside_us(PROFILE)
    if not (source / "classes.toml").is_file():
        raise Refusal(
            f"{source} is no city's folder to take rules, metrics and classes from: name one with --profile DIR."
        )
    imported = _imported(wanted, mapping.parent, to, source)
    grade = _said(imported, to)
    if grade is Grade.MISTAKE or (grade is Grade.WARNING and not accept_warnings):
        _left_out(grade, to)
        ctx.exit(2 if grade is Grade.MISTAKE else 1)
    _bring(imported, to, before=to if to.exists() else None, profile=source)


def _mapping(path: Path) -> Mapping:
    found = import_mapping.load(path)
    if isinstance(found, list):
        listed = "\n".join(f"  {mistake}" for mistake in found)
        raise Refusal(f"the mapping {path} has {len(found)} mistake{'s' if len(found) > 1 else ''}:\n{listed}")
    return found


def _imported(wanted: Mapping, folder: Path, to: Path, source: Path) -> Imported:
    classes = catalogue_files.read_classes(source).values.values()
    skills = sorted({each.skill for each in classes if each.skill})
    entries, _ = city_files.entries_of(source, "metrics", "metric")
    metrics = {str(entry.fields.get("name", "")) for entry in entries} or None
    before = city_writer.remembered(to)
    with import_report.shown() as tell:
        return city_import.bring_in(wanted, folder, before=before, skills=skills, metrics=metrics, progress=tell)


def faults_beside(to: Path) -> Path:
    """Where what is wrong with a city's files is written down."""
    return to.with_name(f"{to.name}-faults")


def _said(imported: Imported, to: Path) -> Grade | None:
    """Prints and writes down what is to be said; returns how grave it is."""
    faults = faults_beside(to)
    grave: list[Remark] = [remark for remark in imported.remarks if remark.grade is not Grade.NOTE]
    for line in import_report.lines(imported.remarks, faults):
        print(line, file=sys.stderr)
    if not grave:
        fault_files.remove(faults)
        return worst(imported.remarks)
    fault_files.write(faults, grave, imported.drawn)
    print(f"All of them: {faults / fault_files.GEOJSON}, drawn in {faults / fault_files.PICTURE}", file=sys.stderr)
    return worst(grave)


def _left_out(grade: Grade, to: Path) -> None:
    hint = (
        "correct the files and import them again."
        if grade is Grade.MISTAKE
        else "correct the files, or import them with --accept-warnings."
    )
    print(f"citygrid: nothing was written to {to}: {hint}", file=sys.stderr)


def _bring(imported: Imported, to: Path, *, before: Path | None, profile: Path) -> None:
    """Writes the folder beside, looks at it as `citygrid check` would, and moves it in. Raises Refusal, leaving everything as it was."""
    new = to.with_name(f".{to.name}.new-{os.getpid()}")
    try:
        city_writer.write(new, imported.city, before=before, profile=profile)
        loaded = city_folder.load(new, ground=False)
        if isinstance(loaded, list):
            listed = "\n".join(f"  {mistake}" for mistake in loaded)
            raise Refusal(f"nothing was written to {to}: the city would have these mistakes:\n{listed}")
        city_writer.move_in(new, to)
    except OSError as trouble:
        raise Refusal(f"nothing was written to {to}: {trouble.strerror}: {trouble.filename}.") from trouble
    finally:
        shutil.rmtree(new, ignore_errors=True)
    for warning in loaded.warnings[: import_report.MOST_LINES]:
        print(f"  {warning}", file=sys.stderr)
    city = imported.city
    print(
        f"{to} holds {len(city.districts):,} districts, {len(city.places):,} towns and communities, {len(city.cells):,} cells, "
        f"{len(city.devices):,} devices and {len(city.workers):,} workers.\nStart it with: citygrid up --city {to}"
    )
