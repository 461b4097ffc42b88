"""Why this case, why now; the case as it stood on any past day; what would follow from further absence."""

from datetime import date

from casework.actions.access import Act, require
from casework.actions.decide import situation
from casework.actions.installation import Installation
from casework.domain import Case, Officer
from casework.stages.why import WhatIf, Why, whatif, why
from casework.storage import cases


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


def as_it_stood(inst: Installation, officer: Officer, case_ref: str, on: date) -> Case:
    """The case with the events of a day and the days before it."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
    kept = [item for item in case.recorded if item.event.on <= on]
    return case.as_known(kept[-1].sequence) if kept else case
