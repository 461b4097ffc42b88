"""From a situation to the fields of the forms an LA receives, of a register extract and of a chronology.

What only a person can say (the school's view, what is enclosed) is left out until they say it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.actions.letter_periods import period_of_case
from casework.documents import fields as of_letter
from casework.documents import forms
from casework.domain import Officer, Parent
from casework.domain import events as e
from casework.domain.words import day, describe, in_words
from casework.policy import code_meanings
from casework.rules import notices, proceedings, support
from casework.rules.situation import Situation
from casework.storage.registers import AmendedMark

Fields = dict[str, object]


@dataclass(frozen=True)
class Making:
    """What a form is made from, beside the situation: who sends it, when, how the school is reached."""

    situation: Situation
    head: of_letter.Letterhead
    email: str
    sender: Officer
    role: str
    moment: datetime
    said: Mapping[str, object]
    template: str = ""
    changes: Sequence[AmendedMark] = ()
    through_the_year: bool = False

    @property
    def referral(self) -> forms.Referral:
        """Who sends the form, to which team of which authority."""
        situation = self.situation
        code = situation.policy.maybe("la.code_of_conduct", situation.on)
        return forms.Referral(
            school=situation.school,
            letterhead=self.head,
            la_name=str(code.authority) if code else "",
            la_team=str(code.get("team", "")) if code else "",
            on=situation.on,
            reference=situation.case.ref,
            referrer_name=self.sender.name,
            referrer_role=self.role,
            referrer_phone=self.head.phone,
            referrer_email=self.email,
        )

    def counted_as(self, code: str) -> str:
        """What a register code counts as, in words."""
        found = self.situation.facts.codes.class_of(code, self.situation.on)
        return in_words(found.value) if found else "not counted"

    @property
    def child(self) -> forms.Child:
        """The pupil as a form describes them."""
        agencies = tuple(
            (a.agency, a.lead_practitioner or "Not recorded", a.outcome or "Under way")
            for a in self.situation.case.of(e.AgencyInvolved)
        )
        siblings = str(self.said.get("siblings", ""))
        return forms.Child(self.situation.pupil, self.situation.parents, siblings, agencies)


def attendance_of(situation: Situation, start: date, end: date) -> of_letter.Attendance:
    """The counts of a period at the case's own school."""
    counts = situation.facts.counts(start, end, situation.school.urn)
    return of_letter.Attendance(
        start, end, counts.possible, counts.attended, counts.authorised, counts.unauthorised
    )


def missed_between(situation: Situation, start: date, end: date) -> list[of_letter.Missed]:
    """The unauthorised sessions of a period at the case's own school, with what each code means."""
    codes = situation.value("penalty_notice.threshold").codes
    meaning = meanings(situation)
    return [
        of_letter.Missed(entry.session, entry.code, meaning.get(entry.code, entry.code))
        for entry in situation.facts.entries(end, situation.school.urn)
        if entry.session.date >= start and entry.code in codes
    ]


def offers_of(situation: Situation) -> list[of_letter.Offer]:
    """Support offered to the parent asked about, or to the pupil, with what came of it."""
    return _offer_rows(situation, support.offers(situation))


def _offer_rows(
    situation: Situation, offers: Iterable[tuple[e.SupportOffered, e.SupportOutcome | None]]
) -> list[of_letter.Offer]:
    return [
        of_letter.Offer(
            offered.on,
            offered.offer,
            offered.given_by or situation.school.name,
            in_words(outcome.outcome).capitalize() if outcome else "Waiting for an answer",
        )
        for offered, outcome in offers
    ]


def _offers_to_the_family(situation: Situation) -> list[of_letter.Offer]:
    """Support offered to anybody around the pupil: a form about the child tells all of it."""
    standing = (
        (offered, outcome)
        for offered, outcome in situation.case.offers
        if offered.on <= situation.on and not (outcome and outcome.outcome == "withdrawn")
    )
    return _offer_rows(situation, standing)


def _why_no_support(situation: Situation) -> e.SupportNotAppropriate | None:
    """The decision that support is not appropriate for the parent asked about, if one was recorded."""
    decided = support.not_appropriate(situation)
    last = [item.event for item in situation.case.recorded if item.ref in decided][-1:]
    return last[0] if last and isinstance(last[0], e.SupportNotAppropriate) else None


def _notice_in_words(notice: e.NoticeToImproveIssued | None, decided: e.SupportNotAppropriate | None) -> str:
    if notice is not None:
        return (
            f"Given on {day(notice.issued_on)}, to improve from {day(notice.period_from)} "
            f"to {day(notice.period_to)}."
        )
    return f"None given: support was decided not appropriate. {decided.reasons}" if decided else ""


def meanings(situation: Situation) -> dict[str, str]:
    """What each register code means."""
    return dict(code_meanings(situation.policy, situation.on))


def form_fields(template: str, making: Making, parent: Parent | None) -> Fields:
    """The fields of a form that its case and register already say; what a person said comes last."""
    build = _BUILDERS.get(template)
    known: Fields = {"head_name": making.head.headteacher}
    return {**known, **(build(making, parent) if build else {}), **making.said}


def _request(making: Making, parent: Parent | None) -> Fields:
    situation = making.situation
    if parent is None:
        return {}
    start, end = period_of_case(situation)
    weeks = situation.facts.school_weeks_ending(end, situation.value("penalty_notice.threshold").school_weeks)
    notice = situation.case.last(e.NoticeToImproveIssued, parent_id=parent.contact_id)
    earlier = len(notices.counted_towards_limit(situation).counted)
    decided = _why_no_support(situation)
    offers = offers_of(situation)
    if decided is not None and not offers:
        offers = [
            of_letter.Offer(decided.on, "None", situation.school.name, f"Not appropriate: {decided.reasons}")
        ]
    said: Fields = {
        "notice_to_improve_on": notice.issued_on if notice else None,
        "notice_to_improve": _notice_in_words(notice, decided),
        "previous_notices": "No earlier notice known" if not earlier else f"{earlier} within the look-back",
        "reasons_given": "; ".join(b.barrier for b in situation.case.of(e.BarrierFound)) or "No reason given",
        "early_help": _agencies(situation),
        **making.said,
    }
    return forms.penalty_notice_request(
        making.referral,
        making.child,
        parent,
        attendance_of(situation, start, end),
        missed_between(situation, start, end),
        (weeks[0] if weeks else start, end),
        offers,
        said,
    )


def _prosecution(making: Making, parent: Parent | None) -> Fields:
    situation = making.situation
    if parent is None:
        return {}
    start, end = period_of_case(situation)
    sessions = missed_between(situation, start, end)
    referred = situation.case.last(e.ProsecutionReferred, parent_id=parent.contact_id)
    earliest = sessions[0].session.date if sessions else situation.on
    said: Fields = {
        "offence": in_words(referred.offence) if referred else "",
        "previous_notices": f"{len(situation.penalty_notices)} on the ledger",
        "reasons_given": "; ".join(b.barrier for b in situation.case.of(e.BarrierFound)) or "No reason given",
        **making.said,
    }
    return forms.prosecution_referral(
        making.referral,
        making.child,
        parent,
        attendance_of(situation, start, end),
        sessions,
        offers_of(situation),
        _warnings(situation),
        _meetings(situation),
        proceedings.last_day_to_charge(situation, earliest),
        said,
    )


def _supervision(making: Making, parent: Parent | None) -> Fields:
    start, end = period_of_case(making.situation)
    attendance = attendance_of(making.situation, start, end)
    return forms.education_supervision_order_referral(
        making.referral, making.child, attendance, _offers_to_the_family(making.situation), making.said
    )


def _missing(making: Making, parent: Parent | None) -> Fields:
    situation = making.situation
    seen = situation.facts.last_seen(situation.on, situation.school.urn)
    reported = situation.case.last(e.CmeReported)
    said: Fields = {
        "last_attended_on": seen.date if seen else None,
        "last_seen_on": reported.last_seen_on if reported else None,
        "on_roll": "Yes" if reported is None or reported.report == "missing_from_school" else "No",
        **making.said,
    }
    enquiries = [
        (made.on, made.enquiry, made.asked_of or "Not recorded", made.answer or "No answer yet")
        for made in situation.case.of(e.EnquiryMade)
    ]
    call = str(making.said.get("phone_call", ""))
    return forms.cme_report(
        making.referral, making.child, making.moment, call, enquiries, visits_of(making), said
    )


def visits_of(making: Making) -> list[Fields]:
    """Each visit to the home, and whether the child was seen."""
    home = ", ".join(making.child.home) or "Not recorded"
    return [
        {
            "date": visit.on,
            "address": home,
            "spoken_to": in_words(visit.outcome).capitalize(),
            "child_seen": forms.yes_no(visit.child_seen),
        }
        for visit in making.situation.case.of(e.ContactRecorded)
        if visit.method == "visit"
    ]


def _extract(making: Making, parent: Parent | None) -> Fields:
    situation = making.situation
    start, end = period_of_case(situation)
    entries = situation.facts.entries(end, situation.school.urn)
    named = {code: (says, making.counted_as(code)) for code, says in meanings(situation).items()}
    return forms.register_extract(
        situation.school,
        making.head,
        situation.pupil,
        situation.case.ref,
        attendance_of(situation, start, end),
        {entry.session: entry.code for entry in entries if entry.session.date >= start},
        named,
        making.moment,
        making.sender.name,
        making.role,
    )


def _chronology(making: Making, parent: Parent | None) -> Fields:
    """Everything recorded that may be shown outside the school; the DSL's lane is left out."""
    situation = making.situation
    sealed = (e.SafeguardingFlagged, e.DslReviewed, e.HoldPlaced, e.HoldLifted, e.TaskAdded, e.TaskDone)
    entries = [
        (item.event.on, describe(item.event), item.event.by, "")
        for item in situation.case.recorded
        if not isinstance(item.event, sealed)
    ]
    first = entries[0][0] if entries else situation.on
    return forms.chronology(
        situation.school,
        situation.pupil,
        situation.case.ref,
        (first, situation.on),
        entries,
        making.sender.name,
        situation.on,
    )


_BUILDERS: dict[str, Callable[[Making, Parent | None], Fields]] = {
    "penalty_notice_request": _request,
    "prosecution_referral": _prosecution,
    "education_supervision_order_referral": _supervision,
    "cme_report": _missing,
    "register_extract": _extract,
    "chronology": _chronology,
}


def _agencies(situation: Situation) -> str:
    named = [a.agency for a in situation.case.of(e.AgencyInvolved)]
    return ", ".join(dict.fromkeys(named)) or "No agency recorded"


def _warnings(situation: Situation) -> list[tuple[date, str, str]]:
    drafted = {d.document_id: d for d in situation.case.of(e.DocumentDrafted, parent_id=situation.parent_id)}
    return [
        (
            served.posted_on or served.on,
            in_words(drafted[served.document_id].template),
            in_words(served.method),
        )
        for served in situation.case.of(e.DocumentServed)
        if served.document_id in drafted
    ]


def _meetings(situation: Situation) -> list[tuple[date, str, str]]:
    arranged = {m.meeting_id: m.meeting for m in situation.case.of(e.MeetingArranged)}
    return [
        (held.on, arranged.get(held.meeting_id, "Meeting"), held.says or "Held")
        for held in situation.case.of(e.MeetingHeld)
    ]
