"""School days, school weeks, half terms and working days.

A school's calendar is the list of its open sessions; everything else is counted from that list. A school
day is a date with at least one open session; a school week is a Monday-to-Sunday week with at least one.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from casework.domain.errors import CaseworkError
from casework.domain.register import Half, Session


class CalendarEnds(CaseworkError):
    """A count runs past the last day the school's calendar knows."""

    def __init__(self, start: date, school_days: int) -> None:
        self.start, self.school_days = start, school_days
        super().__init__(
            f"The school calendar ends before {school_days} school days after {start:%d %B %Y}. "
            "Import the next term's dates, then ask again."
        )


def academic_year_of(day: date) -> int:
    """The year in which the academic year (1 September to 31 August) that holds a day began."""
    return day.year if day.month >= 9 else day.year - 1


def monday_of(day: date) -> date:
    """The Monday of the week that holds a day."""
    return day - timedelta(days=day.weekday())


def add_months(day: date, months: int) -> date:
    """The corresponding date some months later; the month's last day if it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_working_days(start: date, count: int, holidays: frozenset[date]) -> date:
    """The working day (Monday to Friday, no bank holiday) `count` after `start`, which is day 0."""
    day = start
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day


def working_days_between(start: date, end: date, holidays: frozenset[date]) -> int:
    """Working days after `start`, up to and including `end`."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(day.weekday() < 5 and day not in holidays for day in days)


@dataclass(frozen=True)
class SchoolCalendar:
    """One school's open sessions, in order, each with its half term (0 to 5 of its academic year)."""

    sessions: tuple[Session, ...]
    half_terms: tuple[int, ...]

    @classmethod
    def of(cls, sessions: Iterable[tuple[Session, int]]) -> "SchoolCalendar":
        """A calendar from (open session, half term) pairs in any order."""
        ordered = sorted(sessions)
        return cls(tuple(s for s, _ in ordered), tuple(h for _, h in ordered))

    @cached_property
    def index(self) -> dict[Session, int]:
        """Each open session's place in the calendar."""
        return {session: place for place, session in enumerate(self.sessions)}

    @cached_property
    def days(self) -> tuple[date, ...]:
        """School days, oldest first."""
        return tuple(dict.fromkeys(session.date for session in self.sessions))

    @cached_property
    def weeks(self) -> tuple[date, ...]:
        """The Monday of each school week, oldest first."""
        return tuple(dict.fromkeys(monday_of(day) for day in self.days))

    def is_open(self, session: Session) -> bool:
        """Whether the school was open for a session."""
        return session in self.index

    def is_school_day(self, day: date) -> bool:
        """Whether a day has at least one open session."""
        place = bisect_left(self.days, day)
        return place < len(self.days) and self.days[place] == day

    def half_term_of(self, session: Session) -> tuple[int, int]:
        """(academic year, half term 0 to 5) of an open session."""
        return academic_year_of(session.date), self.half_terms[self.index[session]]

    def days_between(self, start: date, end: date) -> tuple[date, ...]:
        """School days from `start` to `end`, both included."""
        return self.days[bisect_left(self.days, start) : bisect_right(self.days, end)]

    def add_school_days(self, start: date, count: int) -> date:
        """The school day `count` school days after `start`, which is day 0 and need not be one itself.

        Raises:
            CalendarEnds: The calendar stops first.
        """
        place = bisect_right(self.days, start) + count - 1
        if count <= 0:
            raise ValueError("count school days forwards from 1")
        if place >= len(self.days):
            raise CalendarEnds(start, count)
        return self.days[place]

    def some_school_days_on(self, start: date, count: int) -> date:
        """The day on which to look again after `count` school days; no time limit of the law hangs on it.

        Where the calendar stops first, five school days are taken as seven days: the terms to come will be
        entered later, and nobody's work waits for them.
        """
        try:
            return self.add_school_days(start, count)
        except CalendarEnds:
            return start + timedelta(days=count * 7 // 5)

    def school_weeks_ending(self, on: date, count: int) -> tuple[date, ...]:
        """The Mondays of the last `count` school weeks up to and including the one that holds `on`.

        In a holiday the last school week before `on` counts as the latest.
        """
        place = bisect_right(self.weeks, monday_of(on))
        return self.weeks[max(0, place - count) : place]

    def last_session(self, on: date) -> Session | None:
        """The school's last open session dated on or before `on`."""
        place = bisect_right(self.sessions, Session(on, Half.PM))
        return self.sessions[place - 1] if place else None

    def sessions_between(self, start: date, end: date) -> tuple[Session, ...]:
        """Open sessions from `start` AM to `end` PM, both included."""
        first = bisect_left(self.sessions, Session(start, Half.AM))
        return self.sessions[first : bisect_right(self.sessions, Session(end, Half.PM))]
