"""Notice to improve: a parent's last chance to take up support before a penalty notice.

The engine proposes it, an authorised officer decides it, one parent receives it.
Source: notice_to_improve and contents.notice_to_improve in the policy.
"""

from datetime import date

from casework.domain import Decision, Role, StageName
from casework.domain.calendar import CalendarEnds
from casework.domain.events import NoticeToImproveIssued
from casework.rules import (
    age,
    improvement,
    local_code,
    people,
    register,
    safeguarding,
    stop,
    support,
    threshold,
)
from casework.rules.deadlines import NotTimed
from casework.rules.situation import Situation
from casework.stages.stage import Ask, DetailsMissing, Kept, Stage, date_given, day_given, lines_given


def record(situation: Situation, decision: Decision, kept: Kept) -> NoticeToImproveIssued:
    """The notice, if it says all it must; its last day follows the local code unless that leaves it open."""
    period_from = date_given(decision, "period_from")
    period_to = day_given(decision, "period_to") or _last_day(situation, period_from)
    event = NoticeToImproveIssued(
        issued_on=decision.on,
        period_from=period_from,
        period_to=period_to,
        improvement_test=decision.details["improvement_test"].strip(),
        early_grounds=decision.details["early_grounds"].strip(),
        further_support=lines_given(decision, "further_support"),
        **(vars(kept) | {"review_on": kept.review_on or period_to}),
    )
    faults = improvement.period_faults(situation, event)
    faults += tuple(
        f"the notice does not say {part}" for part in improvement.contents_missing(situation, event)
    )
    if faults:
        raise DetailsMissing(STAGE.key, faults)
    return event


def _last_day(situation: Situation, period_from: date) -> date:
    try:
        return improvement.last_day(situation, period_from)
    except (NotTimed, CalendarEnds) as cannot:
        raise DetailsMissing(STAGE.key, (f"the last day of the period: {cannot}",)) from None


STAGE = Stage(
    name=StageName.NOTICE_TO_IMPROVE,
    title="Notice to improve",
    decided_by=(Role.HEADTEACHER, Role.AUTHORISED_OFFICER, Role.EWO),
    per_parent=True,
    formal=True,
    gates=(
        people.is_a_parent,
        register.on_roll,
        age.on_every_session,
        threshold.setting_in_scheme,
        threshold.reached,
        improvement.support_is_appropriate,
        support.offered,
        support.outcome,
        improvement.none_running,
        local_code.known,
        local_code.school_issues_notice_to_improve,
        register.changes_reviewed,
        people.can_be_served,
        people.professionals_consulted,
        stop.none,
        safeguarding.enforcement,
    ),
    considerations=("considerations.formal_step",),
    recorder=record,
    asks=(
        Ask("period_from", "the first day of the improvement period", "date"),
        Ask("period_to", "the last day, where the local code leaves it open", "date", required=False),
        Ask("improvement_test", "what sufficient improvement looks like", "text"),
        Ask("early_grounds", "the grounds on which a penalty notice may be issued early", "text"),
        Ask("further_support", "further support, and what may still be taken up, one a line", "lines"),
        Ask("review_on", "the day to look again", "date", required=False),
    ),
    document="notice_to_improve",
    clocks=("clocks.improvement_period",),
    ends=("improved", "not improved", "ended early", "withdrawn"),
)
