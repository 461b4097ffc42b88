"""Clocks as a person reads them: a name, the last day, and what is asked once that day has come."""

from datetime import date, timedelta

from casework.domain.words import day, in_words
from casework.policy import Policy
from casework.rules.deadlines import LAST_DAYS

_ASKS = {
    "decide_improvement": "The improvement period ended on {day}: decide whether attendance improved.",
    "review_due": "The {clock} is due on {day}: hold it and record what was agreed.",
    "full_amount_due": "The reduced sum could be paid until {day}: the full sum is due from now on.",
    "prosecute_or_withdraw": "The notice could be paid until {day}: if it was not, prosecute or withdraw it.",
    "proceedings_possible": "Proceedings may start from {day}, unless the notice was paid.",
    "authority_decides": "The {clock} came to its day on {day}: the authority decides what follows.",
    "reasons_due": "The court was to have the reasons for no order by {day}: record that they were given.",
    "session_out_of_time": "{day} was the last day to charge the earliest session: see what is left.",
    "order_ends": "The order ran until {day}: record how it ended, or that it was extended.",
    "programme_ends": "The programme ran until {day}: record how it went.",
    "follow_up": "An answer was to come by {day}: if there is none, ask again and record it.",
    "answer_overdue": "An answer was to be given by {day}: if it was not, give it now and say why.",
    "acknowledgement_overdue": "Receipt was to be acknowledged by {day}: if it was not, do so now.",
    "statement_stands": "An objection could be made until {day}: if there was none, the statement stands.",
    "return_overdue": "The return was to be made by {day}: if it was not, make it now.",
    "attendance_return_due": "The attendance return is due on {day}: make it now.",
    "sickness_return_due": "The sickness return is due on {day}: make it now.",
    "file_overdue": "The child protection file was to go by {day}: if it did not, send it now.",
    "contact_overdue": "The family was to be contacted by {day}: if nobody did, do so now.",
    "provision_due": "Education is to be arranged from {day}: record who gives it.",
    "duty_ends": "The duty to keep the pupil out of public places ended on {day}.",
}
_OTHERWISE = "The {clock} came to its day on {day}: look at what follows and record it."

_NAMES = {
    "penalty_notice_reduced": "Last day to pay the reduced sum",
    "penalty_notice_full": "Last day to pay the notice",
    "proceedings_barred": "First day on which proceedings may start",
    "prosecute_or_withdraw": "Prosecute, or withdraw the notice",
    "public_place_reduced": "Last day to pay the reduced sum (public place)",
    "public_place_full": "Last day to pay the notice (public place)",
    "prosecution_limit": "Last day to charge the earliest session",
    "reasons_for_no_order": "Reasons for no order, to the court",
    "resolve_n": "Reason to be entered for an absence",
}


def named(rule: str) -> str:
    """A clock's name in a list: what it counts to, where its own name does not say so."""
    name = rule.removeprefix("clocks.")
    words = in_words(name)
    return _NAMES.get(name, words[:1].upper() + words[1:])


def last_day(policy: Policy, rule: str, fires_on: date) -> date:
    """The day to show for a clock that fires on a day: its last, which is the day before, where it has one.

    Source: clocks
    """
    clock = policy.maybe(rule, fires_on)
    return fires_on - timedelta(days=1) if clock is not None and clock.kind in LAST_DAYS else fires_on


def asks(policy: Policy, rule: str, on: date) -> str:
    """What is asked of a person on the day a clock fires; where it has a last day, that is the day before.

    Source: clocks
    """
    clock = policy.value(rule, on)
    sentence = _ASKS.get(clock.on_expiry, _OTHERWISE)
    return sentence.format(day=day(last_day(policy, rule, on)), clock=in_words(rule.removeprefix("clocks.")))
