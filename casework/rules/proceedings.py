"""Court as the last resort: what can still be charged, what a notice bars, and what is checked first."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

from casework.domain import Answer, Finding, NoticeStatus, Role
from casework.domain import events as e
from casework.domain.calendar import add_months, working_days_between
from casework.domain.words import number_of
from casework.facts import Uncounted, Weighed
from casework.rules import deadlines, notices, register
from casework.rules.situation import Situation

LIMIT = "prosecution.time_limit"
NEW_ABSENCE = "nothing mends this: only absence that is still to come could be charged"
NOTICE = "prosecution.after_penalty_notice"
FINAL_CHECK = "prosecution.final_check"
ENQUIRY = "payment_and_correspondence"


@dataclass(frozen=True)
class Charges:
    """Unauthorised sessions by whether they can still be put to a court, oldest first."""

    in_time: tuple[Weighed, ...]
    out_of_time: tuple[Weighed, ...]


def last_day_to_charge(situation: Situation, session_date: date) -> date:
    """The last day on which an information about one session may be laid."""
    return _due(situation, "clocks.prosecution_limit", session_date)


def _due(situation: Situation, rule: str, started_on: date) -> date:
    return deadlines.due(
        situation.policy, rule, started_on, situation.calendar, situation.holidays, on=situation.on
    )


def charges(situation: Situation) -> Charges:
    """The sessions a referral about this parent would put to court, by the six-month limit of each.

    Sessions of an unpaid notice are what is prosecuted. Those of a paid notice, of a withdrawn one (but for a
    material error) and of an earlier prosecution are settled.
    """
    if "charges" not in situation.kept:
        situation.kept["charges"] = by_time_limit(situation, _chargeable(situation))
    found: Charges = situation.kept["charges"]
    return found


def by_time_limit(situation: Situation, sessions: tuple[Weighed, ...]) -> Charges:
    """Sessions, oldest first, parted where the six-month limit falls: a later one never expires earlier."""
    place = bisect_left(
        sessions, situation.on, key=lambda item: last_day_to_charge(situation, item.session.date)
    )
    return Charges(in_time=sessions[place:], out_of_time=sessions[:place])


def _chargeable(situation: Situation) -> tuple[Weighed, ...]:
    unpaid = [n for n in situation.penalty_notices if n.status is NoticeStatus.UNPAID]
    if unpaid:
        latest = unpaid[-1]
        settled = [n for n in notices.spending(situation) if n.status is not NoticeStatus.UNPAID]
        return tuple(
            item
            for item in _unauthorised_whatever_was_noticed(situation)
            if latest.covers(item.session) and not any(n.covers(item.session) for n in settled)
        )
    return register.unauthorised(situation)


def _unauthorised_whatever_was_noticed(situation: Situation) -> tuple[Weighed, ...]:
    return tuple(i for i in register.weighed(situation) if i.uncounted in (None, Uncounted.SPENT))


def in_time(situation: Situation) -> Finding:
    """At least one session can still be charged; sessions older than six months cannot, one by one."""
    source = situation.value("clocks.prosecution_limit").source
    found = charges(situation)
    if not found.in_time:
        says = (
            f"None of {number_of(len(found.out_of_time), 'session')} can be charged any more: six months "
            "have passed."
            if found.out_of_time
            else "There is no unauthorised session to charge."
        )
        evidence = tuple(str(i.session) for i in found.out_of_time)
        return Finding(LIMIT, Answer.FAILS, says, evidence, source, NEW_ABSENCE, "la", situation.on)
    first, last = (
        last_day_to_charge(situation, i.session.date) for i in (found.in_time[0], found.in_time[-1])
    )
    says = (
        f"{number_of(len(found.in_time), 'session')} can still be charged, the earliest until "
        f"{first:%-d %B %Y}, the latest until {last:%-d %B %Y}"
        + (f"; {len(found.out_of_time)} no longer" if found.out_of_time else "")
        + "."
    )
    return Finding(
        LIMIT, Answer.HOLDS, says, tuple(str(i.session) for i in found.in_time), source, on=situation.on
    )


def marks_final(situation: Situation) -> Finding:
    """No blank and no code the authority refuses lies between the first and last session to be charged."""
    return register.final_over(situation, charges(situation).in_time)


def notice_in_time(situation: Situation) -> Finding:
    """A notice stands in the place of a prosecution: at least one session relied on can still be charged."""
    source = situation.value("clocks.prosecution_limit").source
    relied = register.relied_on(situation)
    able = by_time_limit(situation, relied).in_time
    if relied and not able:
        says = "Every session relied on is older than six months: no offence could be charged."
        evidence = tuple(str(i.session) for i in relied)
        return Finding(LIMIT, Answer.FAILS, says, evidence, source, NEW_ABSENCE, "la", situation.on)
    says = f"{len(able)} of {number_of(len(relied), 'session')} relied on can still be charged."
    return Finding(LIMIT, Answer.HOLDS, says, tuple(str(i.session) for i in able), source, on=situation.on)


def no_notice_bars(situation: Situation) -> Finding:
    """No notice bars court: none open for payment, none paid, none withdrawn for these sessions."""
    rule = situation.value(NOTICE)
    relied = _chargeable(situation)
    latest = situation.penalty_notices[-1] if situation.penalty_notices else None
    if latest and latest.status is None:
        says = f"What became of the notice of {latest.issued_on:%-d %B %Y} is not known."
        return Finding(
            NOTICE, Answer.UNKNOWN, says, (), rule.source, "whether it was paid", "la", situation.on
        )
    unpaid = [n for n in situation.penalty_notices if n.status is NoticeStatus.UNPAID]
    if unpaid:
        return _time_to_pay(situation, unpaid[-1].issued_on, unpaid[-1].notice_id)
    if latest and not relied:
        word = "withdrawn" if latest.withdrawn else "settled"
        says = f"The sessions of the notice of {latest.issued_on:%-d %B %Y} are {word}: not for court."
        return Finding(NOTICE, Answer.FAILS, says, (), rule.source, NEW_ABSENCE, "la", situation.on)
    undone = [n for n in situation.penalty_notices if n.withdrawn and n not in notices.spending(situation)]
    if any(n.covers(i.session) for n in undone for i in relied):
        return Finding(
            NOTICE,
            Answer.FOR_A_PERSON,
            "A notice for some of these sessions was withdrawn for a material error. A corrected notice is "
            "what the law allows then; may the authority go to court without one?",
            (),
            rule.source,
            "a corrected notice, or the authority's own answer",
            "la",
            situation.on,
        )
    says = "No notice bars proceedings for these sessions."
    return Finding(NOTICE, Answer.HOLDS, says, source=rule.source, on=situation.on)


def _time_to_pay(situation: Situation, issued_on: date, notice_id: str) -> Finding:
    rule = situation.value("clocks.proceedings_barred")
    received = received_on(situation, notice_id)
    refs = served_refs(situation, notice_id)
    if received is None:
        says = f"When the notice of {issued_on:%-d %B %Y} was served is not recorded."
        return Finding(
            NOTICE, Answer.UNKNOWN, says, refs, rule.source, "how and when it was served", "la", situation.on
        )
    last = last_day_to_pay(situation, received)
    if situation.on <= last:
        says = f"The notice of {issued_on:%-d %B %Y} can be paid to {last:%-d %B %Y}: no court before then."
        return Finding(
            NOTICE, Answer.FAILS, says, refs, rule.source, "the time to pay ends", "la", situation.on
        )
    says = f"The notice of {issued_on:%-d %B %Y} was not paid by {last:%-d %B %Y}."
    return Finding(NOTICE, Answer.HOLDS, says, refs, rule.source, on=situation.on)


def last_day_to_pay(situation: Situation, received: date) -> date:
    """The last day of the period for payment; the day of receipt is day 1."""
    return _due(situation, "clocks.penalty_notice_full", received)


def received_on(situation: Situation, notice_id: str) -> date | None:
    """When a notice is taken to have been received: as recorded, or by the post; None if unknown."""
    received: date | None = None
    for item in situation.case.recorded:
        event = item.event
        if isinstance(event, e.DocumentServed) and _is_document_of(situation, event.document_id, notice_id):
            received = event.served_on or (deemed_served(situation, event.posted_on, event.method))
        if isinstance(event, e.DocumentReturned) and _is_document_of(situation, event.document_id, notice_id):
            received = None
    return received


def deemed_served(situation: Situation, posted_on: date | None, method: str) -> date | None:
    """The day a posted notice is presumed to arrive; the day of posting is day 0."""
    if posted_on is None:
        return None
    if method in ("by_hand", "left_at_address"):
        return posted_on
    clock = "deemed_service_first_class" if "first" in method else "deemed_service_second_class"
    return _due(situation, f"clocks.{clock}", posted_on)


def served_refs(situation: Situation, notice_id: str) -> tuple[str, ...]:
    """Each time a notice went, under its own name or as the document drafted for it."""
    return tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.DocumentServed)
        and _is_document_of(situation, item.event.document_id, notice_id)
    )


def _is_document_of(situation: Situation, document_id: str, notice_id: str) -> bool:
    """Whether a document was drafted from the event that issued the notice (or carries its name)."""
    if document_id == notice_id:
        return True
    for item in situation.case.recorded:
        if isinstance(item.event, e.DocumentDrafted) and item.event.document_id == document_id:
            origin = item.event.from_sequence
            return any(
                r.sequence == origin
                and isinstance(r.event, e.PenaltyNoticeIssued)
                and r.event.notice_id == notice_id
                for r in situation.case.recorded
            )
    return False


def order_considered(situation: Situation) -> Finding:
    """The authority has considered an education supervision order before it prosecutes."""
    source = situation.value("prosecution.order_considered").source
    rule = "considerations.prosecution.education_supervision_order"
    refs = situation.case.refs_of(e.EducationSupervisionOrderDecided) + tuple(
        item.ref
        for item in situation.case.recorded
        if isinstance(item.event, e.StepDeclined)
        and item.event.stage == "education_supervision_order"
        and item.event.role == Role.EWO
    )
    if refs:
        says = "An education supervision order was considered."
        return Finding(rule, Answer.HOLDS, says, refs, source, on=situation.on)
    return Finding(
        rule,
        Answer.FOR_A_PERSON,
        "Has an education supervision order been considered, instead of or as well as prosecution?",
        (),
        source,
        "the authority's recorded answer, with its reasons",
        "la",
        situation.on,
    )


def finally_checked(situation: Situation) -> Finding:
    """Payment and unanswered letters were looked at in the last working days before a referral."""
    rule = situation.value(FINAL_CHECK)
    if not situation.penalty_notices:
        says = "No penalty notice was issued, so there is no payment to look for."
        return Finding(FINAL_CHECK, Answer.HOLDS, says, on=situation.on)
    looked = [
        (item.ref, item.event.answered_on or item.event.on)
        for item in situation.case.recorded
        if isinstance(item.event, e.EnquiryMade)
        and item.event.enquiry == ENQUIRY
        and item.event.parent_id == situation.parent_id
        and item.event.answer.strip()
        and item.event.on <= situation.on
    ]
    if looked:
        ref, day = max(looked, key=lambda item: item[1])
        age = working_days_between(day, situation.on, situation.holidays)
        if age <= rule.working_days:
            says = f"Payment and correspondence were checked on {day:%-d %B %Y}."
            return Finding(FINAL_CHECK, Answer.HOLDS, says, (ref,), rule.source, on=situation.on)
    last = f" (last on {max(day for _, day in looked):%-d %B %Y})" if looked else ""
    return Finding(
        FINAL_CHECK,
        Answer.FAILS,
        f"Payment and correspondence of {situation.parent_name} were not checked in the last "
        f"{rule.working_days} working days{last}.",
        (looked[-1][0],) if looked else (),
        rule.source,
        "look for payment, part payment and unanswered letters, and record what was found",
        "la",
        situation.on,
    )


def referral_waiting(situation: Situation) -> str:
    """The reference of the referral about this parent that waits for the authority; empty if none does."""
    waiting = ""
    for item in situation.case.recorded:
        event = item.event
        if getattr(event, "parent_id", "") != situation.parent_id or event.on > situation.on:
            continue
        match event:
            case e.ProsecutionReferred():
                waiting = item.ref
            case (
                e.ProsecutionDecided()
                | e.StepDeclined(stage="prosecution_decision")
                | e.ReferralReturned(stage="prosecution_referral")
            ):
                waiting = ""
    return waiting


def under_way(situation: Situation) -> str:
    """The reference of a decision to proceed whose end is not recorded; empty if there is none."""
    found = ""
    for item in situation.case.recorded:
        if isinstance(item.event, e.ProsecutionDecided) and item.event.parent_id == situation.parent_id:
            found = item.ref if item.event.outcome == "proceed" else ""
    return found


def none_started(situation: Situation) -> Finding:
    """No prosecution of this parent already waits for a decision or for its end."""
    ref = referral_waiting(situation) or under_way(situation)
    if not ref:
        return Finding("prosecution.none_started", Answer.HOLDS, "No referral is under way.", on=situation.on)
    return Finding(
        "prosecution.none_started",
        Answer.FAILS,
        f"A prosecution of {situation.parent_name} is already with the authority.",
        (ref,),
        missing="the authority's decision, or the end of the proceedings",
        answerable_by="la",
        on=situation.on,
    )


def referred(situation: Situation) -> Finding:
    """The school put this to the authority, or the authority says why it acts of its own motion."""
    ref = referral_waiting(situation)
    if ref:
        says = "The school's referral waits for a decision."
        return Finding("prosecution.referred", Answer.HOLDS, says, (ref,), on=situation.on)
    return Finding(
        "prosecution.referred",
        Answer.FOR_A_PERSON,
        f"No referral about {situation.parent_name} waits. Does the authority act of its own motion?",
        source=situation.value("penalty_notice.below_threshold").source,
        missing="the school's referral, or the authority's reasons for acting without one",
        answerable_by="la",
        on=situation.on,
    )


def mobile_child(situation: Situation) -> Finding:
    """The exception for a travelling family does not cover the absence, or a person has weighed it."""
    rule = situation.value("prosecution.mobile_child")
    key = "prosecution.mobile_child"
    if not situation.pupil.traveller:
        says = "No family that travels for trade or business is on record."
        return Finding(key, Answer.HOLDS, says, source=rule.source, on=situation.on)
    since = add_months(situation.on, -situation.value("clocks.mobile_child_floor").length)
    counts = situation.facts.counts(since, situation.on, situation.school.urn)
    dob = situation.pupil.dob
    old_enough = dob is not None and add_months(dob, 12 * rule.from_age) <= situation.on
    if old_enough and counts.attended < rule.attendances:
        says = f"{counts.attended} attendances in twelve months, short of {rule.attendances}: no exception."
        return Finding(key, Answer.HOLDS, says, source=rule.source, on=situation.on)
    return Finding(
        key,
        Answer.FOR_A_PERSON,
        f"{counts.attended} attendances in twelve months. Is it clear that the parents' trade does not "
        "explain the rest? If it requires travel and the child attended as it permits, there is no offence.",
        source=rule.source,
        missing="a named person's answer",
        answerable_by="school",
        on=situation.on,
    )
