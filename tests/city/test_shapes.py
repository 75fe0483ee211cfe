import numpy as np

from city.shapes import Shapes

PAIR, SINGLE, NOTHING = ("w1", "c1", ("level", "battery")), ("w2", "c1", ("level",)), ("w3", "c2", ())


def learnt() -> Shapes:
    shapes = Shapes()
    shapes.learn(PAIR, 0, [(0, 0, 0), (1, 1, 1)])
    shapes.learn(SINGLE, 1, [(2, 0, 0)])
    shapes.learn(NOTHING, 2, [])
    return shapes


def test_a_sort_is_found_once_it_was_learnt() -> None:
    assert [learnt().known.get(sort) for sort in (SINGLE, PAIR, ("w2", "c2", ("level",)))] == [1, 0, None]


def test_messages_get_the_numbers_of_their_readings_in_order() -> None:
    numbers = learnt().numbers(np.array([1, 0, 2, 0]))

    assert numbers.device.tolist() == [1, 0, 2, 0]
    assert numbers.message.tolist() == [0, 1, 1, 3, 3]
    assert numbers.channel.tolist() == [2, 0, 1, 0, 1]
    assert numbers.series.tolist() == [0, 0, 1, 0, 1]
    assert numbers.metric.tolist() == [0, 0, 1, 0, 1]


def test_no_messages_give_no_numbers() -> None:
    assert len(Shapes().numbers(np.zeros(0, np.int64)).channel) == 0


def test_many_sorts_are_kept_apart() -> None:
    shapes = Shapes()
    for number in range(100):
        shapes.learn((f"w{number}", "c1", ("level",)), number, [(number, number % 7, 0)])

    numbers = shapes.numbers(np.arange(99, -1, -1))
    assert numbers.channel.tolist() == numbers.device.tolist() == list(range(99, -1, -1))
    assert numbers.series.tolist() == [number % 7 for number in range(99, -1, -1)]
