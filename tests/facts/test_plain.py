"""What the gates ask of a register: the threshold's table, what does not count and why, two schools."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.domain import Notice, NoticeKind, NoticeStatus, SchoolCalendar, Session
from casework.facts import Facts, Register, Run, Uncounted
from tests.registers_text import CODES, LIMITS, URN, calendar_of, marks_of, register, split_codes

HERE = r"/\ /\ /\ /\ /\ "
HOLIDAY = r"GG GG GG GG GG "
ILL = r"II II II II II "
LATE_ONCE = r"/\ /\ U\ /\ /\ "
HALF_TERM = r"## ## ## ## ## "
ONE_SESSION = r"## ## /# ## ## "
SATURDAY = r"/\ /\ /\ /\ /\ U\ "


@pytest.mark.parametrize(
    ("weeks", "counted"),
    [
        pytest.param([HOLIDAY], 10, id="ten in one week"),
        pytest.param([LATE_ONCE] * 9, 9, id="nine is not ten"),
        pytest.param([LATE_ONCE] * 10, 10, id="one a week for ten weeks"),
        pytest.param([LATE_ONCE] + [HERE] + [LATE_ONCE] * 9, 9, id="the eleventh week back drops out"),
        pytest.param([LATE_ONCE] * 5 + [HALF_TERM] + [LATE_ONCE] * 5, 10, id="half term uses no school week"),
        pytest.param([LATE_ONCE] * 5 + [ONE_SESSION] + [LATE_ONCE] * 5, 9, id="one session uses up a week"),
        pytest.param([SATURDAY] * 10, 10, id="a Saturday belongs to the week before it"),
        pytest.param([ILL], 0, id="illness is authorised"),
        pytest.param([r"C1C2 J1Y1 Y7Q D/ XL "], 0, id="no two-character code is unauthorised"),
        pytest.param([r"?? ?? ?? ?? ?? "], 0, id="a blank is never an absence"),
    ],
)
def test_missed(weeks: list[str], counted: int) -> None:
    facts = register("2024-09-02", *weeks)
    on = date(2024, 12, 20)

    school_weeks = facts.school_weeks_ending(on, LIMITS.threshold_school_weeks)

    assert len(facts.missed(CODES.threshold, school_weeks, on)) == counted
    assert facts.summary(on).threshold.sessions == counted


def test_two_character_codes_are_read_apart() -> None:
    assert split_codes("C1Y7") == ["C1", "Y7"]
    assert split_codes("CY") == ["C", "Y"]
    assert split_codes("?J1") == ["", "J1"]


@pytest.mark.parametrize(
    ("session", "reason"),
    [
        ("2024-09-02 AM", Uncounted.OFF_ROLL),
        ("2024-09-03 AM", Uncounted.NOT_COMPULSORY_AGE),
        ("2024-09-04 AM", Uncounted.OTHER_CODE),
        ("2024-09-05 AM", Uncounted.SPENT),
        ("2024-09-05 PM", Uncounted.CLOSED),
        ("2024-09-06 AM", None),
        ("2024-09-09 AM", Uncounted.LATER),
    ],
)
def test_an_absence_that_does_not_count_says_why(session: str, reason: Uncounted | None) -> None:
    marks = marks_of("2024-09-02", r"O\ O\ I\ OO OO ", r"O\ ")
    calendar = calendar_of([mark for mark in marks if str(mark.session) != "2024-09-05 PM"])
    spent = date(2024, 9, 5)
    spending = replace(FIRST_DAYS, issued_on=date(2024, 9, 6), period_from=spent, period_to=spent)
    facts = register(
        "2024-09-02",
        r"O\ O\ I\ OO O\ ",
        r"OO ",
        calendar=calendar,
        roll=((date(2024, 9, 3), None),),
        notices=(spending,),
        compulsory=(date(2024, 9, 4), date(2030, 6, 30)),
    )
    on = date(2024, 9, 6)
    weeks = facts.school_weeks_ending(on, 10)

    weighed = {str(item.session): item.uncounted for item in facts.weigh(CODES.threshold, weeks, on, "a")}

    assert weighed[session] == reason
    assert "2024-09-06 PM" not in weighed


def test_a_session_before_the_window_says_so() -> None:
    facts = register("2024-09-02", LATE_ONCE, *[HERE] * 10)
    on = facts.last_day

    (weighed,) = facts.weigh(CODES.threshold, facts.school_weeks_ending(on, 10), on)

    assert (str(weighed.session), weighed.uncounted) == ("2024-09-04 AM", Uncounted.OUTSIDE_WINDOW)


FIRST_DAYS = Notice(
    upn="A1",
    parent_id="a",
    kind=NoticeKind.PENALTY_NOTICE,
    la_code="352",
    issued_on=date(2024, 9, 9),
    period_from=date(2024, 9, 2),
    period_to=date(2024, 9, 4),
)


def notice(parent_id: str, **changes: Any) -> Notice:
    """A penalty notice for three days of the first week, but for these changes."""
    return replace(FIRST_DAYS, parent_id=parent_id, **changes)


@pytest.mark.parametrize(
    ("responsible", "notices", "left_for_all", "left_for_a"),
    [
        pytest.param("ab", [], 10, 10, id="nothing issued"),
        pytest.param("ab", [notice("a")], 10, 4, id="spent for one parent of two"),
        pytest.param("ab", [notice("a"), notice("b")], 4, 4, id="spent for both"),
        pytest.param("", [notice("a")], 10, 4, id="no parent known to be responsible: nothing is spent"),
        pytest.param("a", [notice("a", kind=NoticeKind.PROSECUTION)], 4, 4, id="a prosecution spends"),
        pytest.param("a", [notice("a", kind=NoticeKind.NOTICE_TO_IMPROVE)], 10, 10, id="an NTI does not"),
        pytest.param("a", [notice("a", issued_on=date(2024, 9, 14))], 10, 10, id="issued after the day"),
        pytest.param("a", [notice("a", public_place=True)], 10, 10, id="a public-place notice does not"),
        pytest.param(
            "a",
            [notice("a", status=NoticeStatus.WITHDRAWN, withdrawal_ground="ought_not")],
            4,
            4,
            id="withdrawn as it ought not to have been issued: still spent",
        ),
        pytest.param(
            "a",
            [notice("a", status=NoticeStatus.WITHDRAWN, withdrawal_ground="material_error")],
            10,
            10,
            id="withdrawn for a material error gives its sessions back",
        ),
        pytest.param("a", [notice("a", period_to=None)], 10, 10, id="no stated period spends nothing"),
    ],
)
def test_spent_sessions(responsible: str, notices: list[Notice], left_for_all: int, left_for_a: int) -> None:
    facts = register("2024-09-02", HOLIDAY, HERE, notices=tuple(notices), responsible=tuple(responsible))
    on = date(2024, 9, 13)
    weeks = facts.school_weeks_ending(on, 10)

    assert facts.summary(on).threshold.sessions == left_for_all
    assert len(facts.missed(CODES.threshold, weeks, on)) == left_for_all
    assert len(facts.missed(CODES.threshold, weeks, on, "a")) == left_for_a


# -- two schools ---------------------------------------------------------------------------------------------


def two_schools(old_weeks: list[str], new_weeks: list[str], moved_on: date) -> Facts:
    """A pupil on the old school's roll before a day and on the new school's from it."""
    old, new = marks_of("2024-09-02", *old_weeks), marks_of("2024-09-02", *new_weeks)
    before = date.fromordinal(moved_on.toordinal() - 1)
    registers = (
        Register("new", calendar_of(new), ((moved_on, None),), tuple(new)),
        Register("old", calendar_of(old), ((date(2020, 9, 1), before),), tuple(old)),
    )
    return Facts("A1", registers, CODES, LIMITS)


def test_a_mover_carries_unauthorised_sessions_to_the_new_school() -> None:
    facts = two_schools([LATE_ONCE] * 5 + [HERE] * 5, [LATE_ONCE] * 10, moved_on=date(2024, 10, 7))
    on = date(2024, 11, 8)

    weeks = facts.school_weeks_ending(on, 10)

    assert len(weeks) == 10
    assert len(facts.missed(CODES.threshold, weeks, on)) == 10
    assert facts.summary(on).threshold.sessions == 5
    assert facts.summary(on, "old").threshold.sessions == 5
    assert facts.at("old").missed(CODES.threshold, weeks, on)[0] == "2024-09-04 AM"


def test_a_week_is_a_school_week_by_the_school_attended_then() -> None:
    # The old school's half term came in week three, the new one's in week seven; the move was in week five.
    old = [HERE] * 2 + [HALF_TERM] + [HERE] * 7
    new = [HERE] * 6 + [HALF_TERM] + [HERE] * 3
    facts = two_schools(old, new, moved_on=date(2024, 9, 30))

    weeks = facts.school_weeks_ending(date(2024, 11, 8), 10)

    assert len(weeks) == 8
    assert date(2024, 9, 16) not in weeks
    assert date(2024, 10, 14) not in weeks


def test_weeks_off_every_roll_still_count() -> None:
    facts = register("2024-09-02", *[HERE] * 4, roll=((date(2024, 9, 23), None),))

    assert len(facts.school_weeks_ending(date(2024, 9, 27), 10)) == 4


def test_the_week_asked_about_counts_once_it_has_had_a_session() -> None:
    facts = register("2024-09-02", HERE, r"## ## /\ /\ /\ ")

    assert facts.school_weeks_ending(date(2024, 9, 10), 10) == (date(2024, 9, 2),)
    assert facts.school_weeks_ending(date(2024, 9, 11), 10) == (date(2024, 9, 2), date(2024, 9, 9))


# -- runs, blanks and the rest -------------------------------------------------------------------------------


def test_a_run_keeps_its_sessions_and_says_what_is_unmarked() -> None:
    facts = register("2024-09-02", r"/\ O? ## YY ?? ", r"GN XX /\ /\ /\ ")
    on = date(2024, 9, 10)

    run = facts.run(CODES.unauthorised_run, on)

    assert run == Run(days=2, longest=2, started_on=date(2024, 9, 3), unmarked=3)
    expected = ("2024-09-03 AM", "2024-09-09 AM", "2024-09-09 PM")
    assert facts.run_sessions(CODES.unauthorised_run, on) == expected
    assert facts.run(CODES.unauthorised_run, date(2024, 9, 11)) == Run(days=0, longest=2)
    assert facts.run_sessions(CODES.unauthorised_run, date(2024, 9, 11)) == ()


def test_unmarked_sessions_are_those_of_a_pupil_on_the_roll() -> None:
    facts = register("2024-09-02", r"?\ ?? /\ /? /\ ", roll=((date(2024, 9, 3), None),))
    weeks = facts.school_weeks_ending(date(2024, 9, 5), 10)

    assert facts.unmarked(weeks, date(2024, 9, 5)) == ("2024-09-03 AM", "2024-09-03 PM", "2024-09-05 PM")
    assert facts.unmarked((), date(2024, 9, 5)) == ()


def test_last_seen_is_a_mark_of_attendance_or_a_late_arrival() -> None:
    facts = register("2024-09-02", r"/\ UO OO II ?? ")

    assert str(facts.last_seen(date(2024, 9, 6))) == "2024-09-03 AM"
    assert register("2024-09-02", HOLIDAY).last_seen(date(2024, 9, 6)) is None


def test_before_the_first_session_everything_is_nought() -> None:
    summary = register("2024-09-02", HERE).summary(date(2024, 9, 1))

    assert summary.as_json()["year"] == {"possible": 0, "attended": 0, "authorised": 0, "unauthorised": 0}
    assert summary.as_json()["threshold"]["first_met"] is None
    assert summary.period is None


def test_a_measure_is_called_by_its_name() -> None:
    summary = register("2024-09-02", r"O\ /\ /\ /\ I\ ").summary(date(2024, 9, 6))

    assert (summary.measure("year.absent"), summary.measure("absent_by_weekday.friday")) == (2, 1)
    with pytest.raises(KeyError):
        summary.measure("year.percentage")


def test_an_unknown_school_is_an_error_and_no_other_school() -> None:
    facts = register("2024-09-02", HERE)

    assert facts.at(URN).registers == facts.registers
    with pytest.raises(KeyError):
        facts.summary(date(2024, 9, 6), "999999")


def test_illness_begins_once_across_a_hole_and_a_half_term() -> None:
    calendar = SchoolCalendar.of(
        (session, 0 if session < Session.parse("2024-09-09 AM") else 1)
        for session in calendar_of(marks_of("2024-09-02", HERE, HERE)).sessions
    )
    facts = register("2024-09-02", r"/\ /\ /\ II YY ", r"II /\ I? ?I /\ ", calendar=calendar)

    # The spell from the first half term began there; blanks and Y do not end a spell.
    assert facts.summary(date(2024, 9, 13)).illness_episodes_half_term == 1
    assert facts.summary(date(2024, 9, 6)).illness_episodes_half_term == 1
