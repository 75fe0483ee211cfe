import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.intake.codes import meant_code, meant_grid_code
from geo.codes import LENGTHS, Level

CELL = "990101001001007"
PARTS = st.tuples(st.integers(1, 20), st.integers(1, 99), st.integers(1, 199), st.integers(1, 999))


@pytest.mark.parametrize(
    ("written", "repair"),
    [
        (CELL, ""),
        (f" {CELL} ", ""),
        (f"{CELL}.0", "number"),
        (f"{CELL}.", "number"),
        (f"{CELL}.000", "number"),
    ],
)
def test_a_code_is_read_however_it_was_stored(written: str, repair: str) -> None:
    meant = meant_code([written], Level.CELL)
    assert (meant.code, meant.repair, meant.flaw) == (CELL, repair, None)


@pytest.mark.parametrize(
    ("written", "level", "code"),
    [
        ("990101000000", Level.DISTRICT, "990101"),
        ("990101001000", Level.TOWN, "990101001"),
        ("990101001001000", Level.COMMUNITY, "990101001001"),
    ],
)
def test_the_zeros_of_a_summary_are_cut_off(written: str, level: Level, code: str) -> None:
    meant = meant_code([written], level)
    assert (meant.code, meant.repair) == (code, "summary")


def test_segments_in_columns_of_their_own_get_their_zeros_back() -> None:
    meant = meant_code(["990101", "1", "1", "7"], Level.CELL)
    assert (meant.code, meant.repair) == (CELL, "zeros")


def test_segments_with_their_zeros_need_no_repair() -> None:
    assert meant_code(["990101", "001", "001", "007"], Level.CELL).repair == ""


def test_a_community_and_a_serial_make_a_cell() -> None:
    assert meant_code(["990101001001.0", "7.0"], Level.CELL).code == CELL


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ([""], "the code is missing"),
        (["990101", "", "1", "1"], "the code is missing"),
        (["9901010010017"], "13 digits instead of 15: leading zeros were probably lost"),
        (["990101001"], "is not a code of 15 digits"),
        (["9.90101E+14"], "turned into a power of ten by a spreadsheet"),
        (["wangge-7"], "is not a code of 15 digits"),
        (["9901010010010071"], "is not a code of 15 digits"),
        (["990101001001000"], "serial number begins at 001"),
    ],
)
def test_what_cannot_be_a_cells_code_is_said(written: list[str], said: str) -> None:
    meant = meant_code(written, Level.CELL)
    assert meant.code == ""
    assert meant.flaw is not None
    assert said in meant.flaw[1]
    assert meant.flaw[0] != meant.flaw[1]


@pytest.mark.parametrize(
    ("written", "digits", "code"),
    [
        (CELL, 15, CELL),
        ("99010100100107", 14, CELL),
        ("99010100100107.0", 14, CELL),
        ("9901010001001007", 16, CELL),
        ("01010099010100100107", 20, CELL),
        ("99010100100100", 14, "990101001001001"),
    ],
)
def test_codes_of_other_schemes_are_rewritten(written: str, digits: int, code: str) -> None:
    meant = meant_grid_code([written], digits)
    assert (meant.code, meant.flaw) == (code, None)
    assert (meant.repair == "scheme") is (digits != 15)


@pytest.mark.parametrize(
    ("written", "digits"), [("990101001001007", 14), ("", 14), ("x", 20), ("9901019001001007", 16)]
)
def test_what_is_no_code_of_the_scheme_has_a_flaw(written: str, digits: int) -> None:
    meant = meant_grid_code([written], digits)
    assert meant.code == ""
    assert meant.flaw is not None


@given(PARTS)
def test_segments_and_the_whole_code_mean_the_same(parts: tuple[int, int, int, int]) -> None:
    district, town, community, serial = parts
    whole = f"9901{district:02d}{town:03d}{community:03d}{serial:03d}"
    apart = [f"9901{district:02d}", str(town), str(community), str(serial)]
    assert meant_code(apart, Level.CELL).code == meant_code([whole], Level.CELL).code == whole


@given(st.text(max_size=20), st.sampled_from([Level.DISTRICT, Level.TOWN, Level.COMMUNITY, Level.CELL]))
def test_any_text_is_a_code_of_its_level_or_has_a_flaw(text: str, level: Level) -> None:
    meant = meant_code([text], level)
    assert bool(meant.code) != bool(meant.flaw)
    assert not meant.code or len(meant.code) == LENGTHS[level]
