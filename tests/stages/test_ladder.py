"""Which step may follow which, what is proposed for whom, and what a decision must give."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.domain import Event, StageName
from casework.domain import events as e
from casework.stages import STAGES, STEPS, DetailsMissing
from casework.stages.ladder import Move, Proposal, ladder_table, may_follow, proposals
from casework.stages.penalty_notice import ISSUE
from casework.stages.penalty_notice import STAGE as REQUEST
from casework.stages.prosecution_referral import DECIDE
from tests.situations import (
    EWO,
    MANCHESTER,
    SUPPORTED,
    A,
    B,
    a_case,
    a_parent,
    came_of,
    decision,
    head_of,
    not_appropriate,
    nti,
    offer,
    situation,
    stopped,
    verdict,
    with_value,
)

KEPT: dict[str, Any] = {"reasons": "Right for the family."}
NOTICED = e.NoticingStarted(**head_of("2026-09-07"), **KEPT)
HELPED = e.SupportiveActionsStarted(**head_of("2026-09-14"), **KEPT, plan="A bus pass")
CLOSED = e.CaseClosed(**head_of("2026-10-01"), outcome="improved", reason="Back every day.")
REOPENED = e.CaseReopened(**head_of("2026-10-05"), reason="Away again.")
PAUSED = e.CasePaused(**head_of("2026-10-01"), until=date(2026, 11, 1), reason="A funeral.")
BACK = e.CaseSteppedDown(**head_of("2026-10-20"), to_stage="supportive_actions", reason="Better.")
NTI = nti("2026-10-05", "2026-11-20")


@pytest.mark.parametrize(
    ("events", "step", "move"),
    [
        pytest.param((), "noticing", Move.NEXT, id="a new case is noticed"),
        pytest.param((), "penalty_notice", Move.SKIP, id="a holiday goes straight to the question"),
        pytest.param((NOTICED,), "supportive_actions", Move.NEXT, id="then helped"),
        pytest.param((NOTICED, HELPED), "notice_to_improve", Move.NEXT, id="a contract may be left out"),
        pytest.param((NOTICED, HELPED), "noticing", Move.BACK, id="back is a decision of its own"),
        pytest.param((NOTICED, HELPED), "supportive_actions", Move.AGAIN, id="done again"),
        pytest.param((NOTICED, NTI), "penalty_notice", Move.NEXT, id="after a notice to improve"),
        pytest.param((NOTICED, NTI, BACK), "notice_to_improve", Move.NEXT, id="up again after stepping down"),
        pytest.param((NOTICED, CLOSED), "supportive_actions", Move.NOT_NOW, id="a closed case takes no step"),
        pytest.param((NOTICED, CLOSED, REOPENED), "supportive_actions", Move.NEXT, id="until it is reopened"),
        pytest.param((NOTICED, PAUSED), "supportive_actions", Move.NOT_NOW, id="nor does a paused one"),
        pytest.param(
            (NOTICED, PAUSED), "cme_report", Move.BESIDE, id="but a report for safety goes at any time"
        ),
        pytest.param((NOTICED, CLOSED), "cme_report", Move.BESIDE, id="on a closed case too"),
        pytest.param((), "education_supervision_order", Move.BESIDE, id="an order runs beside the ladder"),
    ],
)
def test_moves(events: tuple[Event, ...], step: str, move: Move) -> None:
    assert may_follow(a_case(*events), STEPS[step]) is move


def found(
    on: str, absences: str, *events: Event, step: str, parent_id: str = "A", **changes: Any
) -> Proposal:
    offered = proposals(situation(on, absences, *events, **changes))
    (one,) = [p for p in offered if p.stage.key == step and p.parent_id == parent_id]
    return one


TEN = "2026-09-14..2026-09-18 O"
NTI_STEP = "notice_to_improve"


def test_each_liable_parent_is_weighed_apart() -> None:
    stranger = a_parent("C", parental_responsibility=False)
    offered = proposals(situation("2026-10-02", TEN, *SUPPORTED, parents=(A, B, stranger)))

    assert [p.parent_id for p in offered if p.stage.key == "notice_to_improve"] == ["A", "B"]
    assert [p.parent_id for p in offered if p.stage.key == "cme_report"] == [""]


def test_what_a_person_answers_and_what_must_first_hold_are_told_apart() -> None:
    """What stops a step is either a question for a person or lacking; never both, never neither."""
    weighed = found(
        "2026-10-02", TEN, e.BarrierFound(**head_of("2026-09-01"), barrier="sleep"), step=NTI_STEP
    )

    asks, lacks = {f.rule for f in weighed.asks}, {f.rule for f in weighed.lacks}
    assert "support.offered" in lacks
    assert "considerations.formal_step.equality_act" in asks
    assert asks | lacks == {f.rule for f in weighed.stopped_by}
    assert not asks & lacks
    assert {f.answer.value for f in weighed.asks} <= {"for_a_person", "holds"}


def test_what_is_missing_is_named() -> None:
    half = (
        e.BarrierFound(**head_of("2026-09-01"), barrier="transport"),
        e.BarrierFound(**head_of("2026-09-01"), barrier="sleep"),
        offer("2026-09-03"),
        came_of("2026-09-11", "declined"),
    )

    for_a = found("2026-10-02", TEN, *half, step="notice_to_improve")
    for_b = found("2026-10-02", TEN, *half, step="notice_to_improve", parent_id="B")

    assert "the barrier of sleep has no offer of support to Ms ParentA Fennimore yet" in for_a.missing[0]
    assert "transport" not in for_a.missing[0]
    assert "the barrier of transport has no offer of support to Ms ParentB Fennimore yet" in for_b.missing[0]


def test_an_offer_withdrawn_is_no_offer() -> None:
    events = (
        e.BarrierFound(**head_of("2026-09-01"), barrier="transport"),
        offer("2026-09-03"),
        came_of("2026-09-11", "withdrawn"),
    )

    assert not found("2026-10-02", TEN, *events, step="notice_to_improve").may_be_considered


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [("engaged", "for_a_person"), ("helped", "for_a_person"), ("did_not_attend", "holds"), ("", "unknown")],
)
def test_what_came_of_support(outcome: str, answer: str) -> None:
    events = (offer("2026-09-03"), *((came_of("2026-09-11", outcome),) if outcome else ()))
    one = found("2026-10-02", TEN, *events, step="notice_to_improve")

    assert {f.rule: f.answer.value for f in one.findings}["support.outcome"] == answer


@pytest.mark.parametrize(("offered_on", "answer"), [("2026-09-17", "for_a_person"), ("2026-09-16", "holds")])
def test_support_first_offered_just_before_a_request_is_flagged(offered_on: str, answer: str) -> None:
    """Thursday 1 October is the tenth school day after the 17th, and the eleventh after the 16th."""
    one = found("2026-10-01", TEN, offer(offered_on), came_of(offered_on, "declined"), step="penalty_notice")

    assert {f.rule: f.answer.value for f in one.findings}["support.first_offered_in_time"] == answer


def test_the_authoritys_step_waits_for_a_request() -> None:
    keys = {p.stage.key for p in proposals(situation("2026-10-02", TEN, *SUPPORTED))}

    assert {"penalty_notice_issue", "public_place_notice"}.isdisjoint(keys)


HOLIDAY = "2026-11-16..2026-11-20 G"
NO_SUPPORT = (not_appropriate("2026-11-23", ""),)


def test_request_then_issue_kept_apart() -> None:
    s = situation("2026-11-23", HOLIDAY, *NO_SUPPORT)
    request = REQUEST.record(s, decision(REQUEST, s))
    assert isinstance(request, e.PenaltyNoticeRequested)
    assert (request.route, request.la_code, request.period_to) == ("leave", "926", date(2026, 11, 20))
    assert len(request.findings) > 20
    assert len([item for item in request.evidence if item.startswith("2026-11-")]) == 10

    waiting = situation("2026-12-01", HOLIDAY, *NO_SUPPORT, request)
    assert stopped(REQUEST, waiting) == {"penalty_notice.none_waiting": "fails"}
    assert stopped(ISSUE, waiting) == {"penalty_notice.earlier_notices": "unknown"}

    asked = e.EnquiryMade(**head_of("2026-12-01"), enquiry="earlier_notices", parent_id="A", answer="none")
    known = situation("2026-12-02", HOLIDAY, *NO_SUPPORT, request, asked)
    assert stopped(ISSUE, known) == {}
    issued = ISSUE.record(known, decision(ISSUE, known, EWO))
    assert isinstance(issued, e.PenaltyNoticeIssued)
    assert (issued.tier, issued.amount_pence, issued.reduced_pence) == (1, 16000, 8000)
    assert (issued.period_from, issued.period_to) == (date(2026, 11, 16), date(2026, 11, 20))

    after = situation("2026-12-03", HOLIDAY, *NO_SUPPORT, request, asked, issued)
    assert "penalty_notice.threshold" in stopped(REQUEST, after)
    other = after.about(B)
    assert stopped(REQUEST, other) == {}


def test_an_unanswered_enquiry_is_chased_not_passed() -> None:
    request = e.PenaltyNoticeRequested(
        **head_of("2026-11-23"),
        **KEPT,
        parent_id="A",
        period_from=date(2026, 11, 16),
        period_to=date(2026, 11, 20),
    )
    asked = e.EnquiryMade(
        **head_of("2026-11-24"), enquiry="earlier_notices", parent_id="A", asked_of="LA 352"
    )

    assert stopped(ISSUE, situation("2026-12-01", HOLIDAY, *NO_SUPPORT, request, asked)) == {
        "penalty_notice.earlier_notices": "unknown"
    }


GIVEN = {
    "period_from": "2026-10-05",
    "improvement_test": "no further unauthorised absence",
    "early_grounds": "any unauthorised absence in the first two weeks",
    "further_support": "a bus pass\na place at breakfast club",
}
IMPROVE = STAGES[StageName.NOTICE_TO_IMPROVE]


def test_a_notice_to_improve_has_its_eight_parts_and_its_last_day() -> None:
    s = situation("2026-10-02", TEN, *SUPPORTED)
    assert stopped(IMPROVE, s) == {}

    notice = IMPROVE.record(s, decision(IMPROVE, s, details=GIVEN))

    assert isinstance(notice, e.NoticeToImproveIssued)
    assert (notice.period_to, notice.review_on) == (date(2026, 11, 20), date(2026, 11, 20))
    assert notice.further_support == ("a bus pass", "a place at breakfast club")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"further_support": ""}, "further support", id="no further support"),
        pytest.param({"improvement_test": " "}, "sufficient improvement", id="no test"),
        pytest.param({"early_grounds": ""}, "grounds", id="no early grounds"),
        pytest.param({"period_from": "2026-15-05"}, "2026-15-05 is not a date", id="an impossible date"),
        pytest.param(
            {"period_from": "2026-10-01"}, "before the notice is issued", id="begins before it is issued"
        ),
        pytest.param(
            {"period_to": "2026-11-13"}, "fixes the last day at 2026-11-20", id="not the local length"
        ),
    ],
)
def test_a_notice_to_improve_is_refused(changes: dict[str, str], fault: str) -> None:
    s = situation("2026-10-02", TEN, *SUPPORTED)

    with pytest.raises(DetailsMissing, match=fault):
        IMPROVE.record(s, decision(IMPROVE, s, details=GIVEN | changes))


def test_a_notice_without_a_parent_is_refused() -> None:
    s = situation("2026-10-02", TEN, *SUPPORTED)

    with pytest.raises(DetailsMissing, match="none was named"):
        IMPROVE.record(s, replace(decision(IMPROVE, s, details=GIVEN), parent_id=""))


def test_every_fault_is_named_at_once() -> None:
    s = situation("2026-10-02", TEN, *SUPPORTED)

    with pytest.raises(DetailsMissing) as refused:
        IMPROVE.record(s, replace(decision(IMPROVE, s), reasons=" "))

    assert len(refused.value.faults) == 5


def test_no_is_a_record_with_its_reasons() -> None:
    s = situation("2026-10-02", TEN, *SUPPORTED)

    declined = IMPROVE.record(s, decision(IMPROVE, s, yes=False))

    assert isinstance(declined, e.StepDeclined)
    assert (declined.stage, declined.parent_id) == ("notice_to_improve", "A")
    later = situation("2026-10-09", TEN, *SUPPORTED, declined)
    assert "notice_to_improve.outcome" not in stopped(REQUEST, later)


def test_where_the_authority_issues_notices_to_improve_a_person_says_so() -> None:
    s = situation("2026-10-02", TEN, *SUPPORTED, la_code=MANCHESTER)

    assert stopped(IMPROVE, s, answered=False)["la.notice_to_improve_issuer"] == "for_a_person"


def test_an_authority_whose_code_is_not_held_is_for_a_person() -> None:
    s = situation("2026-10-02", TEN, *SUPPORTED, la_code="999")

    assert stopped(IMPROVE, s, answered=False)["la.code_of_conduct"] == "for_a_person"


@pytest.mark.parametrize(
    ("absences", "answer"),
    [
        pytest.param(
            "2026-09-14..2026-09-17 O; 2026-09-18 N", "holds", id="Norfolk's switch is not known: N counts"
        ),
        pytest.param(
            "2026-09-14..2026-09-18 O; 2026-09-16 AM ?; 2026-09-21 AM O", "unknown", id="a blank inside"
        ),
        pytest.param(
            "2026-09-14..2026-09-18 O; 2026-09-23 AM ?", "holds", id="a blank after the last session"
        ),
    ],
)
def test_marks_are_final(absences: str, answer: str) -> None:
    answers = {f.rule: f.answer.value for f in REQUEST.findings(situation("2026-10-02", absences))}

    assert answers["register.marks_final"] == answer


def test_an_authority_that_refuses_n_gets_none() -> None:
    s = situation("2026-10-02", "2026-09-14..2026-09-17 G; 2026-09-18 N", *NO_SUPPORT)
    refusing = with_value(s, "penalty_notice.evidence_codes", codes=["G", "O", "U"])

    assert "register.marks_final" not in stopped(REQUEST, s)
    assert stopped(REQUEST, refusing)["register.marks_final"] == "fails"
    (one,) = [f for f in REQUEST.findings(refusing) if f.rule == "register.marks_final"]
    assert one.evidence == ("2026-09-18 AM", "2026-09-18 PM")
    assert not one.bars


def test_a_changed_mark_holds_the_next_step_until_somebody_looks() -> None:
    changed = e.MarkChanged(
        **head_of("2026-10-01"), session="2026-09-14 AM", was="O", now="I", changed_by="office", steps=("#3",)
    )
    looked = e.MarkChangeReviewed(**head_of("2026-10-02"), session="2026-09-14 AM", outcome="corrected back")

    s = situation("2026-10-02", TEN, *SUPPORTED, changed)
    assert stopped(IMPROVE, s) == {"register.changes_reviewed": "fails"}
    (one,) = [f for f in IMPROVE.findings(s) if f.rule == "register.changes_reviewed"]
    assert "2026-09-14 AM from O to I by office" in one.says
    assert stopped(IMPROVE, situation("2026-10-02", TEN, *SUPPORTED, changed, looked)) == {}


@pytest.mark.parametrize(
    "condition", ["death_of_pupil", "bereavement", "new_medical_evidence", "open_representation"]
)
def test_a_stop_pulls_everything_formal_back(condition: str) -> None:
    stop = e.StopNoted(**head_of("2026-09-30"), stop_id="S1", condition=condition)
    cleared = e.StopCleared(**head_of("2026-10-01"), stop_id="S1", reason="The family asked us to go on.")

    for stage in (STAGES[StageName.NOTICING], IMPROVE, REQUEST):
        assert "stop.none" in stopped(stage, situation("2026-10-02", TEN, *SUPPORTED, stop))
        assert "stop.none" not in stopped(stage, situation("2026-10-02", TEN, *SUPPORTED, stop, cleared))
    safe = STAGES[StageName.CME_REPORT]
    assert stopped(safe, situation("2026-10-02", TEN, stop)) == {}


@pytest.mark.parametrize(
    ("pupil", "told", "stops"),
    [
        pytest.param({"looked_after": True}, (), True, id="looked after, nobody asked"),
        pytest.param({"looked_after": True}, ("virtual_school",), True, id="virtual school alone"),
        pytest.param({"looked_after": True}, ("virtual_school", "social_worker"), False, id="both"),
        pytest.param({"social_worker": True}, (), True, id="a social worker nobody asked"),
        pytest.param({"social_worker": True}, ("social_worker",), False, id="a social worker asked"),
    ],
)
def test_consultation(pupil: dict[str, Any], told: tuple[str, ...], stops: bool) -> None:
    events = [
        e.ProfessionalTold(**head_of("2026-09-28"), professional_role=role, why="Before a notice.")
        for role in told
    ]

    assert (
        "professionals.consulted"
        in stopped(IMPROVE, situation("2026-10-02", TEN, *SUPPORTED, *events, pupil=pupil))
    ) is stops


def test_no_order_for_a_child_in_care() -> None:
    order = STAGES[StageName.EDUCATION_SUPERVISION_ORDER]
    s = situation("2026-10-02", TEN, pupil={"looked_after": True})
    (care,) = [f for f in order.findings(s) if f.rule == "education_supervision_order.available"]

    assert care.bars
    unknown = situation("2026-10-02", TEN, pupil={"looked_after": None})
    assert stopped(order, unknown)["education_supervision_order.available"] == "unknown"


def contract(s: Any, **changes: str) -> e.Event:
    stage = STAGES[StageName.ATTENDANCE_CONTRACT]
    given = {
        "requirements": "be at the bus stop at 8",
        "support": "a bus pass",
        "starts_on": "2026-10-05",
        "ends_on": "2026-12-18",
        "agreed_with": "A",
    }
    return stage.record(s, decision(stage, s, details=given | changes))


def test_a_contract_needs_a_parent_at_a_meeting() -> None:
    stage = STAGES[StageName.ATTENDANCE_CONTRACT]
    met = e.MeetingHeld(**head_of("2026-09-30"), meeting_id="M1", attended=("A",), absent=("B",))

    assert stopped(stage, situation("2026-10-02", TEN, parent=None)) == {
        "attendance_contract.meeting": "fails"
    }
    s = situation("2026-10-02", TEN, met, parent=None)
    assert stopped(stage, s) == {}
    agreed = contract(s)
    assert isinstance(agreed, e.AttendanceContractAgreed)
    assert agreed.agreed_with == ("A",)
    with pytest.raises(DetailsMissing, match="Z is not a contact"):
        contract(s, agreed_with="Z")
    with pytest.raises(DetailsMissing, match="cannot end"):
        contract(s, ends_on="2026-10-01")


def test_an_independent_school_makes_no_contract() -> None:
    stage = STAGES[StageName.ATTENDANCE_CONTRACT]

    assert "attendance_contract.settings" in stopped(
        stage, situation("2026-10-02", TEN, setting="independent")
    )
    special = situation("2026-10-02", TEN, setting="special")
    assert stopped(stage, special, answered=False)["attendance_contract.settings"] == "for_a_person"


COURT = STAGES[StageName.PROSECUTION_REFERRAL]
PN = e.PenaltyNoticeIssued(
    **head_of("2026-10-01", "ewo"),
    **KEPT,
    parent_id="A",
    notice_id="PN1",
    la_code="926",
    issued_on=date(2026, 10, 1),
    period_from=date(2026, 9, 14),
    period_to=date(2026, 9, 18),
    tier=1,
    amount_pence=16000,
    reduced_pence=8000,
)
SERVED = e.DocumentServed(
    **head_of("2026-10-01"), document_id="PN1", method="by_hand", served_on=date(2026, 10, 1)
)
NO_CONTRACT = e.StepDeclined(**head_of("2026-09-28"), **KEPT, parent_id="A", stage="attendance_contract")
ORDER = e.EducationSupervisionOrderDecided(
    **head_of("2026-10-30"), outcome="not_applied", reasons="Not the tool."
)


def checked(on: str) -> e.EnquiryMade:
    return e.EnquiryMade(
        **head_of(on), enquiry="payment_and_correspondence", parent_id="A", answer="nothing paid, no letters"
    )


UNPAID = (*SUPPORTED, NO_CONTRACT, PN, SERVED, ORDER)


@pytest.mark.parametrize(
    ("on", "events", "stops"),
    [
        pytest.param("2026-11-06", (*UNPAID, checked("2026-11-02")), {}, id="unpaid, checked, considered"),
        pytest.param(
            "2026-11-06",
            (*UNPAID, checked("2026-10-29")),
            {"prosecution.final_check": "fails"},
            id="checked six working days ago",
        ),
        pytest.param("2026-11-06", (*UNPAID, checked("2026-10-30")), {}, id="checked five working days ago"),
        pytest.param("2026-11-06", UNPAID, {"prosecution.final_check": "fails"}, id="never checked"),
        pytest.param(
            "2026-10-28",
            (*UNPAID, checked("2026-10-28")),
            {"prosecution.after_penalty_notice": "fails"},
            id="day 28 is still time to pay",
        ),
    ],
)
def test_court_as_the_last_resort(on: str, events: tuple[Event, ...], stops: dict[str, str]) -> None:
    assert stopped(COURT, situation(on, TEN, *events)) == stops


def test_a_referral_names_its_sessions_and_its_last_day() -> None:
    s = situation("2026-11-06", TEN, *UNPAID, checked("2026-11-05"))

    referred = COURT.record(s, decision(COURT, s, details={"offence": "s444_1"}))

    assert isinstance(referred, e.ProsecutionReferred)
    assert (referred.notice_id, referred.last_day, len(referred.evidence)) == ("PN1", date(2027, 3, 18), 10)


def test_the_authoritys_decision_is_a_record_of_its_own() -> None:
    s = situation("2026-11-06", TEN, *UNPAID, checked("2026-11-05"))
    referred = COURT.record(s, decision(COURT, s, details={"offence": "s444_1"}))
    waiting = situation("2026-11-12", TEN, *UNPAID, checked("2026-11-05"), referred)

    assert stopped(COURT, waiting) == {"prosecution.none_started": "fails"}
    assert [p.parent_id for p in proposals(waiting) if p.stage is DECIDE] == ["A"]
    assert stopped(DECIDE, waiting) == {}
    assert "considerations.prosecution_guidance.public_interest" in stopped(DECIDE, waiting, answered=False)
    decided = DECIDE.record(waiting, decision(DECIDE, waiting, EWO))
    assert isinstance(decided, e.ProsecutionDecided)
    assert (decided.outcome, len(decided.evidence)) == ("proceed", 10)
    no = DECIDE.record(waiting, decision(DECIDE, waiting, EWO, yes=False))
    again = situation("2026-11-12", TEN, *UNPAID, checked("2026-11-05"), referred, no)
    assert stopped(COURT, again) == {}

    late = situation("2026-11-13", TEN, *UNPAID, checked("2026-11-05"), referred)
    assert stopped(DECIDE, late) == {"prosecution.final_check": "fails"}


def test_the_authority_considers_an_order_before_it_prosecutes() -> None:
    without = (*UNPAID[:-1], checked("2026-11-05"))
    asked_only = e.EducationSupervisionOrderReferred(**head_of("2026-10-30"), **KEPT)
    s = situation("2026-11-06", TEN, *without, asked_only)
    key = "considerations.prosecution.education_supervision_order"

    assert stopped(DECIDE, s, answered=False)[key] == "for_a_person"
    assert key not in stopped(COURT, s, answered=False)


@pytest.mark.parametrize(("role", "considered"), [("ewo", True), ("headteacher", False)])
def test_only_the_authority_leaves_an_order_out(role: str, considered: bool) -> None:
    left_out = e.StepDeclined(
        **(head_of("2026-10-30") | {"role": role}), **KEPT, stage="education_supervision_order"
    )
    s = situation("2026-11-06", TEN, *UNPAID[:-1], checked("2026-11-05"), left_out)
    key = "considerations.prosecution.education_supervision_order"

    assert (key not in stopped(DECIDE, s, answered=False)) is considered


@pytest.mark.parametrize(
    ("last", "met"),
    [
        pytest.param("2026-10-16", True, id="the tenth school week counts with the first"),
        pytest.param("2026-10-23", False, id="the eleventh does not"),
    ],
)
def test_a_window_after_a_notice_to_improve_is_ten_school_weeks(last: str, met: bool) -> None:
    """Nine sessions in the week of 6 July; that of 12 October is the tenth school week (12.50)."""
    absences = f"2026-07-06..2026-07-09 O; 2026-07-10 AM O; {last} AM O"
    s = situation("2026-11-23", absences, *SUPPORTED, nti("2026-10-01", "2026-11-13"), verdict("2026-11-16"))

    assert ("penalty_notice.threshold" not in stopped(REQUEST, s)) is met


def test_order_and_contract_are_explored_first() -> None:
    s = situation("2026-11-06", TEN, *SUPPORTED, PN, SERVED, checked("2026-11-05"))

    assert stopped(COURT, s) == {"attendance_contract.explored": "fails"}
    unanswered = stopped(COURT, s, answered=False)
    assert "considerations.prosecution_guidance.contract_explored" in unanswered
    by_la = {f.rule: f.answer.value for f in COURT.findings(s)}
    assert by_la["considerations.prosecution.education_supervision_order"] == "for_a_person"


def test_improvement_ends_the_road() -> None:
    improved = situation(
        "2026-11-23", TEN, *SUPPORTED, nti("2026-10-05", "2026-11-20"), verdict("2026-11-23", "improved")
    )

    assert stopped(REQUEST, improved)["notice_to_improve.outcome"] == "fails"


def test_the_table_holds_every_step() -> None:
    table = ladder_table()

    assert len(table.splitlines()) == 2 + len(STEPS)
    for stage in STEPS.values():
        assert f"**{stage.title}**" in table
    assert "nothing but a hold that names it" in table
