"""Where a letter of the policy is not sent: illness gets care, never a warning; nor on a last day of term."""

from datetime import date

from casework.domain import Case, SchoolCalendar
from casework.domain import events as e
from casework.domain.calendar import academic_year_of
from casework.policy import Value
from casework.rules.duties import cadences_ending
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
