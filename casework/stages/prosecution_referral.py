"""Prosecution: the sessions put to the authority, which alone may prosecute, as the last resort.

`STAGE` is the referral, decided for one parent. `DECIDE` is the authority's own decision to proceed, which
has to be a record with its reasons; its no is one too.
Source: prosecution in the policy.
"""

from casework.domain import Decision, NoticeStatus, Role, StageName
from casework.domain.events import ProsecutionDecided, ProsecutionReferred
from casework.rules import (
    age,
    contract,
    improvement,
    notices,
    people,
    proceedings,
    register,
    safeguarding,
    stop,
    support,
)
from casework.rules.situation import Situation
from casework.stages.stage import Ask, Kept, Stage

OFFENCES = ("s444_1", "s444_1a")


def record(situation: Situation, decision: Decision, kept: Kept) -> ProsecutionReferred:
    """The referral, with the day after which its latest session can no longer be charged."""
    in_time = proceedings.charges(situation).in_time
    unpaid = [n for n in situation.penalty_notices if n.status is NoticeStatus.UNPAID]
    return ProsecutionReferred(
        la_code=situation.school.la_code,
        notice_id=unpaid[-1].notice_id if unpaid else "",
        offence=decision.details["offence"].strip(),
        last_day=proceedings.last_day_to_charge(situation, in_time[-1].session.date),
        **(vars(kept) | {"evidence": tuple(str(item.session) for item in in_time)}),
    )


def record_decision(situation: Situation, decision: Decision, kept: Kept) -> ProsecutionDecided:
    """The authority proceeds, for the reasons given."""
    in_time = proceedings.charges(situation).in_time
    sessions = tuple(str(item.session) for item in in_time)
    return ProsecutionDecided(outcome="proceed", **(vars(kept) | {"evidence": sessions}))


STAGE = Stage(
    name=StageName.PROSECUTION_REFERRAL,
    title="Prosecution referral",
    decided_by=(Role.HEADTEACHER, Role.AUTHORISED_OFFICER, Role.EWO),
    per_parent=True,
    formal=True,
    gates=(
        people.is_a_parent,
        age.on_every_session,
        proceedings.in_time,
        proceedings.no_notice_bars,
        proceedings.none_started,
        proceedings.mobile_child,
        proceedings.marks_final,
        register.changes_reviewed,
        support.offered,
        improvement.none_running,
        contract.explored,
        proceedings.order_considered,
        proceedings.finally_checked,
        notices.periods_known,
        people.professionals_consulted,
        stop.none,
        safeguarding.enforcement,
    ),
    considerations=("considerations.prosecution_guidance", "considerations.formal_step"),
    recorder=record,
    asks=(
        Ask("offence", "the offence", "choice", choices=OFFENCES),
        Ask("review_on", "the day to look again", "date", required=False),
    ),
    document="prosecution_referral",
    clocks=("clocks.prosecution_limit",),
    ends=("not proceeded with", "convicted", "acquitted", "discontinued", "returned by the authority"),
)

DECIDE = Stage(
    name=StageName.PROSECUTION_REFERRAL,
    step="prosecution_decision",
    title="Prosecution: the authority's decision",
    decided_by=(Role.EWO,),
    per_parent=True,
    formal=True,
    by_la=True,
    gates=(
        proceedings.referred,
        people.is_a_parent,
        age.on_every_session,
        proceedings.in_time,
        proceedings.no_notice_bars,
        proceedings.mobile_child,
        proceedings.marks_final,
        register.changes_reviewed,
        contract.explored,
        proceedings.order_considered,
        proceedings.finally_checked,
        notices.periods_known,
        people.professionals_consulted,
        stop.none,
        safeguarding.enforcement,
    ),
    considerations=("considerations.prosecution_guidance",),
    recorder=record_decision,
    asks=(Ask("review_on", "the day to look again", "date", required=False),),
    ends=("convicted", "acquitted", "discontinued"),
)
