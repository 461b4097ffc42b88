"""The roll taken in: pupils and their times at a school, checked against what is on file.

UPN decides who a pupil is. Another name is a warning, another date of birth on the same UPN is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, text

from casework.domain.people import Pupil
from casework.storage import people
from casework.storage.database import every_school
from casework.storage.outcome import Outcome
from casework.storage.people import Enrolment

Spells = dict[date, date | None]
"""Times on one roll: first day -> last day, None where there is none yet."""


def save_roll(tx: Connection, rows: Sequence[Any], outcome: Outcome) -> None:
    """Store the pupils and times on the roll that can be; refuse the others.

    Args:
        rows: `PupilRow`s of `casework.registers.reading`, each of a school on file.
    """
    if not rows:
        return
    named = _with_upns(tx, rows, outcome)
    upns = {row.upn for row in named}
    spells = _spells(tx, upns)
    with every_school(tx):
        kept = {pupil.upn: pupil for pupil in people.pupils(tx, upns)}
    given: dict[str, Pupil] = {}
    enrolments: dict[tuple[str, str, date], Enrolment] = {}
    for row in named:
        if not _same_person(row, given.get(row.upn) or kept.get(row.upn), outcome):
            continue
        enrolment = _enrolment(row, spells.setdefault((row.upn, row.urn), {}), outcome)
        if enrolment is not None:
            enrolments[row.upn, row.urn, enrolment.on_roll_from] = enrolment
            given[row.upn] = Pupil(**{name: getattr(row, name) for name in Pupil.__dataclass_fields__})
    outcome.count("pupils", people.save_pupils(tx, given.values()))
    outcome.count("enrolments", people.save_enrolments(tx, list(enrolments.values())))


def _with_upns(tx: Connection, rows: Sequence[Any], outcome: Outcome) -> list[Any]:
    """The rows, with the UPN that a pupil's MIS number stands for where the file has none."""
    without = {row.urn for row in rows if not row.upn}
    by_mis = {
        (urn, item.mis_id): item.upn
        for urn in without
        for item in people.enrolments(tx, urn=urn)
        if item.mis_id
    }
    by_mis |= {(row.urn, row.mis_id): row.upn for row in rows if row.upn and row.mis_id}
    named = []
    for row in rows:
        upn = row.upn or by_mis.get((row.urn, row.mis_id), "")
        if upn:
            named.append(replace(row, upn=upn))
        else:
            says = f"The pupil with MIS number {row.mis_id or 'unknown'} has no UPN here and is not on file."
            remedy = "Import a roll that has both numbers first, such as a CTF."
            outcome.refuse(row, "upn", "", says, remedy)
    return named


def _spells(tx: Connection, upns: set[str]) -> dict[tuple[str, str], Spells]:
    rows = tx.execute(
        text("""
            select upn, urn, on_roll_from, on_roll_to from enrolment
            join pupil using (pupil_id) join school using (school_id) where upn = any (:upns)
        """),
        {"upns": list(upns)},
    )
    found: dict[tuple[str, str], Spells] = {}
    for upn, urn, first, last in rows:
        found.setdefault((upn, urn), {})[first] = last
    return found


def _same_person(row: Any, before: Pupil | None, outcome: Outcome) -> bool:
    if before is None:
        return True
    if row.dob and before.dob and row.dob != before.dob:
        says = f"This UPN belongs to a pupil born on {before.dob.isoformat()}."
        remedy = "Check with the school which is right, and correct the UPN or the date of birth."
        outcome.refuse(row, "dob", row.dob, says, remedy)
        return False
    for name, value in (("surname", row.surname), ("forename", row.forename)):
        stored = getattr(before, name)
        if value and stored and value.casefold() != stored.casefold():
            says = f"The pupil was on file with another {name}; the new one was taken."
            outcome.warn(row, name, value, says, "Check that it is the same pupil.")
    return True


def _enrolment(row: Any, spells: Spells, outcome: Outcome) -> Enrolment | None:
    """The time on the roll that a row speaks of, if it agrees with the pupil's others at the school."""
    first = row.on_roll_from or max(spells, default=None)
    if first is None:
        says = "The pupil is on no roll here, and the file does not say from which day."
        outcome.refuse(row, "on_roll_from", "", says, "Give the day of admission, or import the roll first.")
        return None
    after = {**spells, first: row.on_roll_to or spells.get(first)}
    if (after[first] or date.max) < first:
        says = "The last day on the roll lies before the first."
        outcome.refuse(row, "on_roll_to", row.on_roll_to, says, "Correct one of the two days.")
        return None
    if other := _overlapped(after, first):
        says = f"The pupil is already on this roll from {other.isoformat()}."
        remedy = "Give the earlier time on the roll its last day, or correct on_roll_from."
        outcome.refuse(row, "on_roll_from", first, says, remedy)
        return None
    spells[first] = after[first]
    return Enrolment(
        row.upn, row.urn, first, row.on_roll_to, row.year_group, row.class_name, row.mis_id, row.wonde_id
    )


def _overlapped(spells: Mapping[date, date | None], first: date) -> date | None:
    for earlier, later in pairwise(sorted(spells)):
        if first in (earlier, later) and (spells[earlier] or date.max) >= later:
            return later if first == earlier else earlier
    return None
