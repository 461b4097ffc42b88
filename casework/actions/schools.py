"""Schools as an officer sees them, and how each is reached."""

from datetime import date

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import ENGINE, Officer, School
from casework.storage import letterheads
from casework.storage import schools as stored
from casework.storage.letterheads import KeptLetterhead as KeptLetterhead


def every(inst: Installation, officer: Officer = ENGINE) -> tuple[School, ...]:
    """The schools of an officer, by name; every one for the engine."""
    with inst.act(officer) as tx:
        return stored.schools(tx)


def school_days(inst: Installation) -> frozenset[date]:
    """Every day on which some school is open."""
    with inst.act(ENGINE) as tx:
        urns = [school.urn for school in stored.schools(tx)]
        return frozenset(day for urn in urns for day in stored.calendar(tx, urn).days)


def set_letterhead(inst: Installation, officer: Officer, urn: str, letterhead: KeptLetterhead) -> None:
    """Enter or correct what stands at the top of a school's letters."""
    require(officer, Act.APPROVE_LETTERS if officer.schools else Act.ADMINISTER)
    with inst.act(officer) as tx:
        letterheads.set_letterhead(tx, urn, letterhead)


def letterhead_of(inst: Installation, officer: Officer, urn: str) -> tuple[School, KeptLetterhead | None]:
    """A school and what stands at the top of its letters, if anybody has entered it.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    with inst.act(officer) as tx:
        return stored.school(tx, urn), letterheads.letterhead(tx, urn)
