"""Counting back from the six-month limit: the latest day still works, and the day after it does not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.calendar import add_working_days
from casework.policy.load import load
from casework.rules import deadlines
from tests.law_calendar import BANK_HOLIDAYS

ENGLAND = load("national")
D = date.fromisoformat
ON = D("2026-11-02")


def laid_at_the_earliest(issued_on: date) -> date:
    """When an information can be laid for a notice posted on a day and left unpaid, worked out forwards."""
    received = add_working_days(issued_on, 2, BANK_HOLIDAYS)
    barred_until = received + timedelta(days=28)
    return add_working_days(barred_until, 10, BANK_HOLIDAYS)


@given(st.dates(date(2026, 1, 5), date(2027, 3, 25)))
def test_the_last_safe_day_is_the_last(session_on: date) -> None:
    safe = deadlines.latest_safe_dates(ENGLAND, session_on, ON, BANK_HOLIDAYS)

    assert laid_at_the_earliest(safe.penalty_notice) <= safe.limit
    later = safe.penalty_notice + timedelta(days=1)
    while add_working_days(later - timedelta(days=1), 1, BANK_HOLIDAYS) != later:
        later += timedelta(days=1)
    assert laid_at_the_earliest(later) > safe.limit
    assert add_working_days(safe.referral, 10, BANK_HOLIDAYS) <= safe.limit
    assert add_working_days(safe.referral + timedelta(days=1), 10, BANK_HOLIDAYS) > safe.limit


@pytest.mark.parametrize(
    ("session_on", "limit", "referral", "notice"),
    [
        pytest.param("2026-09-17", "2027-03-17", "2027-03-03", "2027-02-01", id="12.25: an ordinary term"),
        pytest.param("2026-07-06", "2027-01-06", "2026-12-20", "2026-11-18", id="over Christmas"),
    ],
)
def test_counted_back(session_on: str, limit: str, referral: str, notice: str) -> None:
    safe = deadlines.latest_safe_dates(ENGLAND, D(session_on), ON, BANK_HOLIDAYS)

    assert safe == deadlines.SafeDates(D(session_on), D(notice), D(referral), D(limit))
