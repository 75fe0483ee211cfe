"""Who was heard within a day, cell by cell, also when the registry changes."""

from city.places.presence import NEVER, Presence
from tests.city.places.builders import CELLS, DAY, NOW, device, ground


def presence(*cells: str) -> Presence:
    made = Presence()
    made.register({f"d{number}": device(f"d{number}", cell) for number, cell in enumerate(cells)}, ground())
    return made


def test_devices_stand_in_the_order_of_their_cells() -> None:
    assert presence(CELLS[3], CELLS[0]).ids == ["d1", "d0"]


def test_a_device_lives_for_a_day_after_it_was_heard() -> None:
    made = presence(CELLS[0], CELLS[0], CELLS[0])
    made.hear("d0", NOW - DAY)
    made.hear("d1", NOW - DAY - 1)
    assert made.live(NOW).tolist() == [True, False, False]
    assert made.never().tolist() == [False, False, True]


def test_an_earlier_message_never_makes_a_device_older() -> None:
    made = presence(CELLS[0])
    made.hear("d0", NOW)
    made.hear("d0", NOW - 2 * DAY)
    assert made.live(NOW).tolist() == [True]


def test_who_is_not_registered_is_not_heard() -> None:
    made = presence(CELLS[0])
    made.hear("stranger", NOW)
    assert made.never().tolist() == [True]


def test_devices_are_counted_in_their_cells() -> None:
    made = presence(CELLS[0], CELLS[0], CELLS[5], "990109001001001")
    assert made.per_cell(made.never(), len(CELLS)).tolist() == [2, 0, 0, 0, 0, 1]
    made.hear("d0", NOW)
    assert made.per_cell(made.live(NOW), len(CELLS)).tolist() == [1, 0, 0, 0, 0, 0]


def test_the_devices_of_a_place_come_with_what_was_heard_of_them() -> None:
    made = presence(CELLS[0], CELLS[1], CELLS[4])
    made.hear("d1", NOW)
    assert made.within(0, 3) == {"d0": NEVER, "d1": NOW}


def test_a_cell_that_was_heard_before_the_start_has_a_live_device() -> None:
    made = presence(CELLS[0], CELLS[1], CELLS[2])
    made.hear("d2", NOW)
    before = {
        (CELLS[0], "level_m"): NOW - 5,
        (CELLS[1], "pm25_ugm3"): NOW,
        (CELLS[2], "level_m"): NOW - 5,
        ("x", "level_m"): 1,
    }
    made.remember(before)
    assert made.within(0, 3) == {"d0": NOW - 5, "d1": NEVER, "d2": NOW}


def test_what_was_heard_outlives_a_new_registration() -> None:
    made = presence(CELLS[0], CELLS[1])
    made.hear("d1", NOW)
    made.register({"d1": device("d1", CELLS[5]), "new": device("new", CELLS[0])}, ground())
    assert made.within(0, 6) == {"new": NEVER, "d1": NOW}
