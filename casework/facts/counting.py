"""The pass over the sessions, oldest first: every vector has one element a column (a pupil at a school).

Flags are combined bit by bit, since operations on bytes are the cheapest there are.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from casework.facts.codes import Limits
from casework.facts.flags import (
    AUTHORISED,
    FITS,
    FITS_ALL,
    ILLNESS,
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
from casework.facts.sheets import Ints
from casework.facts.summary import WEEKDAYS

# How far a session is from now: in another year, this year, this term, this half term.
CLOSED, EARLIER, YEAR, TERM, HALF_TERM = -1, 0, 1, 2, 3


@dataclass(frozen=True)
class Schools:
    """What differs from school to school, one element a school; `levels` has a row for each session."""

    of_column: Ints
    levels: Ints
    overdue_to: Ints
    periods: Ints

    @classmethod
    def of(cls, layout: Layout, limits: Limits) -> "Schools":
        """Each school's own calendar, laid on the rows of the matrix."""
        count = len(layout.places)
        levels = np.full((len(layout.dates), count), CLOSED, np.int8)
        overdue_to = np.zeros(count, np.int64)
        periods = np.full((count, 2), -1, np.int64)
        for number, place in enumerate(layout.places):
            if not len(place.rows):
                continue
            years = academic_years(place.school.dates[place.sessions])
            halves = place.school.half_terms[place.sessions]
            levels[place.rows, number] = (years == years[-1]) * (
                1 + (halves // 2 == halves[-1] // 2).astype(np.int8) + (halves == halves[-1])
            )
            periods[number] = years[-1], halves[-1]
            days = np.unique(layout.dates[place.rows])
            if len(days) > limits.unexplained_school_days + 1:
                overdue_to[number] = days[-2 - limits.unexplained_school_days]
        widths = [len(place.lines) for place in layout.places]
        return cls(np.repeat(np.arange(count), widths), levels, overdue_to, periods)


class Pass:
    """One pass over the rows of a matrix, oldest first."""

    def __init__(self, layout: Layout, schools: Schools, tables: list[CodeTable]) -> None:
        self.layout, self.schools = layout, schools
        width = layout.width
        dates = layout.dates
        self.tables = tables
        self.table_of = np.searchsorted([table.begins for table in tables], dates, "right") - 1
        self.weekday = (dates - 1) % 7
        self.week = (dates - 1) // 7
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
        """Go over every row once: sessions make days, days make weeks."""
        width = self.layout.width
        shifts = np.array(FITS, np.uint8)[:, None]
        one = np.uint8(1)
        for week in _stretches(self.week, range(len(self.week))):
            missed, unauthorised = np.zeros(width, np.uint8), np.zeros(width, np.uint8)
            for day in _stretches(self.layout.dates, week):
                all_of = any_of = self._session(day[0], missed, unauthorised)
                for row in day[1:]:
                    flags = self._session(row, missed, unauthorised)
                    all_of, any_of = all_of & flags, any_of | flags
                unbroken = (all_of >> shifts) & one
                self.days += unbroken & any_of
                self.days *= unbroken
                np.maximum(self.longest, self.days, out=self.longest)
            self.broken_weeks.add((missed != 0).view(np.uint8))
            self.unauthorised.append(unauthorised)

    def _session(self, row: int, missed: Bytes, unauthorised: Bytes) -> Bytes:
        """Count one session; `missed` and `unauthorised` gather its week. Returns its flags."""
        marks = self.layout.marks[row]
        number = self.table_of[row]
        if number < 0:
            return np.full(len(marks), FITS_ALL, np.uint8)
        table = self.tables[number]
        flags = np.frombuffer(marks.tobytes().translate(table.flags), np.uint8)

        towards = bit_of(flags, THRESHOLD)
        first, last = self._spent_from[row], self._spent_from[row + 1]
        if last > first:
            towards[self.spent[1][first:last]] = 0
        unauthorised += towards
        self._count_overdue(row, marks, table)

        ill = bit_of(flags, ILLNESS) & flags
        begins = ill & ~self._was_ill
        self._was_ill = (self._was_ill & ~flags) | ill

        for level, mask in self._levels(row):
            counted = flags if mask is None else flags & mask
            self._count(level, counted, table)
            absent = bit_of(counted, AUTHORISED) | bit_of(counted, UNAUTHORISED)
            missed |= absent
            if self.weekday[row] < len(WEEKDAYS):
                self.absent_on[self.weekday[row]].add(absent)
            if level == HALF_TERM:
                self.episodes.add(begins & counted)
            if level >= TERM:
                for byte in table.late:
                    self.late[level].add(is_byte(marks, byte) & counted)
        return flags

    def _count(self, level: int, flags: Bytes, table: CodeTable) -> None:
        for bit in (POSSIBLE, AUTHORISED, UNAUTHORISED):
            self.sums[level, bit].add(bit_of(flags, bit))
        self.sums[level, ILLNESS].add(bit_of(flags, ILLNESS) & flags)
        if table.has_possible_only:
            self.sums[level, POSSIBLE_ONLY].add(bit_of(flags, POSSIBLE_ONLY))

    def _count_overdue(self, row: int, marks: Bytes, table: CodeTable) -> None:
        day = self.layout.dates[row]
        due = self.schools.overdue_to >= day
        if not due.any():
            return
        for byte in table.unexplained:
            found = is_byte(marks, byte)
            self.overdue.add(found if due.all() else found & self._mask(due.view(np.int8), 1))

    def _levels(self, row: int) -> list[tuple[int, Bytes | None]]:
        """Which levels of this year the session has, and the columns of each; None where all have it."""
        levels = self.schools.levels[row]
        present = set(levels.tolist()) - {CLOSED}
        if len(present) == 1:
            (level,) = present
            return [(level, None)] if level > EARLIER else []
        return [(level, self._mask(levels, level)) for level in sorted(present) if level > EARLIER]

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


def _stretches(values: Ints, rows: range) -> list[range]:
    """The rows in stretches of neighbours with the same value."""
    if not rows:
        return []
    part = values[rows.start : rows.stop]
    cuts = [rows.start, *(np.flatnonzero(np.diff(part)) + rows.start + 1).tolist(), rows.stop]
    return [range(first, last) for first, last in pairwise(cuts)]
