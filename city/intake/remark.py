"""What is said about a city's own files: how grave it is, what kind, where, in both languages."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from msgspec import Struct

from city.names import Name


class Grade(StrEnum):
    """A mistake keeps a city out. A warning lets it in when the operator says so. A note tells what was put right."""

    MISTAKE = "mistake"
    WARNING = "warning"
    NOTE = "note"


class Remark(Struct, frozen=True, kw_only=True):
    """One remark. `area` is a shape in degrees of WGS-84 where there is something to be seen on a map; `m2` its size."""

    grade: Grade
    kind: str
    where: str
    what: Name
    codes: tuple[str, ...] = ()
    area: Any = None
    m2: float | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what.en}"


def worst(remarks: Iterable[Remark]) -> Grade | None:
    """The gravest grade among them; None when nothing is said."""
    grades = {remark.grade for remark in remarks}
    return next((grade for grade in Grade if grade in grades), None)


def mistake(kind: str, where: str, *, zh: str, en: str, codes: tuple[str, ...] = (), area: Any = None) -> Remark:
    """A remark that keeps the city out."""
    return Remark(grade=Grade.MISTAKE, kind=kind, where=where, what=Name(zh=zh, en=en), codes=codes, area=area)


def warning(kind: str, where: str, *, zh: str, en: str, codes: tuple[str, ...] = (), area: Any = None) -> Remark:
    """A remark that the operator has to accept."""
    return Remark(grade=Grade.WARNING, kind=kind, where=where, what=Name(zh=zh, en=en), codes=codes, area=area)


def note(kind: str, where: str, *, zh: str, en: str, codes: tuple[str, ...] = ()) -> Remark:
    """A remark that tells what was put right."""
    return Remark(grade=Grade.NOTE, kind=kind, where=where, what=Name(zh=zh, en=en), codes=codes)
