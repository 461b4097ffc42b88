"""School days counted forwards, also where the calendar that a school has entered stops."""

from datetime import date

import pytest

from casework.domain.calendar import CalendarEnds
from tests.law_calendar import law_calendar

CALENDAR = law_calendar()
D = date.fromisoformat


@pytest.mark.parametrize(
    ("start", "count", "day"),
    [
        pytest.param("2026-10-22", 3, "2026-11-03", id="over half term"),
        pytest.param("2027-03-11", 10, "2027-03-25", id="the tenth is the last day entered"),
        pytest.param("2027-03-12", 10, "2027-03-26", id="one beyond it is a fortnight of days"),
        pytest.param("2027-03-25", 10, "2027-04-08", id="from the last day entered"),
        pytest.param("2027-07-01", 5, "2027-07-08", id="after all that was entered"),
    ],
)
def test_when_to_look_again(start: str, count: int, day: str) -> None:
    assert CALENDAR.some_school_days_on(D(start), count) == D(day)


def test_a_count_that_the_law_asks_for_is_never_guessed() -> None:
    with pytest.raises(CalendarEnds):
        CALENDAR.add_school_days(D("2027-03-12"), 10)
