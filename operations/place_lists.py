"""The lists behind a place's figures, and any list as a table."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from city.places.presence import NEVER
from geo.coverage import LIVE_MS
from operations.board import Board
from operations.pictures import WorkerPicture
from operations.place_pictures import DeviceRow


def devices_of(board: Board, place: str, *, state: str | None, now: int) -> list[DeviceRow]:
    """The devices of a place, of one state, with doubts, or all, the longest silent first."""
    cells = board.ground.span(place)
    heard = board.presence.within(cells.start, cells.stop)
    rows = [_device(board, id_, received_at, live=received_at >= now - LIVE_MS) for id_, received_at in heard.items()]
    found = [row for row in rows if state in {None, row.state} or (state == "doubtful" and row.doubts)]
    return sorted(found, key=lambda row: (row.received_at or 0, row.id))


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


def _device(board: Board, id_: str, received_at: int, *, live: bool) -> DeviceRow:
    device, known = board.registry.devices[id_], board.devices.known.get(id_)
    heard = received_at != NEVER
    return DeviceRow(
        id=id_,
        name=device.name,
        kind=device.kind,
        cell=device.cell,
        last_at=known.last_at if known else None,
        received_at=received_at if heard else None,
        state=("live" if live else "silent") if heard else "never",
        doubts=board.devices.doubts(id_),
    )


def _flat(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for part, inner in value.items():
            yield from _flat(f"{name}.{part}" if name else str(part), inner)
    elif isinstance(value, list):
        yield name, " ".join(str(each) for each in value)
    else:
        yield name, value
