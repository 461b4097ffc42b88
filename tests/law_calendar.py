"""The fictional school of the worked examples of the law (section 12): its calendar, day for day."""

from datetime import date, timedelta

from casework.domain import Half, SchoolCalendar, Session

# The spring half term of 2026, its Easter and its summer half term are ours: the examples only fix the end.
HALF_TERMS = (
    (2, date(2026, 1, 5), date(2026, 2, 13)),
    (3, date(2026, 2, 23), date(2026, 3, 27)),
    (4, date(2026, 4, 13), date(2026, 5, 22)),
    (5, date(2026, 6, 1), date(2026, 7, 21)),
    (0, date(2026, 9, 2), date(2026, 10, 23)),
    (1, date(2026, 11, 2), date(2026, 12, 18)),
    (2, date(2027, 1, 4), date(2027, 2, 12)),
    (3, date(2027, 2, 22), date(2027, 3, 25)),
)
BANK_HOLIDAYS = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 1),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 3),
        date(2027, 5, 31),
    }
)


def law_calendar() -> SchoolCalendar:
    """The open sessions of the examples' school: Monday to Friday, two a day, bank holidays closed."""
    found = []
    for half_term, first, last in HALF_TERMS:
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day.weekday() < 5 and day not in BANK_HOLIDAYS:
                found += [(Session(day, half), half_term) for half in Half]
    return SchoolCalendar.of(found)
