"""Whether the places of a city fit: codes that lie in each other, indices given once."""

from collections.abc import Iterator

from city.soundness.draft import Draft, Flaw, listed
from geo.codes import Level, flaws_of, level_of, parent_of
from geo.crs import CRS_NAMES

LEVELS_OF = {
    "city": (Level.CITY,),
    "districts": (Level.DISTRICT,),
    "places": (Level.TOWN, Level.COMMUNITY),
    "cells": (Level.CELL,),
}


def place_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among the codes of districts, towns, communities and cells."""
    yield from _code_flaws(draft)
    yield from _index_flaws(draft)
    for district in draft.registry.districts.values():
        if district.crs not in CRS_NAMES:
            what = f"unknown crs {district.crs!r}: use one of {listed(CRS_NAMES)}"
            yield Flaw("districts", district.code, "crs", what)


def _code_flaws(draft: Draft) -> Iterator[Flaw]:
    codes = {
        "city": draft.mentioned.get("city", ()),
        "districts": draft.registry.districts,
        "places": draft.places,
        "cells": draft.registry.cells,
    }
    for kind, places in codes.items():
        for code in places:
            for what in _flaws_of_code(draft, kind, code):
                yield Flaw(kind, code, "code", what)


def _flaws_of_code(draft: Draft, kind: str, code: str) -> list[str]:
    impossible = flaws_of(code)
    if impossible:
        return [f"{code}: {what}" for what in impossible]
    wanted = LEVELS_OF[kind]
    if level_of(code) not in wanted:
        return [f"{code} is the code of a {level_of(code)}, not of a {' or a '.join(wanted)}"]
    parent = parent_of(code)
    if parent is None or _is_there(draft, parent):
        return []
    return [f"{code} lies in {parent}, but there is no {level_of(parent)} {parent} here"]


def _is_there(draft: Draft, place: str) -> bool:
    match level_of(place):
        case Level.CITY:
            return draft.knows("city", place)
        case Level.DISTRICT:
            return draft.knows("districts", place)
        case _:
            # A small city may leave its towns and communities out; if it names any of a level, it names all.
            named = any(len(code) == len(place) for code in draft.mentioned.get("places", ()))
            return draft.knows("places", place) or not named


def _index_flaws(draft: Draft) -> Iterator[Flaw]:
    holders: dict[int, str] = {}
    for district in draft.registry.districts.values():
        first = holders.setdefault(district.index, district.code)
        if first != district.code:
            what = f"index {district.index} is {first}'s already: every district has its own, never reused"
            yield Flaw("districts", district.code, "index", what)
        if district.index < 0:
            yield Flaw("districts", district.code, "index", f"index {district.index}: it counts from 0")
