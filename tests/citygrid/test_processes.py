import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.history_place import Secret
from city.names import Name
from city.registry import District, Registry
from citygrid.commands import up
from citygrid.local import processes
from citygrid.local.children import Spec
from citygrid.local.records import Installation, Process
from citygrid.refusal import Refusal
from citygrid.settings import Settings

SETTINGS = Settings(gateways=3, workers=2)
INDICES = st.lists(st.integers(0, 500), unique=True, min_size=1, max_size=40)


def districts(*indices: int) -> list[District]:
    return [
        District(code=f"99{index:04}", name=Name(zh="区", en=f"District {index}"), index=index) for index in indices
    ]


def flag(spec: Spec, name: str) -> str:
    return spec.command[spec.command.index(name) + 1]


def gateways(settings: Settings, *indices: int) -> list[Spec]:
    found = processes.stages(settings, districts(*indices))
    return [spec for spec in found if spec.name.startswith(processes.GATEWAY)]


def last(gateways: int) -> Installation:
    nobody = Process(name="supervisor", pid=1, born=0.0)
    return Installation(supervisor=nobody, mqtt="", kafka="", http="", partitions=16, city="x", gateways=gateways)


def test_as_many_gateways_and_workers_run_as_the_settings_say() -> None:
    names = [spec.name for spec in processes.stages(SETTINGS, districts(0, 1, 2))]
    assert names == ["gateway-1", "gateway-2", "gateway-3", "worker-1", "worker-2", "operations", "history"]


def test_one_gateway_alone_speaks_for_everything() -> None:
    (only,) = gateways(Settings(), 0, 1)
    assert (flag(only, "--districts"), flag(only, "--except-districts")) == ("", "")


def test_the_first_gateway_leaves_to_the_others_exactly_what_they_own() -> None:
    first, second, third = gateways(SETTINGS, 0, 1, 2, 3, 4)
    assert flag(first, "--districts") == ""
    assert flag(first, "--except-districts") == "990001,990004,990002"
    assert (flag(second, "--districts"), flag(third, "--districts")) == ("990001,990004", "990002")
    assert (flag(second, "--except-districts"), flag(third, "--except-districts")) == ("", "")


@given(INDICES, st.integers(1, 8))
def test_every_district_belongs_to_one_gateway_and_no_gateway_has_two_more_than_another(
    indices: list[int], count: int
) -> None:
    shares = processes.shared_out(districts(*indices), count)
    dealt = [code for share in shares for code in share]
    assert sorted(dealt) == sorted(district.code for district in districts(*indices))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@given(INDICES, st.integers(1, 8))
def test_a_district_that_is_added_at_the_end_moves_no_other(indices: list[int], count: int) -> None:
    before = processes.shared_out(districts(*indices), count)
    after = processes.shared_out(districts(*indices, max(indices) + 1), count)
    assert all(set(old) <= set(new) for old, new in zip(before, after, strict=True))


def test_only_the_gateways_go_where_gateways_are_sent() -> None:
    specs = processes.stages(replace(SETTINGS, gateway_mqtt="127.0.0.1:7"), districts(0, 1, 2))
    sent = {spec.name for spec in specs if flag(spec, "--mqtt") == "127.0.0.1:7"}
    assert sent == {"gateway-1", "gateway-2", "gateway-3"}


def test_a_gateway_without_a_district_is_refused() -> None:
    with pytest.raises(Refusal, match="2 gateways are too many for the 1 districts"):
        up.enough_districts(Registry(districts={"990000": districts(0)[0]}), Settings(gateways=2))


def test_there_are_never_fewer_gateways_than_before_on_the_same_data() -> None:
    settings, notes = up.as_many_as_before(Settings(gateways=1), last(2))
    assert settings.gateways == 2
    assert "2 gateways ran on this data before" in notes[0]
    assert up.as_many_as_before(Settings(gateways=3), last(2)) == (Settings(gateways=3), [])
    assert up.as_many_as_before(Settings(), None) == (Settings(), [])


def test_history_and_operations_are_told_of_the_bucket_and_its_token_is_in_no_command_line() -> None:
    token = Secret("hidden-one")
    settings = replace(SETTINGS, history="influxdb", history_url="http://127.0.0.1:24002", history_token=token)
    specs = {spec.name: spec for spec in processes.stages(settings, districts(0))}

    for name in ("operations", "history"):
        assert flag(specs[name], "--history") == "influxdb"
        assert flag(specs[name], "--history-url") == "http://127.0.0.1:24002"
        assert specs[name].environment["CITYGRID_HISTORY_TOKEN"] == token
    assert not any("hidden-one" in part for spec in specs.values() for part in spec.command)
    assert "hidden-one" not in repr(specs)
