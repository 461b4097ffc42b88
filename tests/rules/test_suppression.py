"""Small numbers stay back, and no adding and taking away brings them out again."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.rules.suppression import Shown, shown, shown_numbers, shown_within

Row = tuple[int, int, int, int]
BELOW = 3


def table(found: list[int], pupils: list[int]) -> list[Row]:
    """A table of one pack alone: pupils it found, of so many."""
    return [(0, number, 0, of - number) for number, of in zip(found, pupils, strict=True)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param(table([20, 30], [100, 100]), (True, True), id="nothing small"),
        pytest.param(table([0, 30], [100, 100]), (True, True), id="nought is not small"),
        pytest.param(table([5, 30], [100, 100]), (True, True), id="five is shown"),
        pytest.param(
            table([4, 30, 9], [100, 100, 90]), (False, True, False), id="four takes the next smallest with it"
        ),
        pytest.param(
            table([1, 2, 30, 8], [100, 100, 100, 90]),
            (False, False, True, False),
            id="two that add up to three take another",
        ),
        pytest.param(
            table([3, 2, 30], [100, 100, 100]), (False, False, True), id="two that add up to five do not"
        ),
        pytest.param(
            table([97, 30, 20], [100, 100, 90]), (False, True, False), id="all but three is small as well"
        ),
    ],
)
def test_rows_shown_of_those_found(rows: list[Row], found: tuple[bool, ...]) -> None:
    answer = shown(rows, 5)

    assert answer.whole
    assert answer.found == found


def test_a_small_group_is_not_even_counted_and_takes_its_only_neighbour_with_it() -> None:
    answer = shown(table([1, 200], [3, 997]), 5)

    assert (answer.pupils, answer.found) == ((False, False), (False, False))


def test_a_pack_that_finds_all_of_the_other_gives_no_difference_away() -> None:
    """Found by both 28, by the first alone 2: with both packs' numbers shown, the two would be plain."""
    answer = shown([(28, 2, 0, 70), (30, 9, 0, 70), (40, 0, 0, 60)], 5)

    assert answer.found == (True, True, True)
    assert answer.compared == (False, False, True)


@pytest.mark.parametrize(
    ("notices", "of", "open_", "expected"),
    [
        pytest.param([6, 9], [30, 40], [True, True], (True, True), id="nothing small"),
        pytest.param([2, 9], [30, 40], [True, True], (False, False), id="two takes its only neighbour along"),
        pytest.param(
            [2, 9, 0], [30, 40, 20], [True] * 3, (False, False, True), id="nought would leave it two"
        ),
        pytest.param([6, 9], [30, 40], [False, True], (False, False), id="not where its whole is kept back"),
        pytest.param([28, 9, 8], [30, 40, 50], [True] * 3, (False, False, True), id="all but two of thirty"),
    ],
)
def test_a_part_of_what_is_shown(notices, of, open_, expected):
    assert shown_within(notices, of, open_, 5) == expected


def test_no_more_is_kept_back_than_must_be() -> None:
    """Two rows of unknown size stand beside each other: neither part of them can be worked out."""
    answer = shown([(0, 0, 2, 0), (0, 1, 2, 0), (0, 1, 0, 0)], 3)

    assert (answer.whole, answer.pupils) == (True, (False, True, False))


def test_one_pupil_is_hidden_with_a_larger_group_and_not_with_an_empty_one() -> None:
    """What is hidden would add up to one, and say that there is a group of one."""
    assert shown_numbers([1, 0, 7, 9], 5) == (False, True, False, True)


def test_one_group_alone_is_the_whole_school_and_no_table() -> None:
    assert not shown(table([30], [100]), 5).whole


def worlds(rows: list[Row], answer: Shown) -> Iterator[tuple[Row, ...]]:
    """Every table that fits what is shown and the totals."""
    totals = tuple(map(sum, zip(*rows, strict=True)))
    most = sum(totals)
    every = [row for row in product(*(range(total + 1) for total in totals)) if sum(row) <= most]
    choices = []
    for number, row in enumerate(rows):
        fits = [
            other
            for other in every
            if (not answer.pupils[number] or sum(other) == sum(row))
            and (not answer.found[number] or other[0] + other[1] == row[0] + row[1])
            and (not answer.compared[number] or other == row)
        ]
        choices.append(fits)
    for chosen in product(*choices[:-1]):
        last = tuple(total - sum(part) for total, part in zip(totals, zip(*chosen, strict=True), strict=True))
        if last in choices[-1]:
            yield (*chosen, last)  # type: ignore[misc]


def small_parts(row: Row) -> dict[str, int]:
    """What of a row may not be known: its parts, and what they add up to."""
    both, first, second, neither = row
    named = {
        "both": both,
        "first alone": first,
        "second alone": second,
        "neither": neither,
        "pupils": sum(row),
        "found": both + first,
        "not found": second + neither,
    }
    return {name: value for name, value in named.items() if 0 < value < BELOW}


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 4).filter(any), min_size=2, max_size=3))
@example([(0, 0, 0, 1), (0, 0, 0, 2), (1, 2, 0, 0)])  # the two kept back have no case between them
def test_no_small_number_can_be_worked_out(rows: list[Row]) -> None:
    answer = shown(rows, BELOW)
    small = [(number, name) for number, row in enumerate(rows) for name in small_parts(row)]
    values: dict[tuple[int, str], set[int]] = {place: set() for place in small}
    if not small:
        return
    for number, name in small:
        assert not (answer.compared[number] and name), "a row with a small part is shown whole"
    for world in worlds(rows, answer):
        for number, name in small:
            both, first, second, neither = world[number]
            values[number, name].add(
                {
                    "both": both,
                    "first alone": first,
                    "second alone": second,
                    "neither": neither,
                    "pupils": sum(world[number]),
                    "found": both + first,
                    "not found": second + neither,
                }[name]
            )
        if all(len(found) > 1 for found in values.values()):
            return
    assert {place: found for place, found in values.items() if len(found) == 1} == {}


def test_the_order_of_groups_does_not_matter() -> None:
    rows = table([1, 2, 30, 8], [100, 100, 100, 90])
    turned = [rows[n] for n in (2, 0, 3, 1)]

    assert shown(turned, 5).found == tuple(shown(rows, 5).found[n] for n in (2, 0, 3, 1))
