"""Help before and after: the middle and its bounds, and how few pupils are too few to say anything."""

import random

import pytest

from casework.lab.before_after import change, tenths


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param(list(range(5)), None, id="five are too few for any bound"),
        pytest.param(list(range(6)), (6, 2, 0, 5), id="six: the whole range"),
        pytest.param(list(range(9)), (9, 4, 1, 7), id="nine: the outermost may be left out"),
        pytest.param([-30, -30, 0, 10, 10, 10, 20, 20, 90], (9, 10, -30, 20), id="fallen and risen"),
    ],
)
def test_the_middle_and_its_bounds(values: list[int], told: tuple[int, int, int, int] | None) -> None:
    found = change(values, 5)

    assert (found and (found.pupils, found.middle, found.low, found.high)) == told


def test_fewer_than_the_policy_tells_of_are_never_told() -> None:
    assert change(list(range(9)), 10) is None
    assert change(list(range(10)), 10) is not None


def test_the_bounds_hold_the_true_middle_as_often_as_they_say() -> None:
    chance = random.Random(7)
    held = 0
    for _ in range(400):
        found = change([round(chance.gauss(0, 100)) for _ in range(20)], 5)
        assert found is not None
        held += found.low <= 0 <= found.high
    assert held >= 0.93 * 400


def test_a_change_is_in_tenths_of_a_point() -> None:
    assert tenths((45, 60), (51, 60)) == 100
    assert tenths((51, 60), (45, 60)) == -100
