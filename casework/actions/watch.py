"""What the DSL looks at first: children not seen, longest first; and what only a headteacher reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, given
from casework.domain import Officer, Pupil, Role
from casework.storage import cases, clocks, lists, people, safeguarding, schools, seen
from casework.storage.lists import CaseFilter, CaseLine
from casework.storage.safeguarding import SealedNote, SealedRead, Unread
from casework.storage.seen import Sighting

LOOK_BACK = timedelta(days=120)
MOST = 500
PRESENT = frozenset({"/", "\\", "L", "U"})
"""Marks that say somebody at the school saw the child; coming late is being seen."""


@dataclass(frozen=True, slots=True)
class NotSeen:
    """A child whom nobody saw on the last school day, and when somebody last did."""

    line: CaseLine
    pupil: Pupil
    last: Sighting | None
    seen_by: str
    school_days: int | None


def not_seen(inst: Installation, officer: Officer, on: date) -> tuple[NotSeen, ...]:
    """Children with an open case, at the schools where the officer is the DSL: longest not seen first.

    A child never seen in the time looked at comes before all others; at the same length, one with a social
    worker or a youth-justice worker first.
    """
    require(officer, Act.READ_SEALED)
    found: list[NotSeen] = []
    with inst.act(officer) as tx:
        names = {other.officer_id: other.name for other in people.officers(tx, on)}
        for school in schools.schools(tx):
            if officer.at(school).holds(Role.DSL):
                found += _at(tx, school.urn, on, names)
    return tuple(sorted(found, key=_urgency))


def _at(tx: Connection, urn: str, on: date, names: dict[str, str]) -> Iterable[NotSeen]:
    lines = lists.page(tx, CaseFilter(on, urn=urn), "ref", size=MOST).lines
    upns = [line.upn for line in lines]
    days = schools.calendar(tx, urn).days
    gone = [day for day in days if day <= on]
    if not upns or not gone:
        return
    pupils = {pupil.upn: pupil for pupil in people.pupils(tx, upns, urn)}
    sightings = last_seen(tx, urn, upns, on)
    for line in lines:
        last = sightings.get(line.upn)
        since = None if last is None else sum(day > last.on for day in gone)
        if since is None or since > 0:
            by = names.get(last.by, last.by) if last else ""
            yield NotSeen(line, pupils[line.upn], last, by, since)


def last_seen(tx: Connection, urn: str, upns: Iterable[str], on: date) -> dict[str, Sighting]:
    """When each of some pupils was last seen: by the register, or by a member of staff who wrote it down."""
    wanted = set(upns)
    marked = seen.last_in_register(tx, urn, wanted, PRESENT, on - LOOK_BACK, on)
    told = seen.last_by_staff(tx, urn, on)
    both = {upn: [s for s in (marked.get(upn), told.get(upn)) if s is not None] for upn in wanted}
    return {upn: max(found, key=lambda s: s.on) for upn, found in both.items() if found}


def _urgency(child: NotSeen) -> tuple[int, bool, str]:
    known = child.pupil.social_worker or child.pupil.youth_justice
    days = child.school_days if child.school_days is not None else 10_000
    return (-days, not known, child.line.case_ref)


def latest_readings(
    inst: Installation, officer: Officer, on: date
) -> tuple[tuple[CaseLine, str, SealedRead], ...]:
    """Who read what is sealed, at the schools where the officer may: latest first."""
    require(officer, Act.READ_SEALED)
    with inst.act(officer) as tx:
        names = {other.officer_id: other.name for other in people.officers(tx, on)}
        read = safeguarding.latest_readings(tx)
        lines = lists.lines(tx, {ref for ref, _ in read})
        return tuple(
            (lines[ref], names.get(item.read_by, item.read_by), item) for ref, item in read if ref in lines
        )


# -- concerns about staff ------------------------------------------------------------------------------------


def about_staff(inst: Installation, by: By, case_ref: str, words: str) -> None:
    """Put a concern about a member of staff, or about the DSL, to the headteacher alone.

    Nothing of it stands on the case: no event, no task, no flag.
    """
    require(by.officer, Act.WRITE_CASES)
    said = given(words, "The concern")
    with inst.act(by.officer) as tx:
        cases.load(tx, case_ref)
        if by.key and not clocks.claim(tx, by.key, "act", None, by.flow_run):
            return
        safeguarding.seal(tx, case_ref, said, by.on, Role.HEADTEACHER)


def concerns(inst: Installation, officer: Officer) -> tuple[tuple[CaseLine, Unread], ...]:
    """The cases with a concern that this headteacher has not read."""
    require(officer, Act.READ_STAFF_CONCERNS)
    with inst.act(officer) as tx:
        waiting = safeguarding.unread(tx, Role.HEADTEACHER)
        lines = lists.lines(tx, [item.case_ref for item in waiting])
        return tuple((lines[item.case_ref], item) for item in waiting if item.case_ref in lines)


def concern(inst: Installation, officer: Officer, case_ref: str) -> tuple[SealedNote, ...]:
    """The concerns about staff on a case; reading them is kept."""
    require(officer, Act.READ_STAFF_CONCERNS)
    with inst.act(officer) as tx:
        cases.load(tx, case_ref)
        found = safeguarding.read_notes(tx, case_ref)
        return tuple(note for note in found if note.for_role == Role.HEADTEACHER.value)
