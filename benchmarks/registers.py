"""A population as the sweep takes it, without a database."""

from collections.abc import Sequence

import numpy as np

from benchmarks.population import School
from casework.facts.sheets import SchoolSheets, SheetBlock

YEAR = 2025


def block_of(schools: Sequence[School]) -> SheetBlock:
    """These schools' calendars, sheets and rolls in memory."""
    return SheetBlock(tuple(_sheets(school) for school in schools))


def _sheets(school: School) -> SchoolSheets:
    sessions, width = school.marks.shape
    nothing = np.zeros(0, np.int64)
    return SchoolSheets(
        urn=school.urn,
        upns=school.upns,
        dates=school.dates,
        halves=school.halves,
        is_open=np.ones(sessions, np.bool_),
        half_terms=school.half_terms,
        widths=np.full(sessions, width),
        marks=school.marks.tobytes(),
        roll_years=np.full(width, YEAR),
        roll_slots=np.arange(width),
        roll_lines=np.arange(width),
        roll_first=school.first,
        roll_last=school.last,
        spent_lines=nothing,
        spent_sessions=nothing,
    )
