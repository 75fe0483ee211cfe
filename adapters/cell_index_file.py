"""The index of a city's cells, kept in a file of the installation's data folder: built once, read by whoever starts next.

A file that is torn, older, or of other cells is never believed: the index is built anew and put in its place in one step.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from adapters.logs import log
from geo.index_bytes import fingerprint, packed, unpacked
from geo.lookup import CellIndex

NAME = "cells.index"
WORTH_KEEPING = 5_000  # fewer cells are indexed as fast as they are read


class CellIndexFile:
    """Gives the index of cells, from the file in `folder` where that is theirs."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def index_of(self, geometries: Mapping[str, Mapping[str, Any]]) -> CellIndex:
        """The index of GeoJSON areas in degrees by code. Raises ValueError when one is not valid; never for what is in the file."""
        if len(geometries) < WORTH_KEEPING:
            return CellIndex(geometries)
        name = fingerprint(geometries)
        kept = self._read(name)
        if kept is not None:
            return kept
        index = CellIndex(geometries)
        self._write(packed(index, name))
        return index

    def _read(self, name: str) -> CellIndex | None:
        try:
            return unpacked(self._path.read_bytes(), name)
        except OSError:
            return None

    def _write(self, data: bytes) -> None:
        """A full disk costs the next start some seconds, and nobody else anything."""
        own = self._path.with_name(f"{NAME}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            own.write_bytes(data)
            own.replace(self._path)
        except OSError as problem:
            log("cells").warning("the index of the cells could not be kept", path=str(self._path), error=str(problem))
            with suppress(OSError):
                own.unlink(missing_ok=True)
