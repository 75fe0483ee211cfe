"""Closed windows as columns: many of one metric and length are taken in, told apart and added up at once."""

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from geo.codes import LENGTHS, Level

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Line(Struct, frozen=True):
    """One closed window as it lies in a pack; what the board does not show is left out."""

    cell: str
    metric: str
    start: int
    seconds: int
    count: int
    sum: float
    min: float
    max: float
    late: int = 0


class Closed(Struct, frozen=True):
    """Windows of one metric and length, one at each position: `code` is the place's code as a number, `start` epoch ms."""

    code: Ints
    start: Ints
    count: Ints
    sum: Floats
    min: Floats
    max: Floats
    late: Ints

    def only(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Closed":
        """Some of them."""
        return Closed(*(getattr(self, name)[chosen] for name in self.__struct_fields__))

    def first_of_each(self) -> "Closed":
        """Every (code, start) once."""
        order = np.lexsort((self.start, self.code))
        code, start = self.code[order], self.start[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = (code[1:] != code[:-1]) | (start[1:] != start[:-1])
        return self.only(order[first])

    def rolled(self, factor: int) -> "Closed":
        """The same windows under shorter codes: `factor` is ten to the number of digits cut off."""
        return msgspec.structs.replace(self, code=self.code // factor)


class ClosedPack(Struct, frozen=True, kw_only=True):
    """The closed windows of one record of `district`, by metric and window length in seconds."""

    district: str
    closed: dict[tuple[str, int], Closed]


_lines = msgspec.json.Decoder(Line)


def closed_pack(district: str, value: bytes) -> ClosedPack:
    """The windows of a record. Raises msgspec.DecodeError when it is none; windows of no cell are passed over."""
    kinds: dict[tuple[str, int], list[Line]] = {}
    for line in _lines.decode_lines(value):
        if len(line.cell) == LENGTHS[Level.CELL] and line.cell.isdigit() and line.seconds > 0 and line.count > 0:
            kinds.setdefault((line.metric, line.seconds), []).append(line)
    return ClosedPack(district=district, closed={kind: columns(lines) for kind, lines in kinds.items()})


def columns(lines: Iterable[Line]) -> Closed:
    """Windows of one metric and length as columns."""
    rows = [(int(w.cell), w.start, w.count, w.sum, w.min, w.max, w.late) for w in lines]
    code, start, count, total, lowest, highest, late = zip(*rows, strict=True) if rows else ((),) * 7
    return Closed(
        np.array(code, np.int64),
        np.array(start, np.int64),
        np.array(count, np.int64),
        np.array(total, np.float64),
        np.array(lowest, np.float64),
        np.array(highest, np.float64),
        np.array(late, np.int64),
    )
