"""The kinds of rule a city can set, as data: when a finding is raised and when it clears."""

from msgspec import Struct, field

from city.names import Name


class Rule(Struct, frozen=True, kw_only=True):
    """One rule of `rules.toml`.

    `type` decides which fields count:

    - `threshold`: a device's reading reaches `on` (in direction `above` or `below`) and later falls back past `off`;
      `for_seconds`: only after it has stayed there that long in event time; `m` of the last `n` readings instead of one;
    - `mean`: the mean of a cell's last `windows` windows that hold readings reaches `on`, and later falls back past `off`;
    - `silent`: a device of one of `kinds` has sent nothing for `after_seconds` of event time.

    `version` goes up by one whenever the rule changes, so that a finding says which wording raised it.
    """

    id: str
    type: str
    event_class: str = field(name="class")
    name: Name
    metric: str = ""
    kinds: list[str] = []
    severity: str = "moderate"
    direction: str = "above"
    on: float = 0.0
    off: float = 0.0
    for_seconds: int = 0
    m: int = 1
    n: int = 1
    windows: int = 1
    after_seconds: int = 0
    version: int = 1
