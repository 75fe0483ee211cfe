"""Names in both languages, put together from syllables; none is meant to be a real place or person."""

import numpy as np

from city.names import Name

FIRST = {
    "青": "Qing", "桐": "Tong", "石": "Shi", "梅": "Mei", "柳": "Liu", "竹": "Zhu", "松": "Song", "兰": "Lan", "月": "Yue", "云": "Yun",
    "枫": "Feng", "荷": "He", "鹤": "He", "雁": "Yan", "白": "Bai", "金": "Jin", "碧": "Bi", "双": "Shuang",
}  # fmt: skip
SECOND = {
    "桥": "qiao", "塘": "tang", "湾": "wan", "园": "yuan", "坡": "po", "井": "jing", "岭": "ling", "渡": "du", "巷": "xiang",
    "口": "kou", "溪": "xi", "亭": "ting", "滩": "tan", "堤": "di",
}  # fmt: skip
SURNAMES = {
    "陈": "Chen", "李": "Li", "王": "Wang", "张": "Zhang", "刘": "Liu", "杨": "Yang", "赵": "Zhao", "黄": "Huang", "周": "Zhou",
    "吴": "Wu", "徐": "Xu", "孙": "Sun", "胡": "Hu", "朱": "Zhu", "高": "Gao", "林": "Lin", "何": "He", "郭": "Guo", "马": "Ma", "罗": "Luo",
}  # fmt: skip
GIVEN = {
    "伟": "wei", "芳": "fang", "敏": "min", "静": "jing", "军": "jun", "洋": "yang", "勇": "yong", "艳": "yan", "杰": "jie", "涛": "tao",
    "明": "ming", "超": "chao", "霞": "xia", "平": "ping", "刚": "gang", "英": "ying", "华": "hua", "慧": "hui", "晨": "chen", "宁": "ning",
}  # fmt: skip


def place_stems(count: int, rng: np.random.Generator) -> list[Name]:
    """`count` different two-syllable place names."""
    stems = [Name(zh=a + b, en=FIRST[a] + SECOND[b]) for a in FIRST for b in SECOND]
    one_spelling = list({stem.en: stem for stem in stems}.values())
    return [one_spelling[at] for at in rng.permutation(len(one_spelling))[:count]]


def people(count: int, rng: np.random.Generator) -> list[Name]:
    """`count` different personal names."""
    names = [
        Name(zh=surname + one + other, en=f"{SURNAMES[surname]} {GIVEN[one].title()}{GIVEN[other]}")
        for surname in SURNAMES
        for one in GIVEN
        for other in GIVEN
        if one != other
    ]
    return [names[at] for at in rng.permutation(len(names))[:count]]


def town_name(stem: Name, code: str) -> Name:
    """The name of a town, from the kind its code says it is."""
    if code[6] == "0":
        return Name(zh=f"{stem.zh}街道", en=f"{stem.en} Subdistrict")
    return Name(zh=f"{stem.zh}镇", en=f"{stem.en} Town")


def community_name(stem: Name, *, village: bool) -> Name:
    """The name of a community or a village."""
    if village:
        return Name(zh=f"{stem.zh}村", en=f"{stem.en} Village")
    return Name(zh=f"{stem.zh}社区", en=f"{stem.en} Community")


def cell_name(stem: Name, *, village: bool, serial: int) -> Name:
    """The name of a cell: its community's and its serial number."""
    return Name(zh=f"{stem.zh}{'村' if village else '社区'}{serial:02d}格", en=f"{stem.en} {serial:02d}")
