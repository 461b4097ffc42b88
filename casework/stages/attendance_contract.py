"""Attendance contract: a voluntary written agreement between parents and school, with help on both sides.

The engine proposes it, the head or an authorised officer agrees it with the parents who sign.
Source: attendance_contract and contents.attendance_contract in the policy.
"""

from casework.domain import Decision, Role, StageName
from casework.domain.events import AttendanceContractAgreed
from casework.rules import contract, register, safeguarding, stop
from casework.rules.situation import Situation
from casework.stages.stage import Ask, DetailsMissing, Kept, Stage, date_given, lines_given


def record(situation: Situation, decision: Decision, kept: Kept) -> AttendanceContractAgreed:
    """The agreement, with the parents who made it; nobody can be bound in their absence."""
    starts_on, ends_on = date_given(decision, "starts_on"), date_given(decision, "ends_on")
    agreed_with = lines_given(decision, "agreed_with")
    known = {parent.contact_id for parent in situation.parents}
    strangers = [person for person in agreed_with if person not in known]
    faults = [f"{person} is not a contact of this pupil" for person in strangers]
    if ends_on <= starts_on:
        faults.append(f"a contract that starts on {starts_on} cannot end on {ends_on}")
    if faults:
        raise DetailsMissing(STAGE.key, tuple(faults))
    return AttendanceContractAgreed(
        requirements=lines_given(decision, "requirements"),
        support=lines_given(decision, "support"),
        starts_on=starts_on,
        ends_on=ends_on,
        agreed_with=agreed_with,
        **vars(kept),
    )


STAGE = Stage(
    name=StageName.ATTENDANCE_CONTRACT,
    title="Attendance contract",
    decided_by=(Role.HEADTEACHER, Role.AUTHORISED_OFFICER, Role.EWO),
    per_parent=False,
    gates=(
        register.on_roll,
        contract.setting_may_make_one,
        contract.parents_present,
        stop.none,
        safeguarding.contact,
    ),
    recorder=record,
    asks=(
        Ask("requirements", "what the parents agree to do, one a line", "lines"),
        Ask("support", "what help the school gives, one a line", "lines"),
        Ask("starts_on", "the first day", "date"),
        Ask("ends_on", "the last day", "date"),
        Ask("agreed_with", "the parents who agreed, one contact id a line", "lines"),
        Ask("review_on", "the day to review it", "date", required=False),
    ),
    document="attendance_contract",
    clocks=("clocks.attendance_contract_review",),
    ends=("completed", "breached", "ended by agreement", "escalated", "stepped down"),
)
