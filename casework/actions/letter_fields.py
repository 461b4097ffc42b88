"""From a situation to the fields of each letter: what the case, the register and the law already say.

What nobody has said yet is left out, so that the letter names what is missing and where to enter it. A later
answer (`given`) fills it in. One letter is to one parent about one pupil.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.actions import policy_letters
from casework.actions.letter_forms import (
    Fields,
    Making,
    attendance_of,
    form_fields,
    missed_between,
    offers_of,
)
from casework.documents import fields as of_letter
from casework.documents import template_named
from casework.documents.declared import Kind
from casework.domain import Officer, Parent, Session
from casework.domain import events as e
from casework.domain.calendar import academic_year_of
from casework.rules import notices, support
from casework.rules.situation import Situation
from casework.storage.letterheads import KeptLetterhead

Given = Mapping[str, str]


def fields_of(
    template: str,
    situation: Situation,
    parent: Parent | None,
    head: KeptLetterhead | None,
    signed_by: Officer,
    reach: Officer,
    given: Given,
    now: datetime,
) -> Fields:
    """Everything the template declares that is known, under its declared names.

    Args:
        parent: Whom the letter is to, or whom a form is about; None for a record of the pupil.
        head: The school's letterhead, if entered.
        reach: Whom the parent can reach that week.
        given: What a person wrote for this letter, by field; dates as `2026-10-05`, lines one under another.
        now: The moment it is made, for what says when it was completed.

    Raises:
        CannotAddress: The parent may not, or cannot, be written to.
        NamesAnotherParent: A text holds a detail of another parent.
    """
    about = situation.about(parent) if parent else situation
    typed = _typed(template, given)
    address = of_letter.Letterhead(
        head.address if head else (), head.phone if head else "", head.headteacher if head else ""
    )
    local = now.astimezone(ZoneInfo(situation.school.timezone)).replace(tzinfo=None)
    email = head.email if head else ""
    making = Making(about, address, email, signed_by, _role(signed_by), local, typed)
    known = {**_said(about, given), **_BUILDERS.get(template, _nothing)(about)}
    known |= form_fields(template, making, parent)
    declared = {field.name for field in template_named(template).fields}
    if "parent_address" in declared and parent is not None:
        to = of_letter.To(
            pupil=situation.pupil,
            parent=parent,
            others=tuple(other for other in situation.parents if other != parent),
            school=situation.school,
            letterhead=address,
            on=situation.on,
            reference=situation.case.ref,
            contact=of_letter.Reachable(
                reach.name, _role(reach), address.phone, head.reachable if head else "", email
            ),
            signed_by=signed_by.name,
            signed_role=_role(signed_by),
        )
        known = of_letter.letter(to, known)
    empty: tuple[object, ...] = ("", None, (), [])
    return {name: value for name, value in known.items() if name in declared and value not in empty}


def counted_sessions(situation: Situation) -> tuple[Session, ...]:
    """The sessions towards the threshold on the day asked about, those spent for the parent left out."""
    limit = situation.value("penalty_notice.threshold")
    weeks = situation.facts.school_weeks_ending(situation.on, limit.school_weeks)
    counted = situation.facts.missed(limit.codes, weeks, situation.on, situation.parent_id)
    return tuple(Session.parse(item) for item in counted)


def period_of(situation: Situation) -> tuple[date, date]:
    """The days a letter counts: from the first session that counts, or the start of the half term, to now."""
    counted = counted_sessions(situation)
    last = situation.calendar.last_session(situation.on)
    end = last.date if last else situation.on
    if counted:
        return counted[0].date, end
    return _half_term_start(situation, end), end


def _half_term_start(situation: Situation, end: date) -> date:
    sessions = situation.calendar.sessions_between(date.min, end)
    if not sessions:
        return end
    latest = situation.calendar.half_term_of(sessions[-1])
    first = end
    for session in reversed(sessions):
        if situation.calendar.half_term_of(session) != latest:
            break
        first = session.date
    return first


def _year_to_date(situation: Situation) -> tuple[date, date]:
    """The days of the academic year up to now, by which a policy's own lines are drawn."""
    last = situation.calendar.last_session(situation.on)
    end = last.date if last else situation.on
    days = [day for day in situation.calendar.days if academic_year_of(day) == academic_year_of(end)]
    return (days or [end])[0], end


def _said(situation: Situation, given: Given) -> Fields:
    """Counts, sessions, support and dates that several letters share."""
    own = policy_letters.NAME in given
    start, end = _year_to_date(situation) if own else period_of(situation)
    fields = of_letter.counted(attendance_of(situation, start, end))
    meeting = situation.case.last(e.MeetingArranged)
    held = situation.case.last(e.MeetingHeld)
    fields |= {
        "review_on": situation.case.review_on,
        "support": [of_letter.offer_row(offer) for offer in offers_of(situation)],
        "offers": _offer_lines(situation),
        "la_name": _la_name(situation),
    }
    if meeting is not None:
        fields |= {"meeting_at": meeting.at, "meeting_place": meeting.place, "purpose": meeting.meeting}
    if held is not None:
        fields |= {"meeting_on": held.on, "pupil_view": held.pupil_view}
    return fields


def _nothing(situation: Situation) -> Fields:
    return {}


def _plan(situation: Situation) -> Fields:
    return {
        "barriers": [barrier.barrier for barrier in situation.case.of(e.BarrierFound)],
        "actions": [
            {
                "what": offered.offer,
                "who": offered.given_by or "The school",
                "by_when": situation.case.review_on,
            }
            for offered, _ in support.offers(situation)
            if situation.case.review_on is not None
        ],
    }


def _contract(situation: Situation) -> Fields:
    agreed = situation.case.last(e.AttendanceContractAgreed)
    if agreed is None:
        return {}
    return {
        **of_letter.born(situation.pupil),
        "requirements": agreed.requirements,
        "support": [
            {"what": what, "who": "The school", "by_when": agreed.ends_on} for what in agreed.support
        ],
        "starts_on": agreed.starts_on,
        "ends_on": agreed.ends_on,
        "review_on": agreed.review_on or situation.case.review_on,
        "reasons": "; ".join(b.barrier for b in situation.case.of(e.BarrierFound)),
    }


def _notice_to_improve(situation: Situation) -> Fields:
    issued = situation.case.last(e.NoticeToImproveIssued, parent_id=situation.parent_id)
    if issued is None:
        return {}
    threshold = situation.value("penalty_notice.threshold")
    price, second = notices.price(situation), situation.value("penalty_notice.second")
    is_first = price.reduced_pence is not None
    start, end = period_of(situation)
    declined = [
        offered.offer
        for offered, outcome in support.offers(situation)
        if outcome is not None and outcome.outcome in ("declined", "did_not_attend")
    ]
    return {
        **of_letter.born(situation.pupil),
        "sessions": [of_letter.missed_row(missed) for missed in missed_between(situation, start, end)],
        "further_support": issued.further_support,
        "declined_support": declined,
        "improve_from": issued.period_from,
        "improve_to": issued.period_to,
        "improve_length": len(situation.calendar.days_between(issued.period_from, issued.period_to)),
        "improvement_test": issued.improvement_test,
        "early_grounds": issued.early_grounds,
        "threshold": threshold.sessions,
        "threshold_weeks": threshold.school_weeks,
        "amount": price.amount_pence,
        "reduced_amount": price.reduced_pence,
        "reduced_within": situation.value("clocks.penalty_notice_reduced").length if is_first else None,
        "pay_within": situation.value("clocks.penalty_notice_full").length,
        "second_amount": second.amount_pence,
        "window": situation.value("penalty_notice.limit").years,
        "previous_notices": len(notices.counted_towards_limit(situation).counted) or None,
    }


_BUILDERS: dict[str, Callable[[Situation], Fields]] = {
    "supportive_plan": _plan,
    "attendance_contract": _contract,
    "attendance_contract_review": _contract,
    "notice_to_improve": _notice_to_improve,
}


def _offer_lines(situation: Situation) -> Sequence[str]:
    made = [offered.offer for offered, _ in support.offers(situation)]
    standing = situation.policy.maybe("documents.offers_concern_letter", situation.on)
    return made or (standing.offers if standing else ())


def _la_name(situation: Situation) -> str:
    code = situation.policy.maybe("la.code_of_conduct", situation.on)
    return str(code.authority) if code else ""


def _role(officer: Officer) -> str:
    names = sorted(role.value.replace("_", " ").capitalize() for role in officer.roles)
    return names[-1] if names else ""


def _typed(template: str, given: Given) -> Fields:
    """What a person wrote, as the kind its field declares; fields the template does not know are left out."""
    typed: Fields = {}
    for field in template_named(template).fields:
        text = given.get(field.name, "").strip()
        if not text:
            continue
        match field.kind:
            case Kind.LINES:
                typed[field.name] = tuple(line.strip() for line in text.splitlines() if line.strip())
            case Kind.DAY | Kind.BIRTHDAY:
                typed[field.name] = date.fromisoformat(text)
            case Kind.MOMENT:
                typed[field.name] = datetime.fromisoformat(text)
            case Kind.COUNT | Kind.MONEY:
                typed[field.name] = int(text)
            case Kind.ROWS:
                continue
            case _:
                typed[field.name] = text
    return typed
