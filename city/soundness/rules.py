"""Whether every metric is well named and every rule can fire, and clear again."""

from collections.abc import Iterator

import msgspec

from city.named_levels import resolved
from city.registry import Metric, Severity
from city.rules import Rule
from city.soundness.averaging import averaging_doubt
from city.soundness.draft import Draft, Flaw, listed, meant, mistyped

TYPES = ("threshold", "mean", "silent")
LEVELS = ("metric", "direction", "on", "off", "level", "level_off", "schedule")
COUNTING = {
    "threshold": (*LEVELS, "for_seconds", "m", "n"),
    "mean": (*LEVELS, "windows"),
    "silent": ("kinds", "after_seconds"),
}
DIRECTIONS = ("above", "below")
METRIC_TYPES = ("number", "boolean")
MOST_READINGS = 64  # a device's last verdicts are kept as the bits of one integer


def metric_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among the metrics."""
    for metric in draft.registry.metrics.values():
        if metric.type not in METRIC_TYPES:
            what = f"type is one of {listed(METRIC_TYPES)}, not {metric.type!r}{meant(metric.type, METRIC_TYPES)}"
            yield Flaw("metrics", metric.name, "type", what)
        if not metric.name.endswith(f"_{metric.unit}"):
            what = f"{metric.name} does not end in its unit: call it …_{metric.unit}, or correct the unit"
            yield Flaw("metrics", metric.name, "unit", what)
        if not metric.min < metric.max:
            what = f"{metric.name}: min {metric.min:g} is not below max {metric.max:g}, so no value is possible"
            yield Flaw("metrics", metric.name, "min", what)
        if metric.window_seconds <= 0:
            yield Flaw("metrics", metric.name, "window_seconds", f"{metric.name}: a window lasts at least a second")
        if metric.lateness_seconds < 0:
            yield Flaw("metrics", metric.name, "lateness_seconds", f"{metric.name}: lateness cannot be negative")


def rule_flaws(draft: Draft) -> Iterator[Flaw]:
    """What does not fit among the rules."""
    for rule in draft.registry.rules.values():
        if not draft.knows("classes", rule.event_class):
            what = f"{rule.id}: no class {rule.event_class}{meant(rule.event_class, draft.mentioned['classes'])}"
            yield Flaw("rules", rule.id, "class", what)
        if rule.severity not in list(Severity):
            what = f"{rule.id}: severity is one of {listed(Severity)}, not {rule.severity!r}{meant(rule.severity, Severity)}"
            yield Flaw("rules", rule.id, "severity", what)
        if rule.type not in TYPES:
            what = f"{rule.id}: type is one of {listed(TYPES)}, not {rule.type!r}{meant(rule.type, TYPES)}"
            yield Flaw("rules", rule.id, "type", what)
            continue
        yield from _idle_flaws(rule)
        if rule.type == "silent":
            yield from _silent_flaws(draft, rule)
        else:
            yield from _level_flaws(draft, rule)


def _idle_flaws(rule: Rule) -> Iterator[Flaw]:
    """Fields that are set but do nothing in a rule of this type: whoever wrote them meant another type."""
    defaults = {each.name: each.default for each in msgspec.structs.fields(Rule)}
    for field in sorted({field for fields in COUNTING.values() for field in fields} - set(COUNTING[rule.type])):
        if getattr(rule, field) != (defaults[field] if field != "kinds" else []):
            yield Flaw("rules", rule.id, field, f"{rule.id}: {field} means nothing in a {rule.type} rule")


def _silent_flaws(draft: Draft, rule: Rule) -> Iterator[Flaw]:
    kinds = {device.kind for device in draft.registry.devices.values()}
    if rule.after_seconds <= 0:
        yield Flaw("rules", rule.id, "after_seconds", f'{rule.id}: say after how long, such as after = "30m"')
    if not rule.kinds:
        yield Flaw("rules", rule.id, "kinds", f"{rule.id} can never fire: it watches no kind of device")
    for kind in rule.kinds:
        if "devices" not in draft.unread and kind not in kinds:
            what = f"{rule.id}: no device is of the kind {kind}{meant(kind, kinds)}"
            yield Flaw("rules", rule.id, "kinds", what, warning=not mistyped(kind, kinds))


def _level_flaws(draft: Draft, rule: Rule) -> Iterator[Flaw]:
    if not draft.knows("metrics", rule.metric):
        what = f"{rule.id}: no metric {rule.metric}{meant(rule.metric, draft.mentioned['metrics'])}"
        yield Flaw("rules", rule.id, "metric", what)
    elif "devices" not in draft.unread and not _is_sent(rule.metric, draft):
        what = f"{rule.id} can never fire: no device sends {rule.metric}"
        yield Flaw("rules", rule.id, "metric", what, warning=True)
    unclear = _named_level_flaw(draft, rule)
    if unclear:
        yield Flaw("rules", rule.id, "level", f"{rule.id}: {unclear}")
        return
    yield from _hysteresis_flaws(rule)
    if rule.metric in draft.registry.metrics:
        metric = draft.registry.metrics[rule.metric]
        yield from _reach_flaws(rule, metric)
        doubt = averaging_doubt(rule, metric)
        if doubt:
            yield Flaw("rules", rule.id, "level", f"{rule.id}: {doubt}", warning=True)
    if rule.type == "mean" and rule.windows < 1:
        yield Flaw("rules", rule.id, "windows", f"{rule.id}: a mean needs at least one window")
    if rule.type == "threshold":
        yield from _count_flaws(rule)


def _named_level_flaw(draft: Draft, rule: Rule) -> str:
    if rule.level and rule.direction != "above":
        return "a named level is reached from below; leave direction out"
    try:
        resolved(rule, draft.registry.utc_offset_minutes)
    except ValueError as wrong:
        return str(wrong)
    return ""


def _is_sent(metric: str, draft: Draft) -> bool:
    return any(metric in device.metrics for device in draft.registry.devices.values())


def _hysteresis_flaws(rule: Rule) -> Iterator[Flaw]:
    if rule.direction not in DIRECTIONS:
        what = f"{rule.id}: direction is one of {listed(DIRECTIONS)}, not {rule.direction!r}{meant(rule.direction, DIRECTIONS)}"
        yield Flaw("rules", rule.id, "direction", what)
        return
    above = rule.direction == "above"
    if (rule.off > rule.on) if above else (rule.off < rule.on):
        side = "below" if above else "above"
        what = f"{rule.id}: on {rule.on:g} and off {rule.off:g} are the wrong way round; off lies {side} on"
        yield Flaw("rules", rule.id, "off", what)
    elif rule.off == rule.on:
        what = (
            f"{rule.id}: on and off are both {rule.on:g}; set them apart, or a trembling reading rings again and again"
        )
        yield Flaw("rules", rule.id, "off", what)


def _reach_flaws(rule: Rule, metric: Metric) -> Iterator[Flaw]:
    allowed = f"{metric.name} lies in {metric.min:g} to {metric.max:g}"
    above = rule.direction == "above"
    if (rule.on > metric.max) if above else (rule.on < metric.min):
        yield Flaw("rules", rule.id, "on", f"{rule.id} can never fire: {allowed}, on is {rule.on:g}")
    elif (rule.on <= metric.min) if above else (rule.on >= metric.max):
        yield Flaw("rules", rule.id, "on", f"{rule.id} would always fire: {allowed}, on is {rule.on:g}")
    if (rule.off < metric.min) if above else (rule.off > metric.max):
        yield Flaw("rules", rule.id, "off", f"{rule.id} could never clear: {allowed}, off is {rule.off:g}")


def _count_flaws(rule: Rule) -> Iterator[Flaw]:
    if rule.m > rule.n:
        yield Flaw("rules", rule.id, "m", f"{rule.id} can never fire: {rule.m} of the last {rule.n} readings")
    if rule.m < 1 or not 1 <= rule.n <= MOST_READINGS:
        what = f"{rule.id}: m of n readings with m from 1 and n from 1 to {MOST_READINGS}, not {rule.m} of {rule.n}"
        yield Flaw("rules", rule.id, "m", what)
    if rule.for_seconds < 0:
        yield Flaw("rules", rule.id, "for_seconds", f"{rule.id}: a time cannot be negative")
