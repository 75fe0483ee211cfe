"""A registry that is half heard of says nothing about districts that are not there yet."""

from msgspec.structs import replace

from gateways.city_now import placed
from tests.gateways.builders import DISTRICT, OTHER, WORKER, cell_of, city, device


def test_a_registry_that_hangs_together_stays_as_it_is() -> None:
    whole = city(DISTRICT, OTHER, devices=[device("a"), device("b", OTHER)])
    assert placed(whole) == whole


def test_what_belongs_to_a_district_that_is_not_registered_yet_is_left_out() -> None:
    whole = city(DISTRICT, OTHER, devices=[device("a"), device("b", OTHER), device("c", cell=cell_of(OTHER))])
    torn = replace(whole, districts={DISTRICT: whole.districts[DISTRICT]})
    left = placed(torn)
    assert (list(left.devices), list(left.cells), list(left.workers)) == (["a"], [cell_of(DISTRICT)], [WORKER])
    assert left.metrics == whole.metrics
