"""Paying a notice: what is due on a day, and what settles it. A part of the sum settles nothing."""

from datetime import date

from casework.domain import events as e
from casework.rules import deadlines
from casework.rules.situation import Situation


def last_days(
    situation: Situation, issued: e.PenaltyNoticeIssued, received_on: date
) -> tuple[date | None, date]:
    """The last day of the reduced sum (None where nothing is taken off) and of the full one.

    The day of receipt is day 1.

    Source: clocks.penalty_notice_reduced, clocks.penalty_notice_full, public_place.amounts
    """
    scheme = "public_place" if issued.offence == "public_place" else "penalty_notice"
    reduced = _last_day(situation, f"clocks.{scheme}_reduced", received_on) if issued.reduced_pence else None
    return reduced, _last_day(situation, f"clocks.{scheme}_full", received_on)


def _last_day(situation: Situation, rule: str, received_on: date) -> date:
    return deadlines.due(
        situation.policy, rule, received_on, situation.calendar, situation.holidays, on=situation.on
    )


def sum_due(
    situation: Situation, issued: e.PenaltyNoticeIssued, received_on: date, paid_on: date
) -> int | None:
    """The sum in pence that settles a notice on a day; None once the time to pay has ended."""
    reduced, full = last_days(situation, issued, received_on)
    if paid_on > full:
        return None
    if reduced is not None and paid_on <= reduced:
        return issued.reduced_pence
    return issued.amount_pence


def why_not_settled(
    situation: Situation, issued: e.PenaltyNoticeIssued, received_on: date, paid_on: date, amount_pence: int
) -> str:
    """Why a payment does not settle a notice, as a sentence; empty where it does.

    Only the very sum due that day does: there are no instalments, and part payment is non-payment.
    """
    due = sum_due(situation, issued, received_on, paid_on)
    number, paid = issued.notice_id, f"£{amount_pence / 100:.2f}"
    if due is None:
        _, full = last_days(situation, issued, received_on)
        return f"The time to pay notice {number} ended on {full:%-d %B %Y}: a payment settles it no more."
    if amount_pence == due:
        return ""
    owed = f"the £{due / 100:.2f} due on {paid_on:%-d %B %Y} for notice {number}"
    if amount_pence > due:
        return f"{paid} is more than {owed}."
    return f"{paid} is less than {owed}: a part of the sum settles nothing."
