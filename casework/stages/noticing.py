"""Noticing: somebody saw a change in attendance, and the family hears from the school kindly and early.

The engine proposes it, pastoral staff decide it, the family receives a first letter.
Source: support.steps in the policy.
"""

from casework.domain import Decision, StageName
from casework.domain.events import NoticingStarted
from casework.rules import register, safeguarding, stop
from casework.rules.situation import Situation
from casework.stages.stage import SCHOOL_ROLES, Ask, Kept, Stage


def record(situation: Situation, decision: Decision, kept: Kept) -> NoticingStarted:
    """The school noticed, and wrote or spoke to the family."""
    return NoticingStarted(**vars(kept))


STAGE = Stage(
    name=StageName.NOTICING,
    title="Noticing",
    decided_by=SCHOOL_ROLES,
    per_parent=False,
    gates=(register.on_roll, stop.none, safeguarding.letters),
    recorder=record,
    asks=(Ask("review_on", "the day to look again", "date", required=False),),
    document="concern_letter",
    ends=("improved", "escalated", "set aside", "closed"),
)
