"""Officers: who there is, who signs in, and with which roles on a day."""

from collections.abc import Sequence
from datetime import date

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import ENGINE, CaseworkError, Officer
from casework.storage import people, schools
from casework.storage.people import OfficerRole

SHORTEST = 12
"""Characters a password has at least."""


class PasswordTooShort(CaseworkError):
    """A password that is too easy to guess."""

    def __init__(self) -> None:
        super().__init__(
            f"A password has at least {SHORTEST} characters. Take four plain words, for instance."
        )


class SignInRefused(CaseworkError):
    """The name or the password is not right; which of the two is never said."""

    def __init__(self) -> None:
        super().__init__("That name and password do not go together. Check both, then try again.")


def officer(inst: Installation, officer_id: str, on: date) -> Officer:
    """An officer with the roles held on a day.

    Raises:
        NotFound: There is none, or they no longer act.
    """
    with inst.act(ENGINE) as tx:
        return people.officer(tx, officer_id, on)


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


def sign_in(inst: Installation, name: str, password: str, on: date) -> Officer:
    """The officer whose name and password these are.

    Raises:
        SignInRefused: They do not go together, or the officer no longer acts.
    """
    hasher = PasswordHasher()
    with inst.act(ENGINE) as tx:
        known = people.login(tx, name)
        if known is None or known.password_hash is None or not known.active:
            hasher.hash(password)  # Takes as long as a real check, so that a wrong name is not told by time.
            raise SignInRefused
        try:
            hasher.verify(known.password_hash, password)
        except VerifyMismatchError:
            raise SignInRefused from None
        return people.officer(tx, known.officer_id, on)
