"""Register sheets of many schools as the sweep reads them: bytes and arrays, no object for a mark.

One byte a mark (`casework.domain.register.byte_of`), one sheet a session, one place (slot) on the sheet a
pupil. Slots are given out afresh each academic year, and a sheet grows when a school outgrows it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SchoolSheets:
    """One school's calendar, sheets and roll. Days are `date.toordinal()`.

    A line is one pupil at this school, however often admitted; `upns` names the lines.

    Sessions (arrays of one length, in session order: date, then AM before PM; no session twice):
        `dates`; `halves` 0 AM, 1 PM; `is_open`; `half_terms` 0 to 5; `widths` bytes of the session's sheet,
        0 where none was filed. Open sessions without a sheet belong here too.
    `marks`: the sheets one after another, in the same order; a place past the end of a sheet is blank.
    Roll (arrays of one length, any order; one entry for each spell on the roll in each academic year):
        `roll_years` the year the academic year began; `roll_slots`; `roll_lines` places in `upns`;
        `roll_first` and `roll_last`, both days on the roll (a far day where the spell has no end).
    Spent (arrays of one length): a line and a session (its place in `dates`) spent for every parent.
    """

    urn: str
    upns: tuple[str, ...]
    dates: Ints
    halves: Ints
    is_open: Bools
    half_terms: Ints
    widths: Ints
    marks: bytes
    roll_years: Ints
    roll_slots: Ints
    roll_lines: Ints
    roll_first: Ints
    roll_last: Ints
    spent_lines: Ints
    spent_sessions: Ints


@dataclass(frozen=True)
class SheetBlock:
    """Some schools swept together; about forty keep the memory flat and the vectors long."""

    schools: tuple[SchoolSheets, ...]
