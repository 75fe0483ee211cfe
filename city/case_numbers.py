"""What number a case is filed under: six digits of its division, eight of its day, five of its serial on that day.

Nineteen digits in the manner of the national coding; they sort by division and then by time.
"""

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from geo.codes import flaws_of

LENGTH = 19
LAST_SERIAL = 99_999


class CaseNumber(Struct, frozen=True, order=True):
    """The serial counts from 1 in each division and on each day (local date)."""

    division: str
    day: date
    serial: int

    @property
    def text(self) -> str:
        """The nineteen digits."""
        return f"{self.division}{self.day.isoformat().replace('-', '')}{self.serial:05d}"


def parse_case_number(text: str) -> CaseNumber:
    """The parts of a case's number. Raises ValueError when it has not nineteen digits, or names no division, no day or no serial."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()):
        raise ValueError(
            f"{text!r} is no case number: it has six digits of the division, eight of the day and five of the serial"
        )
    flaws = flaws_of(text[:6])
    if flaws:
        raise ValueError(f"{text!r} is no case number: {'; '.join(flaws)}")
    if text[14:] == "00000":
        raise ValueError(f"{text!r} is no case number: the serial begins at 00001")
    return CaseNumber(text[:6], _day(text), int(text[14:]))


def first_case_number(division: str, at: int, utc_offset_minutes: int) -> CaseNumber:
    """The first number of the local day of `at` (epoch ms) in a division. Raises ValueError when the code cannot be a division's."""
    flaws = flaws_of(division) or ([] if len(division) == 6 else [f"{division!r} is no division: it has six digits"])  # noqa: PLR2004 - six digits of a division
    if flaws:
        raise ValueError("; ".join(flaws))
    local = datetime.fromtimestamp(at / 1000, UTC) + timedelta(minutes=utc_offset_minutes)
    return CaseNumber(division, local.date(), 1)


def next_case_number(last: CaseNumber, at: int, utc_offset_minutes: int) -> CaseNumber:
    """The number after `last` for a case of `at` (epoch ms): one more on the same local day, 1 on a later one.

    A clock that went back a day counts on the day of `last`, so that no number is given twice. Raises ValueError when the day's are used up.
    """
    first = first_case_number(last.division, at, utc_offset_minutes)
    if first.day > last.day:
        return first
    if last.serial >= LAST_SERIAL:
        raise ValueError(
            f"{last.division} has filed {LAST_SERIAL} cases on {last.day}; a case number counts no further"
        )
    return CaseNumber(last.division, last.day, last.serial + 1)


def _day(text: str) -> date:
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        raise ValueError(f"{text!r} is no case number: {text[6:14]} is no day of the calendar") from None
