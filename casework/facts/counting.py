"""The pass over the sessions, oldest first: every vector has one element a column (a pupil at a school).

Flags are combined bit by bit, since operations on bytes are the cheapest there are.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from casework.facts.codes import Limits
from casework.facts.flags import (
    AUTHORISED,
    FITS,
    ILLNESS,
    NO_CODES,
    POSSIBLE,
    POSSIBLE_ONLY,
    RUNS,
    THRESHOLD,
    UNAUTHORISED,
    CodeTable,
    Tally,
    bit_of,
    is_byte,
)
from casework.facts.layout import Bytes, Layout, Place, academic_years
from casework.facts.sheets import Bools, Ints
from casework.facts.summary import WEEKDAYS

# How far a session is from now: in another year, this year, this term, this half term.
EARLIER, YEAR, TERM, HALF_TERM = 0, 1, 2, 3

_FITS = np.array(FITS, np.uint8)[:, None]
_ONE = np.uint8(1)


@dataclass(frozen=True)
class Schools:
    """What differs from school to school, one element a school; the first two have a row for each session.

    A closed school keeps the level of its session before, so that levels change only where a period begins.
    """

    is_open: Bools
    levels: Ints
    of_column: Ints
    overdue_to: Ints
    periods: Ints

    @classmethod
    def of(cls, layout: Layout, limits: Limits) -> "Schools":
        """Each school's own calendar, laid on the rows of the matrix."""
        count = len(layout.places)
        levels = np.zeros((len(layout.dates), count), np.int8)
        is_open = np.zeros(levels.shape, np.bool_)
        overdue_to = np.zeros(count, np.int64)
        periods = np.full((count, 2), -1, np.int64)
        for number, place in enumerate(layout.places):
            if not len(place.rows):
                continue
            years = academic_years(place.school.dates[place.sessions])
            halves = place.school.half_terms[place.sessions]
            is_open[place.rows, number] = True
            own = (years == years[-1]) * (1 + (halves // 2 == halves[-1] // 2) + (halves == halves[-1]))
            before = np.searchsorted(place.rows, np.arange(len(layout.dates)), "right") - 1
            levels[:, number] = own[np.maximum(before, 0)]
            periods[number] = years[-1], halves[-1]
            days = np.unique(layout.dates[place.rows])
            if len(days) > limits.unexplained_school_days + 1:
                overdue_to[number] = days[-2 - limits.unexplained_school_days]
        widths = [len(place.lines) for place in layout.places]
        return cls(is_open, levels, np.repeat(np.arange(count), widths), overdue_to, periods)


class Pass:
    """One pass over the rows of a matrix, oldest first."""

    def __init__(self, layout: Layout, schools: Schools, tables: list[CodeTable]) -> None:
        self.layout, self.schools = layout, schools
        width = layout.width
        dates = layout.dates
        self.tables = tables
        self.table_of = np.searchsorted([table.begins for table in tables], dates, "right") - 1
        self.weekday: list[int] = ((dates - 1) % 7).tolist()
        self.week = (dates - 1) // 7
        self.has_possible_only = any(table.has_possible_only for table in tables)
        self._changes_of_day, self._changes_of_week = _changes(dates), _changes(self.week)
        self._changes_of_table, self._changes_of_level = _changes(self.table_of), _changes(schools.levels)
        self.sums = {
            (level, bit): Tally(width)
            for level in (YEAR, TERM, HALF_TERM)
            for bit in (POSSIBLE, AUTHORISED, UNAUTHORISED, POSSIBLE_ONLY, ILLNESS)
        }
        self.late = {level: Tally(width) for level in (TERM, HALF_TERM)}
        self.absent_on = [Tally(width) for _ in WEEKDAYS]
        self.episodes, self.broken_weeks, self.overdue = Tally(width), Tally(width), Tally(width)
        self.days = np.zeros((len(RUNS), width), np.uint16)
        self.longest = np.zeros((len(RUNS), width), np.uint16)
        self.unauthorised: list[Bytes] = []  # A vector for each calendar week with a row.
        self.weeks: Ints = np.unique(self.week)
        self._was_ill = np.zeros(width, np.uint8)
        self._masks: dict[tuple[bytes, int], Bytes] = {}
        self.spent = _spent(layout)
        self._spent_from = np.searchsorted(self.spent[0], np.arange(len(dates) + 1)).tolist()

    def run(self) -> None:
        """Go over every row once, a week at a time."""
        for week in _stretches(self._changes_of_week, range(len(self.week))):
            flags = self._flags(week)
            self._count_runs(week, flags)
            self._count_towards_threshold(week, flags)
            self._count_overdue(week)
            begins = self._beginnings_of_illness(flags)
            missed = np.zeros(self.layout.width, np.uint8)
            for rows in _stretches(self._changes_of_level, week):
                part = slice(rows.start - week.start, rows.stop - week.start)
                self._count_period(rows, flags[part], begins[part], missed)
            self.broken_weeks.add((missed != 0).view(np.uint8), 1)

    def _flags(self, rows: range) -> Bytes:
        """The flags of some rows, by the codes in force on each one's day."""
        marks = self.layout.marks
        parts = []
        for part in _stretches(self._changes_of_table, rows):
            number = int(self.table_of[part.start])
            table = self.tables[number].flags if number >= 0 else NO_CODES
            parts.append(np.frombuffer(marks[part.start : part.stop].tobytes().translate(table), np.uint8))
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return joined.reshape(len(rows), self.layout.width)

    def _count_runs(self, week: range, flags: Bytes) -> None:
        for day in _stretches(self._changes_of_day, week):
            part = flags[day.start - week.start : day.stop - week.start]
            all_of, any_of = part[0], part[0]
            for later in part[1:]:
                all_of, any_of = all_of & later, any_of | later
            unbroken = (all_of >> _FITS) & _ONE
            self.days += unbroken & any_of
            self.days *= unbroken
            np.maximum(self.longest, self.days, out=self.longest)

    def _count_towards_threshold(self, week: range, flags: Bytes) -> None:
        towards = bit_of(flags, THRESHOLD)
        first, last = self._spent_from[week.start], self._spent_from[week.stop]
        if last > first:
            towards[self.spent[0][first:last] - week.start, self.spent[1][first:last]] = 0
        self.unauthorised.append(_sum(towards))

    def _count_overdue(self, week: range) -> None:
        rows = slice(week.start, week.stop)
        due = self.schools.overdue_to >= self.layout.dates[rows, None]
        if not due.any():
            return
        for part in _stretches(self._changes_of_table, week):
            number = int(self.table_of[part.start])
            for byte in self.tables[number].unexplained if number >= 0 else ():
                found = is_byte(self.layout.marks[part.start : part.stop], byte)
                if not due.all():
                    here = due[part.start - week.start : part.stop - week.start]
                    found &= here.view(np.uint8)[:, self.schools.of_column]
                self.overdue.add(_sum(found), len(part))

    def _beginnings_of_illness(self, flags: Bytes) -> Bytes:
        """Where illness begins: the possible session before, however long ago, was not illness."""
        ill = bit_of(flags, ILLNESS) & flags
        begins = np.empty_like(ill)
        was_ill = self._was_ill
        for row, now in enumerate(ill):
            np.greater(now, was_ill, out=begins[row].view(np.bool_))
            was_ill = (was_ill & ~flags[row]) | now
        self._was_ill = was_ill
        return begins

    def _count_period(self, rows: range, flags: Bytes, begins: Bytes, missed: Bytes) -> None:
        """Count rows that have the same level at each school; `missed` gathers the week's absences."""
        levels = self.schools.levels[rows.start]
        present = sorted(set(levels.tolist()))
        for level in present:
            if level == EARLIER:
                continue
            counted = flags if len(present) == 1 else flags & self._mask(levels, level)
            authorised, unauthorised = bit_of(counted, AUTHORISED), bit_of(counted, UNAUTHORISED)
            absent = authorised | unauthorised
            for bit, ones in (
                (POSSIBLE, bit_of(counted, POSSIBLE)),
                (AUTHORISED, authorised),
                (UNAUTHORISED, unauthorised),
                (ILLNESS, bit_of(counted, ILLNESS) & counted),
            ):
                self.sums[level, bit].add(_sum(ones), len(rows))
            if self.has_possible_only:
                self.sums[level, POSSIBLE_ONLY].add(_sum(bit_of(counted, POSSIBLE_ONLY)), len(rows))
            for row, ones in zip(rows, absent, strict=True):
                missed |= ones
                if self.weekday[row] < len(WEEKDAYS):
                    self.absent_on[self.weekday[row]].add(ones, 1)
            if level == HALF_TERM:
                self.episodes.add(_sum(begins & counted), len(rows))
            if level >= TERM:
                self._count_late(level, rows, counted)

    def _count_late(self, level: int, rows: range, flags: Bytes) -> None:
        for part in _stretches(self._changes_of_table, rows):
            number = int(self.table_of[part.start])
            for byte in self.tables[number].late if number >= 0 else ():
                ones = is_byte(self.layout.marks[part.start : part.stop], byte)
                ones &= flags[part.start - rows.start : part.stop - rows.start]
                self.late[level].add(_sum(ones), len(part))

    def _mask(self, values: Ints, value: int) -> Bytes:
        key = values.tobytes(), value
        if key not in self._masks:
            chosen = np.where(values == value, np.uint8(255), np.uint8(0))
            self._masks[key] = chosen[self.schools.of_column]
        return self._masks[key]


def numbers_of(over: Pass) -> dict[str, Ints]:
    numbers: dict[str, Ints] = {}
    levels = {"half_term": (HALF_TERM,), "term": (HALF_TERM, TERM), "year": (HALF_TERM, TERM, YEAR)}

    def total(period: str, bit: int) -> Ints:
        summed: Ints = np.sum([over.sums[level, bit].total for level in levels[period]], axis=0)
        return summed

    for period in levels:
        possible, authorised = total(period, POSSIBLE), total(period, AUTHORISED)
        unauthorised = total(period, UNAUTHORISED)
        numbers[f"{period}.possible"] = possible
        numbers[f"{period}.authorised"] = authorised
        numbers[f"{period}.unauthorised"] = unauthorised
        numbers[f"{period}.absent"] = authorised + unauthorised
        numbers[f"{period}.attended"] = possible - authorised - unauthorised - total(period, POSSIBLE_ONLY)
    numbers["illness_sessions_year"] = total("year", ILLNESS)
    numbers["late_half_term"] = over.late[HALF_TERM].total
    numbers["late_term"] = over.late[HALF_TERM].total + over.late[TERM].total
    numbers["illness_episodes_half_term"] = over.episodes.total
    numbers["overdue_n_sessions"] = over.overdue.total
    numbers["broken_weeks_year"] = over.broken_weeks.total
    for weekday, tally in zip(WEEKDAYS, over.absent_on, strict=True):
        numbers[f"absent_by_weekday.{weekday}"] = tally.total
    for run, days, longest in zip(RUNS, over.days, over.longest, strict=True):
        numbers[f"{run}.days"], numbers[f"{run}.longest"] = days, longest
    periods = over.schools.periods[over.schools.of_column]
    numbers["academic_year"], numbers["half_term_number"] = periods[:, 0], periods[:, 1]
    return numbers


def school_weeks(over: Pass, place: Place) -> Ints:
    """The places, among the weeks of the matrix, of one school's own weeks."""
    return np.searchsorted(over.weeks, np.unique(over.week[place.rows]))


def windows(over: Pass, limits: Limits) -> tuple[Ints, Ints]:
    """Unauthorised sessions in the window of school weeks that ends now, and the most in any window."""
    now = np.zeros(over.layout.width, np.uint16)
    most = np.zeros(over.layout.width, np.uint16)
    length = limits.threshold_school_weeks
    for columns, weeks in _alike(over):
        window = now[columns]
        for number, week in enumerate(weeks):
            window += over.unauthorised[week][columns]
            if number >= length:
                window -= over.unauthorised[weeks[number - length]][columns]
            np.maximum(most[columns], window, out=most[columns])
    return now, most


def _alike(over: Pass) -> list[tuple[slice, list[int]]]:
    """Neighbouring schools with the same school weeks, taken together."""
    found: list[tuple[slice, list[int]]] = []
    for place in over.layout.places:
        weeks = school_weeks(over, place).tolist()
        if found and found[-1][1] == weeks:
            found[-1] = slice(found[-1][0].start, place.columns.stop), weeks
        else:
            found.append((place.columns, weeks))
    return found


def _spent(layout: Layout) -> tuple[Ints, Ints]:
    """The (row, column) of every spent session that is looked at, by row."""
    rows: list[Ints] = [np.zeros(0, np.int64)]
    columns: list[Ints] = [np.zeros(0, np.int64)]
    for place in layout.places:
        school = place.school
        row_of = np.full(len(school.dates), -1)
        row_of[place.sessions] = place.rows
        column_of = np.empty(len(place.lines), np.int64)
        column_of[place.lines] = np.arange(place.columns.start, place.columns.stop)
        held = row_of[school.spent_sessions] >= 0
        rows.append(row_of[school.spent_sessions[held]])
        columns.append(column_of[school.spent_lines[held]])
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.argsort(row, kind="stable")
    return row[order], column[order]


def _changes(values: Ints) -> list[int]:
    """The rows at which a value (or a row of values) differs from that of the row before."""
    differs = values[1:] != values[:-1]
    found: list[int] = np.flatnonzero(differs.any(axis=1) if differs.ndim > 1 else differs).tolist()
    return [row + 1 for row in found]


def _stretches(changes: list[int], rows: range) -> list[range]:
    """The rows in stretches with the same value, given where it changes."""
    if not rows:
        return []
    inner = changes[bisect_right(changes, rows.start) : bisect_left(changes, rows.stop)]
    return [range(first, last) for first, last in pairwise([rows.start, *inner, rows.stop])]


def _sum(ones: Bytes) -> Bytes:
    """The rows added up; fewer than 256 of them."""
    added: Bytes = np.add.reduce(ones, axis=0, dtype=np.uint8)
    return added
