"""A second look at the few columns where evidence is due: open runs, and thresholds reached."""

import numpy as np

from casework.facts.codes import Limits
from casework.facts.counting import Pass, school_weeks
from casework.facts.flags import FITS, FITS_ALL, RUNS, THRESHOLD, bit_of
from casework.facts.layout import BLANK, UNMARKED, Bytes
from casework.facts.sheets import Bools, Ints

_AT_ONCE = 512


def _flags_of(over: Pass, columns: Ints) -> tuple[Bytes, Bytes]:
    """The marks and the flags of some columns."""
    marks = over.layout.marks[:, columns]
    flags = np.full(marks.shape, FITS_ALL, np.uint8)
    for number, table in enumerate(over.tables):
        rows = np.flatnonzero(over.table_of == number)
        if len(rows):
            part = slice(rows[0], rows[-1] + 1)
            flags[part] = np.frombuffer(table.flags, np.uint8)[marks[part]]
    return marks, flags


def look_at_runs(over: Pass, numbers: dict[str, Ints]) -> None:
    """Where a run is open: its first day, and the open sessions without a mark inside it."""
    for run in RUNS:
        numbers[f"{run}.started_on"] = np.zeros(over.layout.width, np.int64)
        numbers[f"{run}.unmarked"] = np.zeros(over.layout.width, np.int64)
    open_runs = np.flatnonzero(over.days.any(axis=0))
    if not len(open_runs):
        return
    dates = over.layout.dates
    days, first_rows, day_of = np.unique(dates, return_index=True, return_inverse=True)
    place = np.arange(len(days), dtype=np.int32)[:, None]
    for first in range(0, len(open_runs), _AT_ONCE):
        columns = open_runs[first : first + _AT_ONCE]
        marks, flags = _flags_of(over, columns)
        all_of = np.bitwise_and.reduceat(flags, first_rows, axis=0)
        any_of = np.bitwise_or.reduceat(flags, first_rows, axis=0)
        open_here = over.schools.is_open[:, over.schools.of_column[columns]]
        blank = ((marks == BLANK) | (marks == UNMARKED)) & open_here
        for number, run in enumerate(RUNS):
            is_open = over.days[number, columns] > 0
            unbroken = bit_of(all_of, FITS[number])
            hit = (unbroken & any_of).view(np.bool_)
            broken_at = np.where(unbroken, np.int32(-1), place).max(axis=0)
            hit &= place > broken_at
            start = np.argmax(hit, axis=0)
            end = len(days) - 1 - np.argmax(hit[::-1], axis=0)
            inside = (day_of[:, None] >= start) & (day_of[:, None] <= end)
            unmarked = np.count_nonzero(blank & inside, axis=0)
            numbers[f"{run}.started_on"][columns] = np.where(is_open, days[start], 0)
            numbers[f"{run}.unmarked"][columns] = np.where(is_open, unmarked, 0)


def look_at_threshold(over: Pass, numbers: dict[str, Ints], limits: Limits) -> dict[str, tuple[Ints, Ints]]:
    """Where any window reaches the limit: the sessions counted now, and when it was first reached.

    The n-th session meets the limit if the session `limit - 1` before it lies in the same window of school
    weeks; a window counted by whole weeks would take in sessions after the one being judged.
    """
    numbers["threshold.first_met"] = np.zeros(over.layout.width, np.int64)
    reached = np.flatnonzero(numbers["threshold.most"] >= limits.threshold_sessions)
    week_of, last_week = _week_numbers(over)
    found = [
        _threshold_of(over, reached[first : first + _AT_ONCE], week_of, last_week, numbers, limits)
        for first in range(0, len(reached), _AT_ONCE)
    ]
    empty = np.zeros(0, np.int64)
    return {
        kind: (
            np.concatenate([part[kind][0] for part in found] or [empty]),
            np.concatenate([part[kind][1] for part in found] or [empty]),
        )
        for kind in ("counted", "first_counted")
    }


def _week_numbers(over: Pass) -> tuple[Ints, Ints]:
    """For each week of the matrix and school, the number of the school week; and each school's last."""
    numbers = np.zeros((len(over.weeks), len(over.layout.places)), np.int64)
    latest = np.full(len(over.layout.places), -1)
    for school, place in enumerate(over.layout.places):
        weeks = school_weeks(over, place)
        numbers[weeks, school] = np.arange(len(weeks))
        latest[school] = len(weeks) - 1
    return numbers, latest


def _threshold_of(
    over: Pass, columns: Ints, week_of: Ints, last_week: Ints, numbers: dict[str, Ints], limits: Limits
) -> dict[str, tuple[Ints, Ints]]:
    _, flags = _flags_of(over, columns)
    towards: Bools = bit_of(flags, THRESHOLD).view(np.bool_)
    spent_rows, spent_columns = over.spent
    place_of = np.full(over.layout.width, -1)
    place_of[columns] = np.arange(len(columns))
    here = place_of[spent_columns] >= 0
    towards[spent_rows[here], place_of[spent_columns[here]]] = False
    column, row = np.nonzero(towards.T)
    session = over.layout.dates[row] * 2 + over.layout.halves[row]
    school = over.schools.of_column[columns[column]]
    week = week_of[np.searchsorted(over.weeks, over.week[row]), school]
    lag = limits.threshold_sessions - 1

    order = np.arange(len(column))
    before = np.maximum(order - lag, 0)
    meets = (order >= lag) & (column[before] == column)
    meets &= week - week[before] < limits.threshold_school_weeks
    first_of, first_at = np.unique(column[meets], return_index=True)
    met_at = np.flatnonzero(meets)[first_at]
    numbers["threshold.first_met"][columns[first_of]] = session[met_at]
    then = (met_at[:, None] + np.arange(-lag, 1)).ravel()

    now = week > last_week[school] - limits.threshold_school_weeks
    now &= numbers["threshold.sessions"][columns[column]] >= limits.threshold_sessions
    return {
        "counted": (columns[column[now]], session[now]),
        "first_counted": (columns[column[then]], session[then]),
    }
