"""Education supervision order: put to the authority, which must consider one before it prosecutes.

It runs beside the ladder; no six-month limit applies to it. For the child, not for one parent.
Source: education_supervision_order in the policy.
"""

from casework.domain import Decision, Role, StageName
from casework.domain.events import EducationSupervisionOrderReferred
from casework.rules import age, contract, people, register, safeguarding, stop
from casework.rules.situation import Situation
from casework.stages.stage import Ask, Kept, Stage


def record(situation: Situation, decision: Decision, kept: Kept) -> EducationSupervisionOrderReferred:
    """The referral to the authority of the school's area."""
    return EducationSupervisionOrderReferred(la_code=situation.school.la_code, **vars(kept))


STAGE = Stage(
    name=StageName.EDUCATION_SUPERVISION_ORDER,
    title="Education supervision order",
    decided_by=(Role.HEADTEACHER, Role.AUTHORISED_OFFICER, Role.EWO),
    per_parent=False,
    formal=True,
    gates=(
        age.today,
        people.not_in_care,
        contract.explored,
        register.changes_reviewed,
        people.professionals_consulted,
        stop.none,
        safeguarding.enforcement,
    ),
    considerations=("considerations.formal_step",),
    recorder=record,
    asks=(Ask("review_on", "the day to look again", "date", required=False),),
    document="education_supervision_order_referral",
    clocks=("clocks.education_supervision_order", "clocks.reasons_for_no_order"),
    ends=("applied for", "made", "refused", "not applied for", "extended", "discharged"),
)
