"""Why a finding was raised or cleared, in both languages."""

from city.names import Name
from city.rules import Rule

HOUR_S, MINUTE_S = 3600, 60


def amount(value: float) -> str:
    """A value as people read it: up to four significant digits, no trailing zeros."""
    return f"{value:.4g}"


def duration(seconds: float) -> Name:
    """A length of time in its largest fitting unit."""
    if seconds >= HOUR_S:
        return Name(f"{amount(seconds / HOUR_S)} 小时", f"{amount(seconds / HOUR_S)} h")
    if seconds >= MINUTE_S:
        return Name(f"{amount(seconds / MINUTE_S)} 分钟", f"{amount(seconds / MINUTE_S)} min")
    return Name(f"{amount(seconds)} 秒", f"{amount(seconds)} s")


def _side(rule: Rule) -> Name:
    if rule.past:
        return Name("低于", "below") if rule.direction == "below" else Name("高于", "above")
    return Name("低于或等于", "at or below") if rule.direction == "below" else Name("达到或高于", "at or above")


def threshold_raised(rule: Rule, value: float) -> Name:
    """A device's reading reached the on level."""
    side = _side(rule)
    extra = Name("", "")
    if rule.for_seconds:
        long = duration(rule.for_seconds)
        extra = Name(f"，已持续 {long.zh}", f", for at least {long.en}")
    elif rule.n > 1:
        extra = Name(f"，最近 {rule.n} 次读数中有 {rule.m} 次", f", in {rule.m} of the last {rule.n} readings")
    return Name(
        f"{rule.name.zh}：{rule.metric} 为 {amount(value)}，{side.zh}限值 {amount(rule.on)}{extra.zh}",
        f"{rule.name.en}: {rule.metric} is {amount(value)}, {side.en} the limit {amount(rule.on)}{extra.en}",
    )


def worse(rule: Rule, value: float) -> Name:
    """An open episode grew worse."""
    return Name(
        f"{rule.name.zh}：情况加重，{rule.metric} 为 {amount(value)}（限值 {amount(rule.on)}）",
        f"{rule.name.en}: growing worse, {rule.metric} is {amount(value)} (limit {amount(rule.on)})",
    )


def fell_back(rule: Rule, value: float) -> Name:
    """The reading came back past the off level."""
    return Name(
        f"{rule.name.zh}：{rule.metric} 已回到 {amount(value)}，越过恢复值 {amount(rule.off)}",
        f"{rule.name.en}: {rule.metric} is back at {amount(value)}, past the off level {amount(rule.off)}",
    )


def mean_raised(rule: Rule, value: float) -> Name:
    """A cell's mean over several windows reached the on level."""
    side = _side(rule)
    return Name(
        f"{rule.name.zh}：最近 {rule.windows} 个窗口 {rule.metric} 均值为 {amount(value)}，{side.zh}限值 {amount(rule.on)}",
        f"{rule.name.en}: the mean of {rule.metric} over {rule.windows} windows is {amount(value)}, {side.en} the limit {amount(rule.on)}",
    )


def silent_raised(rule: Rule) -> Name:
    """A device has sent nothing for too long."""
    long = duration(rule.after_seconds)
    return Name(
        f"{rule.name.zh}：设备已 {long.zh} 没有数据", f"{rule.name.en}: the device has sent nothing for {long.en}"
    )


def heard_again(rule: Rule) -> Name:
    """A silent device sent again."""
    return Name(f"{rule.name.zh}：设备已恢复上报", f"{rule.name.en}: the device is sending again")
