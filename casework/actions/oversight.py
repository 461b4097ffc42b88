"""For whoever answers for the work of others: a headteacher, or an attendance lead across a trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import Officer, Role
from casework.domain.calendar import academic_year_of
from casework.storage import lists, oversight, people
from casework.storage.lists import CaseFilter, CaseLine
from casework.storage.oversight import CaseRead, Load

UNTOUCHED = timedelta(days=14)
SAMPLE, LISTED = 5, 100


@dataclass(frozen=True, slots=True)
class Oversight:
    """One page for whoever answers for others: names are officers by reference."""

    severe: tuple[CaseLine, ...]
    loads: tuple[Load, ...]
    without_owner: tuple[CaseLine, ...]
    without_review: tuple[CaseLine, ...]
    letters_alone: tuple[CaseLine, ...]
    to_audit: tuple[CaseLine, ...]
    days_to_support: tuple[tuple[str, int, int], ...]
    names: Mapping[str, str]


def overview(inst: Installation, officer: Officer, on: date) -> Oversight:
    """Severe absence, load, cases nobody would come back to, letters without help, files to audit.

    The files to audit are drawn anew each day, the same for everybody who asks that day.
    """
    require(officer, Act.OVERSEE)
    with inst.act(officer) as tx:

        def some(wanted: CaseFilter) -> tuple[CaseLine, ...]:
            return lists.page(tx, wanted, "touched", size=LISTED).lines

        alone = oversight.letters_without_support(tx)
        drawn = oversight.sample(tx, on.isoformat(), SAMPLE)
        lines = lists.lines(tx, [*alone, *drawn])
        return Oversight(
            severe=some(CaseFilter(on, trigger="severely_absent")),
            loads=oversight.loads(tx, on, on - UNTOUCHED),
            without_owner=some(CaseFilter(on, without_owner=True)),
            without_review=some(CaseFilter(on, without_review=True)),
            letters_alone=tuple(lines[ref] for ref in alone[:LISTED] if ref in lines),
            to_audit=tuple(lines[ref] for ref in drawn if ref in lines),
            days_to_support=oversight.days_to_support(tx, date(academic_year_of(on), 9, 1)),
            names={other.officer_id: other.name for other in people.officers(tx, on)},
        )


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
