"""A file of a city as rows and columns, with the words for where one of its rows stands."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from msgspec import Struct


class Table(Struct, frozen=True, kw_only=True):
    """What one layer or one CSV file holds.

    `columns` are lists of equal length by name. `wkb` are the outlines of the rows, absent where the file has none at all. `crs` is the
    file's own coordinate system as text (authority code or WKT), empty when it names none. `lines` are the lines of a CSV file's rows;
    `misfits` are the lines of rows that were left out, with how many values they have.
    """

    file: str
    layer: str = ""
    columns: dict[str, Sequence[Any]]
    count: int
    wkb: Sequence[bytes | None] | None = None
    crs: str = ""
    lines: Sequence[int] = ()
    misfits: Sequence[tuple[int, int]] = ()

    @property
    def called(self) -> str:
        """The file, and the layer in it where that has a name of its own."""
        return f"{self.file} (layer {self.layer})" if self.layer else self.file

    def where(self, row: int) -> str:
        """Where a row stands: `file:line` in a CSV file, the number of the feature, from 1, elsewhere."""
        return f"{self.file}:{self.lines[row]}" if self.lines else f"{self.called}, feature {row + 1}"

    def text(self, column: str, row: int) -> str:
        """A value as text without blanks around it; empty for a missing value, and when no column is named. Raises KeyError."""
        return text_of(self.columns[column][row]) if column else ""


def text_of(value: Any) -> str:
    """A value of any type as a person would write it: whole numbers without a point, nothing for null and not-a-number."""
    match value:
        case None:
            return ""
        case float() if not isfinite(value):
            return ""
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).replace("\0", "").strip()
