"""An index of cells as bytes and back: kept under a fingerprint of the cells, and taken for true only if it is whole and theirs."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import shapely
from msgspec import Struct

from geo.axis import Axis
from geo.lookup import CellIndex
from geo.raster import SLACK_DEGREES, SQUARES_A_CELL, Raster

FORMAT = 2
MAGIC = b"citygrid cells\n"
_DIGEST = hashlib.sha256().digest_size


class _Head(Struct, frozen=True):
    """What stands before the numbers: of which cells and by which rules it was made, and how many bytes each part has."""

    fingerprint: str
    codes: list[str]
    across: Axis
    up: Axis
    areas: list[int]
    answers: int
    first: int
    candidates: int


def fingerprint(geometries: Mapping[str, Mapping[str, Any]]) -> str:
    """A name (hexadecimal SHA-256) that only these cells, GeoJSON areas by code, and these rules of indexing have."""
    digest = hashlib.sha256(msgspec.json.encode([FORMAT, SLACK_DEGREES, SQUARES_A_CELL]))
    for code in sorted(geometries):
        digest.update(msgspec.json.encode([code, geometries[code]]))
    return digest.hexdigest()


def packed(index: CellIndex, name: str) -> bytes:
    """The index as bytes, under the fingerprint of its cells."""
    drawn = shapely.to_wkb(index.areas).tolist()
    raster = index.raster
    numbers = [raster.answers, raster.first, raster.candidates]
    head = _Head(name, index.codes, raster.across, raster.up, list(map(len, drawn)), *map(len, numbers))
    front = msgspec.msgpack.encode(head)
    body = b"".join(
        [len(front).to_bytes(8, "little"), front, *drawn, *(each.astype("<i4").tobytes() for each in numbers)]
    )
    return MAGIC + hashlib.sha256(body).digest() + body


def unpacked(data: bytes, name: str) -> CellIndex | None:
    """The index of the cells of that fingerprint, or None where the bytes are another's, torn, or anything else."""
    body = memoryview(data)[len(MAGIC) + _DIGEST :]
    if data[: len(MAGIC)] != MAGIC or data[len(MAGIC) : len(MAGIC) + _DIGEST] != hashlib.sha256(body).digest():
        return None
    begin = 8 + int.from_bytes(body[:8], "little")
    try:
        head = msgspec.msgpack.decode(body[8:begin], type=_Head)
    except msgspec.DecodeError:
        return None
    if head.fingerprint != name:
        return None
    ends = begin + np.concatenate(([0], np.cumsum(head.areas, dtype=np.int64)))
    drawn = [bytes(body[one:other]) for one, other in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
    numbers = np.frombuffer(body[int(ends[-1]) :], dtype="<i4").astype(np.int32)  # in its own place, evenly laid
    answers, first, candidates = np.split(numbers, np.cumsum([head.answers, head.first]))
    raster = Raster(head.across, head.up, answers, first, candidates)
    return CellIndex.made_of(head.codes, np.array(shapely.from_wkb(drawn), dtype=object), raster)
