"""The rest of the term at the demo's schools: ordinary cases, letters made whole, a corrected mark, the LA.

Each act goes through the same doors as everybody's, under a key of its own, as in `acts`.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.actions import (
    cases,
    decide,
    importing,
    la_answers,
    letters,
    notices,
    outcomes,
    safeguarding,
    stops,
    support,
    triage,
)
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.demo import answers, story
from casework.demo.desk import Desk, desk_of, open_case, parents_of
from casework.demo.officers import EWOS, at
from casework.demo.schools import SCHOOLS
from casework.demo.story import Story
from casework.domain import Case, Half, Officer, Role, Session
from casework.domain import events as e

NOTICE_OFFICE = {
    "la_address": "Attendance team\n1 Invented Square\nNowhere\nZZ1 1ZZ",
    "la_phone": "01632 960 400",
    "how_to_pay": "Online, with the number of this notice\nBy telephone, with a bank card",
}
"""Where the demo's authority is written to and paid: invented, like everything else here."""
WITH_CONTRACTS = (story.NORFOLK_NTI, story.SEVERE_ACADEMY, story.SEVERE_PRIMARY)


# -- ordinary cases ------------------------------------------------------------------------------------------


def _ordinary(inst: Installation, urn: str) -> list[Case]:
    """The cases of a school that its pastoral lead accepted and that no storyline is about, in that order."""
    officer = at(urn, "pastoral")
    taken = [waiting.item for waiting in triage.listed(inst, officer, urn)]
    refs = [item.case_ref for item in taken if item.case_ref and item.upn not in story.BY_UPN]
    return [cases.load(inst, officer, ref) for ref in refs]


def ring_families(inst: Installation, on: date) -> None:
    """A call to each family, what keeps the child away, and an offer of help to a parent."""
    for school in SCHOOLS:
        for place, case in enumerate(_ordinary(inst, school.urn)):
            desk = Desk(inst, at(school.urn, "pastoral"), case.ref, on, case.ref)
            parents = decide.situation(inst, desk.officer, case.ref, on).liable_parents
            reached = place % 3 != 2
            support.contact(
                inst,
                desk.by("call"),
                case.ref,
                method="call",
                outcome="spoken" if reached else "left_message",
                parent_id=parents[0].contact_id if parents else "",
                says="They are glad somebody asked." if reached else "Asked them to ring when they can.",
            )
            if not reached or not parents:
                continue
            named, offered = _BARRIERS[place % len(_BARRIERS)]
            support.barrier(inst, desk.by("barrier"), case.ref, named)
            for parent in parents:
                support.offer(
                    inst,
                    desk.by(f"offer {parent.contact_id}"),
                    case.ref,
                    barrier=named,
                    offer=offered,
                    parent_id=parent.contact_id,
                    given_by="The pastoral team",
                )


_BARRIERS = (
    ("Hard to get up after bad nights", "A later start for two weeks, and a talk with the school nurse"),
    ("Fell out with friends", "A lunchtime club with a new group"),
    ("Getting there on time with a baby in the house", "A walking bus from the end of the road"),
)


def help_begins(inst: Installation, on: date) -> None:
    """A plan of help for the first family of each school that took one up."""
    for school in SCHOOLS:
        for case in _ordinary(inst, school.urn)[:2]:
            if not case.of(e.SupportOffered):
                continue
            desk = Desk(inst, at(school.urn, "pastoral"), case.ref, on, case.ref)
            desk.decide(
                "supportive_actions",
                "The family wants this help, and we can give it from Monday.",
                role=Role.PASTORAL_LEAD,
                plan="The help offered, a named adult at the door, and a call each Friday.",
            )
            _complete(inst, desk, {**_AGREED, "meeting_on": on.isoformat()})


def reviews_held(inst: Installation, on: date) -> None:
    """Each family's first review, in the child's and the parents' words, with the day of the next."""
    for school in SCHOOLS:
        for place, case in enumerate(_ordinary(inst, school.urn)):
            desk = Desk(inst, at(school.urn, "pastoral"), case.ref, on, case.ref)
            better = place % 2 == 0
            for offer, outcome in case.offers:
                if outcome is None:
                    support.offer_outcome(
                        inst,
                        desk.by(f"outcome {offer.offer_id}"),
                        case.ref,
                        offer_id=offer.offer_id,
                        outcome="helped" if better else "engaged",
                    )
            cases.hold_review(
                inst,
                desk.by("review"),
                case.ref,
                outcome="Better weeks" if better else "Some good weeks, some not",
                pupil_view="It is easier when someone is waiting for me." if better else "Mondays are bad.",
                parent_views="The call on Fridays keeps us going.",
                next_review_on=date(2026, 12, 4),
            )


def better_news(inst: Installation, on: date) -> None:
    """At each school one family needs less than before, and one case is closed because the child is back."""
    for school in SCHOOLS:
        for case in _ordinary(inst, school.urn):
            desk = Desk(inst, at(school.urn, "pastoral"), case.ref, on, case.ref)
            if case.of(e.SupportiveActionsStarted):
                outcomes.step_down(
                    inst,
                    desk.by("step down"),
                    case.ref,
                    to_stage="noticing",
                    reason="Four full weeks; the family manages with the Friday call alone.",
                )
                break
    for school in SCHOOLS:
        for case in _ordinary(inst, school.urn)[1:2]:
            desk = Desk(inst, at(school.urn, "pastoral"), case.ref, on, case.ref)
            cases.close(
                inst,
                desk.by("close"),
                case.ref,
                outcome="improved",
                reason="Back every day since half term, and happy. We look again after Christmas.",
            )


# -- letters made whole --------------------------------------------------------------------------------------


def complete_plans(inst: Installation, on: date) -> None:
    """What the meeting agreed is written into the plans and contracts, which are then sent."""
    for child in WITH_CONTRACTS:
        desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
        _complete(inst, desk, {**_AGREED, "meeting_on": "2026-09-23"})


_AGREED = {
    "present": "Your child's form tutor\nThe pastoral lead",
    "target": "Every day on time until half term, and a call before 8.30 if it cannot be",
}


def _complete(inst: Installation, desk: Desk, given: dict[str, str]) -> None:
    """Fill in the plans and contracts of a case that wait for what was agreed."""
    for letter in letters.letters_of(inst, desk.officer, desk.ref):
        kept = letter.document
        if kept.template in ("supportive_plan", "attendance_contract") and letter.lacking:
            letters.complete(inst, By(desk.officer, desk.on), kept.document_id, given)


def signed(inst: Installation, on: date) -> None:
    """The signed contract comes back and is attached."""
    child = story.SEVERE_PRIMARY
    desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
    cases.receive(
        inst,
        desk.by("signed contract"),
        desk.ref,
        item="Signed attendance contract",
        from_whom=parents_of(inst, child)[0].name,
        filename="signed-contract.txt",
        content=b"Scan of the contract, signed on the last page.\n",
        media_type="text/plain",
    )


def contract_over(inst: Installation, on: date) -> None:
    """One contract ran to its end and helped; the head says so."""
    child = story.SEVERE_PRIMARY
    desk = desk_of(inst, at(child.school.urn, "head"), child, on)
    outcomes.end_contract(
        inst,
        desk.by("contract over"),
        desk.ref,
        outcome="completed",
        says="Both sides did what they said. Mornings are better; two days a week are still missed.",
    )


# -- under a notice to improve -------------------------------------------------------------------------------


def early_or_not(inst: Installation, on: date) -> None:
    """Late on the third day: each parent is told first, and the head says why the LA is not asked."""
    child = story.NORFOLK_NTI
    desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    for parent in parents_of(inst, child):
        support.told_parent(
            inst,
            desk.by(f"told {parent.contact_id}"),
            desk.ref,
            parent_id=parent.contact_id,
            of="early_penalty_notice",
            method="call",
        )
        head.decide(
            "penalty_notice",
            "One late morning in the first week, and the bus had broken down: we wait.",
            role=Role.HEADTEACHER,
            parent_id=parent.contact_id,
            yes=False,
        )


_CHANGED = Session(date(2026, 10, 16), Half.AM)


def mark_corrected(inst: Installation, on: date) -> None:
    """The office learns of an illness and corrects a mark inside the period: the case is told by whom."""
    _correct(inst, on, "I", "The surgery confirms that she was seen that morning.")


def mark_looked_at(inst: Installation, on: date) -> None:
    """The head looks at the changed mark and says what follows."""
    child = story.NORFOLK_NTI
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    for change in open_case(inst, child).unreviewed_mark_changes:
        cases.review_mark_change(
            inst,
            head.by(f"mark looked at {on} {change.session}"),
            head.ref,
            session=change.session,
            outcome="Counted again; nothing is asked of the LA while this is open.",
        )


def mark_corrected_back(inst: Installation, on: date) -> None:
    """It was a sister's appointment: the mark is corrected back."""
    _correct(inst, on, "O", "The appointment was her sister's, on the same morning.")


def _correct(inst: Installation, on: date, code: str, reason: str) -> None:
    child = story.NORFOLK_NTI
    officer = at(child.school.urn, "attendance")
    row = f"{child.upn},{child.school.urn},{_CHANGED.date},{_CHANGED.half},{code}"
    text = f"upn,urn,date,session,code\n{row}\n"
    importing.import_files(
        inst,
        officer,
        [("marks.csv", text.encode())],
        now=datetime(on.year, on.month, on.day, 16, 0, tzinfo=ZoneInfo("Europe/London")),
        reason=reason,
        by=officer.name,
        position="Attendance officer",
    )


# -- what stops the work, and the DSL ------------------------------------------------------------------------


def bereaved(inst: Installation, on: date) -> None:
    """A death in the family stops every letter until somebody has looked."""
    for child in (story.BEREAVED, story.BEREAVED_SIBLING):
        desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
        stops.note(
            inst, desk.by("stop"), desk.ref, condition="bereavement", says="Their father died on 7 October."
        )


def not_seen(inst: Installation, on: date) -> None:
    """A child on a plan is not seen: the social worker is told, numbers are tried, two staff visit."""
    child = story.CHILD_PROTECTION
    desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
    dsl = desk_of(inst, at(child.school.urn, "dsl"), child, on)
    support.told_professional(
        inst,
        dsl.by("social worker", Role.DSL.value),
        dsl.ref,
        professional_role="social_worker",
        why="Not seen since Friday",
        method="call",
    )
    for parent in parents_of(inst, child):
        support.contact(
            inst,
            desk.by(f"rang {parent.contact_id}"),
            desk.ref,
            method="call",
            outcome="no_answer",
            parent_id=parent.contact_id,
            child_seen=False,
        )
    support.contact(
        inst,
        desk.by("visit"),
        desk.ref,
        method="visit",
        outcome="no_answer",
        child_seen=False,
        says="Curtains drawn; post in the door.",
        second_officer=at(child.school.urn, "attendance").name,
        risk_note_read=True,
    )


def missing_now(inst: Installation, on: date) -> None:
    """On the roll and not seen, so it is reported as missing from school at once; no hold stops that."""
    child = story.CHILD_PROTECTION
    asked = desk_of(inst, at(child.school.urn, "attendance"), child, on)
    support.enquiry(
        inst,
        asked.by("enquiry"),
        asked.ref,
        enquiry="Emergency contacts and the grandmother",
        asked_of="Everybody on the school's list",
        answer="No answer yet",
    )
    dsl = desk_of(inst, at(child.school.urn, "dsl"), child, on)
    dsl.decide(
        "cme_report",
        "Not seen at home or school; the social worker agrees.",
        role=Role.DSL,
        last_seen_on=date(2026, 10, 9).isoformat(),
    )


def hold_lifted(inst: Installation, on: date) -> None:
    """The DSL looks again and lifts the hold."""
    child = story.CHILD_PROTECTION
    dsl = desk_of(inst, at(child.school.urn, "dsl"), child, on)
    safeguarding.review(
        inst,
        dsl.by("second review", Role.DSL.value),
        dsl.ref,
        flag="unexplained_absence",
        outcome="Seen by the social worker; letters may go again",
        words="Seen at her grandmother's with the mother. Safe there.",
        next_review_on=date(2026, 11, 27),
    )
    for held in open_case(inst, child).holds:
        safeguarding.lift(inst, dsl.by(f"lift {held.hold_id}", Role.DSL.value), dsl.ref, held.hold_id)


# -- the LA --------------------------------------------------------------------------------------------------


def barred(inst: Installation, on: date) -> None:
    """Two notices in three years: the head records that no third is asked for, and what is done instead."""
    child = story.HOLIDAY_X
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    head.decide(
        "penalty_notice",
        "Two notices in three years: no third. The family is asked to a meeting instead.",
        role=Role.HEADTEACHER,
        parent_id=parents_of(inst, child)[0].contact_id,
        yes=False,
    )


def la_accepts(inst: Installation, on: date) -> None:
    """The LA takes the referral of a family that needs more help than a school can give."""
    child = story.SEVERE_PRIMARY
    desk = desk_of(inst, ewo_of(child), child, on)
    la_answers.accept_referral(
        inst, desk.by("accepted", Role.EWO.value), desk.ref, stage="education_supervision_order"
    )


def la_issues(inst: Installation, on: date) -> None:
    """The LA asks elsewhere about earlier notices, issues the notice that was asked for, and posts it."""
    child = story.HOLIDAY_Y
    parent_id = parents_of(inst, child)[-1].contact_id
    school = desk_of(inst, at(child.school.urn, "attendance"), child, on)
    support.enquiry(
        inst,
        school.by("earlier notices"),
        school.ref,
        enquiry="earlier_notices",
        asked_of="The authorities where the family lived",
        answer="None",
        parent_id=parent_id,
    )
    desk = desk_of(inst, ewo_of(child), child, on)
    desk.decide(
        "penalty_notice_issue",
        "The request is complete and within the code.",
        role=Role.EWO,
        parent_id=parent_id,
        answers=answers.NOTICE_ISSUED,
    )
    notice = open_case(inst, child).of(e.PenaltyNoticeIssued)[-1].notice_id
    _issue_paper(inst, desk)
    notices.serve_notice(
        inst,
        desk.by("posted", Role.EWO.value),
        desk.ref,
        notice_id=notice,
        method="first_class_post",
        posted_on=on,
    )


def _issue_paper(inst: Installation, desk: Desk) -> None:
    """The notice itself, completed with where it is paid, and issued."""
    for letter in letters.letters_of(inst, desk.officer, desk.ref):
        document_id = letter.document.document_id
        if letter.document.template != "penalty_notice" or letter.document.state != "draft":
            continue
        letters.complete(inst, desk.by("notice completed", Role.EWO.value), document_id, NOTICE_OFFICE)
        letters.approve(inst, desk.by("notice approved", Role.EWO.value), document_id)
        letters.issue(inst, desk.by("notice issued", Role.EWO.value), document_id)


def ewo_of(child: Story) -> Officer:
    """The officer of the LA in whose area the child's school stands."""
    return next(officer for officer in EWOS if child.school.school.la_code in officer.la_codes)
