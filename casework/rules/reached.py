"""What a person is asked to do once a clock's day has come, as one sentence with the day in it."""

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


def asks(policy: Policy, rule: str, on: date) -> str:
    """What is asked of a person on the day a clock fires; where it has a last day, that is the day before.

    Source: clocks
    """
    clock = policy.value(rule, on)
    last = on - timedelta(days=1) if clock.kind in LAST_DAYS else on
    sentence = _ASKS.get(clock.on_expiry, _OTHERWISE)
    return sentence.format(day=day(last), clock=in_words(rule.removeprefix("clocks.")))
