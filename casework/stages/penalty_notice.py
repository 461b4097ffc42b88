"""Penalty notice: the school asks, the authority decides; and the separate notice for a public place.

`STAGE` is the school's request. `ISSUE` is the authority's own decision, and `PUBLIC_PLACE` the notice to a
parent of an excluded pupil found in a public place, a scheme with no threshold and no limit of two. Both
notices are the authority's own papers: here stands that they were issued, and when they were served.
Source: penalty_notice and public_place in the policy.
"""

from datetime import date

from casework.domain import Decision, Role, StageName
from casework.domain.events import PenaltyNoticeIssued, PenaltyNoticeRequested
from casework.rules import (
    age,
    improvement,
    local_code,
    notices,
    people,
    proceedings,
    public_place,
    register,
    safeguarding,
    stop,
    support,
    threshold,
)
from casework.rules.situation import Situation
from casework.stages.stage import Ask, DetailsMissing, Kept, Stage, date_given, day_given

ROUTES = ("irregular", "leave")
OFFENCE = (
    people.is_a_parent,
    age.on_every_session,
    threshold.setting_in_scheme,
    register.marks_final,
    register.changes_reviewed,
    notices.periods_known,
    notices.spent_sessions_confirmed,
    notices.two_in_three_years,
    proceedings.notice_in_time,
    proceedings.mobile_child,
)
SUPPORT_FIRST = (support.offered, support.outcome, improvement.outcome, improvement.contents)
CARE = (people.professionals_consulted, stop.none, safeguarding.enforcement)


def record_request(situation: Situation, decision: Decision, kept: Kept) -> PenaltyNoticeRequested:
    """The school's request, for the days its sessions span, to the authority of the school's area."""
    period_from, period_to = _period(situation, decision, STAGE.key)
    return PenaltyNoticeRequested(
        route=decision.details.get("route", "").strip() or route_of(situation),
        la_code=situation.school.la_code,
        period_from=period_from,
        period_to=period_to,
        **vars(kept),
    )


def route_of(situation: Situation) -> str:
    """`leave` where every session relied on is term-time leave, otherwise `irregular`."""
    return "leave" if improvement.only_leave(situation) else "irregular"


def record_issue(situation: Situation, decision: Decision, kept: Kept) -> PenaltyNoticeIssued:
    """The authority's notice: its tier and amount follow the ledger of this parent for this pupil.

    The ledger tells a parent's notices apart by their day: only a material error is mended on the same one.
    """
    if any(
        n.issued_on == decision.on and n in notices.spending(situation) for n in situation.penalty_notices
    ):
        raise DetailsMissing(
            ISSUE.key,
            (f"this parent had a notice for this child on {decision.on:%-d %B %Y}: issue it later",),
        )
    asked = notices.request_waiting(situation)
    if asked is not None:
        period_from, period_to = asked.period_from, asked.period_to
    else:
        period_from, period_to = _period(situation, decision, ISSUE.key)
    price = notices.price(situation, tier=_tier(situation, decision))
    return PenaltyNoticeIssued(
        notice_id=_notice_id(situation),
        la_code=situation.school.la_code,
        issued_on=decision.on,
        period_from=period_from,
        period_to=period_to,
        tier=price.tier,
        amount_pence=price.amount_pence,
        reduced_pence=price.reduced_pence,
        **vars(kept),
    )


def _tier(situation: Situation, decision: Decision) -> int | None:
    """The tier the authority named, which it must where the ledger leaves it in doubt."""
    given = decision.details.get("tier", "").strip()
    count = notices.counted_towards_limit(situation)
    if not given:
        if count.most and not count.counted:
            raise DetailsMissing(
                ISSUE.key, ("whether this is a first or a second notice is in doubt: name the tier",)
            )
        return None
    if not count.most or count.counted:
        expected = notices.price(situation).tier
        if int(given) != expected:
            raise DetailsMissing(ISSUE.key, (f"the ledger says tier {expected}, not {given}",))
    return int(given)


def record_public_place(situation: Situation, decision: Decision, kept: Kept) -> PenaltyNoticeIssued:
    """The notice for being in a public place while excluded, at its own amounts."""
    found_on = date_given(decision, "found_on")
    fault = public_place.fault(situation, date_given(decision, "excluded_on"), decision.details, found_on)
    if not fault and found_on > decision.on:
        fault = f"{found_on:%-d %B %Y} is a day to come"
    if fault:
        raise DetailsMissing(PUBLIC_PLACE.key, (fault,))
    amounts = situation.policy.value("public_place.amounts", decision.on)
    return PenaltyNoticeIssued(
        notice_id=_notice_id(situation),
        la_code=situation.school.la_code,
        issued_on=decision.on,
        period_from=found_on,
        period_to=found_on,
        tier=1,
        amount_pence=amounts.amount_pence,
        reduced_pence=amounts.reduced_pence,
        offence="public_place",
        **vars(kept),
    )


def _period(situation: Situation, decision: Decision, step: str) -> tuple[date, date]:
    relied = register.relied_on(situation)
    first = day_given(decision, "period_from") or (relied[0].session.date if relied else None)
    last = day_given(decision, "period_to") or (relied[-1].session.date if relied else None)
    if first is None or last is None:
        raise DetailsMissing(step, ("no session is relied on: give the first and last day",))
    if not first <= last <= decision.on:
        raise DetailsMissing(
            step, (f"a period from {first} to {last} does not lie in order before {decision.on}",)
        )
    if faults := _period_faults(situation, first, last, step):
        raise DetailsMissing(step, faults)
    return first, last


def _period_faults(situation: Situation, first: date, last: date, step: str) -> tuple[str, ...]:
    """Why a notice cannot be for the days stated, whichever sessions the gates looked at."""
    offence = tuple(i for i in register.unauthorised(situation) if first <= i.session.date <= last)
    span = f"{first:%-d %B %Y} to {last:%-d %B %Y}"
    if not offence:
        return (f"no unauthorised session that counts for this parent lies in {span}",)
    if not proceedings.by_time_limit(situation, offence).in_time:
        return (f"every session in {span} is older than six months",)
    if step == ISSUE.key:
        final = register.final_over(situation, offence)
        return () if final.holds else (final.says,)
    outside = [i for i in register.relied_on(situation) if not first <= i.session.date <= last]
    return (f"{len(outside)} of the sessions relied on lie outside {span}",) if outside else ()


def _notice_id(situation: Situation) -> str:
    return f"PN{len(situation.case.of(PenaltyNoticeIssued)) + 1}"


STAGE = Stage(
    name=StageName.PENALTY_NOTICE,
    title="Penalty notice: the school's request",
    decided_by=(Role.HEADTEACHER, Role.AUTHORISED_OFFICER),
    per_parent=True,
    formal=True,
    gates=(
        register.on_roll,
        threshold.reached,
        *OFFENCE,
        *SUPPORT_FIRST,
        support.first_offered_in_time,
        notices.none_waiting,
        notices.earlier_notices_known,
        local_code.known,
        local_code.request_in_time,
        people.can_be_served,
        *CARE,
    ),
    considerations=("considerations.penalty_notice", "considerations.formal_step"),
    recorder=record_request,
    asks=(
        Ask("route", "the route", "choice", required=False, choices=ROUTES),
        Ask("period_from", "the first day relied on", "date", required=False),
        Ask("period_to", "the last day relied on", "date", required=False),
        Ask("review_on", "the day to look again", "date", required=False),
    ),
    document="penalty_notice_request",
    ends=("issued", "returned by the authority", "declined by the authority", "improved"),
)

ISSUE = Stage(
    name=StageName.PENALTY_NOTICE,
    step="penalty_notice_issue",
    title="Penalty notice: the authority's decision",
    decided_by=(Role.EWO,),
    per_parent=True,
    formal=True,
    by_la=True,
    gates=(
        notices.requested,
        threshold.reached_or_discretionary,
        *OFFENCE,
        *SUPPORT_FIRST,
        notices.earlier_notices_known,
        notices.tier_known,
        people.can_be_served,
        *CARE,
    ),
    considerations=("considerations.penalty_notice",),
    recorder=record_issue,
    asks=(
        Ask(
            "tier",
            "first (1) or second (2) notice, where the ledger leaves it in doubt",
            "choice",
            False,
            ("1", "2"),
        ),
        Ask("period_from", "the first day of the offence, where no request was made", "date", required=False),
        Ask("period_to", "the last day of the offence, where no request was made", "date", required=False),
        Ask("review_on", "the day to look again", "date", required=False),
    ),
    document="penalty_notice",
    clocks=(
        "clocks.penalty_notice_reduced",
        "clocks.penalty_notice_full",
        "clocks.proceedings_barred",
        "clocks.prosecute_or_withdraw",
    ),
    ends=("paid", "withdrawn", "unpaid: prosecuted", "unpaid: withdrawn"),
)

PUBLIC_PLACE = Stage(
    name=StageName.PENALTY_NOTICE,
    step="public_place_notice",
    title="Public-place notice (excluded pupil)",
    decided_by=(Role.EWO,),
    per_parent=True,
    formal=True,
    by_la=True,
    gates=(
        people.is_a_parent,
        age.today,
        public_place.excluded,
        public_place.parent_was_told,
        people.can_be_served,
        *CARE,
    ),
    recorder=record_public_place,
    asks=(
        Ask("excluded_on", "the day of the exclusion", "date"),
        Ask(
            "excluded_before_afternoon",
            "excluded before the afternoon session",
            "choice",
            choices=("yes", "no"),
        ),
        Ask("days", "how many school days the exclusion lasts", "number"),
        Ask("found_on", "the day the pupil was in a public place", "date"),
    ),
    clocks=("clocks.public_place_reduced", "clocks.public_place_full"),
    ends=("paid", "withdrawn", "unpaid: prosecuted"),
)
