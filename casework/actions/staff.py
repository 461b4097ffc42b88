"""What an administrator does for colleagues: who there is, with which roles until when, and how they sign in.

Every change is kept with who made it. An administrator sees no case, and gives nobody more than a role.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import Unclear, given
from casework.actions.signing import digest
from casework.domain import NotFound, Officer, Role, School
from casework.domain.words import day, in_words
from casework.storage import logins, people, schools
from casework.storage import staff as stored
from casework.storage.logins import OfficerChange
from casework.storage.people import OfficerRole as OfficerRole
from casework.storage.staff import Colleague as Colleague

ALONE = {Role.EWO: "la", Role.TRUST_ATTENDANCE_LEAD: "trust", Role.ADMINISTRATOR: "any"}
"""Where a role is held that is not a school's."""
TOGETHER = (
    (Role.HEADTEACHER, Role.DSL, "They approve what they may themselves hold back."),
    (Role.PASTORAL_LEAD, Role.DSL, "They work cases and review safeguarding in them."),
    (Role.ADMINISTRATOR, Role.DSL, "They give access, and read what is sealed."),
)
"""Pairs of roles that one person can hold, at a small school must hold, and should know of."""


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague with what was changed of their access, and in how many browsers they are signed in."""

    colleague: Colleague
    changes: tuple[OfficerChange, ...]
    signed_in: int
    locked: bool
    warnings: tuple[str, ...]


def everyone(inst: Installation, by: Officer) -> tuple[Colleague, ...]:
    """Everyone there is, by name."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        return stored.colleagues(tx)


def person(inst: Installation, by: Officer, officer_id: str, at: datetime, on: date) -> Person:
    """One colleague.

    Raises:
        NotFound: There is none.
    """
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        found = stored.colleagues(tx, officer_id)
        if not found:
            raise NotFound("officer", officer_id, "Go back to the list.")
        failures = logins.failures(tx, digest(officer_id), "", at)
        return Person(
            found[0],
            logins.changes(tx, officer_id),
            logins.count_of(tx, officer_id),
            failures["name_hour"] >= 10,
            warnings(found[0], on),
        )


def places(inst: Installation, by: Officer) -> tuple[School, ...]:
    """The schools at which a role can be given."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        return schools.schools(tx)


def warnings(colleague: Colleague, on: date) -> tuple[str, ...]:
    """What to know of roles that one person holds together on a day."""
    held = {
        role.role
        for role in colleague.roles
        if role.from_date <= on and (role.to_date is None or on <= role.to_date)
    }
    return tuple(
        f"{in_words(one).capitalize()} and {in_words(other)} at once. {says} It is allowed, and kept here."
        for one, other, says in TOGETHER
        if {one, other} <= held
    )


def add(inst: Installation, by: Officer, officer_id: str, name: str, email: str, on: date) -> None:
    """Add a colleague; they can do nothing until they have a role, and sign in once they have a password.

    Raises:
        Unclear: The reference is taken, or does not do.
    """
    require(by, Act.ADMINISTER)
    ref = given(officer_id, "The user name").lower()
    if not ref.replace(".", "").replace("-", "").isalnum() or len(ref) > 60:
        raise Unclear("The user name holds other signs.", "Use letters, figures, dots and hyphens.")
    with inst.act(by) as tx:
        if people.login(tx, ref) or (email and people.login(tx, email)):
            raise Unclear("That user name or e-mail address is taken.", "Choose another.")
        people.save_officer(tx, ref, given(name, "The name"), email.strip())
        logins.changed(tx, OfficerChange(ref, "Added.", by.officer_id, on))


def give_role(inst: Installation, by: Officer, officer_id: str, role: OfficerRole, on: date) -> None:
    """Give a colleague a role in one place, from a day and perhaps until one: a deputy's ends.

    Raises:
        Unclear: The role is held in another kind of place, or ends before it begins.
    """
    require(by, Act.ADMINISTER)
    place = ALONE.get(role.role, "school")
    if role.role is Role.AUTHORISED_OFFICER and role.la_code:
        place = "la"
    named = {"la": role.la_code, "trust": role.trust, "school": role.urn, "any": "everywhere"}
    if not named[place]:
        kind = {"la": "local authority"}.get(place, place)
        raise Unclear(f"{in_words(role.role).capitalize()} is a role for a {kind}.", "Choose one.")
    if role.to_date is not None and role.to_date < role.from_date:
        raise Unclear("The role ends before it begins.", "Give a later end.")
    with inst.act(by) as tx:
        _known(tx, officer_id)
        try:
            with tx.begin_nested():
                people.give_role(tx, officer_id, role)
        except IntegrityError as overlap:
            raise Unclear("They hold that role there in those days already.", "End it first.") from overlap
        until = f" to {day(role.to_date)}" if role.to_date else ""
        where = role.urn or role.trust or (f"LA {role.la_code}" if role.la_code else "everywhere")
        says = f"{in_words(role.role).capitalize()}, {where}, from {day(role.from_date)}{until}."
        logins.changed(tx, OfficerChange(officer_id, says, by.officer_id, on))


def end_role(inst: Installation, by: Officer, officer_id: str, number: int, on: date) -> None:
    """End a role at once: its last day was yesterday.

    Raises:
        NotFound: They have no such role, or it began today.
    """
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        held = {role.number: role for c in stored.colleagues(tx, officer_id) for role in c.roles}
        if number not in held or not stored.end_role(tx, officer_id, number, on - timedelta(days=1)):
            raise NotFound("role that can end yesterday", str(number), "Bar the sign-in instead.")
        says = f"{in_words(held[number].role).capitalize()} ended."
        logins.changed(tx, OfficerChange(officer_id, says, by.officer_id, on))


def new_password(inst: Installation, by: Officer, officer_id: str, on: date) -> str:
    """A first password, or another one for somebody who lost theirs: shown once, and changed at sign-in.

    They are signed out everywhere, and a locked sign-in is opened.
    """
    require(by, Act.ADMINISTER)
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    with inst.act(by) as tx:
        _known(tx, officer_id)
        logins.set_password(tx, officer_id, PasswordHasher().hash(password), must_change=True)
        logins.forgive(tx, digest(officer_id))
        logins.end_others(tx, officer_id)
        logins.changed(tx, OfficerChange(officer_id, "Another password given.", by.officer_id, on))
    return password


def take_code(inst: Installation, by: Officer, officer_id: str, on: date) -> None:
    """Take an authenticator off, for somebody who lost the device it is on."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        _known(tx, officer_id)
        logins.set_code_secret(tx, officer_id, None)
        logins.end_others(tx, officer_id)
        logins.changed(tx, OfficerChange(officer_id, "Authenticator taken off.", by.officer_id, on))


def unlock(inst: Installation, by: Officer, officer_id: str, on: date) -> None:
    """Open a sign-in that too many wrong tries have locked."""
    require(by, Act.ADMINISTER)
    with inst.act(by) as tx:
        _known(tx, officer_id)
        logins.forgive(tx, digest(officer_id))
        logins.changed(tx, OfficerChange(officer_id, "Sign-in opened again.", by.officer_id, on))


def let_in(inst: Installation, by: Officer, officer_id: str, on: date, *, active: bool) -> None:
    """Bar a sign-in, at once and everywhere, or let somebody in again.

    Raises:
        Unclear: It is one's own.
    """
    require(by, Act.ADMINISTER)
    if officer_id == by.officer_id:
        raise Unclear("This is your own sign-in.", "Ask another administrator.")
    with inst.act(by) as tx:
        _known(tx, officer_id)
        logins.set_active(tx, officer_id, active)
        logins.end_others(tx, officer_id)
        says = "May sign in again." if active else "Barred from signing in."
        logins.changed(tx, OfficerChange(officer_id, says, by.officer_id, on))


def _known(tx: Connection, officer_id: str) -> None:
    if not stored.colleagues(tx, officer_id):
        raise NotFound("officer", officer_id, "Go back to the list.")
