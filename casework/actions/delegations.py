"""A headteacher hands approvals and decisions to a colleague of the school, from a day to a day.

Whoever holds a delegation acts as an authorised officer of that school on those days and on no other: the
law's own name for a deputy whom the head has authorised. What only a headteacher may do stays theirs.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from casework.actions import officers
from casework.actions.access import SCHOOL, Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, given
from casework.domain import NotFound, Officer, Role, School
from casework.domain.words import day
from casework.storage import delegations as stored
from casework.storage import logins, people, schools
from casework.storage.delegations import Delegation
from casework.storage.logins import OfficerChange

HANDED_ON = Role.AUTHORISED_OFFICER


@dataclass(frozen=True, slots=True)
class Delegated:
    """One delegation as a list shows it: `state` is now, to come, ended or taken back."""

    delegation: Delegation
    given_by: str
    state: str


@dataclass(frozen=True, slots=True)
class Delegations:
    """A school's delegations, and the colleagues to whom the headteacher may hand on."""

    school: School
    listed: tuple[Delegated, ...]
    colleagues: tuple[Officer, ...]


def of_school(inst: Installation, officer: Officer, urn: str, on: date) -> Delegations:
    """What was handed on at a school, and to whom more could be.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    require(officers.at_school(inst, officer, urn), Act.DELEGATE)
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        everyone = people.officers(tx, on)
        names = {other.officer_id: other.name for other in everyone}
        return Delegations(
            school,
            tuple(
                Delegated(item, names.get(item.given_by, item.given_by), _state(item, on))
                for item in stored.at_school(tx, urn, HANDED_ON)
            ),
            tuple(
                other
                for other in (each.at(school) for each in everyone if each.officer_id != officer.officer_id)
                if urn in other.schools and other.holds(*SCHOOL - {Role.HEADTEACHER})
            ),
        )


def _state(item: Delegation, on: date) -> str:
    if item.taken_back:
        return "taken back"
    if on < item.from_date:
        return "to come"
    return "now" if on <= item.to_date else "ended"


def give(
    inst: Installation, by: By, urn: str, officer_id: str, *, first: date, last: date, reason: str
) -> None:
    """Hand approvals and decisions to a colleague who works at the school.

    Raises:
        Unclear: The days do not do, it is oneself, or they act as an authorised officer then already.
        NotFound: They do not work at the school.
    """
    require(officers.at_school(inst, by.officer, urn), Act.DELEGATE)
    why = given(reason, "The reason")
    if first < by.on:
        raise Unclear(f"{day(first)} has passed: nothing is handed on for days gone by.", "Give a later day.")
    if last < first:
        raise Unclear("It ends before it begins.", "Give a later last day.")
    able = {other.officer_id: other.name for other in of_school(inst, by.officer, urn, by.on).colleagues}
    if officer_id not in able:
        raise NotFound("colleague", officer_id, "Choose somebody who works at the school.")
    with inst.act(by.officer) as tx:
        try:
            with tx.begin_nested():
                stored.give(
                    tx,
                    urn,
                    officer_id,
                    HANDED_ON,
                    (first, last),
                    given_by=by.officer.officer_id,
                    reason=why,
                )
        except IntegrityError as overlap:
            raise Unclear(
                f"{able[officer_id]} acts as an authorised officer on some of those days already.",
                "Take that back first, or give other days.",
            ) from overlap
        says = f"Approvals at {urn} handed on by the headteacher from {day(first)} to {day(last)}: {why}"
        logins.changed(tx, OfficerChange(officer_id, says, by.officer.officer_id, by.on))


def take_back(inst: Installation, by: By, urn: str, number: int) -> None:
    """End a delegation at once: from this moment nothing is approved under it.

    Raises:
        NotFound: The school has no such delegation, or it has ended.
    """
    require(officers.at_school(inst, by.officer, urn), Act.DELEGATE)
    with inst.act(by.officer) as tx:
        schools.school(tx, urn)
        held = {item.number: item for item in stored.at_school(tx, urn, HANDED_ON)}
        if number not in held or not stored.take_back(tx, urn, number, by.on):
            raise NotFound("delegation that runs", str(number), "Look at the list again.")
        says = f"Approvals at {urn} taken back by the headteacher."
        logins.changed(tx, OfficerChange(held[number].officer_id, says, by.officer.officer_id, by.on))
