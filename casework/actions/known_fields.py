"""What case, register and law already say, by the name of the field: one answer for every document.

A document takes of these the fields it declares and nobody has written for it. What cannot be known from the
records is not here: a person says it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from casework.actions.letter_forms import (
    Fields,
    Making,
    attendance_of,
    meanings,
    missed_between,
    offers_of,
    visits_of,
)
from casework.actions.letter_periods import period_of, period_of_case, year_to_date
from casework.documents import Audience, forms, template_named
from casework.documents import fields as of_letter
from casework.domain import Half, Parent, Pupil, Session
from casework.domain import events as e
from casework.domain.calendar import academic_year_of
from casework.domain.words import day, in_words
from casework.facts.plain import Entry
from casework.rules import deadlines, notices
from casework.rules.situation import Situation

_FEW_SCHOOL_DAYS = 10
"""How far back a letter about single sessions looks, in school days."""


@dataclass(frozen=True)
class Known:
    """A document being made: its making, and the parent it is to or about, if any."""

    making: Making
    parent: Parent | None

    @property
    def now(self) -> Situation:
        """The situation, about the parent if there is one."""
        return self.making.situation

    @property
    def entries(self) -> list[Entry]:
        """The register of the case's school to the day asked about."""
        return self.now.facts.entries(self.now.on, self.now.school.urn)

    def lately(self, codes: Collection[str]) -> list[Entry]:
        """Sessions of the last school days with one of these codes."""
        days = [on for on in self.now.calendar.days if on <= self.now.on][-_FEW_SCHOOL_DAYS:]
        return [entry for entry in self.entries if entry.session.date in days and entry.code in codes]

    @property
    def period(self) -> tuple[date, date]:
        """The period this document counts: a notice's own, what counts now in a letter, else the year."""
        template, improvement = self.making.template, self.improvement
        if template == "penalty_notice" and self.notice is not None:
            return self.notice.period_from, self.notice.period_to
        if template == "notice_to_improve_outcome" and improvement is not None:
            return improvement.period_from, improvement.period_to
        if template == "early_notice_letter" and improvement is not None:
            return improvement.period_from, self.now.on
        if template_named(template).audience is Audience.PARENT:
            return year_to_date(self.now) if self.making.through_the_year else period_of(self.now)
        return period_of_case(self.now)

    @property
    def notice(self) -> e.PenaltyNoticeIssued | None:
        """The penalty notice the document is about: the one it names, else the parent's latest."""
        named = self.making.said.get("notice_number")
        issued = self.now.case.of(e.PenaltyNoticeIssued, parent_id=self.now.parent_id)
        about = [notice for notice in issued if named in (None, notice.notice_id)]
        return about[-1] if about else None

    @property
    def improvement(self) -> e.NoticeToImproveIssued | None:
        """The parent's latest notice to improve."""
        return self.now.case.last(e.NoticeToImproveIssued, parent_id=self.now.parent_id)


def known_fields(template: str, making: Making, parent: Parent | None) -> Fields:
    """Of what a document declares, everything that the records say."""
    declared = {field.name for field in template_named(template).fields}
    known = Known(making, parent)
    found: Fields = {}
    if "referrer_name" in declared:
        found |= forms.sent(making.referral)
    if "pupil_surname" in declared:
        found |= forms.about(making.child)
    if "period_from" in declared:
        found |= of_letter.counted(attendance_of(making.situation, *known.period))
    if "pupil_dob" in declared:
        found |= of_letter.born(making.situation.pupil)
    found |= {name: say(known) for name, say in _SAYS.items() if name in declared}
    return {name: value for name, value in found.items() if name in declared}


def _groups(known: Known, name: str) -> Sequence[str]:
    return tuple(known.now.value("attendance_codes.groups").get(name) or ())


def _session_row(session: Session, **more: str) -> Fields:
    return {"date": session.date, "half": _half(session.half), **more}


def _half(half: Half) -> str:
    return "Morning" if half is Half.AM else "Afternoon"


def _unexplained(known: Known) -> list[Fields]:
    return [_session_row(entry.session) for entry in known.lately(_groups(known, "reason_not_established"))]


def _illness(known: Known) -> list[Fields]:
    start = known.now.calendar.half_term_of
    ill = [entry.session for entry in known.entries if entry.code in _groups(known, "illness")]
    return [_session_row(session, reason="Illness") for session in ill if start(session) == start(ill[-1])]


def _recent(known: Known) -> list[Fields]:
    codes = (*_groups(known, "reason_not_established"), *_groups(known, "unauthorised_run"))
    words = meanings(known.now)
    return [
        _session_row(entry.session, code=entry.code, meaning=words.get(entry.code, entry.code))
        for entry in known.lately(codes)
    ]


def _calls(known: Known) -> list[Fields]:
    named = {parent.contact_id: parent.name for parent in known.now.parents}
    return [
        {
            "date": made.on,
            "how": in_words(made.method).capitalize(),
            "with_whom": named.get(made.parent_id, "") or "Not recorded",
            "outcome": made.says or in_words(made.outcome).capitalize(),
            "by": made.by,
        }
        for made in known.now.case.of(e.ContactRecorded)
    ]


def _every_session(known: Known) -> list[Fields]:
    start, _ = known.period
    days: dict[date, dict[str, str]] = {}
    for entry in known.entries:
        if entry.session.date >= start:
            halves = days.setdefault(entry.session.date, {"morning": "-", "afternoon": "-"})
            halves["morning" if entry.session.half is Half.AM else "afternoon"] = entry.code or "-"
    return [{"date": on, **halves} for on, halves in days.items()]


def _key(known: Known) -> list[Fields]:
    start, _ = known.period
    words = meanings(known.now)
    used = {entry.code for entry in known.entries if entry.code and entry.session.date >= start}
    return [
        {"code": code, "meaning": words.get(code, code), "counted_as": known.making.counted_as(code)}
        for code in sorted(used)
    ]


def _changes(known: Known) -> list[Fields]:
    start, end = known.period
    return [
        {
            "date": change.session.date,
            "half": _half(change.session.half),
            "was": change.was or "-",
            "now": change.now or "-",
            "changed_by": f"{change.by}, {change.amended_at:%-d %B %Y}",
            "why": change.reason or "Not recorded",
        }
        for change in known.making.changes
        if start <= change.session.date <= end
    ]


def _late(known: Known, after_close: bool = False) -> int | None:
    start, _ = known.period
    absent = known.now.value("attendance_codes.classes").unauthorised
    late = [
        entry.code
        for entry in known.entries
        if entry.code in _groups(known, "late") and entry.session.date >= start
    ]
    return sum(code in absent for code in late) or None if after_close else len(late)


def _ill_sessions(known: Known) -> int:
    year = academic_year_of(known.now.on)
    ill = _groups(known, "illness")
    return sum(entry.code in ill and academic_year_of(entry.session.date) == year for entry in known.entries)


def _last_seen(known: Known) -> date | None:
    seen = known.now.facts.last_seen(known.now.on, known.now.school.urn)
    return seen.date if seen else None


def _roll(known: Known, end: bool) -> date | None:
    register = next(r for r in known.now.facts.registers if r.urn == known.now.school.urn)
    spells = sorted(register.roll)
    return spells[-1][1 if end else 0] if spells else None


def _professional(known: Known, of: str) -> str:
    role = "youth_justice" if known.making.template.startswith("youth") else "social_worker"
    named = [p for p in known.now.professionals if p.role == role and p.involved(known.now.on)]
    return str(getattr(named[-1], of)) if named else ""


def _served(known: Known, of: str) -> object:
    drafted = {d.document_id: d for d in known.now.case.of(e.DocumentDrafted, parent_id=known.now.parent_id)}
    sent = [s for s in known.now.case.of(e.DocumentServed) if s.document_id in drafted]
    if not sent:
        return None
    return {
        "letter": template_named(drafted[sent[-1].document_id].template).title,
        "how": in_words(sent[-1].method).capitalize(),
        "posted": sent[-1].posted_on,
        "served": sent[-1].served_on,
    }[of]


def _initial(pupil: Pupil) -> str:
    first = pupil.known_as or pupil.forename
    return f"{first[0]}." if first else "your child"


def _pay_by(known: Known, clock: str) -> date | None:
    """The last day to pay a notice posted first class on its day of issue; day 1 is that of receipt."""
    if known.notice is None:
        return None
    now = known.now
    posted = "clocks.deemed_service_first_class"
    received = deadlines.due(now.policy, posted, known.notice.issued_on, now.calendar, now.holidays)
    return deadlines.due(now.policy, f"clocks.{clock}", received, now.calendar, now.holidays)


def _particulars(known: Known) -> str:
    """What the parent is said to have done, in a sentence that stands alone."""
    notice, now = known.notice, known.now
    if notice is None:
        return ""
    count = len(missed_between(now, notice.period_from, notice.period_to))
    sessions = f"{count} session{'' if count == 1 else 's'}"
    return (
        f"{now.pupil.name} is of compulsory school age and a registered pupil at {now.school.name}. From "
        f"{day(notice.period_from)} to {day(notice.period_to)} they did not go to school regularly: they "
        f"missed {sessions} without leave. You are their parent."
    )


def _home(known: Known) -> tuple[str, ...]:
    """Where the child lives: with the parent written to, if they do, whatever other home they have."""
    to = known.parent
    if template_named(known.making.template).audience is Audience.PARENT and to and to.lives_with_pupil:
        return to.address
    return known.making.child.home


def _office(known: Known, of: str) -> object:
    """Where the authority is reached and paid, as its own file says."""
    office = known.now.policy.maybe("la.notice_office", known.now.on)
    return office.get(of) if office else None


def _which_notice(known: Known) -> str:
    if known.notice is None:
        return ""
    years = known.now.value("penalty_notice.limit").years
    which = "first" if known.notice.tier == 1 else "second"
    return f"This is your {which} notice for this child in {years} years."


def _sessions(known: Known) -> list[Fields]:
    return [of_letter.missed_row(missed) for missed in missed_between(known.now, *known.period)]


def _ended(known: Known) -> e.PenaltyNoticeWithdrawn | None:
    withdrawn = known.now.case.of(e.PenaltyNoticeWithdrawn)
    return next((w for w in withdrawn if known.notice and w.notice_id == known.notice.notice_id), None)


def _ground_of_withdrawal(known: Known) -> str:
    ended = _ended(known)
    grounds = known.now.value("penalty_notice.withdrawal").grounds
    return next((str(g.says) for g in grounds if ended and g.ground == ended.ground), "")


def _corrected(known: Known) -> str:
    """What may still follow a notice withdrawn for an error in it: the law allows one put right."""
    ended = _ended(known)
    if ended is None or ended.ground != "material_error":
        return ""
    return "We may give you a notice for the same days with the error put right."


def _ground_of_deletion(known: Known) -> str:
    decided = known.now.case.last(e.DeletionDecided)
    if decided is None:
        return ""
    grounds = known.now.value("deletion.grounds").grounds
    says = next((str(g.says) for g in grounds if g.ground == decided.ground), "")
    return f"Ground {decided.ground}: {says}" if says else f"Ground {decided.ground}"


def _price(known: Known, of: str) -> int | None:
    if known.making.template == "penalty_notice":
        notice = known.notice
        return {"amount": notice.amount_pence, "reduced": notice.reduced_pence}[of] if notice else None
    price = notices.price(known.now)
    return {"amount": price.amount_pence, "reduced": price.reduced_pence}[of]


_SAYS: dict[str, Callable[[Known], object]] = {
    "absent_on": lambda k: k.now.on,
    "amount": lambda k: _price(k, "amount"),
    "calls": _calls,
    "changes": _changes,
    "completed_at": lambda k: k.making.moment,
    "corrected_notice": _corrected,
    "deemed_served_on": lambda k: _served(k, "served"),
    "deleted_on": lambda k: getattr(k.now.case.last(e.DeletionDecided), "deleted_on", None),
    "deletion_ground": _ground_of_deletion,
    "early_grounds": lambda k: k.improvement.early_grounds if k.improvement else "",
    "early_help": lambda k: ", ".join(dict.fromkeys(a.agency for a in k.now.case.of(e.AgencyInvolved))),
    "ended_on": lambda k: getattr(k.now.case.last(e.AttendanceContractEnded), "on", None),
    "every_session": _every_session,
    "extracted_at": lambda k: k.making.moment,
    "further_support": lambda k: k.improvement.further_support if k.improvement else (),
    "head_name": lambda k: k.making.head.headteacher,
    "how_sent": lambda k: _served(k, "how"),
    "how_to_pay": lambda k: _office(k, "how_to_pay"),
    "ill_from": lambda k: k.now.facts.run(_groups(k, "illness"), k.now.on, k.now.school.urn).started_on,
    "ill_sessions": _ill_sessions,
    "illness": _illness,
    "improve_from": lambda k: k.improvement.period_from if k.improvement else None,
    "improve_to": lambda k: k.improvement.period_to if k.improvement else None,
    "improvement_test": lambda k: k.improvement.improvement_test if k.improvement else "",
    "issued_on": lambda k: k.notice.issued_on if k.notice else None,
    "key": _key,
    "la_address": lambda k: _office(k, "address"),
    "la_email": lambda k: _office(k, "email"),
    "la_phone": lambda k: _office(k, "phone"),
    "last_attended_on": _last_seen,
    "last_seen_on": _last_seen,
    "late": _late,
    "late_after_close": lambda k: _late(k, after_close=True),
    "letter_sent": lambda k: _served(k, "letter"),
    "missed_on": lambda k: getattr(k.now.case.last(e.MeetingHeld), "on", None),
    "notice_number": lambda k: k.notice.notice_id if k.notice else "",
    "notice_parent": lambda k: k.parent.name if k.parent else "",
    "offence_particulars": _particulars,
    "on_roll_from": lambda k: _roll(k, end=False),
    "on_roll_to": lambda k: _roll(k, end=True),
    "parent_address": lambda k: k.parent.address if k.parent else (),
    "parent_name": lambda k: k.parent.name if k.parent else "",
    "parent_signing": lambda k: k.parent.name if k.parent else "",
    "pay_by": lambda k: _pay_by(k, "penalty_notice_full"),
    "pay_reduced_by": lambda k: (
        _pay_by(k, "penalty_notice_reduced") if k.notice and k.notice.reduced_pence else None
    ),
    "pay_within": lambda k: k.now.value("clocks.penalty_notice_full").length,
    "posted_on": lambda k: _served(k, "posted"),
    "prepared_by": lambda k: k.making.sender.name,
    "prepared_on": lambda k: k.now.on,
    "previous_notices": lambda k: _earlier_notices(k),
    "professional_name": lambda k: _professional(k, "name"),
    "professional_organisation": lambda k: _professional(k, "organisation"),
    "pupil_address": _home,
    "pupil_first": lambda k: k.now.pupil.known_as or k.now.pupil.forename or k.now.pupil.name,
    "pupil_initials": lambda k: _initial(k.now.pupil),
    "pupil_name": lambda k: k.now.pupil.name,
    "pupil_year": lambda k: of_letter.year_in_words(k.now.pupil.year_group),
    "recent": _recent,
    "reduced_amount": lambda k: _price(k, "reduced"),
    "reduced_within": lambda k: (
        k.now.value("clocks.penalty_notice_reduced").length if _price(k, "reduced") else None
    ),
    "reference": lambda k: k.now.case.ref,
    "review_trigger": lambda k: in_words(getattr(k.now.case.last(e.SafeguardingFlagged), "flag", "")),
    "school_name": lambda k: k.now.school.name,
    "second_amount": lambda k: k.now.value("penalty_notice.second").amount_pence,
    "sessions": _sessions,
    "signed_by": lambda k: k.making.sender.name,
    "signed_role": lambda k: k.making.role,
    "support": lambda k: [of_letter.offer_row(offer) for offer in offers_of(k.now)],
    "threshold": lambda k: k.now.value("penalty_notice.threshold").sessions,
    "threshold_weeks": lambda k: k.now.value("penalty_notice.threshold").school_weeks,
    "unexplained": _unexplained,
    "upn": lambda k: k.now.pupil.upn,
    "visits": lambda k: visits_of(k.making),
    "which_notice": _which_notice,
    "window": lambda k: k.now.value("penalty_notice.limit").years,
    "withdrawal_ground": _ground_of_withdrawal,
    "withdrawn_on": lambda k: getattr(_ended(k), "on", None),
    "written_by": lambda k: k.making.sender.name,
    "written_on": lambda k: k.now.on,
    "written_role": lambda k: k.making.role,
}


def _earlier_notices(known: Known) -> object:
    """On a form in words; on a notice to improve a count, from its own source."""
    counted = len(notices.counted_towards_limit(known.now).counted)
    if known.making.template.startswith("notice_to_improve"):
        return counted or None
    return f"{counted} within the look-back" if counted else "No earlier notice known"
