"""The MQTT topics: what a sender may say where, and where citygrid answers."""

from functools import lru_cache

from msgspec import Struct

from geo.codes import LENGTHS, Level

PREFIX = "citygrid/v1"
EVERYTHING = "citygrid/#"
GATEWAYS = "citygrid-gateways"  # beside EVERYTHING, because gateways hear it over another connection
CLAIMS = f"{GATEWAYS}/+/districts"
LEFT = f"{GATEWAYS}/+/leaves"
INBOUND = frozenset({"telemetry", "status", "reports", "replies", "positions"})
OUTBOUND = frozenset({"tasks", "receipts", "rejected"})
LONGEST_TOPIC = 65_535  # bytes in UTF-8 (MQTT 5, 1.5.4)


class Address(Struct, frozen=True):
    """The parts of an inbound topic: `citygrid/v1/{district}/{kind}/{sender}`."""

    district: str
    kind: str
    sender: str


class Heard(Struct, frozen=True):
    """An inbound topic as text, the address it names if it names one, and the district whose part of the topics it lies in ("": none's)."""

    topic: str
    address: Address | None
    district: str


NOT_UTF_8 = Heard("citygrid/not-utf-8", None, "")
LONGEST_REMEMBERED = 200
MOST_REMEMBERED = 65_536


def heard(topic: bytes) -> Heard:
    """What a topic says as it stood on the wire; remembered, because a device says everything on one topic."""
    return _remembered(topic) if len(topic) <= LONGEST_REMEMBERED else _read(topic)


def _read(topic: bytes) -> Heard:
    try:
        text = topic.decode()
    except UnicodeDecodeError:
        return NOT_UTF_8
    match text.split("/", 3):
        case ["citygrid", "v1", district, _]:
            return Heard(text, parse(text), district)
        case _:
            return Heard(text, None, "")


_remembered = lru_cache(maxsize=MOST_REMEMBERED)(_read)


def parse(topic: str) -> Address | None:
    """The address an inbound topic names, or None where it is none that a sender may use."""
    match topic.split("/"):
        case ["citygrid", "v1", district, kind, sender] if district and kind in INBOUND and sender:
            return Address(district, kind, sender)
        case _:
            return None


def is_outbound(topic: str) -> bool:
    """Whether citygrid itself speaks on a topic: what a gateway hears there is nobody's mistake."""
    match topic.split("/", 4):
        case ["citygrid", "mark", _, *_]:
            return True
        case ["citygrid", "v1", _, kind, _]:
            return kind in OUTBOUND
        case _:
            return False


def best_guess(topic: str) -> Address:
    """Who most likely sent a message on a topic that is not one of ours: its last part, in the first district its parts name."""
    parts = topic.split("/")
    district = next((part for part in parts if part.isdigit() and len(part) == LENGTHS[Level.DISTRICT]), "unknown")
    return Address(district, "unknown", parts[-1] or "unknown")


def all_of(district: str) -> str:
    """The filter of everything that is said on a district's topics."""
    return f"{PREFIX}/{district}/#"


def telemetry(district: str, device: str) -> str:
    """Where a device publishes its readings."""
    return f"{PREFIX}/{district}/telemetry/{device}"


def status(district: str, device: str) -> str:
    """Where a device says whether it is online."""
    return f"{PREFIX}/{district}/status/{device}"


def reports(district: str, worker: str) -> str:
    """Where a worker reports."""
    return f"{PREFIX}/{district}/reports/{worker}"


def replies(district: str, worker: str) -> str:
    """Where a worker replies to a task."""
    return f"{PREFIX}/{district}/replies/{worker}"


def positions(district: str, worker: str) -> str:
    """Where a worker's phone says where it is."""
    return f"{PREFIX}/{district}/positions/{worker}"


def tasks(district: str, worker: str, task: str) -> str:
    """Where a worker finds a task (retained)."""
    return f"{PREFIX}/{district}/tasks/{worker}/{task}"


def receipts(district: str, worker: str) -> str:
    """Where a worker is told what became of a report."""
    return f"{PREFIX}/{district}/receipts/{worker}"


def mark(gateway: str) -> str:
    """Where a gateway sends its marks to itself."""
    return f"citygrid/mark/{gateway}"


def echo(gateway: str) -> str:
    """Where a gateway hears how far the broker has come with its acknowledgements."""
    return f"{GATEWAYS}/{gateway}/echo"


def claim(gateway: str) -> str:
    """Where a gateway says which districts it has subscribed to (retained)."""
    return f"{GATEWAYS}/{gateway}/districts"


def leaving(gateway: str) -> str:
    """Where a gateway says, for its own next start and for those that give a district up, which districts it leaves to others (retained)."""
    return f"{GATEWAYS}/{gateway}/leaves"


def claimant(topic: str) -> str | None:
    """The gateway that says on such a topic what it has; None where it is no such topic."""
    return _speaker(topic, "districts")


def leaver(topic: str) -> str | None:
    """The gateway that says on such a topic what it leaves to others; None where it is no such topic."""
    return _speaker(topic, "leaves")


def _speaker(topic: str, about: str) -> str | None:
    match topic.split("/"):
        case [root, gateway, last] if root == GATEWAYS and last == about:
            return gateway
        case _:
            return None


def rejected(district: str, sender: str) -> str:
    """Where a sender is told what was refused and why."""
    return f"{PREFIX}/{district}/rejected/{sender}"
