"""The worked examples of the law (section 12) that are about gates, by number, the just-short case beside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.domain import Finding, NoticeStatus
from casework.domain import events as e
from casework.rules import (
    age,
    compulsory_age,
    deletion,
    improvement,
    notices,
    proceedings,
    public_place,
    returns,
    threshold,
)
from casework.rules.situation import Situation
from casework.stages import STEPS
from casework.stages.cme_report import STAGE as CME
from casework.stages.ladder import proposals
from casework.stages.penalty_notice import ISSUE, PUBLIC_PLACE
from casework.stages.penalty_notice import STAGE as REQUEST
from tests.situations import (
    CALENDAR,
    EWO,
    SUPPORTED,
    UPN,
    B,
    a_notice,
    decision,
    facts,
    head_of,
    not_appropriate,
    nti,
    situation,
    stopped,
    verdict,
)

MIXED = (
    "2026-09-07..2026-09-08 G; 2026-09-09 U; 2026-09-10 AM U; 2026-09-10 PM O; "
    "2026-09-11 AM O; 2026-09-11 PM "
)
FRIDAY_AND_WEEK = "2026-07-10 O; 2026-09-14..2026-09-17 G"


@pytest.mark.parametrize(
    ("on", "absences", "counted", "met_at"),
    [
        pytest.param("2026-09-17", FRIDAY_AND_WEEK, 10, "2026-09-17 PM", id="12.1 ten over the summer"),
        pytest.param(
            "2026-09-17", "2026-07-10 AM O; 2026-09-14..2026-09-17 G", 9, "", id="12.2 nine is not ten"
        ),
        pytest.param(
            "2026-09-11",
            MIXED + "N",
            10,
            "2026-09-11 PM",
            id="12.3 a mix of four codes",
        ),
        pytest.param(
            "2026-11-19", "2026-09-03 U; 2026-11-16..2026-11-19 O", 8, "", id="12.4 eleventh week back"
        ),
        pytest.param(
            "2026-11-12",
            "2026-09-03 U; 2026-11-09..2026-11-12 O",
            10,
            "2026-11-12 PM",
            id="12.5 ten school weeks",
        ),
        pytest.param(
            "2026-09-11",
            MIXED + "I",
            9,
            "",
            id="12.8 the N amended to I",
        ),
        pytest.param(
            "2026-10-02",
            "2026-09-07..2026-09-10 I; 2026-09-14..2026-09-16 C2; 2026-09-21..2026-09-22 E; "
            "2026-09-23 T; 2026-09-24 AM R",
            0,
            "",
            id="12.9 authorised absence never counts",
        ),
        pytest.param(
            "2026-10-02",
            "2026-09-07..2026-09-11 D; 2026-09-14..2026-09-15 Y1; 2026-09-21..2026-09-23 Q",
            0,
            "",
            id="12.10 not a possible session",
        ),
        pytest.param(
            "2026-10-15", "2026-07-03 O; 2026-10-12..2026-10-15 O", 8, "", id="12.49 eleven school weeks"
        ),
        pytest.param(
            "2026-10-15",
            "2026-07-06 O; 2026-10-12..2026-10-15 O",
            10,
            "2026-10-15 PM",
            id="12.50 ten school weeks",
        ),
    ],
)
def test_threshold(on: str, absences: str, counted: int, met_at: str) -> None:
    finding = threshold.reached(situation(on, absences))

    assert (len(finding.evidence), finding.holds) == (counted, bool(met_at))
    assert not met_at or (finding.evidence[9] == met_at and met_at in finding.says)


def prices(on: str, *ledger: Any, parent: Any = None) -> tuple[str, int, int | None]:
    asked = situation(on, notices=ledger, **({"parent": parent} if parent else {}))
    cost = notices.price(asked)
    return notices.two_in_three_years(asked).answer.value, cost.amount_pence, cost.reduced_pence


NOV_24, MAR_26 = a_notice("2024-11-04"), a_notice("2026-03-02")


@pytest.mark.parametrize(
    ("on", "ledger", "expected"),
    [
        pytest.param("2026-10-01", (), ("holds", 16000, 8000), id="no notice before: a first"),
        pytest.param("2026-10-01", (MAR_26,), ("holds", 16000, None), id="12.16 a second has no reduction"),
        pytest.param("2026-10-01", (NOV_24, MAR_26), ("fails", 16000, None), id="12.17a two in three years"),
        pytest.param(
            "2027-11-05", (NOV_24, MAR_26), ("holds", 16000, None), id="12.17b the older left: a second"
        ),
        pytest.param(
            "2027-11-04",
            (NOV_24, MAR_26),
            ("for_a_person", 16000, None),
            id="12.17 the exact anniversary: a person",
        ),
        pytest.param(
            "2026-10-01",
            (a_notice("2025-11-01", NoticeStatus.WITHDRAWN, ground="wrong_person"),),
            ("holds", 16000, 8000),
            id="12.20 a withdrawn notice does not count",
        ),
        pytest.param(
            "2026-10-01", (a_notice("2024-03-15"),), ("holds", 16000, 8000), id="12.21 the old scheme"
        ),
        pytest.param(
            "2026-10-01",
            (a_notice("2024-09-10", period=("2024-06-03", "2024-06-07")),),
            ("holds", 16000, 8000),
            id="3.4.9 issued after, for an offence before",
        ),
        pytest.param(
            "2026-10-01",
            (a_notice("2025-11-01", parent_id="B"),),
            ("holds", 16000, 8000),
            id="12.23 another parent's",
        ),
        pytest.param(
            "2026-10-01",
            (a_notice("2025-02-03"), a_notice("2026-02-02", None)),
            ("unknown", 16000, None),
            id="an outcome nobody knows",
        ),
        pytest.param(
            "2026-10-01",
            (a_notice("2025-02-03"), a_notice("2026-02-02", NoticeStatus.ACQUITTED)),
            ("for_a_person", 16000, None),
            id="3.4.7 an acquittal is for the authority",
        ),
        pytest.param(
            "2026-10-01",
            (a_notice("2025-02-03", NoticeStatus.UNPAID), a_notice("2026-02-02", NoticeStatus.CONVICTED)),
            ("fails", 16000, None),
            id="3.4.6 unpaid and convicted count",
        ),
    ],
)
def test_two_in_three_years(on: str, ledger: tuple[Any, ...], expected: tuple[str, int, int | None]) -> None:
    assert prices(on, *ledger) == expected


def test_12_23_parents_are_priced_apart() -> None:
    ledger = (a_notice("2025-11-03", parent_id="A"),)

    assert (prices("2026-10-01", *ledger)[2], prices("2026-10-01", *ledger, parent=B)[2]) == (None, 8000)


OTHER_CHILD = "A999999999999"


@pytest.mark.parametrize("child", [UPN, OTHER_CHILD], ids=["the first child", "the second child"])
def test_12_22_a_notice_for_each_parent_and_each_child(child: str) -> None:
    """Two parents and two children make four notices at £80 or £160: £320 a child, £160 if paid early."""
    holiday = situation(
        "2026-11-23", "2026-11-16..2026-11-20 G", not_appropriate("2026-11-23", ""), pupil={"upn": child}
    )

    considered = [p.parent_id for p in proposals(holiday) if p.stage is REQUEST and p.may_be_considered]
    costs = [notices.price(holiday.about(parent)) for parent in holiday.liable_parents]

    assert considered == ["A", "B"]
    assert sum(cost.amount_pence for cost in costs) == 32000
    assert sum(cost.reduced_pence or 0 for cost in costs) == 16000


def at_issue(s: Situation) -> dict[str, str]:
    return stopped(ISSUE, s)


def test_12_25_the_last_day_to_charge() -> None:
    last = "2026-09-17 O"

    assert proceedings.in_time(situation("2027-03-17", last)).holds
    late = proceedings.in_time(situation("2027-03-18", last))
    assert (late.answer.value, late.bars) == ("fails", True)


def test_12_26_no_session_no_offence() -> None:
    assert proceedings.in_time(situation("2026-09-10", "2026-08-31 O")).answer.value == "fails"


def test_12_25_session_by_session() -> None:
    found = proceedings.charges(situation("2027-03-16", "2026-09-15..2026-09-17 O"))

    assert [len(found.in_time), len(found.out_of_time)] == [4, 2]


def test_12_27_norfolk_fixes_the_last_day() -> None:
    assert improvement.last_day(situation("2026-10-05"), date(2026, 10, 5)) == date(2026, 11, 20)


TOLD = e.ParentTold(**head_of("2026-10-08"), parent_id="A", of=improvement.EARLY)


@pytest.mark.parametrize(
    ("absences", "told", "early", "answer"),
    [
        pytest.param("2026-10-07 AM U", True, "any", "for_a_person", id="12.28 told first: a person decides"),
        pytest.param("2026-10-07 AM U", False, "any", "fails", id="12.28 not told yet"),
        pytest.param("", True, "any", "fails", id="no breach: the period runs"),
        pytest.param("2026-10-07 AM U", True, "", "fails", id="the notice names no early grounds"),
    ],
)
def test_early(absences: str, told: bool, early: str, answer: str) -> None:
    events = (nti("2026-10-05", "2026-11-20", early=early), *((TOLD,) if told else ()))
    s = situation("2026-10-09", f"{absences}; 2026-09-14..2026-09-18 O", *events)

    assert improvement.outcome(s).answer.value == answer


def test_12_29_a_holiday_needs_no_notice_to_improve() -> None:
    s = situation("2026-11-23", "2026-11-16..2026-11-20 G")

    assert improvement.outcome(s).holds
    assert stopped(REQUEST, s) == {"support.offered": "fails", "support.outcome": "unknown"}


def test_12_29_nine_sessions_of_leave_and_one_late_is_no_holiday() -> None:
    s = situation("2026-11-23", "2026-11-16..2026-11-19 G; 2026-11-20 AM G; 2026-11-20 PM U")

    assert improvement.outcome(s).answer.value == "fails"


SHORT_HOLIDAYS = "2026-04-13..2026-04-14 G; 2026-09-07..2026-09-08 G; 2027-01-11..2027-01-12 G"


def test_12_30_short_holidays_are_never_proposed_but_the_authority_may() -> None:
    s = situation("2027-01-20", SHORT_HOLIDAYS, not_appropriate("2027-01-13"))

    assert not [p for p in proposals(s) if p.stage is REQUEST and p.may_be_considered]
    answers = {f.rule: f.answer.value for f in ISSUE.findings(s)}
    assert answers["penalty_notice.below_threshold"] == "for_a_person"
    enquiry = e.EnquiryMade(**head_of("2027-01-14"), enquiry=notices.ENQUIRY, parent_id="A", answer="none")
    known = situation("2027-01-20", SHORT_HOLIDAYS, not_appropriate("2027-01-13"), enquiry)
    assert stopped(ISSUE, known) == {}
    dates = {"period_from": "2026-09-07", "period_to": "2027-01-12"}
    issued = ISSUE.record(known, decision(ISSUE, known, EWO, details=dates))
    assert isinstance(issued, e.PenaltyNoticeIssued)
    assert issued.reduced_pence == 8000


def run_answers(s: Situation) -> list[str]:
    return [f.answer.value for f in deletion.ground_i(s)]


RUN = "2026-10-05..2026-11-06 O"


@pytest.mark.parametrize(
    ("on", "absences", "answers"),
    [
        pytest.param(
            "2026-11-06", RUN, ["holds", "for_a_person", "fails"], id="12.31 twenty school days: asked"
        ),
        pytest.param("2026-11-05", RUN, ["fails", "for_a_person", "fails"], id="12.31 nineteen are too few"),
        pytest.param(
            "2026-11-06", RUN + "; 2026-10-20 AM I", ["fails", "for_a_person", "fails"], id="12.32 one I"
        ),
        pytest.param(
            "2026-11-06", RUN + "; 2026-10-20 AM U", ["fails", "for_a_person", "fails"], id="12.32 one U"
        ),
        pytest.param(
            "2026-11-06", RUN + "; 2026-10-20 Y1", ["fails", "for_a_person", "fails"], id="K27 a day of Y1"
        ),
        pytest.param(
            "2026-11-06", RUN + "; 2026-10-20 AM ?", ["unknown", "for_a_person", "fails"], id="K27 a blank"
        ),
    ],
)
def test_ground_i(on: str, absences: str, answers: list[str]) -> None:
    assert run_answers(situation(on, absences)) == answers


def test_12_31_joint_enquiries_that_ended() -> None:
    ended = e.EnquiryMade(
        **head_of("2026-11-05"), enquiry="whereabouts", answer="not_found", joint_with_la=True
    )

    assert deletion.joint_enquiries(situation("2026-11-06", RUN, ended)).holds


@pytest.mark.parametrize(("on", "holds"), [("2026-11-06", False), ("2026-11-09", True)])
def test_12_33_ground_h_closes_after_ten_school_days(on: str, holds: bool) -> None:
    s = situation(on, "2026-10-12..2026-10-16 C; 2026-10-19..2026-11-09 O")

    assert deletion.ground_h(s, date(2026, 10, 16))[0].holds is holds


def test_12_33_back_is_back() -> None:
    s = situation("2026-11-09", "2026-10-12..2026-10-16 C; 2026-10-19..2026-11-05 O")

    assert not deletion.ground_h(s, date(2026, 10, 16))[0].holds


@pytest.mark.parametrize(
    ("on", "absences", "due"),
    [
        pytest.param("2026-11-04", "2026-10-15..2026-11-04 O", True, id="12.18 the tenth school day"),
        pytest.param("2026-11-03", "2026-10-15..2026-11-04 O", False, id="12.18 the ninth"),
        pytest.param(
            "2026-11-02",
            "2026-10-12..2026-10-16 O; 2026-10-19 I; 2026-10-20..2026-11-02 O",
            False,
            id="12.19 broken",
        ),
    ],
)
def test_attendance_return(on: str, absences: str, due: bool) -> None:
    found = returns.attendance(situation(on, absences))

    assert (found is not None) is due
    assert found is None or found.la_code == "926"


def test_12_53_to_the_authority_of_the_school() -> None:
    found = returns.attendance(
        situation("2026-11-04", "2026-10-15..2026-11-04 O", la_code="352", setting="academy")
    )

    assert found is not None
    assert found.la_code == "352"


def test_a_return_is_made_once_for_each_episode() -> None:
    s = situation("2026-11-04", "2026-10-15..2026-11-04 O")
    (waiting,) = returns.due(s)
    made = e.ReturnMade(
        **head_of("2026-11-04"), made=waiting.made, la_code="926", why=waiting.why, episode=waiting.episode
    )

    assert returns.due(situation("2026-11-06", "2026-10-15..2026-11-06 O", made)) == ()


NINE_DAYS_ILL = "2026-09-07..2026-09-17 I"


@pytest.mark.parametrize(
    ("expected", "due"),
    [pytest.param(8, True, id="12.35 nine and eight"), pytest.param(5, False, id="nine and five")],
)
def test_sickness_return_looks_forward(expected: int, due: bool) -> None:
    found = returns.sickness(situation("2026-11-02", NINE_DAYS_ILL), expected_days=expected)

    assert (found is not None) is due


def test_12_34_new_pupil_return() -> None:
    found = returns.new_pupil(situation("2026-09-03"), date(2026, 9, 3))

    assert found is not None
    assert found.due_on == date(2026, 9, 8)
    assert returns.new_pupil(situation("2026-09-03"), date(2026, 9, 3), most_junior_on_first_day=True) is None


@pytest.mark.parametrize(
    ("deleted_on", "due"),
    [pytest.param("2026-07-10", True, id="12.52a"), pytest.param("2026-07-22", False, id="12.52b")],
)
def test_deletion_return_of_a_leaver(deleted_on: str, due: bool) -> None:
    found = returns.deletion(situation(deleted_on), date.fromisoformat(deleted_on), most_senior_class=True)

    assert (found is not None) is due


@pytest.mark.parametrize(
    ("before_afternoon", "covered"),
    [
        pytest.param(True, ("2026-11-09", "2026-11-13"), id="12.36 excluded in the morning"),
        pytest.param(False, ("2026-11-10", "2026-11-16"), id="12.37 excluded in the afternoon"),
    ],
)
def test_public_place_days(before_afternoon: bool, covered: tuple[str, str]) -> None:
    found = public_place.days(
        situation("2026-11-09"), date(2026, 11, 9), before_afternoon=before_afternoon, length=7
    )

    assert (found[0].isoformat(), found[-1].isoformat(), len(found)) == (*covered, 5)


def test_12_38_a_public_place_notice_is_a_scheme_of_its_own() -> None:
    told = e.ParentTold(**head_of("2026-11-09"), parent_id="A", of=public_place.TOLD)
    s = situation("2026-11-20", "2026-11-09..2026-11-17 E", told)
    given = {
        "excluded_on": "2026-11-09",
        "excluded_before_afternoon": "yes",
        "days": "7",
        "found_on": "2026-11-11",
    }

    assert stopped(PUBLIC_PLACE, s) == {}
    issued = PUBLIC_PLACE.record(s, decision(PUBLIC_PLACE, s, EWO, details=given))

    assert isinstance(issued, e.PenaltyNoticeIssued)
    assert (issued.amount_pence, issued.reduced_pence) == (12000, 6000)
    later = situation("2026-12-01", "", told, issued)
    assert notices.counted_towards_limit(later).most == 0


@pytest.mark.parametrize(
    ("dob", "first"),
    [
        pytest.param("2019-02-10", "2024-03-31", id="12.39 after the birthday"),
        pytest.param("2021-08-31", "2026-08-31", id="12.40 on a prescribed day: the same day"),
        pytest.param("2021-09-01", "2026-12-31", id="12.41 the day after it"),
    ],
)
def test_compulsory_age_begins(dob: str, first: str) -> None:
    span = compulsory_age.span(situation("2026-10-01", pupil={"dob": date.fromisoformat(dob)}))

    assert span is not None
    assert span[0].isoformat() == first


@pytest.mark.parametrize(
    ("dob", "last"),
    [
        pytest.param("2007-09-23", "2024-06-28", id="12.42"),
        pytest.param("2008-08-31", "2024-06-28", id="sixteen after that Friday, before the next year"),
        pytest.param("2008-09-01", "2025-06-27", id="a year later"),
    ],
)
def test_compulsory_age_ends(dob: str, last: str) -> None:
    span = compulsory_age.span(situation("2026-10-01", pupil={"dob": date.fromisoformat(dob)}))

    assert span is not None
    assert span[1].isoformat() == last


@pytest.mark.parametrize(
    ("dob", "answer", "counted"),
    [
        pytest.param(date(2021, 9, 1), "fails", 0, id="12.41 reception, not yet five at the prescribed day"),
        pytest.param(date(2021, 8, 31), "holds", 10, id="12.40 of age"),
        pytest.param(None, "unknown", 10, id="birth date not known"),
    ],
)
def test_age_on_every_session(dob: date | None, answer: str, counted: int) -> None:
    s = situation("2026-10-16", "2026-10-12..2026-10-16 O", pupil={"dob": dob})

    finding = age.on_every_session(s)

    assert (finding.answer.value, len(threshold.reached(s).evidence)) == (answer, counted)
    assert finding.bars is (answer == "fails")


def test_12_39_sessions_before_the_first_term_are_for_a_person() -> None:
    s = situation("2026-03-27", "2026-03-23..2026-03-27 O", pupil={"dob": date(2021, 3, 24)})
    assert age.on_every_session(s).answer.value == "fails"

    s = situation("2026-04-14", "2026-03-31 O; 2026-04-13..2026-04-14 O", pupil={"dob": date(2021, 3, 24)})
    assert age.on_every_session(s).holds


@pytest.mark.parametrize(
    ("attended", "born", "answer"),
    [
        pytest.param(198, "2018-03-01", "holds", id="12.45 aged eight, 198 attendances: no exception"),
        pytest.param(199, "2018-03-01", "holds", id="12.45 one short of the floor"),
        pytest.param(200, "2018-03-01", "for_a_person", id="12.45 at the floor a person weighs it"),
        pytest.param(198, "2020-11-20", "holds", id="12.45 six on that very day"),
        pytest.param(198, "2020-11-21", "for_a_person", id="12.45 five: the floor is not asked"),
        pytest.param(198, None, "for_a_person", id="12.45 of an age nobody knows"),
    ],
)
def test_a_mobile_child(attended: int, born: str | None, answer: str) -> None:
    """Present until a day, then away: as many attendances in the twelve months as the example says."""
    here = CALENDAR.sessions_between(date(2026, 1, 5), date(2026, 11, 20))
    traveller = {"traveller": True, "dob": date.fromisoformat(born) if born else None}
    s = situation("2026-11-20", pupil=traveller)
    s = replace(s, facts=facts(dict.fromkeys(here[attended:], "T"), s.on))

    assert s.facts.counts(date(2025, 11, 20), s.on).attended == attended
    assert proceedings.mobile_child(s).answer.value == answer


def test_12_46_on_roll_is_never_missing_education() -> None:
    s = situation("2026-10-20", "2026-10-05..2026-10-20 O", parent=None)
    report = CME.record(s, decision(CME, s))

    assert returns.attendance(s) is not None
    assert isinstance(report, e.CmeReported)
    assert (report.report, report.last_seen_on) == ("missing_from_school", date(2026, 10, 2))


def test_off_roll_is_missing_education() -> None:
    s = situation("2026-10-20", parent=None)
    off = facts("", s.on, until=date(2026, 10, 1))
    s = situation("2026-10-20", parent=None, facts=off)

    report = CME.record(s, decision(CME, s))

    assert isinstance(report, e.CmeReported)
    assert report.report == "children_missing_education"


PN = e.PenaltyNoticeIssued(
    **head_of("2026-10-01", "ewo"),
    parent_id="A",
    reasons="Requested.",
    notice_id="PN1",
    la_code="926",
    issued_on=date(2026, 10, 1),
    period_from=date(2026, 9, 14),
    period_to=date(2026, 9, 18),
    tier=1,
    amount_pence=16000,
    reduced_pence=8000,
)
POSTED = e.DocumentServed(
    **head_of("2026-10-01"), document_id="PN1", method="first_class_post", posted_on=date(2026, 10, 1)
)
WITHDRAWN = e.PenaltyNoticeWithdrawn(
    **head_of("2026-11-05", "ewo"), notice_id="PN1", ground="not_contemplated"
)
PAID = e.PenaltyNoticePaid(
    **head_of("2026-10-20"), notice_id="PN1", amount_pence=8000, paid_on=date(2026, 10, 20)
)


@pytest.mark.parametrize(
    ("on", "events", "answer"),
    [
        pytest.param("2026-11-01", (PN, POSTED), "fails", id="12.14 still open for payment on day 28"),
        pytest.param("2026-11-02", (PN, POSTED), "holds", id="12.14 proceedings from the day after"),
        pytest.param("2026-11-02", (PN,), "unknown", id="nobody recorded how it was served"),
        pytest.param("2026-11-06", (PN, POSTED, PAID), "fails", id="paid: no conviction"),
        pytest.param("2026-11-06", (PN, POSTED, WITHDRAWN), "fails", id="12.47 withdrawn: no proceedings"),
    ],
)
def test_a_notice_and_court(on: str, events: tuple[Any, ...], answer: str) -> None:
    finding: Finding = proceedings.no_notice_bars(situation(on, "2026-09-14..2026-09-18 O", *events))

    assert (finding.answer.value, finding.bars) == (answer, answer == "fails")


def test_12_48_the_equality_question_is_asked_before_any_notice() -> None:
    s = situation("2026-09-25", "2026-09-07..2026-09-08 O; 2026-09-14..2026-09-16 U", *SUPPORTED)

    asked = {f.rule for f in REQUEST.findings(s) if f.answer.value == "for_a_person"}

    assert threshold.reached(s).holds
    assert "considerations.penalty_notice.equality_act" in asked
    assert "considerations.penalty_notice.equality_act" in stopped(REQUEST, s, answered=False)


def test_12_54_no_notice_for_an_independent_school() -> None:
    s = situation("2026-09-25", "2026-09-14..2026-09-21 G", setting="independent")

    finding = threshold.setting_in_scheme(s)

    assert finding.bars
    assert "prosecute" in finding.missing
    assert proceedings.in_time(s).holds


@pytest.mark.parametrize(
    ("on", "setting", "holds"),
    [
        pytest.param("2026-11-17", "special", [True, False], id="12.55 special school: consent first"),
        pytest.param(
            "2026-11-17", "maintained", [True, True], id="12.55 mainstream: once the day has passed"
        ),
        pytest.param("2026-11-16", "maintained", [False, True], id="12.55 not on the day itself"),
    ],
)
def test_home_education(on: str, setting: str, holds: list[bool]) -> None:
    s = situation(on, setting=setting)
    found = deletion.home_education(s, from_day=date(2026, 11, 16), in_writing=True, under_order=False)

    assert [f.holds for f in found] == holds


def test_a_word_is_no_notification() -> None:
    s = situation("2026-11-20")
    written, _ = deletion.home_education(s, from_day=date(2026, 11, 16), in_writing=False, under_order=False)

    assert written.bars


def test_a_verdict_is_signed_before_a_request() -> None:
    absences = "2026-09-14..2026-09-18 O; 2026-10-07 AM U"
    ended = situation("2026-11-23", absences, *SUPPORTED, nti("2026-10-05", "2026-11-20"))
    assert improvement.outcome(ended).answer.value == "unknown"

    signed = situation(
        "2026-11-23", absences, *SUPPORTED, nti("2026-10-05", "2026-11-20"), verdict("2026-11-23")
    )
    assert improvement.outcome(signed).holds
    assert threshold.reached(signed).holds


GATES: list[Callable[[Situation], Finding]] = list(dict.fromkeys(g for s in STEPS.values() for g in s.gates))


@pytest.mark.parametrize(
    "gate", GATES, ids=lambda gate: f"{gate.__module__.rpartition('.')[2]}.{gate.__name__}"
)
def test_every_gate_says_a_sentence(gate: Callable[[Situation], Finding]) -> None:
    finding = gate(situation("2026-10-16", "2026-10-12..2026-10-16 O"))

    assert finding.says[0].isupper() or finding.says[0].isdigit()
    assert finding.says.rstrip()[-1] in ".?"
    assert finding.rule
    assert finding.holds or finding.missing
