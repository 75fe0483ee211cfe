"""Which workers the rows of a file are: their duty grids, skills and shifts, however the file writes them."""

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from city.intake.devices import SEPARATORS, identified, value
from city.intake.hours import WEEK, days_of, time_of
from city.intake.mapping import WorkerMapping
from city.intake.remark import Remark, mistake
from city.intake.table import Table
from city.names import Name
from city.registry import Shift, Worker
from geo.codes import LENGTHS, Level

SHIFT = ("08:00", "18:00")
CAPACITY = 3
MOST_COMPARED = 20_000  # places among which a mistyped code's neighbour is looked for
LENGTHS_ABOVE = tuple(LENGTHS[level] for level in (Level.DISTRICT, Level.TOWN, Level.COMMUNITY))
_WHOLE = re.compile(r"(\d+)\.0*")


def workers(
    table: Table, section: WorkerMapping, places: Collection[str], *, skills: Sequence[str]
) -> tuple[list[Worker], list[Remark]]:
    """The workers that could be taken, and mistakes.

    `places` are all codes there are, and whatever they begin with is a place, too, named or not; `skills` what a worker can do when the file does not say it.
    Where the file names no duty grids the workers have none, but a district: the one named, or the city's only one.
    """
    places = {*places, *(code[:length] for code in places for length in LENGTHS_ABOVE if len(code) > length)}
    ids, remarks = identified(table, section)
    taken = []
    only = [code for code in places if len(code) == LENGTHS[Level.DISTRICT]]
    for at, id_ in ids.items():
        grids = [_plain(code) for code in SEPARATORS.split(value(table, section, "grids", at)) if code]
        district = _plain(value(table, section, "district", at)) or (grids[0][:6] if grids else "")
        if names_grids(section):
            wrong = _grid_mistakes(table.where(at), id_, grids, places)
        else:
            district = district or (only[0] if len(only) == 1 else "")
            wrong = _district_mistakes(table.where(at), id_, district, only)
        shift, odd = _shift(table, section, at, id_)
        name = _name(table, section, at)
        if name is None:
            wrong.append(mistake("no_name", table.where(at), zh=f"{id_} 没有姓名", en=f"{id_} has no name"))
        capacity, unlikely = _capacity(table, section, at, id_)
        wrong += [*odd, *unlikely]
        remarks += wrong
        if not wrong and name is not None and shift is not None:
            own = [skill for skill in SEPARATORS.split(value(table, section, "skills", at)) if skill]
            taken.append(
                Worker(
                    id=id_,
                    district=district,
                    name=name,
                    skills=own or list(skills),
                    grids=grids,
                    shift=shift,
                    capacity=capacity,
                )
            )
    return taken, remarks


def _grid_mistakes(where: str, id_: str, grids: Sequence[str], places: Collection[str]) -> list[Remark]:
    if not grids:
        return [mistake("no_grid", where, zh=f"{id_} 没有责任网格", en=f"{id_} has no duty grid")]
    found = []
    for code in grids:
        if code not in places:
            near = get_close_matches(code, list(places), n=1, cutoff=0.8) if len(places) <= MOST_COMPARED else []
            zh = f"{id_} 的责任网格 {code} 不存在" + (f"（是否为 {near[0]}？）" if near else "")
            en = f"{id_}: there is no place {code}" + (f" (did you mean {near[0]}?)" if near else "")
            found.append(mistake("no_grid", where, zh=zh, en=en, codes=(code,)))
        elif code[:6] != grids[0][:6]:
            zh, en = f"{id_} 的责任网格跨区：{grids[0]} 与 {code}", f"{id_}: {grids[0]} and {code} lie in two districts"
            found.append(mistake("two_districts", where, zh=zh, en=en, codes=(code,)))
    return found


def names_grids(section: WorkerMapping) -> bool:
    """Whether the file says who looks after what; else the ground is shared out (city/intake/duty.py)."""
    return bool(section.grids or section.constants.get("grids"))


def _district_mistakes(where: str, id_: str, district: str, districts: Collection[str]) -> list[Remark]:
    if district in districts:
        return []
    if district:
        zh, en = f"{id_}：没有区县 {district}", f"{id_}: there is no district {district}"
    else:
        zh = f"{id_} 没有责任网格，也没有可供分配的区县"
        en = f"{id_} has no duty grid, nor a district whose ground could be shared out: name the column of one of them"
    return [mistake("no_grid", where, zh=zh, en=en)]


def _shift(table: Table, section: WorkerMapping, at: int, id_: str) -> tuple[Shift | None, list[Remark]]:
    times, odd = [], []
    for field, usual in zip(("shift_start", "shift_end"), SHIFT, strict=True):
        said = value(table, section, field, at)
        times.append(time_of(said or usual))
        if times[-1] is None:
            zh, en = f"{id_}：{said!r} 不是时刻", f"{id_}: {said!r} is no time of day such as 08:00"
            odd.append(mistake("shift", table.where(at), zh=zh, en=en))
    said = _plain(value(table, section, "days", at))
    days = days_of(said) if said else WEEK
    if days is None:
        zh = f"{id_}：{said!r} 不是星期，可写 1-5、周一至周五、工作日或每天"
        en = f"{id_}: {said!r} are no week days such as 1-5, 1 3 5, Mon-Fri or 周一至周五"
        odd.append(mistake("shift", table.where(at), zh=zh, en=en))
    start, end = times
    return (None if start is None or end is None or days is None else Shift(start=start, end=end, days=days)), odd


def _capacity(table: Table, section: WorkerMapping, at: int, id_: str) -> tuple[int, list[Remark]]:
    said = _plain(value(table, section, "capacity", at))
    if said.isdecimal() and int(said):
        return int(said), []
    if not said:
        return CAPACITY, []
    zh, en = f"{id_}：{said!r} 不是任务数，应为 1 以上的整数", f"{id_}: {said!r} is no number of tasks: 1 or more"
    return CAPACITY, [mistake("capacity", table.where(at), zh=zh, en=en)]


def _name(table: Table, section: WorkerMapping, at: int) -> Name | None:
    zh, en = value(table, section, "zh", at), value(table, section, "en", at)
    return Name(zh=zh or en, en=en or zh) if zh or en else None


def _plain(text: str) -> str:
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text
