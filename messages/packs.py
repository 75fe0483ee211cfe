"""What a pack's record headers say, so that a missing pack is seen and the ledger adds up from durable numbers."""

from collections.abc import Iterable

from msgspec import DecodeError, Struct

Headers = list[tuple[str, bytes]]
NO_PACK = (KeyError, ValueError, DecodeError)
"""What reading a record raises that no gateway of ours wrote."""


class PackHead(Struct, frozen=True, kw_only=True):
    """The headers of one pack of telemetry.

    `start` names one run of the gateway, `pack` numbers its packs of one district from 1, `count` is the readings in this pack and `total`
    all readings of this run and district up to and including it. `at` is when it was written (epoch ms). A pack with neither readings nor `away` is a
    mark: everything that waited in the broker before `at` had been handed over. `away` are lines without values, of the district's own
    devices that measured in another one, whose packs hold the readings; the header is there only where there are some.
    """

    gateway: str
    start: str
    pack: int
    count: int
    total: int
    at: int
    away: bytes = b""


_NUMBERED = tuple(name for name in PackHead.__struct_fields__ if name != "away")


def headers_of(head: PackHead) -> Headers:
    """The record headers that carry a pack's head."""
    headers = [(name, str(getattr(head, name)).encode()) for name in _NUMBERED]
    return [*headers, ("away", head.away)] if head.away else headers


def head_of(headers: Iterable[tuple[str, bytes]]) -> PackHead:
    """The head of a pack from its record headers. Raises KeyError or ValueError for what no gateway of ours wrote."""
    found = dict(headers)
    return PackHead(
        gateway=found["gateway"].decode(),
        start=found["start"].decode(),
        pack=int(found["pack"]),
        count=int(found["count"]),
        total=int(found["total"]),
        at=int(found["at"]),
        away=found.get("away", b""),
    )


def lines_of(source: int, first: int, count: int) -> Headers:
    """The headers of a pack of windows or late readings: the offset of the pack that gave them, the number of the first line, how many."""
    return [("count", str(count).encode()), ("source", str(source).encode()), ("first", str(first).encode())]


def source_of(headers: Iterable[tuple[str, bytes]]) -> tuple[int, int] | None:
    """What `lines_of` says: the offset of the source and the number of the first line; None where the headers do not say it."""
    found = dict(headers)
    try:
        return int(found["source"]), int(found["first"])
    except (KeyError, ValueError):
        return None
