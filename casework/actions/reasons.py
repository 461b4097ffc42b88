"""Why this case, why now; the case as it stood on any past day; what would follow from further absence."""

from datetime import date

from casework.actions.decide import situation
from casework.actions.installation import Installation
from casework.domain import Officer
from casework.stages.why import WhatIf, Why, whatif, why


def explained(inst: Installation, officer: Officer, case_ref: str, on: date) -> Why:
    """Why this case, why now, under the rules of the day asked about."""
    return why(situation(inst, officer, case_ref, on))


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
