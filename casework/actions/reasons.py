"""Why this case, why now; the case as it stood on any past day; what would follow from further absence."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from casework.actions.clocks import sees_limits
from casework.actions.decide import situation
from casework.actions.installation import Installation
from casework.actions.recording import Unclear
from casework.domain import Officer
from casework.stages.why import ForParent, WhatIf, Why, whatif, why


def explained(
    inst: Installation, officer: Officer, case_ref: str, on: date, known_at: datetime | None = None
) -> Why:
    """Why this case, why now: as it stood and was known on the day asked about, under its rules.

    The six-month countdown of a parent is left out for whoever is not shown it yet.

    Args:
        known_at: Only what had been recorded by that time.
    """
    now = situation(inst, officer, case_ref, on, known_at)
    found = why(now)

    def shown(parent: ForParent) -> ForParent:
        if sees_limits(officer, now, parent.parent_id):
            return parent
        return replace(parent, latest_notice_on=None, latest_referral_on=None, limit_on=None)

    return replace(found, parents=tuple(map(shown, found.parents)))


def supposed(
    inst: Installation,
    officer: Officer,
    case_ref: str,
    on: date,
    absent: tuple[date, ...] = (),
    present_until: date | None = None,
) -> WhatIf:
    """What would follow from further absence, or from attending until a day; nothing is recorded."""
    return whatif(situation(inst, officer, case_ref, on), absent, present_until)


def supposed_until(
    inst: Installation, officer: Officer, case_ref: str, on: date, until: date, *, absent: bool
) -> WhatIf:
    """What would follow if every school day from tomorrow to a day were missed, or none were.

    Raises:
        Unclear: The day is not to come, or more than a year away.
    """
    if not on < until <= on + timedelta(days=366):
        raise Unclear(f"{until:%d %B %Y} is not a day of the year to come.", "Give a later day.")
    now = situation(inst, officer, case_ref, on)
    days = now.calendar.days_between(on + timedelta(days=1), until)
    return whatif(now, days if absent else (), until)
