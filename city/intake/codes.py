"""Which place code a row of a city's file means: numbers read as text, zeros put back, summary zeros cut off."""

import re
from collections.abc import Sequence

from msgspec import Struct

from geo.codes import LENGTHS, Level, flaws_of
from geo.grid_codes import SCHEMES, place_named

SEGMENT = 3
_WHOLE_FLOAT = re.compile(r"(\d+)\.0*")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


class Meant(Struct, frozen=True, kw_only=True):
    """A code as it is meant. `repair` names what was done to it, in one word; `flaw` says why it cannot be one (zh, en)."""

    code: str = ""
    repair: str = ""
    flaw: tuple[str, str] | None = None


def meant_code(parts: Sequence[str], level: Level) -> Meant:
    """The code of a place of this level from the texts of its columns: the whole code, or its segments from the district down."""
    texts = [part.strip() for part in parts]
    if not all(texts):
        return Meant(flaw=("没有编码", "the code is missing"))
    if any(_EXPONENT.fullmatch(text) for text in texts):
        said = " ".join(texts)
        return Meant(
            flaw=(
                f"编码 {said} 已被表格软件改成科学计数，数字已丢失：请从原始数据重新导出为文本",
                f"the code {said} was turned into a power of ten by a spreadsheet and has lost digits: export it again, as text",
            )
        )
    digits = [found[1] if (found := _WHOLE_FLOAT.fullmatch(text)) else text for text in texts]
    repair = "number" if digits != texts else ""
    if len(digits) > 1:
        padded = [digits[0], *(part.zfill(SEGMENT) for part in digits[1:])]
        repair = "zeros" if padded != digits else repair
        digits = padded
    return _of_length("".join(digits), LENGTHS[level], repair)


def meant_grid_code(parts: Sequence[str], digits: int) -> Meant:
    """The cell that a grid code of so many digits names; a community that is not divided becomes its own first cell."""
    if digits == LENGTHS[Level.CELL]:
        return meant_code(parts, Level.CELL)
    text = "".join(found[1] if (found := _WHOLE_FLOAT.fullmatch(part.strip())) else part.strip() for part in parts)
    if not text:
        return meant_code(parts, Level.CELL)
    try:
        place = place_named(text, next(scheme for scheme in SCHEMES if scheme.digits == digits))
    except ValueError as wrong:
        return Meant(flaw=(f"编码 {text} 不是 {digits} 位的网格编码", str(wrong)))
    return Meant(code=place if len(place) == LENGTHS[Level.CELL] else f"{place}001", repair="scheme")


def _of_length(code: str, length: int, repair: str) -> Meant:
    if len(code) > length and code.isdigit() and not code[length:].strip("0"):
        code, repair = code[:length], "summary"
    if len(code) < length and code.isdigit() and len(code) % SEGMENT:
        return Meant(
            flaw=(
                f"编码 {code} 有 {len(code)} 位，应为 {length} 位：可能丢了前导零",
                f"{code} has {len(code)} digits instead of {length}: leading zeros were probably lost; export the column as text, or give the segments as columns of their own",
            )
        )
    if len(code) != length:
        return Meant(
            flaw=(f"编码 {code} 应为 {length} 位数字", f"{code!r} is not a code of {length} digits"),
        )
    impossible = flaws_of(code)
    if impossible:
        return Meant(flaw=(f"编码 {code} 不符合编码规则", f"{code}: {'; '.join(impossible)}"))
    return Meant(code=code, repair=repair)
