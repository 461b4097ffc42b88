"""Scenario S3: a holiday in term time, two parents, two children, two schools, one authority.

Step by step as the scenario numbers them. Dates are those of the law's worked calendar.
"""

from datetime import date

import pytest

from casework.actions import decide, la_answers, notices, reasons, support
from casework.actions.recording import Unclear
from casework.domain import Case, NotAllowed, NotFound, Notice, NoticeKind, NoticeStatus
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.rules import proceedings
from casework.storage import people
from casework.storage.database import Database
from tests.journeys.world import (
    EWO,
    HEAD,
    NORFOLK,
    NORTH,
    OTHER_EWO,
    OTHER_HEAD,
    OTHER_PASTORAL,
    PASTORAL,
    SOUTH,
    Child,
    World,
)
from tests.registers.book import upn

X = Child(upn(11), NORTH, "Rowan", "Thistlewood")
Y = Child(upn(12), SOUTH, "Bryony", "Thistlewood", dob="2016-02-03", year_group="6")
AWAY = "2026-11-16..2026-11-20 G"
NOVEMBER, REQUESTED, POSTED = date(2026, 11, 20), date(2026, 11, 23), date(2026, 12, 17)
REFUSED_BEFOREHAND = "The leave was asked for and refused in writing on 2 November."


def earlier(issued_on: str) -> Notice:
    """A notice that parent A had for child X before."""
    day = date.fromisoformat(issued_on)
    return Notice(X.upn, "A", NoticeKind.PENALTY_NOTICE, NORFOLK, day, None, None, NoticeStatus.PAID, day)


@pytest.fixture
def world(database: Database) -> World:
    """Both children away for a week; A has had two notices for X, of which the school was told."""
    world = World.of(database, NOVEMBER)
    world.schools(X, Y)
    for child in (X, Y):
        world.register(child, "2026-09-02", "2026-11-20", AWAY)
    world.bring_in(
        (
            "notices.csv",
            [
                "upn,contact_id,kind,la_code,issued_on,period_from,period_to,status,paid_on",
                f"{X.upn},A,pn,{NORFOLK},2024-11-04,2024-09-16,2024-09-20,paid,2024-11-20",
                f"{X.upn},A,pn,{NORFOLK},2026-03-02,2026-01-12,2026-01-16,paid,2026-03-10",
            ],
        )
    )
    return world


def holiday_cases(world: World) -> tuple[Case, Case]:
    """Step 1 and 2: the case of each child, leave refused beforehand, support decided not appropriate."""
    cases = []
    for child, pastoral, head in ((X, PASTORAL, HEAD), (Y, OTHER_PASTORAL, OTHER_HEAD)):
        case = world.open_case(child, pastoral, REFUSED_BEFOREHAND)
        case = decide.support_not_appropriate(
            world.inst, world.by(head), case.ref, reasons="A holiday: support would have changed nothing."
        )
        cases.append(case)
    return cases[0], cases[1]


def requested(world: World, case: Case, head: object, parent_id: str) -> Case:
    """The school's request about one parent."""
    return world.decide(head, case.ref, "penalty_notice", parent_id)  # type: ignore[arg-type]


def test_1_and_2_straight_to_the_question_and_no_notice_to_improve_is_demanded(world: World) -> None:
    x, _ = holiday_cases(world)

    asked = decide.ask(world.inst, HEAD, x.ref, "penalty_notice", NOVEMBER, "B")
    answers = {finding.rule: finding for finding in asked.findings}

    assert answers["penalty_notice.threshold"].holds
    assert len(answers["penalty_notice.threshold"].evidence) == 10
    assert answers["notice_to_improve.outcome"].holds
    assert "holiday" in answers["notice_to_improve.outcome"].says
    to_improve = decide.ask(world.inst, HEAD, x.ref, "notice_to_improve", NOVEMBER, "B")
    assert "penalty-notice question, asked directly" in " ".join(f.missing for f in to_improve.stopped_by)


def test_3_two_notices_in_three_years_bar_a_third_for_that_parent_and_child_alone(world: World) -> None:
    x, y = holiday_cases(world)
    world.day = REQUESTED

    with pytest.raises(StepRefused) as refused:
        requested(world, x, HEAD, "A")

    assert "another tool; a notice is possible again from 5 November 2027" in str(refused.value)
    assert [f.rule for f in refused.value.findings] == ["penalty_notice.limit"]  # type: ignore[attr-defined]
    why = {p.parent_id: p for p in reasons.explained(world.inst, HEAD, x.ref, world.day).parents}
    assert (why["A"].earlier_notices, why["A"].next_notice_possible_on) == (2, date(2027, 11, 5))
    assert (why["B"].earlier_notices, why["B"].tier) == (0, 1)
    assert decide.ask(world.inst, HEAD, x.ref, "prosecution_referral", world.day, "A").findings
    requested(world, y, OTHER_HEAD, "A")  # 12.24: the same parent, another child: a first notice


def test_4_the_schools_request_goes_and_the_authoritys_issue_waits_for_the_answer(world: World) -> None:
    x, _ = holiday_cases(world)
    world.day = REQUESTED
    requested(world, x, HEAD, "B")
    world.day = date(2026, 12, 16)

    with pytest.raises(StepRefused, match="an answer from the authorities where the family lived"):
        world.decide(EWO, x.ref, "penalty_notice_issue", "B")
    la_answers.ask_about_earlier_notices(
        world.inst, world.by(EWO), x.ref, parent_id="B", asked_of="LA 352", reply_by=date(2026, 12, 18)
    )
    with pytest.raises(StepRefused, match="an answer"):
        world.decide(EWO, x.ref, "penalty_notice_issue", "B")
    chased = la_answers.answer_about_earlier_notices(
        world.inst, world.by(EWO), x.ref, parent_id="B", asked_of="LA 352", answer="none"
    )
    issued = world.decide(EWO, x.ref, "penalty_notice_issue", "B").of(e.PenaltyNoticeIssued)[-1]

    assert not [task for task in chased.open_tasks if "LA 352" in task.title]
    assert (issued.tier, issued.amount_pence, issued.reduced_pence) == (1, 16000, 8000)
    assert (issued.period_from, issued.period_to) == (date(2026, 11, 16), NOVEMBER)


def issued(world: World, case: Case, head: object, parent_id: str) -> Case:
    """Requested, asked about elsewhere, and issued by the authority on the day of the posting."""
    world.day = max(world.day, REQUESTED)
    requested(world, case, head, parent_id)
    chase_on = date(2026, 12, 18)
    la_answers.ask_about_earlier_notices(
        world.inst, world.by(EWO), case.ref, parent_id=parent_id, asked_of="LA 352", reply_by=chase_on
    )
    la_answers.answer_about_earlier_notices(
        world.inst, world.by(EWO), case.ref, parent_id=parent_id, asked_of="LA 352", answer="none"
    )
    world.day = POSTED
    return world.decide(EWO, case.ref, "penalty_notice_issue", parent_id)


def posted(world: World, case: Case, notice_id: str) -> Case:
    """Posted first class that day."""
    return notices.serve_notice(
        world.inst,
        world.by(EWO),
        case.ref,
        notice_id=notice_id,
        method="first_class_post",
        posted_on=world.day,
    )


def test_5_to_7_served_paid_withdrawn_and_unpaid_each_for_one_parent_of_one_child(world: World) -> None:
    x, y = holiday_cases(world)
    # 5. B-X and A-Y are posted on Thursday 17 December; B-Y a day later, held up by neither.
    bx = posted(world, issued(world, x, HEAD, "B"), "PN1")
    ay = posted(world, issued(world, y, OTHER_HEAD, "A"), "PN1")
    by_ = issued(world, y, OTHER_HEAD, "B")
    world.day = date(2026, 12, 18)
    by_ = posted(world, by_, "PN2")

    # 6. Served on Monday 21 December; £80 to Sunday 10 January, £160 to Sunday 17, court from Monday 18.
    stands = notices.notices_of(world.inst, EWO, bx.ref, world.day)[0]
    assert (stands.served_on, stands.reduced_until) == (date(2026, 12, 21), date(2027, 1, 10))
    assert (stands.payable_until, stands.proceedings_from) == (date(2027, 1, 17), date(2027, 1, 18))
    assert notices.notices_of(world.inst, EWO, y.ref, world.day)[1].served_on == date(2026, 12, 22)

    # 7. One is paid on its fifteenth day: part of the sum, or the sum after its day, settles nothing.
    world.day = date(2027, 1, 4)
    for amount, fault in ((4000, "less than the £80.00 due"), (16000, "more than the £80.00 due")):
        with pytest.raises(Unclear, match=fault):
            notices.pay_notice(
                world.inst, world.by(EWO), bx.ref, notice_id="PN1", amount_pence=amount, paid_on=world.day
            )
    bx = notices.pay_notice(
        world.inst, world.by(EWO), bx.ref, notice_id="PN1", amount_pence=8000, paid_on=world.day
    )
    assert {s.outcome for s in bx.of(e.ClockStopped)} == {"paid"}
    world.day = date(2027, 1, 20)
    with pytest.raises(StepRefused) as barred:
        world.decide(HEAD, bx.ref, "prosecution_referral", "B", offence="s444_1")
    assert "prosecution.after_penalty_notice" in {f.rule for f in barred.value.findings}  # type: ignore[attr-defined]

    # One is withdrawn, for it named the wrong person: it counts for nothing, and frees no session.
    ay = notices.withdraw_notice(
        world.inst, world.by(EWO), ay.ref, notice_id="PN1", ground="wrong_person", says="A was abroad."
    )
    about_a = world.about(EWO, ay.ref, "A")
    assert proceedings.charges(about_a).in_time == ()
    assert reasons.explained(world.inst, EWO, ay.ref, world.day).parents[0].earlier_notices == 0
    with pytest.raises(StepRefused, match="none of the 10 sessions"):
        requested(world, ay, OTHER_HEAD, "A")

    # One is unpaid: prosecute or withdraw, and payment and letters looked at within five working days.
    assert notices.notices_of(world.inst, EWO, by_.ref, world.day)[1].state == "unpaid"
    with pytest.raises(StepRefused, match="look for payment, part payment and unanswered letters"):
        world.decide(EWO, by_.ref, "prosecution_referral", "B", offence="s444_1")
    world.decide(EWO, by_.ref, "education_supervision_order", yes=False, reasons="Not the tool here.")
    world.decide(OTHER_HEAD, by_.ref, "attendance_contract", yes=False, reasons="Both parents refused one.")
    for checked, fits in ((date(2027, 1, 12), False), (date(2027, 1, 13), True)):
        world.day = checked
        support.enquiry(
            world.inst,
            world.by(OTHER_PASTORAL),
            by_.ref,
            enquiry="payment_and_correspondence",
            answer="nothing came",
            parent_id="B",
        )
        world.day = date(2027, 1, 20)
        asked = decide.ask(world.inst, EWO, by_.ref, "prosecution_referral", world.day, "B")
        assert {f.rule: f.holds for f in asked.findings}["prosecution.final_check"] is fits
    referred = world.decide(EWO, by_.ref, "prosecution_referral", "B", offence="s444_1")
    assert referred.of(e.ProsecutionReferred)[-1].notice_id == "PN2"
    decided = world.decide(EWO, by_.ref, "prosecution_decision", "B", reasons="It is in the public interest.")
    assert decided.of(e.ProsecutionDecided)[-1].outcome == "proceed"
    ended = la_answers.end_prosecution(
        world.inst, world.by(EWO), by_.ref, parent_id="B", outcome="convicted", reasons="A plea of guilty."
    )
    assert ended.of(e.ProsecutionDecided)[-1].outcome == "convicted"
    with world.inst.act(EWO) as tx:
        kept = {(n.kind, n.status) for n in people.notices(tx, (Y.upn,)) if n.parent_id == "B"}
    assert (NoticeKind.PROSECUTION, NoticeStatus.CONVICTED) in kept


def test_7_an_unpaid_notice_is_withdrawn_where_no_court_is_contemplated(world: World) -> None:
    x, _ = holiday_cases(world)
    case = posted(world, issued(world, x, HEAD, "B"), "PN1")

    def withdrawn() -> Case:
        return notices.withdraw_notice(
            world.inst,
            world.by(EWO),
            case.ref,
            notice_id="PN1",
            ground="not_contemplated",
            says="No court action is contemplated.",
        )

    world.day = date(2027, 1, 17)
    with pytest.raises(Unclear, match="can still be paid"):
        withdrawn()
    world.day = date(2027, 1, 18)
    after = withdrawn()

    assert [c.outcome for c in after.of(e.ClockStopped)] == ["withdrawn"] * 4
    assert proceedings.charges(world.about(EWO, case.ref, "B")).in_time == ()


def test_7_the_ledger_tells_every_other_case_what_became_of_a_notice(world: World) -> None:
    x, _ = holiday_cases(world)
    case = posted(world, issued(world, x, HEAD, "B"), "PN1")
    world.day = date(2027, 1, 4)
    notices.pay_notice(
        world.inst, world.by(EWO), case.ref, notice_id="PN1", amount_pence=8000, paid_on=world.day
    )

    with world.inst.act(EWO) as tx:
        kept = [n for n in people.notices(tx, (X.upn,)) if n.parent_id == "B"]

    assert [(n.status, n.issued_on, n.paid_on) for n in kept] == [(NoticeStatus.PAID, POSTED, world.day)]


def test_neither_school_sees_the_others_child_and_another_authority_acts_for_neither(world: World) -> None:
    x, y = holiday_cases(world)
    case = issued(world, x, HEAD, "B")

    with pytest.raises(NotFound):
        decide.situation(world.inst, HEAD, y.ref, world.day)
    with pytest.raises(NotFound):
        decide.situation(world.inst, OTHER_PASTORAL, x.ref, world.day)
    with pytest.raises(NotFound):
        notices.serve_notice(
            world.inst,
            world.by(OTHER_EWO),
            case.ref,
            notice_id="PN1",
            method="first_class_post",
            posted_on=world.day,
        )
    with pytest.raises(NotAllowed, match="act for the LA"):
        notices.withdraw_notice(
            world.inst, world.by(HEAD), case.ref, notice_id="PN1", ground="ought_not", says="We regret it."
        )
