"""From which day each clock of a step runs: seldom the day of the decision, never one for every clock alike.

A period runs from its own first day, a limit from the session, the time to pay from the day of receipt.
"""

from datetime import date

from casework.domain import Session
from casework.domain import events as e
from casework.rules import proceedings
from casework.rules.situation import Situation

Started = tuple[tuple[str, date], ...]
"""(rule, the day it runs from) of each clock."""


def started_by(step: e.Step) -> Started:
    """The clocks that recording a step starts. A notice's run from its receipt: see `started_by_service`."""
    match step:
        case e.AttendanceContractAgreed():
            return (("clocks.attendance_contract_review", step.starts_on),)
        case e.NoticeToImproveIssued():
            return (("clocks.improvement_period", step.period_from),)
        case e.ProsecutionReferred() if step.evidence:
            return (("clocks.prosecution_limit", Session.parse(step.evidence[0]).date),)
    return ()


def started_by_service(situation: Situation, issued: e.PenaltyNoticeIssued, received_on: date) -> Started:
    """The clocks that start when a notice is received, by the scheme it belongs to.

    Args:
        received_on: The day it was handed over, or is taken to have arrived; it is day 1 of the time to pay.
    """
    if issued.offence == "public_place":
        return (("clocks.public_place_reduced", received_on), ("clocks.public_place_full", received_on))
    reduced: Started = (("clocks.penalty_notice_reduced", received_on),) if issued.reduced_pence else ()
    return (
        *reduced,
        ("clocks.penalty_notice_full", received_on),
        ("clocks.proceedings_barred", received_on),
        ("clocks.prosecute_or_withdraw", proceedings.last_day_to_pay(situation, received_on)),
    )
