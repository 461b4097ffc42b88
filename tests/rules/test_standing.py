"""What a sweep remembers: since when a trigger holds, whether it was told, and what has cleared."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from casework.rules.standing import Standing, compare

MONDAY, TUESDAY = 739_900, 739_901
Held = Mapping[str, Sequence[int]]


def swept(before: Standing, held: Held, on: int) -> tuple[Standing, set[tuple[str, int]]]:
    """One sweep: the bits that hold for each pupil."""
    upns = np.array([upn.encode() for upn in held], "S13")
    masks = np.array([sum(1 << bit for bit in bits) for bits in held.values()], np.uint64)
    found = compare(before, upns, masks, on)
    return found.standing, set(found.cleared)


def told(standing: Standing) -> Standing:
    """As it is kept once everything was told."""
    rows = standing.rows.copy()
    rows["told"] = 1
    return Standing.of_bytes(Standing(rows).as_bytes())


@pytest.mark.parametrize(
    ("monday", "tuesday", "since", "cleared"),
    [
        pytest.param({}, {"A1": [3]}, {("A1", 3): TUESDAY}, set(), id="the first"),
        pytest.param({"A1": [3]}, {"A1": [3]}, {("A1", 3): MONDAY}, set(), id="the only one goes on"),
        pytest.param(
            {"A1": [3], "B2": [0, 63]},
            {"A1": [3], "B2": [0, 63]},
            {("A1", 3): MONDAY, ("B2", 0): MONDAY, ("B2", 63): MONDAY},
            set(),
            id="all go on, the last of them too",
        ),
        pytest.param(
            {"B2": [1]},
            {"A1": [1], "B2": [1], "C3": [1]},
            {("A1", 1): TUESDAY, ("B2", 1): MONDAY, ("C3", 1): TUESDAY},
            set(),
            id="new ones on both sides",
        ),
        pytest.param(
            {"A1": [1, 2], "B2": [1]},
            {"A1": [2], "B2": []},
            {("A1", 2): MONDAY},
            {("A1", 1), ("B2", 1)},
            id="some have cleared",
        ),
        pytest.param({"A1": [1]}, {}, {}, {("A1", 1)}, id="the pupil has left"),
    ],
)
def test_what_stands_after_two_sweeps(
    monday: Held, tuesday: Held, since: dict[tuple[str, int], int], cleared: set[tuple[str, int]]
) -> None:
    before = told(swept(Standing.none(), monday, MONDAY)[0])

    after, gone = swept(before, tuesday, TUESDAY)

    assert {(r["upn"].decode(), int(r["bit"])): int(r["since"]) for r in after.rows} == since
    assert {(r["upn"].decode(), int(r["bit"])) for r in after.rows if not r["told"]} == {
        key for key, day in since.items() if day == TUESDAY
    }
    assert gone == cleared


def test_what_was_never_told_clears_in_silence() -> None:
    untold = swept(Standing.none(), {"A1": [1]}, MONDAY)[0]

    after, gone = swept(untold, {"A1": []}, TUESDAY)

    assert (len(after.rows), gone) == (0, set())
