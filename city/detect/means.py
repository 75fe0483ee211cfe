"""The mean rules of one district at work, over its closed windows."""

from city.detect.episode import Place
from city.detect.mean import MeanWatch, take
from city.detect.rulebook import Rulebook, drop_unwatched
from city.finding import Finding
from city.window import ClosedWindow

NEW = MeanWatch()


class Means:
    """What each mean rule remembers of each cell."""

    def __init__(self) -> None:
        self.watches: dict[tuple[str, str], MeanWatch] = {}
        self._rules: Rulebook = Rulebook({}, {}, {}, {})

    def adopt(self, rules: Rulebook) -> list[Finding]:
        """Judges by these rules from now on; an episode whose rule is gone or watches another metric ends, and is told."""
        self._rules = rules
        return drop_unwatched(self.watches, rules, "mean")

    def judge(self, window: ClosedWindow) -> list[Finding]:
        """The findings of one closed window; windows come in the order of their closing."""
        found = []
        for rule in self._rules.mean.get(window.metric, []):
            key = (window.cell, rule.id)
            place = Place(cell=window.cell, metric=window.metric)
            self.watches[key], finding = take(self.watches.get(key, NEW), rule, place, window)
            if finding is not None:
                found.append(finding)
        return found
