"""From a case to the fields of each letter: pure, and never another parent's details.

One letter is to one parent about one pupil. What a person writes for a letter, and what the case and the
register say, come in as plain values; where something is absent the field is left out, so that the letter
names what is missing instead of printing a gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.documents import printing
from casework.documents.errors import CannotAddress, DoesNotReconcile
from casework.documents.one_parent import refuse_another_parent
from casework.domain import Half, Parent, Pupil, School, Session

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """How a school is reached: what stands at the top of its letters."""

    address: tuple[str, ...]
    phone: str
    headteacher: str = ""


@dataclass(frozen=True, slots=True)
class Reachable:
    """Who a parent can reach that week, and when, in words: `Monday to Friday, 8am to 4pm`."""

    name: str
    role: str
    phone: str
    when: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Counts of a period, in sessions. They must add up."""

    period_from: date
    period_to: date
    possible: int
    attended: int
    authorised: int
    unauthorised: int

    def __post_init__(self) -> None:
        counted = self.attended + self.authorised + self.unauthorised
        if counted != self.possible:
            parts = f"{self.attended} attended, {self.authorised} authorised and {self.unauthorised} not"
            raise DoesNotReconcile(f"{parts} make {counted}, not {self.possible}")


@dataclass(frozen=True, slots=True)
class Missed:
    """One missed session, its code, what the code means, and the reason the school was given."""

    session: Session
    code: str
    meaning: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Support offered: what, by whom, and what came of it, as the case records it."""

    on: date
    offer: str
    given_by: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something agreed: what, who does it, by when."""

    what: str
    who: str
    by_when: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """How something agreed turned out: in words, with what shows it or why not."""

    what: str
    result: str
    because: str


@dataclass(frozen=True, slots=True)
class PenaltyAmounts:
    """What a penalty notice asks for, from the policy in force that day. No reduced amount: None.

    `window_years` is the time in which a second notice costs more and a third is not sent.
    """

    amount_pence: int
    within_days: int
    second_pence: int
    window_years: int
    reduced_pence: int | None = None
    reduced_days: int | None = None


@dataclass(frozen=True, slots=True)
class To:
    """A letter's two ends: one parent of one pupil, and the person of the school who signs.

    `others` are the pupil's other parents and contacts: nothing of theirs may appear.
    """

    pupil: Pupil
    parent: Parent
    others: tuple[Parent, ...]
    school: School
    letterhead: Letterhead
    on: date
    reference: str
    contact: Reachable
    signed_by: str
    signed_role: str
    enclosures: tuple[str, ...] = ()


def concern_letter(
    to: To, attendance: Attendance, offers: Sequence[str], review_on: date, noticed: str = ""
) -> Fields:
    """The first letter: what was noticed, what help there is, and when the school will look again."""
    said: Fields = {"offers": offers, "review_on": review_on, "noticed": noticed}
    return letter(to, {**counted(attendance), **said})


def meeting_invitation(
    to: To,
    attendance: Attendance,
    at: datetime,
    place: str,
    purpose: str,
    who_comes: Sequence[str],
    offers: Sequence[str],
    reply_by: date,
) -> Fields:
    """An invitation to a meeting; `at` is in the school's own time."""
    said: Fields = {
        "meeting_at": at,
        "meeting_place": place,
        "purpose": purpose,
        "who_comes": who_comes,
        "offers": offers,
        "reply_by": reply_by,
    }
    return letter(to, {**counted(attendance), **said})


def supportive_plan(
    to: To,
    attendance: Attendance,
    meeting_on: date,
    present: Sequence[str],
    barriers: Sequence[str],
    actions: Sequence[Action],
    target: str,
    review_on: date,
    pupil_view: str = "",
    parent_view: str = "",
) -> Fields:
    """The record of a plan of help. `present` says roles, such as `Your child's tutor`, for other parents."""
    said: Fields = {
        "meeting_on": meeting_on,
        "present": present,
        "barriers": barriers,
        "actions": [_action(action) for action in actions],
        "target": target,
        "review_on": review_on,
        "pupil_view": pupil_view,
        "parent_view": parent_view,
    }
    return letter(to, {**counted(attendance), **said})


def attendance_contract(
    to: To,
    attendance: Attendance,
    meeting_on: date,
    present: Sequence[str],
    reasons: str,
    requirements: Sequence[str],
    support: Sequence[Action],
    target: str,
    starts_on: date,
    ends_on: date,
    review_on: date,
    pupil_actions: Sequence[str] = (),
    pupil_view: str = "",
    parent_view: str = "",
) -> Fields:
    """The agreement with one parent: what they will do, and what help the school will give."""
    said: Fields = {
        **born(to.pupil),
        "meeting_on": meeting_on,
        "present": present,
        "reasons": reasons,
        "requirements": requirements,
        "support": [_action(action) for action in support],
        "target": target,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "review_on": review_on,
        "pupil_actions": pupil_actions,
        "pupil_view": pupil_view,
        "parent_view": parent_view,
    }
    return letter(to, {**counted(attendance), **said})


def attendance_contract_review(
    to: To,
    attendance: Attendance,
    meeting_on: date,
    present: Sequence[str],
    starts_on: date,
    ends_on: date,
    requirements: Sequence[Outcome],
    support: Sequence[Outcome],
    decision: str,
    next_review_on: date | None = None,
    pupil_view: str = "",
    parent_view: str = "",
) -> Fields:
    """What a review found of each thing agreed, the school's side first."""
    said: Fields = {
        "meeting_on": meeting_on,
        "present": present,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "requirements": [{"what": o.what, "met": o.result, "evidence": o.because} for o in requirements],
        "support": [{"what": o.what, "given": o.result, "reason": o.because} for o in support],
        "decision": decision,
        "next_review_on": next_review_on,
        "pupil_view": pupil_view,
        "parent_view": parent_view,
    }
    return letter(to, {**counted(attendance), **said})


def notice_to_improve(
    to: To,
    attendance: Attendance,
    sessions: Sequence[Missed],
    support: Sequence[Offer],
    further_support: Sequence[str],
    improve_from: date,
    improve_to: date,
    improve_school_days: int,
    improvement_test: str,
    early_grounds: str,
    threshold_sessions: int,
    threshold_school_weeks: int,
    amounts: PenaltyAmounts,
    la_name: str,
    declined_support: Sequence[str] = (),
    previous_notices: int = 0,
) -> Fields:
    """A parent's last chance to take up support; `sessions` are the unauthorised ones of the period.

    Raises:
        DoesNotReconcile: The sessions listed are not as many as the period counts, or lie outside it.
    """
    _listed_as_counted(attendance, sessions)
    said: Fields = {
        **born(to.pupil),
        **_amounts(amounts, previous_notices),
        "sessions": [missed_row(missed) for missed in sessions],
        "support": [offer_row(offer) for offer in support],
        "further_support": further_support,
        "declined_support": declined_support,
        "improve_from": improve_from,
        "improve_to": improve_to,
        "improve_length": improve_school_days,
        "improvement_test": improvement_test,
        "early_grounds": early_grounds,
        "threshold": threshold_sessions,
        "threshold_weeks": threshold_school_weeks,
        "la_name": la_name,
        "previous_notices": previous_notices or None,
    }
    return letter(to, {**counted(attendance), **said})


def leave_warning(
    to: To,
    requested_on: date,
    leave_from: date,
    leave_to: date,
    leave_school_days: int,
    reason_refused: str,
    more_by: date,
    amounts: PenaltyAmounts,
    la_name: str,
    previous_notices: int = 0,
) -> Fields:
    """The answer to a request for leave that is not granted: why, and what may follow."""
    return letter(
        to,
        {
            **_amounts(amounts, previous_notices),
            "requested_on": requested_on,
            "leave_from": leave_from,
            "leave_to": leave_to,
            "leave_days": leave_school_days,
            "reason_refused": reason_refused,
            "more_by": more_by,
            "la_name": la_name,
        },
    )


def missed_row(missed: Missed) -> Fields:
    """A session as the tables of letters and forms show it."""
    return {
        "date": missed.session.date,
        "half": "Morning" if missed.session.half is Half.AM else "Afternoon",
        "code": missed.code,
        "meaning": missed.meaning,
        "reason": missed.reason or "No reason given",
    }


def offer_row(offer: Offer) -> Fields:
    """An offer of support as the tables show it."""
    return {"date": offer.on, "offer": offer.offer, "given_by": offer.given_by, "outcome": offer.outcome}


def year_in_words(year_group: str) -> str:
    """Nursery, Reception or Year 9; empty if it is not known."""
    if not year_group:
        return ""
    return {"N1": "Nursery", "N2": "Nursery", "R": "Reception"}.get(year_group, f"Year {year_group}")


def letter(to: To, said: Fields) -> Fields:
    """What stands on every letter, with what this one says.

    Raises:
        CannotAddress: The parent may not, or cannot, be written to.
        NamesAnotherParent: A text holds a detail of another parent of the pupil.
    """
    _may_be_addressed(to.parent)
    fields: Fields = {
        "school_name": to.school.name,
        "school_address": to.letterhead.address,
        "school_phone": to.letterhead.phone,
        "parent_name": to.parent.name,
        "parent_address": to.parent.address,
        "greeting": f"Dear {_addressed_as(to.parent)}" if to.parent.name else "",
        "language": _other_language(to.parent.language),
        "letter_date": to.on,
        "reference": to.reference,
        "pupil_name": to.pupil.name,
        "pupil_first": to.pupil.known_as or to.pupil.forename or to.pupil.name,
        "contact_name": to.contact.name,
        "contact_role": to.contact.role,
        "contact_phone": to.contact.phone,
        "contact_when": to.contact.when,
        "contact_email": to.contact.email,
        "signed_by": to.signed_by,
        "signed_role": to.signed_role,
        "enclosures": to.enclosures,
        **said,
    }
    refuse_another_parent(fields, to.pupil, to.parent, to.others)
    return fields


def _may_be_addressed(parent: Parent) -> None:
    if parent.contact_allowed is False:
        says = "Contact with them is not allowed. Ask the designated safeguarding lead first."
        raise CannotAddress(parent.contact_id, says)
    parts = {"a name": parent.surname, "a first line of address": parent.address_1}
    parts |= {"a town": parent.town, "a postcode": parent.postcode}
    lacking = [part for part, value in parts.items() if not value.strip()]
    if lacking:
        says = f"They have not got {printing.listed(lacking)}. Enter it in the pupil's contacts."
        raise CannotAddress(parent.contact_id, says)


def _addressed_as(parent: Parent) -> str:
    return f"{parent.title} {parent.surname}" if parent.title else parent.name


def _other_language(language: str) -> str:
    return "" if language.strip().casefold() in {"", "english", "en", "eng"} else language


def counted(attendance: Attendance) -> Fields:
    """The counts of a period, with days and percentage in words."""
    missed = attendance.authorised + attendance.unauthorised
    return {
        "period_from": attendance.period_from,
        "period_to": attendance.period_to,
        "possible": attendance.possible,
        "attended": attendance.attended,
        "authorised": attendance.authorised,
        "unauthorised": attendance.unauthorised,
        "missed": missed,
        "missed_days": printing.school_days(missed),
        "percent": printing.percent(attendance.attended, attendance.possible),
    }


def born(pupil: Pupil) -> Fields:
    """The pupil's date of birth and year."""
    return {"pupil_dob": pupil.dob, "pupil_year": year_in_words(pupil.year_group)}


def _amounts(amounts: PenaltyAmounts, previous_notices: int = 0) -> Fields:
    """What the parent's next notice would ask for: after an earlier one, the second amount, not reduced."""
    first = previous_notices == 0
    return {
        "amount": amounts.amount_pence if first else amounts.second_pence,
        "pay_within": amounts.within_days,
        "second_amount": amounts.second_pence,
        "window": amounts.window_years,
        "reduced_amount": amounts.reduced_pence if first else None,
        "reduced_within": amounts.reduced_days if first else None,
    }


def _action(action: Action) -> Fields:
    return {"what": action.what, "who": action.who, "by_when": action.by_when}


def _listed_as_counted(attendance: Attendance, sessions: Sequence[Missed]) -> None:
    if len(sessions) != attendance.unauthorised:
        counted = f"{attendance.unauthorised} are counted as unauthorised"
        raise DoesNotReconcile(f"{counted} and {len(sessions)} are listed")
    days = [missed.session.date for missed in sessions]
    if days and (min(days) < attendance.period_from or max(days) > attendance.period_to):
        raise DoesNotReconcile("a session listed lies outside the period")
