"""Every row of the law's table that is counted from a day, across what bends a count: days counted by hand.

The lengths and units below are typed from the law's table, not read from the policy: a row that counts
another unit, or a day more or fewer, fails here on at least one of the crossings.
"""

from datetime import date, timedelta

import pytest

from casework.policy.load import load
from casework.rules import deadlines
from tests.law_calendar import BANK_HOLIDAYS, law_calendar

CALENDAR = law_calendar()
D = date.fromisoformat
LAS = {"K07a": "926", "K07b": "352", "K07c": "825", "K07d": "808", "K42": "356"}

# row, clock, length, unit (SD, CD, WD: school, calendar, working days; SW school weeks; W, M, Y),
# whether the first day counts, and whether the person has the last day (then it fires the day after).
ROWS = [
    ("K04", "first_contact", 0, "SD", 0, True),
    ("K05", "resolve_n", 5, "SD", 0, True),
    ("K07a", "improvement_period", 6, "SW", 1, True),
    ("K07b", "improvement_period", 6, "W", 1, True),
    ("K07c", "improvement_period", 6, "W", 1, True),
    ("K07d", "improvement_period", 6, "SW", 1, True),
    ("K08", "deemed_service_first_class", 2, "WD", 0, True),
    ("K09", "penalty_notice_reduced", 21, "CD", 1, True),
    ("K10", "penalty_notice_full", 28, "CD", 1, True),
    ("K11", "proceedings_barred", 29, "CD", 1, False),
    ("K12", "prosecute_or_withdraw", 0, "CD", 0, False),
    ("K14", "public_place_reduced", 21, "CD", 1, True),
    ("K14", "public_place_full", 28, "CD", 1, True),
    ("K15", "prosecution_limit", 6, "M", 0, True),
    ("K16", "school_attendance_notice", 15, "CD", 1, True),
    ("K17", "reasons_for_no_order", 8, "W", 1, True),
    ("K18", "education_supervision_order", 1, "Y", 0, True),
    ("K19", "parenting_order", 12, "M", 0, True),
    ("K20", "parenting_programme", 3, "M", 0, True),
    ("K21", "new_pupil_return", 5, "CD", 0, True),
    ("K22", "deletion_return", 0, "CD", 0, True),
    ("K23", "attendance_return", 10, "SD", 1, False),
    ("K24", "attendance_return_interval", 1, "M", 0, False),
    ("K25", "sickness_return", 15, "SD", 1, False),
    ("K26", "deletion_ground_h", 10, "SD", 0, True),
    ("K27", "deletion_ground_i", 20, "SD", 1, False),
    ("K28", "register_retention", 6, "Y", 0, True),
    ("K29", "file_transfer", 5, "CD", 0, True),
    ("K30", "file_transfer_new_term", 5, "CD", 1, True),
    ("K31", "public_place_days", 5, "SD", 1, True),
    ("K32", "excluded_provision", 6, "SD", 1, False),
    ("K36", "social_care_response", 1, "WD", 0, True),
    ("K36a", "social_care_assessment", 45, "WD", 0, True),
    ("K37", "subject_access", 1, "M", 0, True),
    ("K38", "educational_record", 15, "SD", 0, True),
    ("K39", "data_complaint", 30, "CD", 0, True),
    ("K40", "statement_objection", 7, "CD", 0, True),
    ("K42", "attendance_contract_review", 4, "W", 0, False),
]
LAW_BEGAN_LATER = {("K39", "a bank holiday"): "2026-08-27"}
CROSSINGS = {
    "a half term": "2026-10-22",
    "a bank holiday": "2026-04-30",
    "the end of a term": "2026-12-17",
    "the end of the school year": "2026-07-20",
    "the end of the year": "2026-12-30",
}


def counted(start: date, end: date, unit: str, first_counts: int) -> int:
    """How many of a unit have passed at the end of a day, counted one day at a time."""
    days = [start + timedelta(days=n) for n in range(0 if first_counts else 1, (end - start).days + 1)]
    match unit:
        case "SD":
            return sum(CALENDAR.is_school_day(day) for day in days)
        case "WD":
            return sum(day.weekday() < 5 and day not in BANK_HOLIDAYS for day in days)
        case "CD":
            return len(days)
        case "W":
            return len(days) // 7
    months = (end.year - start.year) * 12 + end.month - start.month
    last_of_month = (end + timedelta(days=1)).day == 1
    months -= end.day < start.day and not last_of_month
    return months if unit == "M" else months // 12


def school_weeks_hold(start: date, end: date, weeks: int) -> bool:
    """Whether the period is that many Mondays-to-Sundays with school, to the day before the same weekday."""
    mondays = sorted({day - timedelta(days=day.weekday()) for day in CALENDAR.days_between(start, end)})
    into = start.weekday() if CALENDAR.is_school_day(start) or mondays[0] <= start else 0
    return len(mondays) in (weeks, weeks + (into > 0))


@pytest.mark.parametrize("crossing", CROSSINGS)
@pytest.mark.parametrize(("number", "clock", "length", "unit", "first", "last_is_theirs"), ROWS)
def test_the_day_before_is_too_few_the_day_enough_and_it_fires_on_its_day(
    number: str, clock: str, length: int, unit: str, first: int, last_is_theirs: bool, crossing: str
) -> None:
    start = D(LAW_BEGAN_LATER.get((number, crossing), CROSSINGS[crossing]))
    policy = load("national", LAS.get(number))
    rule = f"clocks.{clock}"
    assert policy.value(rule, start).number == number

    end = deadlines.due(policy, rule, start, CALENDAR, BANK_HOLIDAYS)

    if unit == "SW":
        assert school_weeks_hold(start, end, length)
        assert number != "K07a" or counted(start, end, "SD", first) <= 30
        assert CALENDAR.is_school_day(end)
    elif length == 0:
        assert end == start
    else:
        assert counted(start, end, unit, first) == length
        assert counted(start, end - timedelta(days=1), unit, first) < length
    fires = deadlines.fires_on(policy, rule, end)
    assert [fires <= end + timedelta(days=n) for n in (-1, 0, 1)] == [False, not last_is_theirs, True]


def test_every_row_that_is_counted_from_a_day_stands_above() -> None:
    england = load("national")
    timed = {
        key.partition(".")[2]
        for key in england.keys("clocks.")
        if england.value(key, D("2026-11-02")).kind not in deadlines.SHOWN_ONLY
    }

    assert timed - {row[1] for row in ROWS} == {
        "part_time_timetable_review",  # K41: the day agreed
        "deemed_service_second_class",  # counted by guidance, not a row of the law's table
    }
