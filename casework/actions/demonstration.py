"""What only the demo asks for: its officers, and a count of everything it holds."""

from datetime import date

from argon2 import PasswordHasher

from casework.actions import officers
from casework.actions.installation import Installation
from casework.domain import ENGINE, Officer
from casework.domain.words import in_words as words
from casework.storage import totals
from casework.storage.people import OfficerRole

SINCE = date(2025, 9, 1)
_QUICK = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)


def add_officer(inst: Installation, officer: Officer, password: str) -> None:
    """Add an invented officer with their roles and the demo's password, once."""
    if officers.is_known(inst, officer.officer_id):
        return
    roles = [
        given
        for role in sorted(officer.roles)
        for given in (
            *(OfficerRole(role, SINCE, urn=urn) for urn in sorted(officer.schools)),
            *(OfficerRole(role, SINCE, trust=trust) for trust in sorted(officer.trusts)),
            *(OfficerRole(role, SINCE, la_code=code) for code in sorted(officer.la_codes)),
        )
    ]
    officers.add(inst, ENGINE, officer.officer_id, officer.name, roles, password, _QUICK)


def in_words(officer: Officer) -> str:
    """What an officer is, as the sign-in page says it."""
    named = (words(role.value) for role in sorted(officer.roles))
    return ", ".join(name[0].upper() + name[1:] for name in named)


def counts(inst: Installation) -> dict[str, object]:
    """Pupils, marks, amendments, triggers, cases by stage, letters by state, clocks and runs."""
    with inst.act(ENGINE) as tx:
        return totals.everything(tx)
