"""Whether a city fits together: every reference leads somewhere, the ground is tiled, every rule can fire and every class has its people."""

from city.soundness.classes import class_flaws
from city.soundness.devices import device_flaws
from city.soundness.draft import Draft, Flaw
from city.soundness.empty import empty_flaws
from city.soundness.ground import ground_faults, ground_flaw
from city.soundness.places import place_flaws
from city.soundness.rules import metric_flaws, rule_flaws
from city.soundness.workers import worker_flaws

__all__ = ["Draft", "Flaw", "empty_flaws", "flaws"]


def flaws(draft: Draft, *, ground: bool = True) -> list[Flaw]:
    """Everything that does not fit, kind by kind; without `ground` what the import says itself is left out: outlines compared with each other, places without cells."""
    checks = (place_flaws, metric_flaws, class_flaws, rule_flaws, device_flaws, worker_flaws)
    compared = [ground_flaw(fault, draft) for fault in ground_faults(draft)] if ground else []
    empty = empty_flaws(draft) if ground else ()
    return [*(flaw for check in checks for flaw in check(draft)), *empty, *compared]
