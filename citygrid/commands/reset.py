"""`citygrid reset`: forgets an installation's data."""

from typing import Any

import click

from citygrid.local import folder
from citygrid.local.folder import FolderRefused
from citygrid.options import given, options
from citygrid.refusal import Refusal


@click.command(name="reset", short_help="Forgets an installation's data.")
@options()
def command(**flags: Any) -> None:
    """Removes everything that citygrid made in the data folder. Refused while anything runs on it."""
    data = given(flags).data_dir
    try:
        gone = folder.forget(data)
    except FolderRefused as problem:
        raise Refusal(str(problem)) from problem
    print(f"{data} is forgotten." if gone else f"There is nothing in {data} to forget.")
