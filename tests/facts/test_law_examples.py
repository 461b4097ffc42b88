"""The worked examples of the law (section 12) that are about counting, on its own calendar, by number."""

from datetime import date, timedelta

import pytest

from casework.domain import Half, Mark, Session
from casework.facts import Facts, Register
from tests.law_calendar import law_calendar
from tests.registers_text import CODES, LIMITS

CALENDAR = law_calendar()
PRESENT = {Half.AM: "/", Half.PM: "\\"}


def days(first: str, last: str) -> list[Session]:
    """Both sessions of every school day between two dates."""
    return list(CALENDAR.sessions_between(date.fromisoformat(first), date.fromisoformat(last)))


def from_session(first: str, count: int) -> list[Session]:
    """So many open sessions from one on."""
    place = CALENDAR.index[Session.parse(first)]
    return list(CALENDAR.sessions[place : place + count])


def facts_of(*spells: tuple[list[Session], str]) -> Facts:
    """A pupil who was present but for these sessions; each spell has one code, or one for each session."""
    codes = {session: PRESENT[session.half] for session in CALENDAR.sessions}
    for sessions, code in spells:
        entered = code.split() if " " in code else [code] * len(sessions)
        codes.update(zip(sessions, entered, strict=True))
    marks = tuple(Mark(session, code) for session, code in codes.items())
    return Facts("A1", (Register("1", CALENDAR, ((date(2026, 1, 1), None),), marks),), CODES, LIMITS)


THRESHOLD = [
    pytest.param(
        [(days("2026-07-10", "2026-07-10"), "O"), (days("2026-09-14", "2026-09-17"), "G")],
        "2026-09-17",
        (10, "2026-09-17 PM"),
        id="12.1 two before summer and eight after are within six school weeks",
    ),
    pytest.param(
        [(from_session("2026-09-07 AM", 9), "O")], "2026-11-06", (9, None), id="12.2 nine is not ten"
    ),
    pytest.param(
        [(from_session("2026-09-07 AM", 10), "G G G G U U U O O N")],
        "2026-11-06",
        (10, "2026-09-11 PM"),
        id="12.3 any mix of G U O N",
    ),
    pytest.param(
        [(days("2026-09-03", "2026-09-03"), "U"), (days("2026-11-16", "2026-11-19"), "O")],
        "2026-11-19",
        (8, None),
        id="12.4 the eleventh school week back is out, half term skipped",
    ),
    pytest.param(
        [(days("2026-09-03", "2026-09-03"), "U"), (days("2026-11-09", "2026-11-12"), "O")],
        "2026-11-12",
        (10, "2026-11-12 PM"),
        id="12.5 exactly ten school weeks",
    ),
    pytest.param(
        [(from_session("2026-09-07 AM", 10), "G G G G U U U O O I")],
        "2026-11-06",
        (9, None),
        id="12.8 an N amended to I takes it below",
    ),
    pytest.param(
        [(from_session("2026-09-07 AM", 21), "I " * 8 + "C2 " * 6 + "E " * 4 + "T T R")],
        "2026-11-06",
        (0, None),
        id="12.9 authorised absence counts for nothing",
    ),
    pytest.param(
        [(from_session("2026-09-07 AM", 20), "D " * 10 + "Y1 " * 4 + "Q " * 6)],
        "2026-11-06",
        (0, None),
        id="12.10 sessions not possible count for nothing",
    ),
    pytest.param(
        [(days("2026-07-03", "2026-07-03"), "O"), (days("2026-10-12", "2026-10-15"), "O")],
        "2026-10-15",
        (8, None),
        id="12.49 short weeks use up a school week each",
    ),
    pytest.param(
        [(days("2026-07-06", "2026-07-06"), "O"), (days("2026-10-12", "2026-10-15"), "O")],
        "2026-10-15",
        (10, "2026-10-15 PM"),
        id="12.50 one week later it is exactly ten",
    ),
]


@pytest.mark.parametrize(("spells", "on", "expected"), THRESHOLD)
def test_threshold(spells: list, on: str, expected: tuple[int, str | None]) -> None:
    facts = facts_of(*spells)
    day = date.fromisoformat(on)

    threshold = facts.summary(day).threshold

    first_met = str(threshold.first_met) if threshold.first_met else None
    assert (threshold.sessions, first_met) == expected
    weeks = facts.school_weeks_ending(day, LIMITS.threshold_school_weeks)
    missed = facts.missed(CODES.threshold, weeks, day)
    assert len(missed) == expected[0]
    assert tuple(map(str, threshold.counted)) == (missed if expected[0] >= 10 else ())


def test_12_1_uses_six_school_weeks() -> None:
    weeks = facts_of().school_weeks_ending(date(2026, 9, 17), 6)

    expected = ["2026-07-06", "2026-07-13", "2026-07-20", "2026-08-31", "2026-09-07", "2026-09-14"]
    assert [week.isoformat() for week in weeks] == expected


@pytest.mark.parametrize(
    ("session", "last_day"),
    [
        pytest.param("2026-09-07 AM", "2026-09-14", id="12.6 N on a Monday stands to the Monday after"),
        pytest.param("2026-10-22 AM", "2026-11-05", id="12.7 half term stops the clock"),
    ],
)
def test_unexplained_is_overdue_the_school_day_after_its_last(session: str, last_day: str) -> None:
    facts = facts_of(([Session.parse(session)], "N"))
    last = date.fromisoformat(last_day)

    assert facts.summary(last).overdue_n_sessions == 0
    assert facts.summary(last + timedelta(days=1)).overdue_n_sessions == 1


def test_12_10_leaves_no_possible_session() -> None:
    codes = "D " * 10 + "Y1 " * 4 + "Q " * 6
    first, last = date(2026, 9, 7), date(2026, 9, 18)

    counts = facts_of((days("2026-09-07", "2026-09-18"), codes)).counts(first, last)

    assert (counts.possible, counts.absent) == (0, 0)


def test_12_11_classes_every_code() -> None:
    codes = "/ " * 60 + "L " * 4 + "V " * 2 + "I " * 6 + "O " * 4 + "U " * 2 + "D " * 4 + "Y4 " * 2 + "# " * 4
    sessions = from_session("2026-09-02 AM", 88)

    counts = facts_of((sessions, codes)).counts(sessions[0].date, sessions[-1].date)

    assert (counts.attended, counts.authorised, counts.unauthorised, counts.possible) == (66, 6, 6, 78)


@pytest.mark.parametrize(
    ("possible", "absent", "persistent", "severe"),
    [
        pytest.param(120, 12, True, False, id="12.12 ten per cent exactly is persistent"),
        pytest.param(120, 11, False, False, id="12.12 eleven of 120 is not"),
        pytest.param(80, 40, True, True, id="12.13 half exactly is severe"),
        pytest.param(80, 39, True, False, id="12.13 thirty-nine of eighty is not"),
    ],
)
def test_levels_in_exact_integers(possible: int, absent: int, persistent: bool, severe: bool) -> None:
    sessions = from_session("2026-09-02 AM", possible)

    year = facts_of((sessions[:absent], "I")).summary(sessions[-1].date).year

    assert (year.possible, year.absent) == (possible, absent)
    assert (year.absent * 10 >= year.possible, year.absent * 2 >= year.possible) == (persistent, severe)


@pytest.mark.parametrize(
    ("spells", "on", "expected"),
    [
        pytest.param(
            [(days("2026-10-15", "2026-11-03"), "G")], "2026-11-03", 9, id="12.18 nine days the day before"
        ),
        pytest.param(
            [(days("2026-10-15", "2026-11-04"), "G " * 10 + "O " * 9 + "U")],
            "2026-11-04",
            10,
            id="12.18 the tenth school day, half term skipped",
        ),
        pytest.param(
            [
                (days("2026-10-12", "2026-10-16"), "O"),
                (days("2026-10-19", "2026-10-19"), "I"),
                (days("2026-10-20", "2026-11-02"), "O"),
            ],
            "2026-11-02",
            5,
            id="12.19 a day of illness breaks the run",
        ),
        pytest.param(
            [(days("2026-10-12", "2026-10-16"), "O"), (days("2026-10-19", "2026-10-20"), "Y1 Y1 D X"),
             (days("2026-10-21", "2026-11-02"), "O")],
            "2026-11-02",
            9,
            id="K23 days with no possible session are skipped and do not break",
        ),
    ],
)  # fmt: skip
def test_days_of_the_attendance_return(spells: list, on: str, expected: int) -> None:
    run = facts_of(*spells).summary(date.fromisoformat(on)).return_run

    assert run.days == expected


@pytest.mark.parametrize(
    ("spells", "days_and_longest"),
    [
        pytest.param([(days("2026-10-05", "2026-11-06"), "G O " * 20)], (20, 20), id="12.31 twenty days"),
        pytest.param(
            [(days("2026-10-05", "2026-11-06"), "O"), ([Session.parse("2026-10-14 PM")], "I")],
            (12, 12),
            id="12.32 one session of illness breaks it",
        ),
        pytest.param(
            [(days("2026-10-05", "2026-11-06"), "O"), ([Session.parse("2026-10-14 PM")], "U")],
            (12, 12),
            id="12.32 one U breaks it: the child was seen",
        ),
    ],
)  # fmt: skip
def test_days_of_ground_i(spells: list, days_and_longest: tuple[int, int]) -> None:
    run = facts_of(*spells).summary(date(2026, 11, 6)).unauthorised_run

    assert (run.days, run.longest) == days_and_longest
