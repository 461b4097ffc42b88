"""Officers: who there is, who signs in, and with which roles on a day."""

from collections.abc import Sequence
from datetime import date

from argon2 import PasswordHasher

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import ENGINE, CaseworkError, Officer
from casework.storage import cases, people, schools
from casework.storage.people import OfficerRole

SHORTEST = 12
"""Characters a password has at least."""


class PasswordTooShort(CaseworkError):
    """A password that is too easy to guess."""

    def __init__(self) -> None:
        super().__init__(
            f"A password has at least {SHORTEST} characters. Take four plain words, for instance."
        )


def officer(inst: Installation, officer_id: str, on: date) -> Officer:
    """An officer with the roles held on a day.

    Raises:
        NotFound: There is none, or they no longer act.
    """
    with inst.act(ENGINE) as tx:
        return people.officer(tx, officer_id, on)


def at_case(inst: Installation, acting: Officer, case_ref: str) -> Officer:
    """An officer as they act on one case: with the roles held at its school, and no others.

    Raises:
        NotFound: No such case, or not one of this officer's.
    """
    with inst.act(acting) as tx:
        return acting.at(schools.school(tx, cases.urn_of(tx, case_ref)))


def at_school(inst: Installation, acting: Officer, urn: str) -> Officer:
    """An officer as they act at one school.

    Raises:
        NotFound: No such school, or they know nothing of it.
    """
    with inst.act(acting) as tx:
        return acting.at(schools.school(tx, urn))


def is_known(inst: Installation, officer_id: str) -> bool:
    """Whether there is a sign-in under that reference."""
    with inst.act(ENGINE) as tx:
        return people.login(tx, officer_id) is not None


def everyone(inst: Installation, on: date) -> tuple[Officer, ...]:
    """Everyone who acts on a day, by name."""
    with inst.act(ENGINE) as tx:
        return people.officers(tx, on)


def colleagues(inst: Installation, asking: Officer, on: date) -> dict[str, str]:
    """The names of those who share a school, trust or LA with an officer, by reference."""
    return {
        other.officer_id: other.name
        for other in everyone(inst, on)
        if not (
            other.schools.isdisjoint(asking.schools)
            and other.trusts.isdisjoint(asking.trusts)
            and other.la_codes.isdisjoint(asking.la_codes)
            and other.officer_id != asking.officer_id
        )
    }


def add(
    inst: Installation,
    by: Officer,
    officer_id: str,
    name: str,
    roles: Sequence[OfficerRole],
    password: str = "",
    hasher: PasswordHasher | None = None,
) -> None:
    """Add an officer with their roles, or bring them up to date; a password only where they sign in here.

    Raises:
        NotFound: A role names a school that is not on file.
        PasswordTooShort: The password is shorter than anyone may have.
        NotAllowed: Somebody other than an administrator asks.
    """
    if by != ENGINE:
        require(by, Act.ADMINISTER)
    if password and len(password) < SHORTEST:
        raise PasswordTooShort
    with inst.act(by) as tx:
        people.save_officer(tx, officer_id, name)
        for role in roles:
            if role.urn:
                schools.school(tx, role.urn)
            people.give_role(tx, officer_id, role)
        if password:
            hashed = (hasher or PasswordHasher()).hash(password)
            people.set_login(tx, officer_id, password_hash=hashed, totp_secret=None)
