"""Which incident begins when and where, and what the devices it has taken over send meanwhile."""

from heapq import heappop, heappush

import msgspec

from city.registry import Registry
from simulator.devices import Devices
from simulator.episode import Episode, Truth, begin
from simulator.faults import Clock
from simulator.noise import digest, fraction
from simulator.outgoing import Outgoing
from simulator.sites import SILENT_KIND, Around, Site, sites

FIRST_AFTER_MS = 5_000
SHORTEST_GAP_MS = 12_000
FIRST_SPREAD_MS = 4_000
GAP_SPREAD_MS = 40_000
MOST_OPEN = 15
FIRST_KINDS = ("flood", "gas-leak", "manhole-open", "street-light-fault")
SLOW_SECONDS = 300
SLOW_WEIGHT = 0.08
DIES_EVERY, DIES_AT = 15, 7
EXTRA_BLOCKED_MS = 120_000
LONGEST_DELAY_MS = 1_000
FOREVER = 1 << 62


class Episodes:
    """Places one incident after another, seeded: the n-th has its gap, kind and place from the seed, and its end from the work done."""

    def __init__(self, registry: Registry, around: Around, devices: Devices, *, seed: int, started_at: int) -> None:
        """`around` gives each cell's neighbours. The first incident begins 5 s after `started_at`."""
        self._registry = registry
        self._around = around
        self._devices = devices
        self._seed = seed
        self._sites = sites(registry, around, self._is_healthy)
        self._number = 0
        self._placed = 0
        self._next_at = started_at + FIRST_AFTER_MS
        self._blocked: dict[tuple[str, str], int] = {}
        self._queue: list[tuple[int, str, int]] = []
        self.open: dict[str, Episode] = {}
        self._run = started_at
        self._truths: list[Truth] = []

    def due(self, now: int) -> list[Outgoing]:
        """What the devices in episodes send by `now`; begins and ends what has to."""
        while self._sites and self._next_at <= now:
            self._place(now)
            self._next_at = now + self._gap_ms()
        sent: list[Outgoing] = []
        while self._queue and self._queue[0][0] <= now:
            at, id_, number = heappop(self._queue)
            sent.extend(self._speak(max(at, now - LONGEST_DELAY_MS), self.open[id_], number))
        for episode in [one for one in self.open.values() if one.over_at <= now]:
            self._end(episode)
        return sent

    def worked_on(self, cell: str, event_class: str, now: int) -> None:
        """A worker arrived at `cell` for an incident of `event_class`: what is wrong there passes."""
        family = self._family(event_class)
        near = {cell, *self._around.get(cell, ())}
        for episode in list(self.open.values()):
            same = self._family(episode.site.rule.event_class) == family
            if same and not episode.dies and near & set(episode.site.cells):
                self.open[episode.id] = episode.worked_on(now)
        if any(rule.type == "silent" and rule.event_class == event_class for rule in self._registry.rules.values()):
            self._repair(cell, now)

    def truths(self) -> list[Truth]:
        """The lines that became known since the last call."""
        known, self._truths = self._truths, []
        return known

    def _is_healthy(self, device: str) -> bool:
        known = self._devices.knows(device)
        return known and device not in self._devices.silent and self._devices.clock(device) is Clock.RIGHT

    def _place(self, now: int) -> None:
        number, self._number = self._number, self._number + 1
        if len(self.open) >= MOST_OPEN:
            return
        site = self._free_site(self._kind(number), number)
        if site is None:
            return
        metric = self._registry.metrics.get(site.rule.metric)
        id_ = f"{self._run}-{number}"
        height = f"{self._seed}-{number}"
        episode = begin(site, metric, id_=height, now=now, dies=self._placed % DIES_EVERY == DIES_AT)
        self._placed += 1
        self._begin(msgspec.structs.replace(episode, id=id_))

    def _gap_ms(self) -> int:
        """The first few follow each other quickly, so that there is something to see."""
        spread = FIRST_SPREAD_MS if self._number < len(FIRST_KINDS) else GAP_SPREAD_MS
        return SHORTEST_GAP_MS + int(spread * fraction(self._seed, "gap", self._number))

    def _kind(self, number: int) -> str:
        """The first few show what there is; later ones are drawn, slow ones seldom."""
        if number < len(FIRST_KINDS) and FIRST_KINDS[number] in self._sites:
            return FIRST_KINDS[number]
        weights = {kind: _weight(found[0]) for kind, found in self._sites.items()}
        drawn = fraction(self._seed, "kind", number) * sum(weights.values())
        for kind, weight in weights.items():
            drawn -= weight
            if drawn < 0:
                return kind
        return next(iter(weights))

    def _free_site(self, kind: str, number: int) -> Site | None:
        """A site where nothing of the same family was lately, here or next door; the search begins where the seed says."""
        found = self._sites[kind]
        first = digest(self._seed, "site", number) % len(found)
        return next((one for one in found[first:] + found[:first] if self._is_free(one)), None)

    def _is_free(self, site: Site) -> bool:
        family = self._family(site.rule.event_class)
        busy = {device for one in self.open.values() for device in one.site.devices}
        quiet = all(self._blocked.get((family, cell), 0) <= self._next_at for cell in site.cells)
        return quiet and busy.isdisjoint(site.devices) and all(map(self._is_healthy, site.devices))

    def _begin(self, episode: Episode) -> None:
        self.open[episode.id] = episode
        self._truths.append(episode.truth(ended=False))
        self._block(episode, FOREVER)
        for number, device in enumerate(episode.site.devices):
            self._devices.take_over(device)
            heappush(self._queue, (episode.began_at + 40 * number, episode.id, number))

    def _end(self, episode: Episode) -> None:
        del self.open[episode.id]
        self._queue = sorted(one for one in self._queue if one[1] != episode.id)
        self._truths.append(episode.truth(ended=True))
        known = self._registry.classes[episode.site.rule.event_class]
        self._block(episode, episode.over_at + 1000 * (known.watch_seconds + known.clear_seconds) + EXTRA_BLOCKED_MS)
        for device in episode.site.devices:
            self._devices.repair(device, episode.over_at)
            self._devices.give_back(device)

    def _speak(self, at: int, episode: Episode, number: int) -> list[Outgoing]:
        device = episode.site.devices[number]
        heappush(self._queue, (at + episode.pace_ms, episode.id, number))
        dead = number == 0 and episode.is_dead(at)
        if dead and device not in self._devices.silent:
            self._devices.fall_silent(device, at)
        if not dead:
            self._devices.repair(device, at)
        metric = episode.site.rule.metric
        if not metric:
            return []
        quiet = self._devices.quiet_value(device, metric)
        return self._devices.speak(device, at, {metric: episode.value(number, at, quiet)})

    def _block(self, episode: Episode, until: int) -> None:
        family = self._family(episode.site.rule.event_class)
        for cell in episode.site.cells:
            for near in (cell, *self._around.get(cell, ())):
                self._blocked[family, near] = until

    def _repair(self, cell: str, now: int) -> None:
        in_episodes = {device for one in self.open.values() for device in one.site.devices}
        for device in self._devices.in_cell(cell):
            if device not in in_episodes:
                self._devices.repair(device, now)

    def _family(self, event_class: str) -> str:
        known = self._registry.classes.get(event_class)
        return (known.family if known else "") or event_class


def _weight(site: Site) -> float:
    rule = site.rule
    slow = rule.for_seconds >= SLOW_SECONDS or 60 * rule.windows >= SLOW_SECONDS or site.kind == SILENT_KIND
    return SLOW_WEIGHT if slow else 1.0
