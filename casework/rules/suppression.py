"""Small numbers kept back from a table by group, so that no arithmetic brings them out again.

One way for the reports of a policy and for the lab.

A table's rows part the pupils of a school whose own totals are shown. Each row is known by its parts: of two
packs, the pupils found by both, by one, by the other, by neither. A part that is small hides its row; further
rows are hidden until what is hidden adds up to no small number; and a table in which a small part could still
be worked out is kept back whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Parts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Which rows of a table may be shown, column by column; `whole` is False where none of it may be.

    `pupils`, `found` and `compared` say of each row whether the number of pupils, of those found by the pack
    asked about, and the comparison with the other pack may be shown.
    """

    whole: bool
    pupils: tuple[bool, ...]
    found: tuple[bool, ...]
    compared: tuple[bool, ...]


def shown(rows: Sequence[Parts], below: int) -> Shown:
    """What may be shown of a table.

    Args:
        rows: Of each group, pupils found by both packs, by the first alone, by the second alone, by neither.
        below: Numbers from 1 to one less than this are kept back.
    """
    nothing = tuple(False for _ in rows)
    withheld = Shown(False, nothing, nothing, nothing)
    if len(rows) < 2:
        return withheld
    everyone = [(sum(row),) for row in rows]
    found = [(both + first, second + neither) for both, first, second, neither in rows]
    pupils_hidden = hidden(everyone, below)
    found_hidden = hidden(found, below, pupils_hidden)
    compared_hidden = hidden(rows, below, found_hidden)
    numbers = [parts[0] for parts in everyone]
    no_limit = _Most.shown(numbers, frozenset(range(len(rows))))
    pupils = _Most.shown(numbers, pupils_hidden)
    each = [_Most.shown([parts[part] for parts in found], found_hidden) for part in (0, 1)]
    given_away = (
        _pinned(everyone, 0, no_limit, pupils_hidden, below)
        or any(_pinned(found, part, pupils, found_hidden, below) for part in (0, 1))
        or any(_pinned(rows, part, each[part // 2], compared_hidden, below) for part in range(4))
    )
    if given_away:
        return withheld
    return Shown(True, *(_open(rows, kept) for kept in (pupils_hidden, found_hidden, compared_hidden)))


def shown_numbers(numbers: Sequence[int], below: int) -> tuple[bool, ...]:
    """Which rows of a table of one number may be shown, its total being known; none where one could be
    worked out.
    """
    rows = [(number,) for number in numbers]
    kept = hidden(rows, below)
    most = _Most.shown(numbers, frozenset(range(len(rows))))
    if _pinned(rows, 0, most, kept, below):
        return tuple(False for _ in rows)
    return _open(rows, kept)


def shown_within(
    parts: Sequence[int], wholes: Sequence[int], open_: Sequence[bool], below: int
) -> tuple[bool, ...]:
    """Which rows may show a further number that is a part of one shown, such as notices of those found.

    Args:
        open_: The rows whose whole may be shown.
    """
    rows = [(part, whole - part) for part, whole in zip(parts, wholes, strict=True)]
    kept = hidden(rows, below, frozenset(number for number, is_open in enumerate(open_) if not is_open))
    most = _Most.shown(wholes, frozenset(n for n, is_open in enumerate(open_) if not is_open))
    if any(_pinned(rows, part, most, kept, below) for part in (0, 1)):
        return tuple(False for _ in rows)
    return _open(rows, kept)


def hidden(rows: Sequence[Parts], below: int, already: frozenset[int] = frozenset()) -> frozenset[int]:
    """The rows to hide beside those hidden already: all with a small part, and enough others."""
    found = set(already) | {n for n, parts in enumerate(rows) if any(0 < part < below for part in parts)}
    while found and len(found) < len(rows) and (len(found) == 1 or _adds_up_small(rows, found, below)):
        found.add(_next(rows, found, below))
    return frozenset(found)


def _next(rows: Sequence[Parts], of: set[int], below: int) -> int:
    """The smallest row with which the hidden ones add up to no small number; if none is, the smallest."""
    by_size = sorted(set(range(len(rows))) - of, key=lambda n: (sum(rows[n]), rows[n]))
    enough = (n for n in by_size if not _adds_up_small(rows, of | {n}, below))
    return next(enough, by_size[0])


def _adds_up_small(rows: Sequence[Parts], of: set[int], below: int) -> bool:
    return any(0 < sum(rows[n][part] for n in of) < below for part in range(len(rows[0])))


def _pinned(rows: Sequence[Parts], part: int, most: "_Most", kept: frozenset[int], below: int) -> bool:
    """Whether a small part of a hidden row has one value alone that fits the totals and what is shown."""
    total = sum(rows[n][part] for n in kept)
    for number in kept:
        if not 0 < rows[number][part] < below:
            continue
        room = sum(most.of(other) for other in kept if other != number)
        if any(other not in most.each for other in kept if other != number):
            room += most.unknown
        if max(0, total - room) >= min(total, most.each.get(number, most.unknown)):
            return True
    return False


@dataclass(frozen=True)
class _Most:
    """What each row's part can be at most: `each` where that is shown, and `unknown` for the others together,
    which the totals give away."""

    each: dict[int, int]
    unknown: int

    @classmethod
    def shown(cls, wholes: Sequence[int], kept: frozenset[int]) -> "_Most":
        each = {number: whole for number, whole in enumerate(wholes) if number not in kept}
        return cls(each, sum(wholes[number] for number in kept))

    def of(self, number: int) -> int:
        """The limit of one row where it is shown."""
        return self.each.get(number, 0)


def _open(rows: Sequence[Parts], kept: frozenset[int]) -> tuple[bool, ...]:
    return tuple(number not in kept for number in range(len(rows)))
