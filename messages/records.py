"""How single records lie in Kafka: JSON in UTF-8, with CloudEvents 1.0 attributes as headers (binary content mode)."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)
Headers = list[tuple[str, bytes]]
SOURCE = "citygrid"

_encoder = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    """The JSON bytes of a message."""
    return _encoder.encode(value)


def decode(data: bytes, kind: type[T]) -> T:
    """A message from its JSON bytes. Raises msgspec.ValidationError or DecodeError when it is none."""
    return msgspec.json.decode(data, type=kind)


def decode_lines(data: bytes, kind: type[T]) -> list[T]:
    """The messages of a pack, one JSON object a line. Raises like `decode`."""
    return msgspec.json.Decoder(kind).decode_lines(data) if data else []


def cloud_event(kind: str, id_: str, at: int, *, source: str = SOURCE) -> Headers:
    """The headers of one event: `kind` such as "finding.raised", `at` in epoch milliseconds."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", id_.encode()),
        ("ce_source", source.encode()),
        ("ce_type", f"citygrid.{kind}.v1".encode()),
        ("ce_time", rfc3339(at).encode()),
        ("content-type", b"application/json"),
    ]


def rfc3339(at: int) -> str:
    """Epoch milliseconds as RFC 3339 in UTC with milliseconds."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
