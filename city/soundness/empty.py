"""Which districts, towns and communities hold no cell: whatever happens there lies nowhere in the city."""

from collections.abc import Collection, Iterable, Iterator

from city.names import Name
from city.soundness.draft import Draft, Flaw
from geo.codes import LENGTHS, Level

ABOVE = (LENGTHS[Level.DISTRICT], LENGTHS[Level.TOWN], LENGTHS[Level.COMMUNITY])


def empty_places(places: Iterable[str], cells: Iterable[str]) -> dict[str, int]:
    """The places (codes) in which no cell lies by its code, each with how many other places of them lie in it; those in it are not named again."""
    filled = {cell[:length] for cell in cells for length in ABOVE}
    found: dict[str, int] = {}
    for place in sorted(place for place in places if len(place) in ABOVE and place not in filled):
        above = next((place[:length] for length in ABOVE if place[:length] in found), None)
        if above is None:
            found[place] = 0
        else:
            found[above] += 1
    return found


def said_of_empty(code: str, name: Name, below: int) -> Name:
    """The sentence about an empty place that `below` others lie in."""
    zh = f"，其下 {below} 个也没有" if below else ""
    en = f", nor have the {below:,} places in it" if below > 1 else ", nor has the place in it" if below else ""
    return Name(
        zh=f"{code} {name.zh}没有任何网格{zh}：那里发生的事不属于任何网格，会被拒绝",
        en=f"{code} {name.en} has no cell{en}: what happens there lies in no cell and is refused",
    )


def empty_flaws(draft: Draft) -> Iterator[Flaw]:
    """A warning for each; none while the cells could not be read, or there are none at all."""
    cells: Collection[str] = draft.mentioned.get("cells", frozenset())
    if "cells" in draft.unread or not cells:
        return
    named = {**{code: district.name for code, district in draft.registry.districts.items()}, **draft.places}
    for code, below in empty_places(named, cells).items():
        kind = "districts" if code in draft.registry.districts else "places"
        yield Flaw(kind, code, "code", said_of_empty(code, named[code], below).en, warning=True)
