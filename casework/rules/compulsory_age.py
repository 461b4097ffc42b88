"""Compulsory school age: from which day to which day."""

from calendar import monthrange
from datetime import date, timedelta

from casework.domain.calendar import academic_year_of, add_months
from casework.rules.situation import Situation


def begins(dob: date, age: int, prescribed: tuple[tuple[int, int], ...]) -> date:
    """The first day of compulsory school age.

    Args:
        dob: Date of birth.
        age: The birthday on or after which it begins.
        prescribed: (month, day) of each prescribed day; a birthday on one counts the same day.
    """
    birthday = add_months(dob, 12 * age)
    days = [
        date(year, month, day) for year in (birthday.year, birthday.year + 1) for month, day in prescribed
    ]
    return min(day for day in days if day >= birthday)


def ends(dob: date, age: int, month: int, weekday: int) -> date:
    """The last day: the last such weekday (1 Monday) of the month in the school year of that birthday."""
    year = academic_year_of(add_months(dob, 12 * age)) + 1
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=(last.isoweekday() - weekday) % 7)


def span(situation: Situation) -> tuple[date, date] | None:
    """The first and last day of the pupil's compulsory school age; None where no birth date is known."""
    dob = situation.pupil.dob
    if dob is None:
        return None
    first = situation.value("compulsory_school_age.begins")
    last = situation.value("compulsory_school_age.ends")
    prescribed = tuple((item.month, item.day) for item in first.days)
    return begins(dob, first.age, prescribed), ends(dob, last.age, last.month, last.weekday)


def practical_start(situation: Situation, first: date) -> date:
    """The first school day of the term after the day compulsory school age began."""
    calendar = situation.calendar
    before = calendar.last_session(first)
    if before is None:
        return first
    term = _term(calendar.half_term_of(before))
    for session in calendar.sessions[calendar.index[before] :]:
        if _term(calendar.half_term_of(session)) != term:
            return session.date
    return calendar.sessions[-1].date + timedelta(days=1)


def _term(place: tuple[int, int]) -> tuple[int, int]:
    year, half = place
    return year, half // 2
