"""Contact, meetings, support and agencies, as staff record them: one function each."""

from datetime import datetime

from casework.actions.installation import Installation
from casework.actions.recording import By, Header, Unclear, given, next_id, one_of, record
from casework.domain import Case, Event, NotFound
from casework.domain import events as e
from casework.rules import notices

METHODS = ("call", "visit", "message", "letter", "email", "in_person")
OUTCOMES = ("seen", "spoken", "no_answer", "left_message", "refused")
OFFER_OUTCOMES = ("engaged", "declined", "did_not_attend", "helped", "did_not_help", "withdrawn")


def contact(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    method: str,
    outcome: str,
    parent_id: str = "",
    child_seen: bool | None = None,
    says: str = "",
    second_officer: str = "",
    risk_note_read: bool | None = None,
) -> Case:
    """Record a call, visit or message and what came of it; whether the child was seen is kept apart."""
    return record(
        inst,
        by,
        case_ref,
        lambda _, header: e.ContactRecorded(
            **header,
            method=one_of(method, METHODS, "The kind of contact"),
            outcome=one_of(outcome, OUTCOMES, "The outcome"),
            parent_id=parent_id,
            child_seen=child_seen,
            says=says,
            second_officer=second_officer,
            risk_note_read=risk_note_read,
        ),
    )


def barrier(inst: Installation, by: By, case_ref: str, barrier: str, says: str = "") -> Case:
    """Record what keeps the pupil from school."""
    named = given(barrier, "The barrier")
    return record(inst, by, case_ref, lambda _, header: e.BarrierFound(**header, barrier=named, says=says))


def offer(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    barrier: str,
    offer: str,
    parent_id: str = "",
    given_by: str = "",
) -> Case:
    """Record an offer of support against a barrier; its id is `S` and the event's number."""
    return record(
        inst,
        by,
        case_ref,
        lambda case, header: e.SupportOffered(
            **header,
            offer_id=next_id(case, "S"),
            barrier=given(barrier, "The barrier"),
            offer=given(offer, "The offer"),
            parent_id=parent_id,
            given_by=given_by,
        ),
    )


def offer_outcome(
    inst: Installation, by: By, case_ref: str, *, offer_id: str, outcome: str, says: str = ""
) -> Case:
    """Record what became of an offer of support."""

    def make(case: Case, header: Header) -> Event:
        known = sorted(offered.offer_id for offered, _ in case.offers)
        if offer_id not in known:
            raise NotFound("offer of support", offer_id, f"The case has {', '.join(known) or 'none'}.")
        word = one_of(outcome, OFFER_OUTCOMES, "The outcome")
        return e.SupportOutcome(**header, offer_id=offer_id, outcome=word, says=says)

    return record(inst, by, case_ref, make)


def arrange_meeting(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    meeting: str,
    at: datetime,
    place: str = "",
    invited: tuple[str, ...] = (),
    interpreter: str = "",
) -> Case:
    """Arrange a meeting; its id is `M` and the event's number."""
    return record(
        inst,
        by,
        case_ref,
        lambda case, header: e.MeetingArranged(
            **header,
            meeting_id=next_id(case, "M"),
            meeting=given(meeting, "The kind of meeting"),
            at=at,
            place=place,
            invited=invited,
            interpreter=interpreter,
        ),
    )


def hold_meeting(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    meeting_id: str,
    attended: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
    interpreter: str = "",
    says: str = "",
    pupil_view: str = "",
) -> Case:
    """Record who came to a meeting, who did not, and what was agreed."""

    def make(case: Case, header: Header) -> Event:
        known = sorted(arranged.meeting_id for arranged in case.of(e.MeetingArranged))
        if meeting_id not in known:
            raise NotFound("meeting", meeting_id, f"The case has {', '.join(known) or 'none'}.")
        return e.MeetingHeld(
            **header,
            meeting_id=meeting_id,
            attended=attended,
            absent=absent,
            interpreter=interpreter,
            says=says,
            pupil_view=pupil_view,
        )

    return record(inst, by, case_ref, make)


def agency(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    agency: str,
    lead_practitioner: str = "",
    plan: str = "",
    consent: str = "",
    outcome: str = "",
) -> Case:
    """Record an agency's part: lead practitioner, plan, consent, outcome."""
    named = given(agency, "The agency")
    return record(
        inst,
        by,
        case_ref,
        lambda _, header: e.AgencyInvolved(
            **header,
            agency=named,
            lead_practitioner=lead_practitioner,
            plan=plan,
            consent=consent,
            outcome=outcome,
        ),
    )


def told_professional(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    professional_role: str,
    why: str,
    method: str = "",
    name: str = "",
) -> Case:
    """Record that a social worker, youth-justice worker or other named professional was told."""
    return record(
        inst,
        by,
        case_ref,
        lambda _, header: e.ProfessionalTold(
            **header,
            professional_role=given(professional_role, "The professional"),
            why=given(why, "What they were told"),
            method=method,
            name=name,
        ),
    )


def told_parent(
    inst: Installation, by: By, case_ref: str, *, parent_id: str, of: str, method: str = ""
) -> Case:
    """Record that a parent was told first, as an early penalty notice needs."""
    return record(
        inst,
        by,
        case_ref,
        lambda _, header: e.ParentTold(**header, parent_id=parent_id, of=of, method=method),
    )


def enquiry(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    enquiry: str,
    asked_of: str = "",
    answer: str = "",
    parent_id: str = "",
    joint_with_la: bool = False,
) -> Case:
    """Record one of the reasonable enquiries, or an enquiry about earlier notices, and its answer if any.

    Notices that another authority named are put down with `la_answers`, which keeps them in the ledger.
    """
    if enquiry.strip() == notices.ENQUIRY and answer.strip().lower().startswith(notices.NAMED):
        raise Unclear(
            "Notices named by another authority go into the ledger.", "Use `case earlier --notice`."
        )
    return record(
        inst,
        by,
        case_ref,
        lambda _, header: e.EnquiryMade(
            **header,
            enquiry=given(enquiry, "The enquiry"),
            asked_of=asked_of,
            answer=answer,
            answered_on=by.on if answer else None,
            parent_id=parent_id,
            joint_with_la=joint_with_la,
        ),
    )
