"""`citygrid proof`: breaks one thing after another in an installation of its own, and shows that nothing is lost or counted twice."""

import signal
import sys
from pathlib import Path

import click

from citygrid import terminal
from citygrid.proof import report, run
from citygrid.proof.faults import FAULTS, Fault
from citygrid.proof.installation import Failed
from citygrid.proof.table import Shown, reasons, render
from citygrid.refusal import Refusal

RATE = 500.0


@click.command(name="proof", short_help="Breaks one thing after another and shows that nothing is lost.")
@click.option("--quick", is_flag=True, help="Fewer and shorter faults, within minutes; says what it leaves out.")
@click.option("--only", "only", multiple=True, metavar="FAULT", help="Only this fault; may be given more than once.")
@click.option("--list", "listed", is_flag=True, help="Lists the faults and ends.")
@click.option("--seed", default=2018, show_default=True, help="Chooses the moments and the values.")
@click.option("--rate", default=RATE, show_default=True, help="Readings a second.", metavar="READINGS_PER_S")
@click.option(
    "--data-dir", type=click.Path(path_type=Path), help="An empty folder to keep everything in  [removed at the end]"
)
@click.option(
    "--report",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the table here, and as JSON beside it.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    listed: bool,
    only: tuple[str, ...],
    quick: bool,
    file: Path | None,
    data_dir: Path | None,
    seed: int,
    rate: float,
) -> None:
    """Starts an installation of its own, publishes readings, breaks one thing after another, and compares what came out with what went in.

    Exit status 0 only if every line of the table holds. No other installation is touched.
    """
    if listed:
        _list()
        return
    faults = _chosen(only, quick=quick)
    if data_dir is not None and data_dir.exists() and any(data_dir.iterdir()):
        raise Refusal(f"{data_dir} is not empty: the proof wants a folder of its own.")
    plan = run.Plan(faults=faults, rate=rate, seed=seed, quick=quick, data=data_dir)
    console = terminal.console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Shown(console) as shown:
            proof = run.run(plan, shown)
    except Failed as failure:
        raise Refusal(f"the proof could not be run: {failure}.") from failure
    console.print(render(proof.rows))
    for reason in reasons(proof.rows):
        print(reason, file=sys.stderr)
    if quick and not only:
        left_out = ", ".join(fault.name for fault in FAULTS if not fault.quick)
        print(f"left out by --quick: {left_out}; and each fault strikes less often.")
    if file is not None:
        chosen = [" --quick" * quick, *(f" --only {name}" for name in only), f" --seed {seed} --rate {rate:g}"]
        report.write(proof, file, "".join(chosen))
    ctx.exit(0 if proof.holds else 1)


def _list() -> None:
    for fault in FAULTS:
        print(f"{fault.name:<18}{'' if fault.quick else 'not in --quick  '}{fault.title}")


def _chosen(only: tuple[str, ...], *, quick: bool) -> list[Fault]:
    known = {fault.name: fault for fault in FAULTS}
    unknown = [name for name in only if name not in known]
    if unknown:
        raise Refusal(f"there is no fault {', '.join(unknown)}; `citygrid proof --list` shows them.")
    return [known[name] for name in only] if only else [fault for fault in FAULTS if fault.quick or not quick]
