import pytest

from geo.faults import Fault, FaultKind
from geo.topology import faults_of
from tests.geo.builders import Geometries, chessboard, square

KM = 10.4  # sides of a square, from west to east
OTHER = "990101001002"
STRAYS = (FaultKind.STRAY, FaultKind.ELSEWHERE)


def found(cells: Geometries) -> list[Fault]:
    """The faults about cells that lie far away."""
    return [fault for fault in faults_of(list(cells.items())) if fault.kind in STRAYS]


def board(**more: tuple[float, float]) -> Geometries:
    """Nine cells of one community, and more of it by serial number, so many kilometres to the east and squares to the north."""
    return chessboard(3, 3) | {f"990101001001{name[1:]}": square(km * KM, row) for name, (km, row) in more.items()}


def test_a_cell_five_kilometres_from_its_community_is_astray() -> None:
    (fault,) = found(board(c100=(5.3, 0)))
    assert (fault.kind, fault.codes, fault.at) == (FaultKind.STRAY, ("990101001001100",), (9,))
    assert fault.en == "990101001001100 lies about 5.0 km from every other cell that it belongs to"
    assert fault.geometry is not None


def test_a_cell_one_kilometre_away_and_two_far_away_together_are_not_astray() -> None:
    assert found(board(c100=(1.3, 0))) == []
    assert found(board(c100=(5, 0), c101=(5, 1))) == []


def test_a_large_cell_may_lie_farther_away_than_a_small_one() -> None:
    assert found(chessboard(3, 3) | {"990101001001100": square(5 * KM, 0, width=5)}) == []


def test_a_cell_alone_in_its_community_is_compared_with_those_of_its_town() -> None:
    assert found(chessboard(3, 3) | {f"{OTHER}001": square(3, 0)}) == []
    (fault,) = found(chessboard(3, 3) | {f"{OTHER}001": square(5 * KM, 0)})
    assert fault.codes == (f"{OTHER}001",)


def test_of_two_cells_of_a_community_the_one_far_from_the_town_is_astray() -> None:
    (fault,) = found(chessboard(3, 3) | {f"{OTHER}001": square(3, 0), f"{OTHER}002": square(5 * KM, 0)})
    assert fault.codes == (f"{OTHER}002",)


@pytest.mark.parametrize("cells", [{}, chessboard(1, 1), chessboard(2, 1), chessboard(6, 6)])
def test_cells_side_by_side_are_where_they_belong(cells: Geometries) -> None:
    assert found(cells) == []


def test_cells_hundreds_of_kilometres_away_are_elsewhere_and_said_once_a_community() -> None:
    (fault,) = found(board(c100=(3000, 0), c101=(3000, 1)))
    assert (fault.kind, fault.codes) == (FaultKind.ELSEWHERE, ("990101001001100", "990101001001101"))
    assert "990101001001101: about 2,989 km" in fault.en
    assert "公里" in fault.zh


def test_a_city_may_be_long() -> None:
    cells = {f"99010100100{at}{serial:03d}": square(at * 60 * KM, serial) for at in range(1, 9) for serial in (1, 2, 3)}
    assert found(cells) == []
