"""What the demo's invented officers decide and record, day by day, through the same doors as everybody.

Every act has a key of its own: done once, it is not done again, and a demo that was killed goes on where it
was. No gate is passed over: what the law refuses here would be refused to a user.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from casework.actions import absence, cases, decide, letters, safeguarding, support, triage
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.demo import answers, forms, packs, policy_acts, story
from casework.demo import further_acts as further
from casework.demo.desk import desk_of, open_case, parents_of
from casework.demo.officers import at
from casework.demo.schools import ACADEMY, INFANT, PRIMARY, PROVISION, SCHOOLS, SECONDARY
from casework.domain import Case, Decision, NotAllowed, Officer, Role
from casework.domain.events import MeetingArranged

ACCEPTED_EACH = 4
"""Pupils of each school's first list that its pastoral lead accepts, beside those of the storylines."""
APPROVED_A_DAY = 15
"""Drafts that one person at a school looks at in a day; the rest wait on their list."""

FIRST_SWEEP = date(2026, 9, 16)


@dataclass(frozen=True, slots=True)
class DayOfActs:
    """What happens on one day of the demo, after that day's registers."""

    on: date
    name: str
    do: Callable[[Installation, date], None]


# -- the first list ------------------------------------------------------------------------------------------


def accept_first(inst: Installation, on: date) -> None:
    """Each school's pastoral lead accepts the most pressing and the storylines; one child is set aside."""
    for school in SCHOOLS:
        officer = at(school.urn, "pastoral")
        listed = triage.listed(inst, officer, school.urn)
        told = [w.item.upn for w in listed if w.item.upn in story.BY_UPN]
        others = [w.item.upn for w in listed if w.item.upn not in story.BY_UPN][:ACCEPTED_EACH]
        for upn in (*told, *others):
            if upn == story.CANCER_TREATMENT.upn:
                reason = "In treatment for cancer; the hospital school teaches her. No letter is to go."
                key = f"demo:set_aside:{upn}"
                who = By(officer, on, key=key)
                triage.set_aside(inst, who, school.urn, upn, reason, date(2027, 7, 20))
            else:
                triage.accept(inst, By(officer, on, key=f"demo:accept:{upn}"), school.urn, upn)


def first_letters(inst: Installation, on: date) -> None:
    """A first letter to each family whose case was accepted, where nothing stops it."""
    for school in SCHOOLS:
        officer = at(school.urn, "pastoral")
        for case in cases.owned_by(inst, officer, on):
            if case.stage is None and not case.holds:
                _noticing(inst, officer, case, on)


def _noticing(inst: Installation, officer: Officer, case: Case, on: date) -> None:
    step = decide.step_named("noticing")
    decision = Decision(
        stage=step.name,
        officer=officer,
        role=Role.PASTORAL_LEAD.value,
        on=on,
        yes=True,
        reasons="Absence has been noticed; the family hears from us kindly and early.",
    )
    decide.decide(inst, case.ref, "noticing", decision, key=f"demo:noticing:{case.ref}")


def approve_letters(inst: Installation, on: date) -> None:
    """What is complete is approved: first letters by the pastoral lead, formal ones by the head."""
    for school in SCHOOLS:
        for post in ("pastoral", "head"):
            officer = at(school.urn, post)
            drafts = letters.waiting(inst, officer, "draft", school.urn)
            for letter in [draft for draft in drafts if not draft.lacking][:APPROVED_A_DAY]:
                _approve(inst, By(officer, on), letter.document.document_id)


def _approve(inst: Installation, by: By, document_id: str) -> None:
    """Approve a letter, unless another approves it or something stops letters to the family now."""
    try:
        letters.approve(inst, by, document_id)
    except (NotAllowed, letters.NotReady):
        return


def post_letters(inst: Installation, on: date) -> None:
    """Issued letters are posted first class; the day each is deemed served follows."""
    for school in SCHOOLS:
        officer = at(school.urn, "pastoral")
        for letter in letters.waiting(inst, officer, "issued", school.urn):
            letters.serve(
                inst, By(officer, on), letter.document.document_id, method="first_class_post", posted_on=on
            )


# -- Norfolk: irregular absence, from support to a notice to improve -----------------------------------------


def listen(inst: Installation, on: date) -> None:
    """What keeps the child away is heard, and help is offered to each parent."""
    for child, barrier, offers in (
        (story.NORFOLK_NTI, "No bus from Marram Staithe before 8", ("A seat on the school minibus",)),
        (story.SEVERE_ACADEMY, "Anxiety about the start of the day", ("A quiet start with a key adult",)),
        (story.SEVERE_PRIMARY, "Caring for a younger brother", ("Breakfast club for both children",)),
    ):
        desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
        support.contact(
            inst,
            desk.by("first call"),
            desk.ref,
            method="call",
            outcome="spoken",
            parent_id=parents_of(inst, child)[0].contact_id,
            child_seen=None,
            says="A good talk. They want help and are glad we rang.",
        )
        support.barrier(inst, desk.by("barrier"), desk.ref, barrier)
        for parent in parents_of(inst, child):
            for number, offered in enumerate(offers):
                support.offer(
                    inst,
                    desk.by(f"offer {number} {parent.contact_id}"),
                    desk.ref,
                    barrier=barrier,
                    offer=offered,
                    parent_id=parent.contact_id,
                    given_by="The pastoral team",
                )
        desk.decide(
            "supportive_actions",
            "The family named what is hard, and each part of it has an offer of help.",
            role=Role.PASTORAL_LEAD,
            plan=f"{offers[0]}; a call each Friday; looked at again in two weeks.",
        )
        support.arrange_meeting(
            inst,
            desk.by("meeting"),
            desk.ref,
            meeting="Attendance meeting",
            at=datetime.fromisoformat("2026-09-23T15:30"),
            place="The family room",
            invited=tuple(parent.contact_id for parent in parents_of(inst, child)),
            interpreter="Lithuanian" if child is story.NORFOLK_NTI else "",
        )


def meet(inst: Installation, on: date) -> None:
    """Meetings are held (one father does not come), and contracts agreed with those who came."""
    for child in (story.NORFOLK_NTI, story.SEVERE_ACADEMY, story.SEVERE_PRIMARY):
        desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
        parents = parents_of(inst, child)
        arranged = open_case(inst, child).of(MeetingArranged)[-1].meeting_id
        support.hold_meeting(
            inst,
            desk.by("met"),
            desk.ref,
            meeting_id=arranged,
            attended=(parents[0].contact_id,),
            absent=tuple(parent.contact_id for parent in parents[1:]),
            interpreter="Lithuanian" if child is story.NORFOLK_NTI else "",
            says="Agreed what each of us will do.",
            pupil_view="I like it when I get there. Mornings are the hard bit.",
        )
        head = desk_of(inst, at(child.school.urn, "head"), child, on)
        head.decide(
            "attendance_contract",
            "The parent who came wants a written plan, and help is in place.",
            role=Role.HEADTEACHER,
            requirements="Ring by 8.30 on any day of absence\nKeep the Friday call",
            support="A seat on the minibus or a quiet start\nA key adult each morning",
            starts_on=on.isoformat(),
            ends_on=date(2026, 11, 13).isoformat(),
            agreed_with=parents[0].contact_id,
            review_on=date(2026, 10, 1).isoformat(),
        )


def look_again(inst: Installation, on: date) -> None:
    """Reviews with the child's words; what became of each offer is recorded."""
    for child in (story.NORFOLK_NTI, story.SEVERE_ACADEMY, story.SEVERE_PRIMARY):
        desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
        for offered, outcome in open_case(inst, child).offers:
            if outcome is None:
                support.offer_outcome(
                    inst,
                    desk.by(f"outcome {offered.offer_id}"),
                    desk.ref,
                    offer_id=offered.offer_id,
                    outcome="did_not_help" if child is story.NORFOLK_NTI else "engaged",
                    says="Taken up twice, then not again." if child is story.NORFOLK_NTI else "",
                )
        cases.hold_review(
            inst,
            desk.by("review"),
            desk.ref,
            outcome="Some better days; absence goes on.",
            pupil_view="The minibus is good but we miss it.",
            parent_views="We are trying. It is hard with two jobs.",
            next_review_on=date(2026, 10, 16),
        )


def notice_to_improve(inst: Installation, on: date) -> None:
    """A notice to improve to each parent, each alone, running from Monday 5 October."""
    child = story.NORFOLK_NTI
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    for parent in parents_of(inst, child):
        head.decide(
            "notice_to_improve",
            "The threshold is met and support was offered without lasting success.",
            role=Role.HEADTEACHER,
            parent_id=parent.contact_id,
            period_from=date(2026, 10, 5).isoformat(),
            improvement_test="No further unauthorised absence during the six school weeks.",
            answers=answers.NOTICE_TO_IMPROVE,
            early_grounds="Any further unauthorised absence in the first three weeks.",
            further_support="The minibus seat stays open\nThe Friday call goes on",
        )


# -- enforcement, missing from school, supervision -----------------------------------------------------------


def holiday(inst: Installation, on: date) -> None:
    """A holiday in term time: support is not appropriate; the second parent's notice is asked for."""
    child = story.HOLIDAY_Y
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    parents = parents_of(inst, child)
    decide.support_not_appropriate(
        inst,
        head.by("no support"),
        head.ref,
        reasons="A holiday in term time, refused in writing beforehand; nothing to support.",
    )
    parent = parents[-1]
    support.told_parent(
        inst,
        head.by("told"),
        head.ref,
        parent_id=parent.contact_id,
        of="penalty_notice_request",
        method="letter",
    )
    head.decide(
        "penalty_notice",
        "Ten sessions of unauthorised holiday, refused beforehand, with a written warning.",
        role=Role.HEADTEACHER,
        parent_id=parent.contact_id,
        answers=answers.HOLIDAY,
        route="leave",
        period_from=date(2026, 11, 16).isoformat(),
        period_to=date(2026, 11, 20).isoformat(),
    )


def refer_to_court(inst: Installation, on: date) -> None:
    """Help and a contract have not worked: the LA is asked to consider legal action."""
    child = story.SEVERE_ACADEMY
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    parent = parents_of(inst, child)[0]
    head.decide(
        "prosecution_referral",
        "A year of absence; help and a contract have not changed it. The LA is asked to decide.",
        role=Role.HEADTEACHER,
        parent_id=parent.contact_id,
        answers=answers.COURT,
        offence="s444_1",
    )


def ask_for_supervision(inst: Installation, on: date) -> None:
    """The LA is asked to consider an education supervision order."""
    child = story.SEVERE_PRIMARY
    head = desk_of(inst, at(child.school.urn, "head"), child, on)
    head.decide(
        "education_supervision_order",
        "The family works with us but needs more help than a school can give.",
        role=Role.HEADTEACHER,
        answers=answers.SUPERVISION,
    )


def missing(inst: Installation, on: date) -> None:
    """A child not seen for weeks: reported to the LA as missing from school, at once."""
    child = story.TWENTY_DAY_RUN
    desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
    for number, (method, outcome) in enumerate((("call", "no_answer"), ("visit", "no_answer"))):
        support.contact(
            inst,
            desk.by(f"tried {number}"),
            desk.ref,
            method=method,
            outcome=outcome,
            child_seen=False,
            second_officer="Edie Crowfoot" if method == "visit" else "",
            risk_note_read=True if method == "visit" else None,
            says="Nobody answered. A card was left." if method == "visit" else "",
        )
    support.enquiry(inst, desk.by("neighbour"), desk.ref, enquiry="Emergency contacts", answer="No answer")
    desk.decide(
        "cme_report",
        "Not seen since October; every number tried, and a visit made.",
        role=Role.PASTORAL_LEAD,
        last_seen_on=date(2026, 10, 16).isoformat(),
    )


# -- the DSL's lane ------------------------------------------------------------------------------------------


def dsl_holds(inst: Installation, on: date) -> None:
    """The DSL reviews a flag and holds letters to one parent until a day."""
    child = story.CHILD_PROTECTION
    dsl = desk_of(inst, at(child.school.urn, "dsl"), child, on)
    safeguarding.review(
        inst,
        dsl.by("dsl review", Role.DSL.value),
        dsl.ref,
        flag="unexplained_absence",
        outcome="Social worker told; visit today with two staff",
        words="On a plan. Not seen since Friday. Social worker rang back at 9.20.",
        next_review_on=date(2026, 10, 16),
    )
    other = parents_of(inst, child)[-1]
    safeguarding.hold(
        inst,
        dsl.by("dsl hold", Role.DSL.value),
        dsl.ref,
        scope="letters",
        review_on=date(2026, 10, 16),
        words="Risk to the child if the father is written to.",
        parent_id=other.contact_id,
    )


def concern(inst: Installation, on: date) -> None:
    """Staff put what they saw to the DSL, on a case opened for it."""
    child = story.CHILD_PROTECTION
    lead = at(child.school.urn, "pastoral")
    if not cases.of_pupil(inst, lead, child.upn):
        reason = "On a child-protection plan and not in school since Monday, without a reason."
        who = By(lead, on, key=f"demo:{child.upn}:opened")
        triage.open_by_hand(inst, who, child.school.urn, child.upn, reason)
    desk = desk_of(inst, at(child.school.urn, "attendance"), child, on)
    safeguarding.flag(
        inst,
        desk.by("concern"),
        desk.ref,
        "unexplained_absence",
        "Nobody answers at home. The neighbour has not seen the child since Friday.",
    )


# -- better news ---------------------------------------------------------------------------------------------


def better(inst: Installation, on: date) -> None:
    """One child is doing well again: the case is closed with a reason and what was still open."""
    for child in (story.SEPARATED,):
        found = cases.of_pupil(inst, at(child.school.urn, "pastoral"), child.upn)
        if found:
            desk = desk_of(inst, at(child.school.urn, "pastoral"), child, on)
            cases.note(inst, desk.by("note"), desk.ref, "Three full weeks. His teacher is delighted.")


def make_calls(inst: Installation, on: date) -> None:
    """The day's first calls: half are made, the rest wait on Today."""
    for school in (PRIMARY, SECONDARY, INFANT, ACADEMY, PROVISION):
        officer = at(school.urn, "attendance")
        listed = absence.calls(inst, officer, school.urn, on)
        for call in sorted(listed, key=lambda call: call.upn)[: len(listed) // 2]:
            absence.record_call(
                inst,
                By(officer, on, key=f"demo:call:{school.urn}:{call.upn}:{on}"),
                school.urn,
                call.upn,
                on,
                contact_id="",
                method="call",
                outcome="spoken",
                state="explained",
                says="Unwell; back tomorrow.",
            )


DAYS: tuple[DayOfActs, ...] = (
    DayOfActs(FIRST_SWEEP, "accepted", accept_first),
    DayOfActs(date(2026, 9, 17), "first letters", first_letters),
    DayOfActs(date(2026, 9, 17), "help offered", listen),
    DayOfActs(date(2026, 9, 17), "approved", approve_letters),
    DayOfActs(date(2026, 9, 18), "posted", post_letters),
    DayOfActs(date(2026, 9, 21), "families rung", further.ring_families),
    DayOfActs(date(2026, 9, 23), "meetings", meet),
    DayOfActs(date(2026, 9, 24), "plans completed", further.complete_plans),
    DayOfActs(date(2026, 9, 25), "help begins", further.help_begins),
    DayOfActs(date(2026, 9, 25), "approved", approve_letters),
    DayOfActs(date(2026, 9, 28), "posted", post_letters),
    DayOfActs(date(2026, 9, 29), "signed", further.signed),
    DayOfActs(date(2026, 9, 29), "reviews", look_again),
    DayOfActs(date(2026, 9, 30), "ordinary reviews", further.reviews_held),
    DayOfActs(date(2026, 9, 30), "notice to improve", notice_to_improve),
    DayOfActs(date(2026, 9, 30), "approved", approve_letters),
    DayOfActs(date(2026, 10, 1), "posted", post_letters),
    DayOfActs(date(2026, 10, 1), "records", policy_acts.records),
    DayOfActs(date(2026, 10, 5), "the panel", policy_acts.panel),
    DayOfActs(date(2026, 10, 5), "approved", approve_letters),
    DayOfActs(date(2026, 10, 6), "posted", post_letters),
    DayOfActs(date(2026, 10, 9), "early or not", further.early_or_not),
    DayOfActs(date(2026, 10, 9), "bereaved", further.bereaved),
    DayOfActs(date(2026, 10, 13), "a concern", concern),
    DayOfActs(date(2026, 10, 13), "not seen", further.not_seen),
    DayOfActs(date(2026, 10, 14), "the DSL holds", dsl_holds),
    DayOfActs(date(2026, 10, 14), "missing now", further.missing_now),
    DayOfActs(date(2026, 10, 14), "forms sent", forms.send),
    DayOfActs(date(2026, 10, 15), "the panel meets", policy_acts.panel_held),
    DayOfActs(date(2026, 10, 19), "a mark corrected", further.mark_corrected),
    DayOfActs(date(2026, 10, 20), "looked at", further.mark_looked_at),
    DayOfActs(date(2026, 10, 20), "the hold lifted", further.hold_lifted),
    DayOfActs(date(2026, 10, 22), "corrected back", further.mark_corrected_back),
    DayOfActs(date(2026, 10, 23), "looked at", further.mark_looked_at),
    DayOfActs(date(2026, 11, 3), "a Level 3 meeting", policy_acts.level_3),
    DayOfActs(date(2026, 11, 6), "approved", approve_letters),
    DayOfActs(date(2026, 11, 9), "posted", post_letters),
    DayOfActs(date(2026, 11, 10), "nobody came", policy_acts.level_3_missed),
    DayOfActs(date(2026, 11, 13), "contract over", further.contract_over),
    DayOfActs(date(2026, 11, 13), "better news", further.better_news),
    DayOfActs(date(2026, 11, 16), "missing from school", missing),
    DayOfActs(date(2026, 11, 16), "forms sent", forms.send),
    DayOfActs(date(2026, 11, 17), "supervision", ask_for_supervision),
    DayOfActs(date(2026, 11, 17), "forms sent", forms.send),
    DayOfActs(date(2026, 11, 18), "the LA accepts", further.la_accepts),
    DayOfActs(date(2026, 11, 19), "court", refer_to_court),
    DayOfActs(date(2026, 11, 19), "forms sent", forms.send),
    DayOfActs(date(2026, 11, 20), "better", better),
    DayOfActs(date(2026, 11, 20), "holiday", holiday),
    DayOfActs(date(2026, 11, 20), "forms sent", forms.send),
    DayOfActs(date(2026, 11, 20), "barred", further.barred),
    DayOfActs(date(2026, 11, 20), "the LA issues", further.la_issues),
    DayOfActs(date(2026, 11, 20), "calls", make_calls),
    DayOfActs(date(2026, 11, 20), "nobody reached", policy_acts.nobody_reached),
    DayOfActs(date(2026, 11, 20), "approved", approve_letters),
    DayOfActs(date(2026, 11, 20), "packs", packs.make),
)
"""The demo's days, in order."""
