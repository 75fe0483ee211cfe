"""What a process says of itself when it is asked over HTTP: whether it answers, why it is not ready, how far behind it is."""

import json
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import urlopen

from msgspec import Struct

from citygrid.local import ports
from citygrid.local.watchdog import Said

TIMEOUT_S = 2.0
LIFE_TIMEOUT_S = 5.0
LAG = ("citygrid_stream_lag_records", "citygrid_history_lag_records", "citygrid_operations_lag_records")
IN_FLIGHT = "citygrid_gateway_messages_in_flight"
BRAKED = "citygrid_gateway_braked"


class Counted(Struct, frozen=True, kw_only=True):
    """What a process counts that tells whether it keeps up; None: it has no such figure."""

    lag: int | None = None
    in_flight: int | None = None
    braked: bool | None = None


def said_by(address: str, pid: int | None = None) -> Said:
    """How the process at "host:port" is; one that only takes long over its readiness still answers. With `pid` only that process is believed."""
    if pid is not None and ports.answered_by_another(pid, address):
        return Said(answers=False, reasons=(f"another program answers at {address}",))
    try:
        with urlopen(f"http://{address}/readyz", timeout=TIMEOUT_S):
            return Said()
    except HTTPError as answer:
        return _reasons(answer.read())
    except (OSError, HTTPException):
        return Said(answers=_lives(address), reasons=("it does not answer yet",))


def _lives(address: str) -> bool:
    try:
        with urlopen(f"http://{address}/healthz", timeout=LIFE_TIMEOUT_S):
            return True
    except HTTPError:
        return True
    except (OSError, HTTPException):
        return False


def _reasons(body: bytes) -> Said:
    try:
        document = json.loads(body)
        reasons = tuple(str(reason) for reason in document.get("reasons", []))
        mendable = bool(document.get("mendable", True))
    except (ValueError, AttributeError, TypeError):
        return Said(reasons=("it says so",))
    return Said(reasons=reasons or ("it says so",), mendable=mendable)


def counted_by(address: str) -> Counted:
    """The figures of the process at "host:port" as it gives them to Prometheus."""
    try:
        with urlopen(f"http://{address}/metrics", timeout=TIMEOUT_S) as answer:
            return counted(answer.read().decode(errors="replace"))
    except (OSError, HTTPException):
        return Counted()


def counted(text: str) -> Counted:
    """The figures in Prometheus' text; those with labels are added up."""
    sums: dict[str, float] = {}
    for line in text.splitlines():
        name = line.partition("{")[0].partition(" ")[0]
        if name in {*LAG, IN_FLIGHT, BRAKED}:
            sums[name] = sums.get(name, 0.0) + float(line.rpartition(" ")[2])
    lags = [sums[name] for name in LAG if name in sums]
    return Counted(
        lag=int(sum(lags)) if lags else None,
        in_flight=int(sums[IN_FLIGHT]) if IN_FLIGHT in sums else None,
        braked=bool(sums[BRAKED]) if BRAKED in sums else None,
    )
