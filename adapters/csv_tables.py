"""Which rows and columns a CSV file of any make holds: its encoding and delimiter found out, or said."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from adapters.geo_files import ENCODINGS, Unreadable
from city.intake.table import Table

DELIMITERS = ",;\t|"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class _Rows(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def read(path: Path, *, encoding: str = "", delimiter: str = "") -> Table:
    """The table. Without an encoding UTF-8 (with or without a byte order mark), UTF-16 by its mark, and GB 18030 are tried.

    A row with more or fewer values than columns is left out, and counted among the table's misfits. Raises Unreadable.
    """
    text = _text(path, encoding)
    lines = text.splitlines(keepends=True)
    if not lines:
        raise Unreadable(f"{path.name} is empty: its first line names the columns")
    chosen = delimiter or max(DELIMITERS, key=lines[0].count)
    if len(chosen) != 1:
        raise Unreadable(f"{path.name}: a delimiter is one character, not {delimiter!r}")
    reader = csv.reader(lines, delimiter=chosen)
    header = [name.strip() for name in next(reader)]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise Unreadable(f"{path.name} has two columns called {', '.join(twice)}: rename one of them")
    rows, numbers, misfits = _rows(path, reader, len(header))
    columns: dict[str, Sequence[Any]] = {name: [row[at] for row in rows] for at, name in enumerate(header) if name}
    return Table(file=path.name, columns=columns, count=len(rows), lines=numbers, misfits=misfits)


def _rows(path: Path, reader: _Rows, width: int) -> tuple[list[list[str]], list[int], list[tuple[int, int]]]:
    rows, numbers = [], []
    misfits: list[tuple[int, int]] = []
    line = reader.line_num + 1
    try:
        for row in reader:
            if len(row) == width and any(value.strip() for value in row):
                rows.append(row)
                numbers.append(line)
            elif any(value.strip() for value in row):
                misfits.append((line, len(row)))
            line = reader.line_num + 1
    except csv.Error as trouble:
        raise Unreadable(f"{path.name}:{line}: {trouble}") from trouble
    return rows, numbers, misfits


def _text(path: Path, encoding: str) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as wrong:
        raise Unreadable(f"there is no file {path}") from wrong
    except OSError as wrong:
        raise Unreadable(f"{path} cannot be read: {wrong.strerror}") from wrong
    tried = (encoding,) if encoding else ("utf-16",) if content.startswith(_UTF_16) else ("utf-8-sig", *ENCODINGS[1:])
    for each in tried:
        try:
            return content.decode(each).removeprefix("\ufeff")
        except LookupError as wrong:
            raise Unreadable(f'there is no encoding {encoding!r}: write encoding = "GBK" or "UTF-8"') from wrong
        except UnicodeDecodeError:
            continue
    raise Unreadable(f'{path.name} is not text in {" or ".join(tried)}: name its encoding with encoding = "…"')
