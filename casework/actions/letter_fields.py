"""From a situation to the fields of each letter: what the case, the register and the law already say.

What nobody has said yet is left out, so that the letter names what is missing and where to enter it. A later
answer (`given`) fills it in. One letter is to one parent about one pupil.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from casework.documents import fields as of_letter
from casework.documents import template_named
from casework.documents.declared import Kind
from casework.domain import Officer, Parent, Session
from casework.domain import events as e
from casework.rules import notices, support
from casework.rules.situation import Situation
from casework.storage.letterheads import KeptLetterhead

Given = Mapping[str, str]
Fields = dict[str, object]


def fields_of(
    template: str,
    situation: Situation,
    parent: Parent | None,
    head: KeptLetterhead | None,
    signed_by: Officer,
    reach: Officer,
    given: Given,
) -> Fields:
    """Everything the template declares that is known, under its declared names.

    Args:
        parent: Whom the letter is to; None for a form or a record.
        head: The school's letterhead, if entered.
        reach: Whom the parent can reach that week.
        given: What a person wrote for this letter, by field; dates as `2026-10-05`, lines one under another.

    Raises:
        CannotAddress: The parent may not, or cannot, be written to.
        NamesAnotherParent: A text holds a detail of another parent.
    """
    about = situation.about(parent) if parent else situation
    known = {**_said(about), **_BUILDERS.get(template, _nothing)(about)}
    known |= _typed(template, given)
    declared = {field.name for field in template_named(template).fields}
    if parent is not None:
        to = of_letter.To(
            pupil=situation.pupil,
            parent=parent,
            others=tuple(other for other in situation.parents if other != parent),
            school=situation.school,
            letterhead=of_letter.Letterhead(
                head.address if head else (), head.phone if head else "", head.headteacher if head else ""
            ),
            on=situation.on,
            reference=situation.case.ref,
            contact=of_letter.Reachable(
                reach.name,
                _role(reach),
                head.phone if head else "",
                head.reachable if head else "",
                head.email if head else "",
            ),
            signed_by=signed_by.name,
            signed_role=_role(signed_by),
        )
        known = of_letter.letter(to, known)
    return {
        name: value for name, value in known.items() if name in declared and value not in ("", None, (), [])
    }


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


def _said(situation: Situation) -> Fields:
    """Counts, sessions, support and dates that several letters share."""
    start, end = period_of(situation)
    counts = situation.facts.counts(start, end, situation.school.urn)
    fields = of_letter.counted(
        of_letter.Attendance(
            start, end, counts.possible, counts.attended, counts.authorised, counts.unauthorised
        )
    )
    meeting = situation.case.last(e.MeetingArranged)
    fields |= {
        "review_on": situation.case.review_on,
        "support": [of_letter.offer_row(offer) for offer in _offers(situation)],
        "offers": _offer_lines(situation),
        "la_name": _la_name(situation),
    }
    if meeting is not None:
        fields |= {"meeting_at": meeting.at, "meeting_place": meeting.place, "purpose": meeting.meeting}
    return fields


def _nothing(situation: Situation) -> Fields:
    return {}


def _contract(situation: Situation) -> Fields:
    agreed = situation.case.last(e.AttendanceContractAgreed)
    if agreed is None:
        return {}
    held = situation.case.last(e.MeetingHeld)
    helper = "The school"
    return {
        **of_letter.born(situation.pupil),
        "meeting_on": held.on if held else None,
        "requirements": agreed.requirements,
        "support": [{"what": what, "who": helper, "by_when": agreed.ends_on} for what in agreed.support],
        "starts_on": agreed.starts_on,
        "ends_on": agreed.ends_on,
        "review_on": agreed.review_on or situation.case.review_on,
        "pupil_view": held.pupil_view if held else "",
        "reasons": "; ".join(b.barrier for b in situation.case.of(e.BarrierFound)),
    }


def _notice_to_improve(situation: Situation) -> Fields:
    issued = situation.case.last(e.NoticeToImproveIssued, parent_id=situation.parent_id)
    if issued is None:
        return {}
    threshold = situation.value("penalty_notice.threshold")
    limit = situation.value("penalty_notice.limit")
    first, second = situation.value("penalty_notice.first"), situation.value("penalty_notice.second")
    reduced = situation.value("clocks.penalty_notice_reduced")
    is_first = notices.price(situation).tier == 1
    start, end = period_of(situation)
    meanings = _meanings(situation)
    listed = [
        of_letter.missed_row(
            of_letter.Missed(entry.session, entry.code, meanings.get(entry.code, entry.code))
        )
        for entry in situation.facts.entries(end, situation.school.urn)
        if entry.session.date >= start and entry.code in threshold.codes
    ]
    declined = [
        offered.offer
        for offered, outcome in support.offers(situation)
        if outcome is not None and outcome.outcome in ("declined", "did_not_attend")
    ]
    return {
        **of_letter.born(situation.pupil),
        "sessions": listed,
        "further_support": issued.further_support,
        "declined_support": declined,
        "improve_from": issued.period_from,
        "improve_to": issued.period_to,
        "improve_length": len(situation.calendar.days_between(issued.period_from, issued.period_to)),
        "improvement_test": issued.improvement_test,
        "early_grounds": issued.early_grounds,
        "threshold": threshold.sessions,
        "threshold_weeks": threshold.school_weeks,
        "amount": first.amount_pence,
        "reduced_amount": first.reduced_pence if is_first else None,
        "reduced_within": reduced.length if is_first else None,
        "pay_within": situation.value("clocks.penalty_notice_full").length,
        "second_amount": second.amount_pence,
        "window": limit.years,
        "previous_notices": len(notices.counted_towards_limit(situation).counted) or None,
    }


_BUILDERS: dict[str, Callable[[Situation], Fields]] = {
    "attendance_contract": _contract,
    "notice_to_improve": _notice_to_improve,
}


def _offers(situation: Situation) -> list[of_letter.Offer]:
    return [
        of_letter.Offer(
            offered.on,
            offered.offer,
            offered.given_by or situation.school.name,
            outcome.outcome.replace("_", " ").capitalize() if outcome else "Waiting for an answer",
        )
        for offered, outcome in support.offers(situation)
    ]


def _offer_lines(situation: Situation) -> Sequence[str]:
    made = [offered.offer for offered, _ in support.offers(situation)]
    standing = situation.policy.maybe("documents.offers_concern_letter", situation.on)
    return made or (standing.offers if standing else ())


def _la_name(situation: Situation) -> str:
    code = situation.policy.maybe("la.code_of_conduct", situation.on)
    return str(code.authority) if code else ""


def _meanings(situation: Situation) -> dict[str, str]:
    listed = situation.value("attendance_codes.meanings").meanings
    return {item["code"]: item["says"] for item in listed}


def _role(officer: Officer) -> str:
    names = sorted(role.value.replace("_", " ").capitalize() for role in officer.roles)
    return names[0] if names else ""


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
            case Kind.DAY:
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
