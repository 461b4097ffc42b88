"""Two academic years of terms, training days and closures, from September 2025 to July 2027.

2026/27 is the calendar that the worked examples of the law reference use; all six schools share it. In
2025/26 the schools differ in their training days. Bank holidays are England's.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from casework.demo.schools import ACADEMY, INFANT, PROVISION, SECONDARY, TRAINING, DemoSchool
from casework.domain import Half, SchoolCalendar, Session
from casework.domain.calendar import academic_year_of

DEFAULT_UNTIL = date(2026, 11, 20)
TERM_NAMES = ("autumn", "spring", "summer")


@dataclass(frozen=True, slots=True)
class HalfTerm:
    """Half a term: `number` counts 0 to 5 in its academic year, `year` is the one in which that began."""

    year: int
    number: int
    starts_on: date
    ends_on: date


HALF_TERMS = (
    HalfTerm(2025, 0, date(2025, 9, 3), date(2025, 10, 24)),
    HalfTerm(2025, 1, date(2025, 11, 3), date(2025, 12, 19)),
    HalfTerm(2025, 2, date(2026, 1, 5), date(2026, 2, 13)),
    HalfTerm(2025, 3, date(2026, 2, 23), date(2026, 3, 27)),
    HalfTerm(2025, 4, date(2026, 4, 13), date(2026, 5, 22)),
    HalfTerm(2025, 5, date(2026, 6, 1), date(2026, 7, 21)),
    HalfTerm(2026, 0, date(2026, 9, 2), date(2026, 10, 23)),
    HalfTerm(2026, 1, date(2026, 11, 2), date(2026, 12, 18)),
    HalfTerm(2026, 2, date(2027, 1, 4), date(2027, 2, 12)),
    HalfTerm(2026, 3, date(2027, 2, 22), date(2027, 3, 25)),
    HalfTerm(2026, 4, date(2027, 4, 12), date(2027, 5, 28)),
    HalfTerm(2026, 5, date(2027, 6, 7), date(2027, 7, 21)),
)
BANK_HOLIDAYS = frozenset({date(2026, 5, 4), date(2027, 5, 3)})
"""Those that fall inside a half term; the others are in holidays anyway."""

_TRAINING_DAYS = (date(2025, 11, 28), date(2026, 1, 5), date(2026, 2, 23), date(2026, 6, 1))
_OWN_TRAINING_DAYS = {
    INFANT.urn: (date(2025, 11, 28), date(2026, 1, 5), date(2026, 6, 1), date(2026, 7, 21)),
    SECONDARY.urn: (date(2025, 11, 28), date(2026, 1, 5), date(2026, 4, 13), date(2026, 6, 1)),
    TRAINING.urn: (date(2025, 9, 3), date(2026, 1, 5), date(2026, 4, 13), date(2026, 7, 21)),
    ACADEMY.urn: (date(2025, 10, 24), date(2026, 1, 5), date(2026, 2, 23), date(2026, 6, 1)),
}
_CLOSED_AFTERNOONS = {
    PROVISION.urn: (date(2025, 12, 19),),
    TRAINING.urn: (date(2025, 12, 19), date(2026, 3, 27)),
}
FIRST_DAY = HALF_TERMS[0].starts_on
LAST_DAY_OF_YEAR = {2025: HALF_TERMS[5].ends_on, 2026: HALF_TERMS[11].ends_on}
FIRST_DAY_OF_YEAR = {2025: HALF_TERMS[0].starts_on, 2026: HALF_TERMS[6].starts_on}
LEAVING_DAY = date(2026, 6, 26)
"""The last Friday in June 2026, when Year 11 leaves."""


def training_days(school: DemoSchool) -> frozenset[date]:
    """Days inside a half term on which the school is closed to pupils so that staff can train."""
    return frozenset(_OWN_TRAINING_DAYS.get(school.urn, _TRAINING_DAYS))


def closed_sessions(school: DemoSchool) -> frozenset[Session]:
    """Single sessions on which the school is closed: the afternoon on which a term ends early."""
    return frozenset(Session(day, Half.PM) for day in _CLOSED_AFTERNOONS.get(school.urn, ()))


def school_days(school: DemoSchool) -> tuple[tuple[date, HalfTerm], ...]:
    """Every day the school opens, oldest first, with its half term."""
    closed = training_days(school) | BANK_HOLIDAYS
    found = []
    for half_term in HALF_TERMS:
        for offset in range((half_term.ends_on - half_term.starts_on).days + 1):
            day = half_term.starts_on + timedelta(days=offset)
            if day.weekday() < 5 and day not in closed:
                found.append((day, half_term))
    return tuple(found)


def calendar_of(school: DemoSchool) -> SchoolCalendar:
    """The school's open sessions of both years."""
    closed = closed_sessions(school)
    pairs = ((Session(day, half), term.number) for day, term in school_days(school) for half in Half)
    return SchoolCalendar.of(pair for pair in pairs if pair[0] not in closed)


def academic_year_text(day: date) -> str:
    """The academic year that holds a day, as files write it: `2025/26`."""
    year = academic_year_of(day)
    return f"{year}/{(year + 1) % 100:02d}"
