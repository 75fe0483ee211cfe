"""Which commands there are; each lies in a file of its own under commands/ and is loaded when it is asked for."""

from importlib import import_module

import click

COMMANDS = {
    "up": "up",
    "status": "status",
    "ledger": "ledger",
    "import": "import_city",
    "check": "check",
    "apply": "apply",
    "replay": "replay",
    "rejects": "rejects",
    "topics": "topics",
    "worker-link": "worker_link",
    "reset": "reset",
    "proof": "proof",
    "gateway": "gateway",
    "worker": "worker",
    "operations": "operations",
    "history": "history",
    "simulate": "simulate",
}


class Commands(click.Group):
    """The commands in the order of the table, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, None when there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"citygrid.commands.{COMMANDS[cmd_name]}").command
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="citygrid")
def main() -> None:
    """Runs a city that is managed by grid: sensors and people in, verified incidents out, nothing lost.

    Settings come from citygrid.toml, then from variables named CITYGRID_…, then from flags.
    """
