"""Where an InfluxDB bucket for history is; what says so hides its token."""

from msgspec import Struct


class Secret(str):
    """A text whose representation hides it, so that a log or a traceback never shows it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<hidden>"


class Influx(Struct, frozen=True, kw_only=True):
    """An InfluxDB 2 bucket, and the token that may write and read it."""

    url: str
    org: str
    bucket: str
    token: Secret = Secret("")
