"""The sweep of one school as of many days at once: every answer is that of a sweep of its day alone.

A school as of a day is the school with a calendar that ends on that day. So a run of days is swept as if it
were a row of schools, and the vectors are as long as those of a trust.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casework.facts.codes import CodeClasses, Limits
from casework.facts.sheets import Ints, SchoolSheets, SheetBlock
from casework.facts.sweep import sweep

AT_ONCE = 16_000
"""Lines (pupils times days) swept together: longer vectors are no faster, and take more memory."""


@dataclass(frozen=True)
class SweptDay:
    """One school's facts on one day, a line a pupil in the order of its `upns`; names as in `SweepResult`."""

    on: date
    measures: dict[str, Ints]
    started_on: dict[str, Ints]
    periods: Ints


def sweep_days(
    held: Sequence[tuple[date, SchoolSheets]], codes: CodeClasses, limits: Limits
) -> Iterator[SweptDay]:
    """Each day's facts, in the order given.

    Args:
        held: Each day with the school's sheets and what was spent by then; one school throughout.
        codes: Classes by date, and the named sets in force on every one of these days.
        limits: The numbers in force on every one of these days.
    """
    lines = len(held[0][1].upns) if held else 0
    size = max(1, AT_ONCE // max(1, lines))
    for start in range(0, len(held), size):
        yield from _together(held[start : start + size], lines, codes, limits)


def _together(
    held: Sequence[tuple[date, SchoolSheets]], lines: int, codes: CodeClasses, limits: Limits
) -> Iterator[SweptDay]:
    block = SheetBlock(tuple(_ending(school, on) for on, school in held))
    result = sweep(block, max(on for on, _ in held), codes, limits)
    for number, (on, _) in enumerate(held):
        own = slice(number * lines, (number + 1) * lines)
        yield SweptDay(
            on=on,
            measures={name: values[own] for name, values in result.measures.items()},
            started_on={name: values[own] for name, values in result.started_on.items()},
            periods=result.periods[own],
        )


def _ending(school: SchoolSheets, on: date) -> SchoolSheets:
    return replace(school, is_open=school.is_open & (school.dates <= on.toordinal()))
