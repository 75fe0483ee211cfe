"""What the simulated workers write, in Chinese and in English at once."""

from collections.abc import Sequence

from city.registry import Condition, EventClass
from simulator.noise import digest

RETURNS = (
    "正在处理更急的事 / busy with something more urgent",
    "没有带合适的工具 / the right tools are not at hand",
    "现场需要其他专业处理 / this needs another trade",
    "道路封闭，暂时过不去 / the road is closed, no way through",
)
DONES = (
    "现场已处理，恢复正常 / put right on the spot",
    "处理完毕，周边已复查 / finished, the surroundings were checked as well",
    "已更换并测试 / replaced and tested",
    "已清理，警示已撤除 / cleared, the warning signs are taken down",
)
SEEN = (
    "巡查发现：{zh} / seen on patrol: {en}",
    "居民反映，现场属实：{zh} / told by residents, found true: {en}",
    "{zh}，影响通行 / {en}, in the way of passers-by",
)


def pick(texts: Sequence[str], *chance: object) -> str:
    """One of `texts`; `chance` decides which."""
    return texts[digest(*chance) % len(texts)]


def condition_of(known: EventClass, *chance: object) -> Condition | None:
    """Which of the class's filing conditions somebody sees, if it has any."""
    return known.conditions[digest(*chance, "condition") % len(known.conditions)] if known.conditions else None


def seen(known: EventClass, condition: Condition | None, *chance: object) -> str:
    """What a worker writes about something of this class."""
    zh, en = known.name.zh, known.name.en[:1].lower() + known.name.en[1:]
    if condition:
        zh, en = f"{zh}，{condition.text.zh}", f"{en}, {condition.text.en}"
    return pick(SEEN, *chance).format(zh=zh, en=en)
