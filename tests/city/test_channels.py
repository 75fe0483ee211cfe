import math

from msgspec.structs import replace

from city.channels import Channels
from city.columns import NO_SEQ
from city.windowing import DEFAULT_LATENESS_MS, DEFAULT_WINDOW_MS, Windowing
from tests.builders import CELL, GAS, METRICS, OTHER_CELL, WATER, clockless, columns, line, ms


def test_a_pack_becomes_one_row_a_message_and_one_row_a_reading() -> None:
    readings = columns([line(1, values={WATER: 0.5, GAS: 2.0}), line(2, 0.7, "w2", received=3)])
    assert readings.at.tolist() == [ms(1), ms(2)]
    assert readings.received_at.tolist() == [ms(1), ms(3)]
    assert readings.message.tolist() == [0, 0, 1]
    assert readings.value.tolist() == [0.5, 2.0, 0.7]
    assert len(readings) == 3


def test_a_channel_is_a_device_and_metric_and_a_series_a_cell_and_metric() -> None:
    channels = Channels()
    readings = columns([line(1), line(2, id_="w3"), line(3, id_="w2"), line(4)], channels)
    assert readings.channel.tolist() == [0, 1, 2, 0]
    assert readings.series.tolist() == [0, 0, 1, 0]
    assert channels.series.keys == [(CELL, WATER), (OTHER_CELL, WATER)]
    assert channels.device_of[:3].tolist() == [0, 1, 2]


def test_a_message_without_a_number_or_a_clock_says_so_in_its_columns() -> None:
    readings = columns([line(1), line(2, seq=0), clockless(3, 9)])
    assert readings.seq.tolist() == [NO_SEQ, 0, 9]
    assert readings.clockless.tolist() == [False, False, True]


def test_windows_are_as_long_as_the_metric_says() -> None:
    readings = columns([line(1, values={WATER: 0.0, GAS: 0.0, "unheard_of": 0.0})])
    assert readings.seconds.tolist() == [60_000, 10_000, DEFAULT_WINDOW_MS]
    assert readings.lateness.tolist() == [30_000, 0, DEFAULT_LATENESS_MS]


def test_a_channel_has_the_same_hash_in_every_run() -> None:
    one, other = Channels(), Channels()
    columns([line(1), line(1, id_="w2")], one)
    columns([line(1, id_="w2"), line(1)], other)
    assert one.hash[:2].tolist() == other.hash[:2].tolist()[::-1]
    assert int(one.hash[0]) == 0x20FC10E6F6D07D93


def test_channels_are_made_again_from_their_names() -> None:
    first = Channels()
    columns([line(1, id_="w2"), line(1, values={WATER: 1.0, GAS: 1.0})], first)
    again = Channels(first.devices.keys, first.channels.keys, first.series.keys)
    for name in ("hash", "device_of"):
        assert getattr(again, name).tolist() == getattr(first, name).tolist()
    assert columns([line(9)], again).channel.tolist() == columns([line(9)], first).channel.tolist()


def test_zero_has_one_sign_only() -> None:
    assert math.copysign(1, columns([line(1, -0.0)]).value[0]) == 1


def test_no_lines_are_columns_of_no_rows() -> None:
    readings = Channels().readings((), Windowing(METRICS))
    assert len(readings) == len(readings.at) == len(readings.seconds) == 0


def test_a_message_of_another_cell_is_another_series_of_the_same_channel() -> None:
    channels = Channels()
    readings = columns([line(1), replace(line(2), cell=OTHER_CELL)], channels)
    assert readings.channel.tolist() == [0, 0]
    assert readings.series.tolist() == [0, 1]
