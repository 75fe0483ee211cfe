"""The people: 200 grid workers in three shifts, so that at every hour every district has every skill."""

from collections.abc import Mapping, Sequence

import numpy as np

from city.registry import Shift, Worker
from geo.codes import district_of, town_of
from making.naming import people

SKILLS = ("drainage", "facilities", "gas", "sanitation", "construction", "order", "lighting", "greening")
SHIFTS = (("06:00", "14:00", 4), ("14:00", "22:00", 4), ("22:00", "06:00", 2))  # start, end, workers in each town
SKILLS_A_WORKER = 3
SKILLS_A_NIGHT_WORKER = 5
STRIP = 5  # cells of the next community that a worker of a first town looks after as well


def workers(communities: Sequence[str], cells: Mapping[str, Sequence[str]], rng: np.random.Generator) -> list[Worker]:
    """All workers, district by district. `communities` are codes, `cells` the cell codes of each."""
    towns = sorted({town_of(code) for code in communities})
    names = iter(people(len(towns) * sum(shift[2] for shift in SHIFTS), rng))
    found: list[Worker] = []
    for district in sorted({district_of(town) for town in towns}):
        crew = [
            (town, shift, place)
            for town in towns
            if district_of(town) == district
            for shift in SHIFTS
            for place in range(shift[2])
        ]
        for number, (town, shift, place) in enumerate(crew, start=1):
            home = sorted(code for code in communities if town_of(code) == town)
            found.append(
                Worker(
                    id=f"w{district}-{number:02d}",
                    district=district,
                    name=next(names),
                    skills=_skills(number, shift),
                    grids=_grids(home, place, shift, cells),
                    shift=Shift(start=shift[0], end=shift[1], days=_days(number)),
                    capacity=4 if shift is SHIFTS[2] else 3,
                )
            )
    return found


def _skills(number: int, shift: tuple[str, str, int]) -> list[str]:
    many = SKILLS_A_NIGHT_WORKER if shift is SHIFTS[2] else SKILLS_A_WORKER
    return sorted(SKILLS[(number * 3 + step) % len(SKILLS)] for step in range(many))


def _grids(
    home: Sequence[str], place: int, shift: tuple[str, str, int], cells: Mapping[str, Sequence[str]]
) -> list[str]:
    mine = list(home[place :: shift[2]])
    if home[0][6:9] == "001" and shift is SHIFTS[0]:
        beside = home[(place + 1) % len(home)]
        mine += list(cells[beside])[:STRIP]
    return mine


def _days(number: int) -> tuple[int, ...]:
    rest = number % 7 + 1
    return tuple(day for day in range(1, 8) if day != rest)
