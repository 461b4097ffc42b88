"""The days a register covers, with how much absence of each kind each day draws."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from casework.demo import published
from casework.demo.calendars import school_days
from casework.demo.schools import DemoSchool
from casework.domain.calendar import monday_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Days:
    """School days, oldest first; session 2n is the morning of day n and 2n + 1 its afternoon.

    `year` is the year in which each day's academic year began, `half_term` 0 to 5, and `place` how far the
    day lies through its half term, from 0 in the first week to 1 in the last.
    """

    dates: tuple[date, ...]
    year: Ints
    half_term: Ints
    place: Floats

    @cached_property
    def weekday(self) -> Ints:
        """0 for Monday to 4 for Friday."""
        return np.array([day.weekday() for day in self.dates])

    @cached_property
    def week(self) -> Ints:
        """A number for each calendar week, which its days share."""
        return np.array([monday_of(day).toordinal() for day in self.dates])

    def shape(self, code: str) -> Floats:
        """Each day's share of a code's absence, where 1 is an average day of a whole year."""
        tables = {
            "I": published.ILLNESS_BY_WEEK,
            "O": published.UNAUTHORISED_BY_WEEK,
            "U": published.UNAUTHORISED_BY_WEEK,
            "G": published.HOLIDAY_BY_WEEK,
        }
        if code not in tables:
            return np.ones(len(self.dates))
        raw = np.empty(len(self.dates))
        for number, weekly in enumerate(tables[code]):
            here = self.half_term == number
            raw[here] = np.interp(self.place[here], np.linspace(0, 1, len(weekly)), weekly)
        means = [np.mean(weekly) * len(weekly) for weekly in tables[code]]
        return raw / (sum(means) / sum(len(weekly) for weekly in tables[code]))

    def overall(self, rates: str) -> Floats:
        """Each day's share of all absence, where 1 is an average day of a whole year."""
        table = published.ABSENCE[rates]
        return sum(
            (self.shape(code) * rate for code, rate in table.items()), np.zeros(len(self.dates))
        ) / sum(table.values())


def days_of(school: DemoSchool, until: date) -> Days:
    """A school's days up to and including one."""
    found = [(day, term) for day, term in school_days(school) if day <= until]
    weeks = [max(1, (term.ends_on - term.starts_on).days // 7) for _, term in found]
    return Days(
        dates=tuple(day for day, _ in found),
        year=np.array([term.year for _, term in found]),
        half_term=np.array([term.number for _, term in found]),
        place=np.array(
            [
                min(1.0, ((day - term.starts_on).days + term.starts_on.weekday()) // 7 / count)
                for (day, term), count in zip(found, weeks, strict=True)
            ]
        ),
    )
