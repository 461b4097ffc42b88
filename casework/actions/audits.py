"""Files drawn by chance and read through: by a trust's attendance lead, or a head. The draw can be repeated.

The seed is made at the draw, or given by somebody else; it is kept with the number of cases it was drawn
from, and what was found in each file is kept beside it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, given, one_of
from casework.domain import NotFound, Officer
from casework.storage import audits as stored
from casework.storage import lists, people
from casework.storage.audits import Audit, DrawnFile
from casework.storage.lists import CaseLine

OUTCOMES = ("sound", "needs_work", "serious")
MOST = 20


@dataclass(frozen=True, slots=True)
class AuditView:
    """One audit with its files in the order they were drawn, each with its line in a list of cases."""

    audit: Audit
    files: tuple[tuple[DrawnFile, CaseLine], ...]
    names: dict[str, str]


def draw(inst: Installation, by: By, size: int, seed: str = "") -> str:
    """Draw open cases by chance at the officer's schools; gives the audit's id.

    Args:
        seed: A word that decides the draw; one is made where none is given.

    Raises:
        Unclear: No case is open, or the number does not do.
    """
    require(by.officer, Act.OVERSEE)
    if not 1 <= size <= MOST:
        raise Unclear(f"{size} files are not drawn at once.", f"Draw from 1 to {MOST}.")
    word = seed.strip() or secrets.token_hex(8)
    audit_id = f"A-{by.on:%Y%m%d}-{secrets.token_hex(3)}"
    with inst.act(by.officer) as tx:
        refs = stored.open_refs(tx)
        if not refs:
            raise Unclear("No case is open at your schools.", "There is nothing to audit.")
        stored.keep(
            tx,
            audit_id,
            drawn(refs, word, size),
            seed=word,
            drawn_from=len(refs),
            drawn_by=by.officer.officer_id,
            on=by.on,
        )
    return audit_id


def drawn(refs: tuple[str, ...], seed: str, size: int) -> tuple[str, ...]:
    """The files that a seed draws from some cases: those whose digests with it come first."""
    order = sorted(refs, key=lambda ref: hashlib.sha256(f"{seed}:{ref}".encode()).hexdigest())
    return tuple(order[:size])


def listed(inst: Installation, officer: Officer) -> tuple[Audit, ...]:
    """The audits of the officer's schools, latest first."""
    require(officer, Act.OVERSEE)
    with inst.act(officer) as tx:
        return stored.audits(tx)


def view(inst: Installation, officer: Officer, audit_id: str, on: date) -> AuditView:
    """One audit.

    Raises:
        NotFound: There is none, or none of its files is of the officer's schools.
    """
    require(officer, Act.OVERSEE)
    with inst.act(officer) as tx:
        found = next((audit for audit in stored.audits(tx, 500) if audit.audit_id == audit_id), None)
        if found is None:
            raise NotFound("audit", audit_id, "Look at the list again.")
        files = stored.files(tx, audit_id)
        lines = lists.lines(tx, [file.case_ref for file in files])
        names = {other.officer_id: other.name for other in people.officers(tx, on)}
        return AuditView(found, tuple((f, lines[f.case_ref]) for f in files if f.case_ref in lines), names)


def find(inst: Installation, by: By, audit_id: str, case_ref: str, *, outcome: str, says: str) -> None:
    """Keep what was found in one file of an audit; what was found before stays.

    Raises:
        NotFound: The file was not drawn for it.
    """
    require(by.officer, Act.OVERSEE)
    word, words = one_of(outcome, OUTCOMES, "The outcome"), given(says, "What was found")
    with inst.act(by.officer) as tx:
        if not stored.find(tx, audit_id, case_ref, word, words, by.officer.officer_id, by.on):
            raise NotFound("file of this audit", case_ref, "Look at the audit again.")
