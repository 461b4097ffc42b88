"""For whoever answers for the work of others: a headteacher, or an attendance lead across a trust."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.watch import last_seen
from casework.domain import Officer, Role
from casework.domain.calendar import academic_year_of
from casework.storage import audits, lists, oversight, people, schools
from casework.storage.audits import Audit
from casework.storage.lists import CaseFilter, CaseLine
from casework.storage.oversight import CaseRead, FirstHelp, Load
from casework.storage.seen import Sighting

UNTOUCHED = timedelta(days=14)
LISTED = 100


@dataclass(frozen=True, slots=True)
class Severe:
    """A severely absent pupil: when somebody last saw them, and what is done next, by when.

    `school_days` since they were last seen; None where nobody has seen them in the time looked at.
    """

    line: CaseLine
    last: Sighting | None
    school_days: int | None
    next_on: date | None
    next_act: str


@dataclass(frozen=True, slots=True)
class Oversight:
    """One page for whoever answers for others: names are officers by reference."""

    severe: tuple[Severe, ...]
    loads: tuple[Load, ...]
    without_owner: tuple[CaseLine, ...]
    without_review: tuple[CaseLine, ...]
    letters_alone: tuple[CaseLine, ...]
    audits: tuple[Audit, ...]
    first_help: tuple[FirstHelp, ...]
    names: Mapping[str, str]


def overview(inst: Installation, officer: Officer, on: date) -> Oversight:
    """Severe absence, load, cases nobody would come back to, letters without help, audits of files."""
    require(officer, Act.OVERSEE)
    with inst.act(officer) as tx:

        def some(wanted: CaseFilter) -> tuple[CaseLine, ...]:
            return lists.page(tx, wanted, "touched", size=LISTED).lines

        alone = oversight.letters_without_support(tx)
        lines = lists.lines(tx, alone)
        return Oversight(
            severe=_severe(tx, some(CaseFilter(on, trigger="severely_absent")), on),
            loads=oversight.loads(tx, on, on - UNTOUCHED),
            without_owner=some(CaseFilter(on, without_owner=True)),
            without_review=some(CaseFilter(on, without_review=True)),
            letters_alone=tuple(lines[ref] for ref in alone[:LISTED] if ref in lines),
            audits=audits.audits(tx),
            first_help=oversight.first_help(tx, date(academic_year_of(on), 9, 1), on),
            names={other.officer_id: other.name for other in people.officers(tx, on)},
        )


def _severe(tx: Connection, lines: Sequence[CaseLine], on: date) -> tuple[Severe, ...]:
    """Those nobody has seen for longest come first."""
    acts = oversight.next_acts(tx, [line.case_ref for line in lines])
    found: list[Severe] = []
    for urn in sorted({line.urn for line in lines}):
        here = [line for line in lines if line.urn == urn]
        days = [day for day in schools.calendar(tx, urn).days if day <= on]
        sightings = last_seen(tx, urn, [line.upn for line in here], on)
        for line in here:
            last = sightings.get(line.upn)
            since = None if last is None else sum(day > last.on for day in days)
            due, title = acts.get(
                line.case_ref, (line.review_on, "Review the case" if line.review_on else "")
            )
            found.append(Severe(line, last, since, due, title))
    return tuple(sorted(found, key=lambda s: (s.school_days is not None, -(s.school_days or 0))))


def log_reading(inst: Installation, officer: Officer, case_ref: str, on: date) -> None:
    """Keep that somebody from outside the school opened a case; who works at the school is not kept here.

    Args:
        officer: As they act at the case's school.
    """
    inside = {post.role for post in officer.posts if post.urn}
    if inside:
        return
    role = min((post.role.value for post in officer.posts), default=Role.EWO.value)
    with inst.act(officer) as tx:
        oversight.read(tx, [case_ref], role, on)


def readings(inst: Installation, officer: Officer, case_ref: str) -> tuple[CaseRead, ...]:
    """Who opened a case from outside its school or took it away in a file, latest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return oversight.readings(tx, [case_ref])
