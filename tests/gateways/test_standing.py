"""What /readyz says while a gateway comes up."""

import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from adapters import health
from adapters.health import Waits
from gateways.standing import Standing
from geo.lookup import CellIndex
from tests.geo.builders import chessboard

CELLS = chessboard(3, 2)
PATIENCE_S = 30.0


def test_before_there_is_a_gateway_it_waits_for_what_is_registered() -> None:
    (reason,) = Standing().reasons()
    assert reason == "reading what is registered"
    assert isinstance(reason, Waits)


def test_a_gateway_speaks_for_itself_once_it_is_made() -> None:
    standing = Standing()
    standing.begins(lambda: ["not connected to the MQTT broker"])
    assert standing.reasons() == ["not connected to the MQTT broker"]


def while_indexing(standing: Standing) -> list[str]:
    """The reasons at the moment when cells are being indexed."""
    seen: list[str] = []

    def index_of(geometries: Mapping[str, Mapping[str, Any]]) -> CellIndex:
        seen.extend(standing.reasons())
        return CellIndex(geometries)

    index = standing.noting(index_of)(CELLS)
    assert index.cell_of(111.3005, 30.7005) == "990101001001001"
    return seen


def test_the_index_that_is_being_built_is_the_reason_until_it_is_there() -> None:
    standing = Standing()
    (reason,) = while_indexing(standing)
    assert reason == "building the index of 6 cells"
    assert isinstance(reason, Waits)
    assert standing.reasons() == ["reading what is registered"]


def test_a_city_that_is_only_now_registered_is_not_called_unregistered_while_it_is_indexed() -> None:
    standing = Standing()
    standing.begins(lambda: ["cannot publish to the MQTT broker", Waits("no city is registered yet")])
    assert while_indexing(standing) == ["building the index of 6 cells", "cannot publish to the MQTT broker"]


def test_a_gateway_that_knows_the_former_cells_stays_ready_while_it_indexes_new_ones() -> None:
    standing = Standing()
    standing.begins(list)
    assert while_indexing(standing) == []


def test_the_page_answers_while_the_index_is_being_built() -> None:
    standing, asked, built = Standing(), threading.Event(), threading.Event()

    def index_of(geometries: Mapping[str, Mapping[str, Any]]) -> CellIndex:
        asked.set()
        assert built.wait(PATIENCE_S)
        return CellIndex(geometries)

    page = health.serve("127.0.0.1:0", standing.reasons)
    thread = threading.Thread(target=standing.noting(index_of), args=(CELLS,))
    thread.start()
    try:
        assert asked.wait(PATIENCE_S)
        with urlopen(f"http://{page.address}/healthz", timeout=PATIENCE_S) as answer:
            assert answer.status == 200
        try:
            urlopen(f"http://{page.address}/readyz", timeout=PATIENCE_S)
            raise AssertionError("ready")
        except HTTPError as answer:
            document = json.load(answer)
    finally:
        built.set()
        thread.join(PATIENCE_S)
        page.close()
    assert document == {"ready": False, "reasons": ["building the index of 6 cells"], "mendable": False}
