"""Where a device or a worker was last, and what is doubtful about it: a jump, a place far from the registered one, the wrong coordinate system.

A doubtful position is taken in all the same. A device that moves has no place of its own to be far from: one that has moved on twice within
a day, each time farther than the limit, is not asked. Once is what a device does that was carried off, or that learned another system.
"""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from city.names import Name
from city.report import Position
from geo.crs import to_wgs84
from geo.plausible import FAR_M, Fix, Jump, Mistaken, far_from, jump_between, mistaken_system

SHOWN_MS = 3_600_000
MOVING_MS = 86_400_000
MOVES_OF_A_VEHICLE = 2

Point = tuple[float, float]


class DoubtKind(StrEnum):
    """What is doubtful about a position."""

    JUMP = "jump"
    FAR = "far_from_registered"
    WRONG_CRS = "wrong_crs"


class Doubt(Struct, frozen=True, kw_only=True):
    """Something doubtful about the position of `at` (epoch ms): by how many metres, and for WRONG_CRS the system it looks like."""

    kind: DoubtKind
    at: int
    metres: int
    text: Name
    crs: str | None = None


class Track(Struct, frozen=True, kw_only=True):
    """The newest fix (WGS-84), where it began to stand, when it last moved on, the last jump, and what is doubtful about the fix."""

    fix: Fix
    stands: Fix
    moves: tuple[int, ...] = ()
    jump: Doubt | None = None
    place: Doubt | None = None

    @property
    def doubts(self) -> list[Doubt]:
        """What is doubtful: a jump in the last hour before the newest fix, and where that lies."""
        jumped = self.jump is not None and self.fix.at - self.jump.at <= SHOWN_MS
        return [doubt for doubt in (self.jump if jumped else None, self.place) if doubt is not None]


def seen_worker(track: Track | None, fix: Fix) -> Track:
    """The track of a worker after one more fix in WGS-84; one that is older than the newest changes nothing."""
    if track is None:
        return Track(fix=fix, stands=fix)
    if fix.at <= track.fix.at:
        return track
    return _moved_to(track, fix)


def seen_device(track: Track | None, position: Position, at: int, *, crs: str, home: Point | None) -> Track:
    """The track of a device after a position sent in `crs` at `at`; `home` is its registered place (WGS-84), None where that is not known."""
    if track is not None and at <= track.fix.at:
        return track
    following = seen_worker(track, Fix(*to_wgs84(position.lon, position.lat, crs), at))
    return replace(following, place=_place_doubt(following, position, crs, home))


def _moved_to(track: Track, fix: Fix) -> Track:
    jump = jump_between(track.fix, fix)
    if jump is not None:
        return replace(track, fix=fix, stands=fix, jump=_jump_doubt(jump, fix.at))
    if far_from(track.stands[:2], fix[:2]) is not None:
        return replace(track, fix=fix, stands=fix, moves=(*track.moves, fix.at)[-MOVES_OF_A_VEHICLE:])
    return replace(track, fix=fix)


def _place_doubt(track: Track, position: Position, crs: str, home: Point | None) -> Doubt | None:
    lately = [at for at in track.moves if track.fix.at - at <= MOVING_MS]
    if home is None or len(lately) == MOVES_OF_A_VEHICLE:
        return None
    mistaken = mistaken_system(position.lon, position.lat, crs, home)
    if mistaken is not None:
        return _crs_doubt(mistaken, crs, track.fix.at)
    off = far_from(home, track.fix[:2], limit_m=FAR_M)
    return _far_doubt(off, track.fix.at) if off is not None else None


def _jump_doubt(jump: Jump, at: int) -> Doubt:
    far, long = round(jump.metres), f"{jump.seconds:.3g}"
    text = Name(zh=f"{long} 秒内位移 {far} 米", en=f"moved {far} m within {long} s")
    return Doubt(kind=DoubtKind.JUMP, at=at, metres=far, text=text)


def _far_doubt(off_m: float, at: int) -> Doubt:
    far = round(off_m)
    text = Name(zh=f"距登记位置 {far} 米", en=f"{far} m from its registered place")
    return Doubt(kind=DoubtKind.FAR, at=at, metres=far, text=text)


def _crs_doubt(mistaken: Mistaken, sent: str, at: int) -> Doubt:
    far, near = round(mistaken.off_m), round(mistaken.near_m)
    text = Name(
        zh=f"位置像是 {mistaken.crs} 坐标却按 {sent} 发送：距登记位置 {far} 米，按 {mistaken.crs} 只有 {near} 米",
        en=f"looks like {mistaken.crs} sent as {sent}: {far} m from its registered place, but {near} m when taken as {mistaken.crs}",
    )
    return Doubt(kind=DoubtKind.WRONG_CRS, at=at, metres=far, text=text, crs=mistaken.crs)
