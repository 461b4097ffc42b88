"""Handing over many cases at once: of somebody who leaves, or goes away. Each case is asked on its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from casework.actions import cases, officers
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, given
from casework.domain import CaseworkError, Officer
from casework.storage import lists
from casework.storage.lists import CaseFilter, CaseLine


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who carries open cases, and whether they still act."""

    officer_id: str
    name: str
    cases: int
    acts: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many cases have a new owner, and what was refused, in words."""

    done: int
    refusals: tuple[str, ...]


def owners(inst: Installation, officer: Officer, on: date) -> tuple[Owner, ...]:
    """Everybody who carries open cases at the officer's schools; those who no longer act come first."""
    require(officer, Act.OWN_CASES)
    known = {other.officer_id: other.name for other in officers.everyone(inst, on) if other.roles}
    with inst.act(officer) as tx:
        found = [
            Owner(owner_id, known.get(owner_id, owner_id), number, owner_id in known)
            for owner_id, number in lists.owners(tx)
        ]
    return tuple(sorted(found, key=lambda owner: (owner.acts, -owner.cases, owner.name)))


def carried_by(inst: Installation, officer: Officer, owner_id: str, on: date) -> tuple[CaseLine, ...]:
    """The open cases that somebody carries, at the officer's schools, by pupil."""
    require(officer, Act.OWN_CASES)
    with inst.act(officer) as tx:
        return lists.page(tx, CaseFilter(on, owner_id=owner_id), "name", size=500).lines


def hand_over(inst: Installation, by: By, case_refs: Iterable[str], owner_id: str, reason: str) -> HandedOver:
    """Give cases to somebody who works at the school of each; one that is refused leaves the others be."""
    to, why = given(owner_id, "The new owner"), given(reason, "The reason")
    receiving = officers.officer(inst, to, by.on)
    done, refusals = 0, []
    for ref in case_refs:
        try:
            here = officers.at_case(inst, by.officer, ref)
            if not _works_on(inst, receiving, ref):
                raise Unclear(
                    f"{receiving.name} does not work at the school of case {ref}.", "Choose another."
                )
            key = f"{by.key}:{ref}" if by.key else ""
            cases.assign(inst, replace(by, officer=here, seen=None, key=key), ref, to, why)
            done += 1
        except CaseworkError as error:
            refusals.append(str(error))
    return HandedOver(done, tuple(refusals))


def _works_on(inst: Installation, officer: Officer, case_ref: str) -> bool:
    try:
        return bool(officers.at_case(inst, officer, case_ref).schools)
    except CaseworkError:
        return False
