"""What is said of a state that can't be read: most likely another version of citygrid wrote it."""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import ValidationError


class Unreadable(Exception):
    """The state of a district is of another form, or a part of it is missing."""


@contextmanager
def reading_state(district: str) -> Iterator[None]:
    """Turns what goes wrong while the state of `district` is read into a sentence. Raises Unreadable."""
    try:
        yield
    except (ValidationError, LookupError) as wrong:
        message = (
            f"The state of district {district} can't be read ({wrong}). If another version of citygrid wrote it, "
            "stop everything and run `citygrid reset`, which forgets the data folder, or go on with that version."
        )
        raise Unreadable(message) from wrong
