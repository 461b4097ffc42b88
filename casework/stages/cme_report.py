"""Report to the authority of a child who is missing: from school while on roll, or from education.

It runs beside the ladder, at any time. It is for a child's safety: no gate, approval or day count holds it
up, and a DSL hold only if it names it. A pupil on roll is never reported as missing education.
Source: cme in the policy.
"""

from casework.domain import Decision, Role, StageName
from casework.domain.events import CmeReported
from casework.rules import cme, safeguarding
from casework.rules.situation import Situation
from casework.stages.stage import SCHOOL_ROLES, Ask, Kept, Stage, day_given


def record(situation: Situation, decision: Decision, kept: Kept) -> CmeReported:
    """The report: what it is follows the roll, whatever it was asked for as."""
    seen = situation.facts.last_seen(situation.on, situation.school.urn)
    return CmeReported(
        report=cme.report_of(situation),
        la_code=situation.school.la_code,
        last_seen_on=day_given(decision, "last_seen_on") or (seen.date if seen else None),
        **vars(kept),
    )


STAGE = Stage(
    name=StageName.CME_REPORT,
    title="Missing child report",
    decided_by=(*SCHOOL_ROLES, Role.DSL, Role.EWO),
    per_parent=False,
    safety=True,
    gates=(cme.on_roll_or_missing, cme.enquiries_made, cme.professionals_told, safeguarding.cme),
    recorder=record,
    asks=(
        Ask("last_seen_on", "the day the child was last seen", "date", required=False),
        Ask("review_on", "the day to look again", "date", required=False),
    ),
    document="cme_report",
    ends=("found", "registered elsewhere", "deleted on a ground that holds", "taken on by the authority"),
)
