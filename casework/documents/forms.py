"""From a case to the fields of the forms an authority receives, and of a register extract and a chronology.

Unlike a letter, a form to the authority names every parent. What is not known is left out, so that the form
names what is missing; the report of a missing child says instead that it is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.documents.errors import DoesNotReconcile
from casework.documents.fields import (
    Attendance,
    Fields,
    Letterhead,
    Missed,
    Offer,
    born,
    counted,
    missed_row,
    offer_row,
    year_in_words,
)
from casework.domain import Half, Parent, Pupil, School, Session
from casework.domain.calendar import monday_of


@dataclass(frozen=True, slots=True)
class Referral:
    """Who sends a form, to which team of which authority, on which day."""

    school: School
    letterhead: Letterhead
    la_name: str
    la_team: str
    on: date
    reference: str
    referrer_name: str
    referrer_role: str
    referrer_phone: str
    referrer_email: str


@dataclass(frozen=True, slots=True)
class Child:
    """The pupil as a form describes them. `home` is the parent they live with, whose address is theirs.

    `siblings` says who they are, or that there are none: it is never guessed. `agencies` are
    (agency, lead practitioner, outcome so far).
    """

    pupil: Pupil
    parents: tuple[Parent, ...]
    siblings: str
    agencies: tuple[tuple[str, str, str], ...] = ()

    @property
    def home(self) -> tuple[str, ...]:
        """The address of the first parent known to live with the pupil."""
        return next((parent.address for parent in self.parents if parent.lives_with_pupil), ())


def penalty_notice_request(
    referral: Referral,
    child: Child,
    parent: Parent,
    attendance: Attendance,
    sessions: Sequence[Missed],
    window: tuple[date, date],
    support: Sequence[Offer],
    said: Mapping[str, object],
) -> Fields:
    """The school's request about one parent and one pupil, absence of the irregular kind.

    Args:
        sessions: The unauthorised sessions relied on, oldest first.
        window: The first and the last day of the school weeks they were counted in.
        said: What a person writes or ticks, under its declared name.
    """
    return {
        **sent(referral),
        **about(child),
        **counted(attendance),
        "notice_parent": parent.name,
        "counted": len(sessions),
        "window_from": window[0],
        "window_to": window[1],
        "sessions": [missed_row(missed) for missed in sessions],
        "support": [offer_row(offer) for offer in support],
        **said,
    }


def prosecution_referral(
    referral: Referral,
    child: Child,
    parent: Parent,
    attendance: Attendance,
    sessions: Sequence[Missed],
    support: Sequence[Offer],
    warnings: Sequence[tuple[date, str, str]],
    meetings: Sequence[tuple[date, str, str]],
    act_by: date,
    said: Mapping[str, object],
) -> Fields:
    """The school's part of a referral for legal action against one parent.

    Args:
        warnings: (day, letter, how it was sent) of each written warning.
        meetings: (day, meeting, outcome).
        act_by: The last day to begin proceedings for the earliest session relied on.
    """
    return {
        **sent(referral),
        **about(child),
        **counted(attendance),
        "notice_parent": parent.name,
        "sessions": [missed_row(missed) for missed in sessions],
        "support": [offer_row(offer) for offer in support],
        "warnings": [{"date": on, "letter": letter, "how_sent": sent} for on, letter, sent in warnings],
        "meetings": [{"date": on, "meeting": what, "outcome": outcome} for on, what, outcome in meetings],
        "act_by": act_by,
        **said,
    }


def education_supervision_order_referral(
    referral: Referral,
    child: Child,
    attendance: Attendance,
    efforts: Sequence[Offer],
    said: Mapping[str, object],
) -> Fields:
    """The school's part of a referral for an education supervision order; `efforts` are those made so far."""
    support = [offer_row(offer) for offer in efforts]
    return {**sent(referral), **about(child), **counted(attendance), "support": support, **said}


def cme_report(
    referral: Referral,
    child: Child,
    completed_at: datetime,
    phone_call: str,
    enquiries: Sequence[tuple[date, str, str, str]],
    visits: Sequence[Fields],
    said: Mapping[str, object],
) -> Fields:
    """The report of a pupil missing from school: it goes with whatever is known, once the call is recorded.

    Args:
        completed_at: In the school's own time; what is missing is printed as not known at that time.
        enquiries: (day, enquiry, asked of, answer).
        visits: date, address, spoken_to and child_seen of each.
    """
    return {
        **sent(referral),
        **about(child),
        "completed_at": completed_at,
        "phone_call": phone_call,
        "enquiries": [
            {"date": on, "enquiry": enquiry, "asked_of": asked, "answer": answer}
            for on, enquiry, asked, answer in enquiries
        ],
        "visits": list(visits),
        **said,
    }


def register_extract(
    school: School,
    letterhead: Letterhead,
    pupil: Pupil,
    reference: str,
    attendance: Attendance,
    marks: Mapping[Session, str],
    meanings: Mapping[str, tuple[str, str]],
    extracted_at: datetime,
    signed_by: str,
    signed_role: str,
) -> Fields:
    """The register of a period, week by week, with a key to the codes in it.

    Args:
        marks: The code of every open session of the period; an empty code where no mark was taken.
        meanings: (meaning, what it counts as) of each code.
        extracted_at: The time at which the register stood like this, in the school's own time.

    Raises:
        DoesNotReconcile: A session is at a weekend, which the page has no place for.
    """
    used = sorted({code for code in marks.values() if code})
    return {
        **counted(attendance),
        **born(pupil),
        "school_name": school.name,
        "school_address": letterhead.address,
        "school_phone": letterhead.phone,
        "reference": reference,
        "pupil_name": pupil.name,
        "upn": pupil.upn,
        "extracted_at": extracted_at,
        "weeks": _weeks(marks),
        "key": [
            {"code": code, "meaning": meanings[code][0], "counted_as": meanings[code][1]} for code in used
        ],
        "signed_by": signed_by,
        "signed_role": signed_role,
    }


def chronology(
    school: School,
    pupil: Pupil,
    reference: str,
    period: tuple[date, date],
    entries: Sequence[tuple[date, str, str, str]],
    prepared_by: str,
    prepared_on: date,
) -> Fields:
    """What happened, oldest first: (day, what, by whom, outcome), each as the case records it."""
    return {
        "school_name": school.name,
        "reference": reference,
        "pupil_name": pupil.name,
        "pupil_year": year_in_words(pupil.year_group),
        "period_from": period[0],
        "period_to": period[1],
        "entries": [
            {"date": on, "what": what, "by": by, "outcome": outcome}
            for on, what, by, outcome in sorted(entries, key=lambda entry: entry[0])
        ],
        "prepared_by": prepared_by,
        "prepared_on": prepared_on,
    }


def parent_row(parent: Parent) -> Fields:
    """One parent on a form. What nobody recorded is said to be not recorded, never guessed."""
    return {
        "name": parent.name,
        "relationship": parent.relationship or "Not recorded",
        "responsibility": yes_no(parent.parental_responsibility),
        "lives_with": yes_no(parent.lives_with_pupil),
        "address": ", ".join(parent.address) or "Not recorded",
        "phone": parent.phone or "Not recorded",
        "language": parent.language or "Not recorded",
    }


def yes_no(known: bool | None) -> str:
    """Yes, No or Not recorded."""
    return {True: "Yes", False: "No", None: "Not recorded"}[known]


def sent(referral: Referral) -> Fields:
    """Who sends a form, and to whom."""
    return {
        "school_name": referral.school.name,
        "school_number": referral.school.dfe_number,
        "school_address": referral.letterhead.address,
        "school_phone": referral.letterhead.phone,
        "la_name": referral.la_name,
        "la_team": referral.la_team,
        "form_date": referral.on,
        "reference": referral.reference,
        "referrer_name": referral.referrer_name,
        "referrer_role": referral.referrer_role,
        "referrer_phone": referral.referrer_phone,
        "referrer_email": referral.referrer_email,
    }


def about(child: Child) -> Fields:
    """The pupil, their home, those who work with them and every parent."""
    pupil = child.pupil
    return {
        "pupil_surname": pupil.surname,
        "pupil_forename": pupil.forename,
        "pupil_known_as": pupil.known_as,
        "pupil_sex": {"F": "Female", "M": "Male"}.get(pupil.sex, pupil.sex),
        **born(pupil),
        "upn": pupil.upn,
        "pupil_language": pupil.eal_language,
        "pupil_address": child.home,
        "looked_after": yes_no(pupil.looked_after),
        "sen": _SEN.get(pupil.sen, "Not recorded"),
        "social_worker": yes_no(pupil.social_worker),
        "siblings": child.siblings,
        "agencies": [
            {"agency": agency, "lead": lead, "outcome": outcome} for agency, lead, outcome in child.agencies
        ],
        "parents": [parent_row(parent) for parent in child.parents],
    }


_SEN = {
    "N": "No special educational need recorded",
    "K": "Support in school (K)",
    "E": "Education, health and care plan (E)",
}


def _weeks(marks: Mapping[Session, str]) -> list[Fields]:
    weeks: dict[date, dict[str, str]] = {}
    for session in sorted(marks):
        if session.date.weekday() >= len(_WEEKDAYS):
            raise DoesNotReconcile(f"{session} is not on a weekday, and this extract shows weekdays alone")
        days = weeks.setdefault(monday_of(session.date), dict.fromkeys(_WEEKDAYS, "- -"))
        name = _WEEKDAYS[session.date.weekday()]
        morning, afternoon = days[name].split()
        code = marks[session] or "-"
        days[name] = f"{code} {afternoon}" if session.half is Half.AM else f"{morning} {code}"
    return [{"week": monday, **days} for monday, days in weeks.items()]


_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
