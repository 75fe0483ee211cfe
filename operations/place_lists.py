"""The lists behind a place's figures, and any list as a table."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from city.places.presence import LIVE_MS, NEVER
from operations.board import Board
from operations.pictures import WorkerPicture
from operations.place_pictures import DeviceRow

DOUBTFUL = "doubtful"


def devices_of(board: Board, place: str, *, state: str | None, now: int, most: int) -> tuple[int, list[DeviceRow]]:
    """The devices of a place, of one state, with doubts, or all, the longest silent first: how many, and the first `most` of them."""
    cells = board.ground.span(place)
    heard = board.presence.within(cells.start, cells.stop)
    found = [
        (received_at, id_)
        for id_, received_at in heard.items()
        if state in {None, _state(received_at, now)} or (state == DOUBTFUL and board.devices.doubts(id_))
    ]
    return len(found), [_device(board, id_, received_at, now) for received_at, id_ in sorted(found)[:most]]


def workers_of(board: Board, place: str, *, on_shift: bool | None, now: int) -> list[WorkerPicture]:
    """The workers whose duty reaches into a place, those on shift first."""
    cells = board.ground.span(place)
    found = [board.worker(board.registry.workers[id_], now) for id_ in board.staff.within(cells.start, cells.stop)]
    asked = [worker for worker in found if on_shift is None or worker.on_shift is on_shift]
    return sorted(asked, key=lambda worker: (not worker.on_shift, worker.id))


def as_csv(rows: Sequence[msgspec.Struct]) -> str:
    """The rows as a table with a header (RFC 4180); what lies in a field of its own is named `field.part`."""
    flat = [dict(_flat("", msgspec.to_builtins(row))) for row in rows]
    written = io.StringIO()
    table = csv.DictWriter(written, list(dict.fromkeys(name for row in flat for name in row)))
    table.writeheader()
    table.writerows(flat)
    return written.getvalue()


def _device(board: Board, id_: str, received_at: int, now: int) -> DeviceRow:
    device, known = board.registry.devices[id_], board.devices.known.get(id_)
    return DeviceRow(
        id=id_,
        name=device.name,
        kind=device.kind,
        cell=device.cell,
        last_at=known.last_at if known else None,
        received_at=None if received_at == NEVER else received_at,
        state=_state(received_at, now),
        doubts=board.devices.doubts(id_),
    )


def _state(received_at: int, now: int) -> str:
    if received_at == NEVER:
        return "never"
    return "live" if now - received_at <= LIVE_MS else "silent"


def _flat(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _flat(f"{name}.{part}" if name else str(part), inner)
    elif isinstance(value, list):
        yield name, " ".join(str(each) for each in value)
    else:
        yield name, value
