"""Where a letter of the policy is not sent: illness gets care, never a warning; nor on a last day of term."""

from collections.abc import Iterable
from datetime import date

from casework.domain import Case, SchoolCalendar
from casework.domain import events as e
from casework.domain.calendar import academic_year_of
from casework.policy import Policy, Value
from casework.rules.duties import KEY, cadences_ending, duty_of
from casework.rules.situation import Situation

CARE = "care"
"""The letter that goes in the place of one that is not sent for illness."""


def spares(situation: Situation, letter: Value) -> bool:
    """Whether every absence of the academic year is one for which this letter is never sent.

    Source: letters
    """
    never = letter.get("never_for") or ()
    year = academic_year_of(situation.on)
    classes = situation.value("attendance_codes.classes")
    missed = [
        entry.code
        for entry in situation.facts.entries(situation.on, situation.school.urn)
        if academic_year_of(entry.session.date) == year
        and entry.code in (*classes.authorised, *classes.unauthorised)
    ]
    return bool(never) and bool(missed) and all(code in never for code in missed)


def sent_as(situation: Situation, name: str) -> str:
    """The letter that is sent: this one, or, where illness is all that was missed, the one that cares.

    Source: letters
    """
    return CARE if spares(situation, situation.value(f"letters.{name}")) else name


def is_sent(case: Case, name: str, since: date) -> bool:
    """Whether the case has this letter of the policy from that day on, drafted by a step or by a duty."""
    return any(item.letter == name and item.on >= since for item in case.of(e.DocumentDrafted))


def waits_for_next_term(letter: Value, calendar: SchoolCalendar, on: date) -> bool:
    """Whether a letter that would land on the last day of a term is left to the next.

    Source: letters
    """
    return bool(letter.get("not_on_last_day_of_term")) and "term" in cadences_ending(calendar, on)


def begins_term(calendar: SchoolCalendar, on: date) -> bool:
    """Whether a day is the first school day of a term, and the term before it is held."""
    days = calendar.days_between(date.min, on)[-2:]
    return len(days) == 2 and days[1] == on and "term" in cadences_ending(calendar, days[0])


def left_to_this_term(
    policy: Policy, tasks: Iterable[e.TaskAdded], calendar: SchoolCalendar, on: date
) -> tuple[tuple[str, date], ...]:
    """On the first school day of a term, the letters left over from the last day of the one before.

    Each comes with the day it was asked for.

    Args:
        tasks: What was asked on the case and may still want its letter.

    Source: duties, letters
    """
    if not begins_term(calendar, on):
        return ()
    last = calendar.days_between(date.min, on)[-2]
    waiting = [task for task in tasks if task.effect_key.startswith(KEY) and task.on == last]
    asked = [policy.under("duties", task.on).get(duty_of(task)) for task in waiting]
    return tuple(
        (str(duty.letter), last)
        for duty in asked
        if duty is not None
        and duty.get("letter")
        and policy.value(f"letters.{duty.letter}", on).get("not_on_last_day_of_term")
    )
