import json
from collections import Counter

from bench.readings import BEGAN_AT, Plan, packs
from bench.recount import recount, together
from bench.sensors import demonstration_city, sensors
from city.detect.rulebook import rulebook
from city.facts import Facts
from city.stream import DistrictStream
from messages.records import encode
from messages.telemetry import unpack

SMALL = Plan(readings=20_000, cells=100, seconds=300)


def test_the_sensors_stand_in_as_many_cells_as_were_asked_for_over_all_districts() -> None:
    found = sensors(demonstration_city(), 1_000)

    assert len({sensor.cell for sensor in found}) == 1_000
    assert Counter(cell[:6] for cell in {sensor.cell for sensor in found}).total() == 1_000
    assert {sensor.district for sensor in found} == {"990101", "990102", "990103", "990104"}


def test_the_same_plan_makes_the_same_packs() -> None:
    chosen = sensors(demonstration_city(), SMALL.cells)

    assert list(packs(SMALL, chosen)) == list(packs(SMALL, chosen))


def test_the_packs_hold_as_many_readings_as_planned_and_number_them() -> None:
    totals: Counter[str] = Counter()
    made = list(packs(SMALL, sensors(demonstration_city(), SMALL.cells)))
    for pack in made:
        totals[pack.district] += pack.head.count
        assert pack.head.total == totals[pack.district]
        assert pack.head.count == len(pack.value.splitlines()) <= SMALL.pack

    assert totals.total() == SMALL.readings


def test_a_share_of_the_readings_is_late() -> None:
    lines = [
        json.loads(text)
        for pack in packs(SMALL, sensors(demonstration_city(), 100))
        for text in pack.value.splitlines()
    ]
    late = sum(line["received_at"] - line["at"] >= 5_000 for line in lines)

    assert 0.015 < late / len(lines) < 0.025
    assert min(line["received_at"] for line in lines) >= BEGAN_AT


def test_the_plain_recomputation_and_the_stream_agree_on_made_up_readings() -> None:
    registry = demonstration_city()
    streams: dict[str, DistrictStream] = {}
    values: dict[str, list[bytes]] = {}
    rows, too_late = [], 0
    for pack in packs(SMALL, sensors(registry, SMALL.cells)):
        facts = Facts(registry.devices, registry.metrics, rulebook(registry))
        outcome = streams.setdefault(pack.district, DistrictStream(facts)).apply(unpack(pack.value), pack.head.at)
        values.setdefault(pack.district, []).append(pack.value)
        rows += [json.loads(encode(window)) for window in outcome.windows]
        too_late += len(outcome.late)

    expected = together(map(recount, values.values()))
    assert {(row["cell"], row["metric"], row["start"]) for row in rows} == expected.windows.keys()
    assert all(expected.windows[row["cell"], row["metric"], row["start"]].sum == row["sum"] for row in rows)
    assert too_late == expected.too_late
