"""Attendance facts as `casework facts` prints them: a line for each pupil ever on roll up to the day."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.sweeping import swept_facts
from casework.domain import Officer, School
from casework.facts import Summary
from casework.storage import people, schools

AT_ONCE = 40
"""Schools swept together: long vectors, and memory that stays flat."""


def facts(inst: Installation, officer: Officer, on: date, urn: str = "") -> Iterator[Summary]:
    """The facts of every pupil of the officer's schools, or of one, by URN and UPN.

    Raises:
        NotFound: The school named is not known to this officer.
    """
    require(officer, Act.READ_FIGURES)
    with inst.act(officer) as tx:
        wanted = [schools.school(tx, urn)] if urn else sorted(schools.schools(tx), key=lambda s: s.urn)
        for start in range(0, len(wanted), AT_ONCE):
            yield from _together(tx, wanted[start : start + AT_ONCE], on)


def _together(tx: Connection, wanted: list[School], on: date) -> Iterator[Summary]:
    """Schools whose policies give the same codes and limits are swept in one go; lines by URN and UPN."""
    lines: list[Summary] = []
    by_policy: dict[str, list[School]] = {}
    for school in wanted:
        by_policy.setdefault(policy_of(school).version, []).append(school)
    for group in by_policy.values():
        result = swept_facts(tx, [school.urn for school in group], policy_of(group[0]), on)
        came = {school.urn: people.ever_on_roll(tx, school.urn, on) for school in group}
        lines += [result.summary(line) for line, (urn, upn) in enumerate(result.lines) if upn in came[urn]]
    yield from sorted(lines, key=lambda summary: (summary.urn, summary.upn))
