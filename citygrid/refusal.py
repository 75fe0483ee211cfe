"""How a command ends when it cannot do what was asked: one sentence on standard error, exit status 2."""

import click


class Refusal(click.ClickException):
    """Something stands in the way; the text says what, where, and what to do."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Prints the sentence without a traceback."""
        del file
        click.echo(f"citygrid: {self.message}", err=True)
