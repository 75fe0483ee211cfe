"""Which hours and week days somebody means: `8:00`, `1-5`, `周一至周五`, `Mon-Fri`, `工作日`."""

import re
from unicodedata import normalize

from city.time_of_day import minutes_of

WEEK = (1, 2, 3, 4, 5, 6, 7)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_TOKEN = re.compile(
    r"(?P<week>每天|每日|天天|全周|daily|every ?day)|(?P<work>工作日|weekdays?|workdays?)|(?P<rest>周末|双休日?|weekends?)"
    r"|(?P<day>(?:周|星期|礼拜)?[1-7一二三四五六日天]"
    r"|(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z]))"
    r"|(?P<to>[-\N{EN DASH}\N{EM DASH}~至到]|to|through)|(?P<gap>[\s,;、/|.&+和及与]|and)"
)
_LETTERS = {letter: day for day, letter in enumerate("一二三四五六日", start=1)} | {"天": 7}
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SETS = {"week": WEEK, "work": WEEK[:5], "rest": WEEK[5:]}


def time_of(text: str) -> str | None:
    """A time of day as `HH:MM`; None for what is none."""
    found = _TIME.fullmatch(normalize("NFKC", text))
    if found is None:
        return None
    said = f"{int(found[1]):02d}:{found[2]}"
    try:
        minutes_of(said)
    except ValueError:
        return None
    return said


def days_of(text: str) -> tuple[int, ...] | None:
    """The ISO week days, in order: single ones, ranges (also past Sunday) and words, in any mixture. None when any of it is none of these."""
    tokens = _tokens(normalize("NFKC", text).casefold())
    if not tokens:
        return None
    days: set[int] = set()
    for at, (kind, said) in enumerate(tokens):
        if kind == "to":
            around = tokens[at - 1 : at] + tokens[at + 1 : at + 2]
            if [each for each, _ in around] != ["day", "day"]:
                return None
            first, last = (_day(each) for _, each in around)
            days.update((first + step - 1) % 7 + 1 for step in range((last - first) % 7 + 1))
        else:
            days.update(_SETS.get(kind) or (_day(said),))
    return tuple(sorted(days))


def _tokens(text: str) -> list[tuple[str, str]]:
    """The words that say something; none when any of the text is not understood."""
    found, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return []
        at = token.end()
        if token.lastgroup and token.lastgroup != "gap":
            found.append((token.lastgroup, token[0]))
    return found


def _day(said: str) -> int:
    last = said[-1]
    if last.isdigit():
        return int(last)
    return _LETTERS.get(last) or _ENGLISH.index(said[:3]) + 1
