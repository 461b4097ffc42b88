"""Many schools' sheets laid into one matrix: a row a session, a column a pupil at a school.

A row exists for every session at which at least one of the schools was open. A school that was closed then,
and a pupil who was not on its roll, hold a blank there, so schools with different calendars share one vector.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from casework.domain import Half, Mark, Session
from casework.domain.register import NO_MARK, OFF_ROLL, code_of
from casework.facts.sheets import Bools, Ints, SchoolSheets

Bytes = npt.NDArray[np.uint8]

BLANK = ord(OFF_ROLL)
UNMARKED = ord(NO_MARK)


@dataclass(frozen=True)
class Place:
    """Where one school stands in the matrix.

    `columns` is its slice; `lines` the line of each of its columns; `rows` its open sessions, oldest first,
    and `sessions` their places in the school's own arrays.
    """

    school: SchoolSheets
    columns: slice
    lines: Ints
    rows: Ints
    sessions: Ints


@dataclass(frozen=True)
class Layout:
    """The matrix of marks, with the day and half of each row."""

    dates: Ints
    halves: Ints
    marks: Bytes
    places: tuple[Place, ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return int(self.marks.shape[1])


def academic_years(dates: Ints) -> Ints:
    """The year in which each day's academic year (1 September to 31 August) began; days as ordinals."""
    days = (np.asarray(dates, np.int64) - 719_163).astype("datetime64[D]")  # 1 January 1970 is day 719,163.
    months = days.astype("datetime64[M]").astype(np.int64)
    years: Ints = 1970 + (months - 8) // 12
    return years


def open_sessions(school: SchoolSheets, on: int) -> Ints:
    """The places of the school's open sessions dated on or before a day."""
    return np.flatnonzero(school.is_open & (school.dates <= on))


def marks_of(school: SchoolSheets, line: int) -> tuple[Mark, ...]:
    """One line's marks on the sessions of the calendar, closed ones too, oldest first."""
    filed = np.frombuffer(school.marks, np.uint8)
    starts = np.cumsum(school.widths, dtype=np.int64) - school.widths
    years = academic_years(school.dates)
    own = np.flatnonzero(school.roll_lines == line)
    found: list[Mark] = []
    for year, slot in sorted({(int(school.roll_years[n]), int(school.roll_slots[n])) for n in own}):
        sessions = np.flatnonzero((years == year) & (school.widths > slot))
        held = filed[starts[sessions] + slot]
        taken = (held != BLANK) & (held != UNMARKED)
        columns = (school.dates[sessions[taken]], school.halves[sessions[taken]], held[taken])
        found += [
            Mark(Session(date.fromordinal(day), Half.PM if half else Half.AM), code_of(byte))
            for day, half, byte in zip(*(column.tolist() for column in columns), strict=True)
        ]
    return tuple(found)


def lay_out(schools: Sequence[SchoolSheets], on: int) -> Layout:
    """One matrix for these schools, holding the marks that are looked at on a day and no others."""
    opened = [open_sessions(school, on) for school in schools]
    keys = [
        school.dates[places].astype(np.int64) * 2 + school.halves[places]
        for school, places in zip(schools, opened, strict=True)
    ]
    rows = np.unique(np.concatenate(keys)) if keys else np.zeros(0, np.int64)
    width = sum(len(school.upns) for school in schools)
    marks = np.full((len(rows), width), BLANK, np.uint8)
    places = []
    column = 0
    for school, sessions, key in zip(schools, opened, keys, strict=True):
        columns = slice(column, column + len(school.upns))
        lines = _by_latest_slot(school)
        place = Place(school, columns, lines, np.searchsorted(rows, key), sessions)
        _fill(marks, place)
        places.append(place)
        column = columns.stop
    return Layout(rows // 2, rows % 2, marks, tuple(places))


def _by_latest_slot(school: SchoolSheets) -> Ints:
    """The lines in the order of the latest year's slots, so that its sheets are copied and not gathered."""
    slots = np.full(len(school.upns), np.iinfo(np.int64).max)
    if len(school.roll_years):
        latest = school.roll_years == school.roll_years.max()
        slots[school.roll_lines[latest]] = school.roll_slots[latest]
    return np.argsort(slots, kind="stable")


def _fill(marks: Bytes, place: Place) -> None:
    school = place.school
    column_of = np.empty(len(school.upns), np.int64)
    column_of[place.lines] = np.arange(len(school.upns))
    filed = np.frombuffer(school.marks, np.uint8)
    ends = np.cumsum(school.widths, dtype=np.int64)
    years = academic_years(school.dates[place.sessions])
    widths = school.widths[place.sessions]
    # A sheet's width changes only when a school outgrows it: a year is one or two pieces.
    kinds = years.astype(np.int64) * (1 << 32) + widths
    for kind in np.unique(kinds):
        of_kind = np.flatnonzero(kinds == kind)
        width = int(widths[of_kind[0]])
        if not width:
            continue
        sessions = place.sessions[of_kind]
        sheets = _sheets(filed, ends[sessions] - width, width)
        roll = np.flatnonzero((school.roll_years == years[of_kind[0]]) & (school.roll_slots < width))
        columns = column_of[school.roll_lines[roll]]
        piece = _places_taken(school, sheets, school.dates[sessions], roll, columns)
        marks[place.rows[of_kind], place.columns] = piece


def _sheets(filed: Bytes, starts: Ints, width: int) -> Bytes:
    """The sheets that begin at these bytes, one a row; without a copy where they lie end to end."""
    first = int(starts[0])
    if (np.diff(starts) == width).all():
        return filed[first : first + len(starts) * width].reshape(len(starts), width)
    gathered: Bytes = filed[starts[:, None] + np.arange(width)]
    return gathered


def _places_taken(school: SchoolSheets, sheets: Bytes, dates: Ints, roll: Ints, columns: Ints) -> Bytes:
    """The sheets with each pupil in their own column, blank on every day off the roll."""
    first, last, slots = school.roll_first[roll], school.roll_last[roll], school.roll_slots[roll]
    _, once = np.unique(columns, return_index=True)
    length, width = sheets.shape
    slot_of = np.full(len(school.upns), width)
    slot_of[columns[once]] = slots[once]
    padded = np.full((length, width + 1), BLANK, np.uint8)
    padded[:, :width] = sheets
    held: Bytes = padded.take(slot_of, axis=1)

    part = once[(first[once] > dates[0]) | (last[once] < dates[-1])]
    off_roll: Bools = (dates[:, None] < first[part]) | (dates[:, None] > last[part])
    held[:, columns[part]] = np.where(off_roll, np.uint8(BLANK), held[:, columns[part]])

    # A pupil admitted again within the year has a second spell, as a rule with a slot of its own.
    for again in np.setdiff1d(np.arange(len(roll)), once):
        days = slice(
            int(np.searchsorted(dates, first[again])), int(np.searchsorted(dates, last[again], "right"))
        )
        held[days, columns[again]] = sheets[days, slots[again]]
    return held
