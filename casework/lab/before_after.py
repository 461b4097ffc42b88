"""Attendance before and after some help, with bounds that claim no more than the pupils counted can say.

The middle of the changes is given with the two changes between which it lies in 95 of 100 such schools, by
order alone: nothing is assumed of how changes are spread. It is never proof. Help is offered when attendance
is at its lowest, and some of it would have risen by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

SURE = 0.95


@dataclass(frozen=True, slots=True)
class Change:
    """The changes of some pupils in tenths of a percentage point: the middle one, and its bounds."""

    pupils: int
    middle: int
    low: int
    high: int


def tenths(before: tuple[int, int], after: tuple[int, int]) -> int:
    """The change in attendance, in tenths of a percentage point, of (attended, possible) before and after."""
    return after[0] * 1000 // after[1] - before[0] * 1000 // before[1]


def change(values: Sequence[int], below: int) -> Change | None:
    """The middle of some changes with its bounds; None where there are too few to say anything.

    Args:
        below: Fewer pupils than this are never told of.
    """
    ordered = sorted(values)
    rank = _rank(len(ordered))
    if len(ordered) < below or rank is None:
        return None
    half = len(ordered) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2
    return Change(len(ordered), middle, ordered[rank], ordered[-1 - rank])


def _rank(size: int) -> int | None:
    """How many of the lowest and of the highest values may be left out so that the rest hold the middle."""
    found, left_out = None, 0.0
    for rank in range(size // 2):
        left_out += 2 * comb(size, rank) / 2**size
        if left_out > 1 - SURE:
            break
        found = rank
    return found
