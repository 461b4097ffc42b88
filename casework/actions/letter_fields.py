"""From a situation to the fields of each letter: what the case, the register and the law already say.

What nobody has said yet is left out, so that the letter names what is missing and where to enter it. A later
answer (`given`) fills it in. One letter is to one parent about one pupil.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.actions import policy_letters
from casework.actions.known_fields import known_fields
from casework.actions.letter_forms import (
    Fields,
    Making,
    attendance_of,
    form_fields,
    missed_between,
    offers_of,
)
from casework.actions.letter_periods import period_of, year_to_date
from casework.actions.recording import Unclear
from casework.documents import Audience, template_named
from casework.documents import fields as of_letter
from casework.documents.declared import Field, Kind
from casework.documents.printing import fits
from casework.domain import Officer, Parent
from casework.domain import events as e
from casework.rules import notices, support
from casework.rules.situation import Situation
from casework.storage.letterheads import KeptLetterhead
from casework.storage.registers import AmendedMark

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
    changes: Sequence[AmendedMark] = (),
) -> Fields:
    """Everything the template declares that is known, under its declared names.

    Args:
        parent: Whom the letter is to, or whom a form is about; None for a record of the pupil.
        head: The school's letterhead, if entered.
        reach: Whom the parent can reach that week.
        given: What a person wrote for this letter, by field; dates as `2026-10-05`, lines one under another.
        now: The moment it is made, for what says when it was completed.
        changes: What was changed in the pupil's register, for the documents that say so.

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
    making = Making(
        about,
        address,
        email,
        signed_by,
        _role(signed_by),
        local,
        typed,
        template,
        changes,
        through_the_year=policy_letters.NAME in given,
    )
    contact = of_letter.Reachable(
        reach.name, _role(reach), address.phone, head.reachable if head else "", email
    )
    known = {**_reached(address, contact), **_said(about, given), **known_fields(template, making, parent)}
    known |= _BUILDERS.get(template, _nothing)(about)
    known |= form_fields(template, making, parent)
    declared = {field.name: field for field in template_named(template).fields}
    # Some names stand for one thing in a plan and another in its review: what does not fit, a person says.
    known = {
        name: value for name, value in known.items() if name not in declared or fits(declared[name], value)
    }
    if template_named(template).audience is Audience.PARENT and "parent_address" in declared and parent:
        to = of_letter.To(
            pupil=situation.pupil,
            parent=parent,
            others=tuple(other for other in situation.parents if other != parent),
            school=situation.school,
            letterhead=address,
            on=situation.on,
            reference=situation.case.ref,
            contact=contact,
            signed_by=signed_by.name,
            signed_role=_role(signed_by),
        )
        known = of_letter.letter(to, known)
    empty: tuple[object, ...] = ("", None, (), [])
    return {name: value for name, value in known.items() if name in declared and value not in empty}


def _reached(head: of_letter.Letterhead, contact: of_letter.Reachable) -> Fields:
    """The school's address and whom to reach there, for papers that are no letter."""
    return {
        "school_address": head.address,
        "school_phone": head.phone,
        "office_hours": contact.when,
        "contact_name": contact.name,
        "contact_role": contact.role,
        "contact_phone": contact.phone,
        "contact_when": contact.when,
        "contact_email": contact.email,
    }


def _said(situation: Situation, given: Given) -> Fields:
    """Counts, sessions, support and dates that several letters share."""
    own = policy_letters.NAME in given
    start, end = year_to_date(situation) if own else period_of(situation)
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
    """What a person wrote, as the kind its field declares; fields the template does not know are left out.

    Raises:
        Unclear: Something is not of its kind; all of it is named.
    """
    typed: Fields = {}
    faults = []
    for field in template_named(template).fields:
        text = given.get(field.name, "").strip()
        if not text:
            continue
        try:
            typed[field.name] = _rows(field, text) if field.kind is Kind.ROWS else _one(field, text)
        except ValueError as error:
            faults.append(f"{field.title}: {error}")
    if faults:
        raise Unclear(" ".join(faults), "Correct it, then send it again.")
    return typed


def _one(field: Field, text: str) -> object:
    match field.kind:
        case Kind.LINES:
            return tuple(line.strip() for line in text.splitlines() if line.strip())
        case Kind.DAY | Kind.BIRTHDAY:
            return _parsed(date.fromisoformat, text, "a date such as 2026-10-05")
        case Kind.MOMENT:
            return _parsed(datetime.fromisoformat, text, "a day and time such as 2026-10-05T15:30")
        case Kind.COUNT | Kind.MONEY:
            return _parsed(int, text, "a whole number")
    return text


def _rows(field: Field, text: str) -> list[Fields]:
    """A table as it is typed: a row on each line, its columns in their order, a bar between them."""
    rows = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(field.columns):
            wanted = " | ".join(column.title for column in field.columns)
            raise ValueError(f"row {number} has {len(cells)} of {len(field.columns)} parts ({wanted}).")
        filled = zip(field.columns, cells, strict=True)
        rows.append({column.name: _one(column, cell) for column, cell in filled if cell})
    return rows


def _parsed(read: Callable[[str], object], text: str, wanted: str) -> object:
    try:
        return read(text)
    except ValueError:
        raise ValueError(f"{text!r} is not {wanted}.") from None
