"""At which addresses an installation listens: what was chosen, what it had last time, or what is free."""

from msgspec import Struct
from msgspec.structs import replace

from citygrid.local import ports
from citygrid.local.records import Installation
from citygrid.settings import Settings

WHAT = {"kafka": "Kafka", "mqtt": "Mosquitto", "http": "the operations centre"}


class PortTaken(Struct, frozen=True):
    """A port that was asked for is in use by something else."""

    sentence: str


class Chosen(Struct, frozen=True):
    """The settings with the addresses in force, and a sentence for each that is not what would be usual."""

    settings: Settings
    notes: list[str]


def choose(settings: Settings, last: Installation | None) -> Chosen | PortTaken:
    """The addresses for a start now; a port that somebody chose never gives way."""
    notes = []
    for key, what in WHAT.items():
        wanted = getattr(settings, key)
        others = [_bare(getattr(last, key))] if last else []
        found = ports.choose(wanted, chosen=key in settings.chosen, others=others)
        if found is None:
            return PortTaken(
                f"{wanted}, which is set for {what}, is in use by another program: end that one, or set `{key}` "
                f"to another port (flag --{key}, variable CITYGRID_{key.upper()})."
            )
        if found != wanted:
            notes.append(f"{wanted} is in use by another program: {what} listens on {found} instead.")
        settings = replace(settings, **{key: found})
    return Chosen(settings, notes)


def _bare(address: str) -> str:
    return address.removeprefix("http://")
