"""Supportive actions: listening, finding what keeps the child away, and helping with it.

The engine proposes it, pastoral staff decide it with the family; it may be chosen at any time.
Source: support.steps in the policy.
"""

from casework.domain import Decision, StageName
from casework.domain.events import SupportiveActionsStarted
from casework.rules import register, safeguarding, stop
from casework.rules.situation import Situation
from casework.stages.stage import SCHOOL_ROLES, Ask, Kept, Stage


def record(situation: Situation, decision: Decision, kept: Kept) -> SupportiveActionsStarted:
    """A plan of help begins."""
    return SupportiveActionsStarted(plan=decision.details["plan"].strip(), **vars(kept))


STAGE = Stage(
    name=StageName.SUPPORTIVE_ACTIONS,
    title="Supportive actions",
    decided_by=SCHOOL_ROLES,
    per_parent=False,
    gates=(register.on_roll, stop.none, safeguarding.contact),
    recorder=record,
    asks=(
        Ask("plan", "what the family and the school will each do", "text"),
        Ask("review_on", "the day to look again", "date", required=False),
    ),
    document="supportive_plan",
    ends=("improved", "escalated", "stepped down", "closed"),
)
