"""What a headteacher answers for at each school, in numbers that lead to lists; the month's overrides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casework.actions import coding, delegations, leave, leavers, officers, overrides, timetables
from casework.actions.access import MAY, Act, require
from casework.actions.installation import Installation
from casework.actions.overrides import SetAside
from casework.domain import Officer, School
from casework.domain.calendar import add_months
from casework.storage import files, people, schools


@dataclass(frozen=True, slots=True)
class SchoolDesk:
    """One school's numbers. None where this officer does not hold the role that reads them."""

    school: School
    to_approve: int
    overrides: int
    coding: int
    delegations: int | None
    leave: int | None
    over_runs: int | None
    destinations: int | None


def desk(inst: Installation, officer: Officer, on: date) -> tuple[SchoolDesk, ...]:
    """The schools at which an officer leads, by name, each with what waits."""
    require(officer, Act.CHECK_SCHOOL)
    with inst.act(officer) as tx:
        theirs = [s for s in schools.schools(tx) if officer.at(s).holds(*MAY[Act.CHECK_SCHOOL])]
        waiting = {s.urn: len(files.waiting(tx, "draft", s.urn)) for s in theirs}
    return tuple(_of(inst, officer, school, waiting[school.urn], on) for school in theirs)


def _of(inst: Installation, officer: Officer, school: School, waiting: int, on: date) -> SchoolDesk:
    here, urn = officer.at(school), school.urn
    heads, keeps = here.holds(*MAY[Act.DELEGATE]), here.holds(*MAY[Act.KEEP_PLANS])
    running = timetables.of_school(inst, officer, urn, on).running if keeps else ()
    handed = delegations.of_school(inst, officer, urn, on).listed if heads else ()
    return SchoolDesk(
        school,
        waiting,
        len(month(inst, officer, urn, on).set_aside),
        coding.weekly(inst, officer, urn, on).many,
        sum(item.state == "now" for item in handed) if heads else None,
        len(leave.of_school(inst, officer, urn, on).waiting) if keeps else None,
        sum(item.over > 0 for item in running) if keeps else None,
        leavers.of_school(inst, officer, urn, on).unknown if keeps else None,
    )


@dataclass(frozen=True, slots=True)
class Month:
    """The rules set aside in one month at one school, and those of earlier months that still stand."""

    school: School
    first: date
    before: date
    after: date | None
    set_aside: tuple[SetAside, ...]
    still: tuple[SetAside, ...]
    names: Mapping[str, str]


def month(inst: Installation, officer: Officer, urn: str, on: date, first: date | None = None) -> Month:
    """What was set aside at a school in a month: by whom, why and until when.

    Args:
        first: A day of the month asked about; the month of `on` if none.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    require(officers.at_school(inst, officer, urn), Act.CHECK_SCHOOL)
    begins = min(first or on, on).replace(day=1)
    ends = add_months(begins, 1) - timedelta(days=1)
    found = overrides.listed(inst, officer, on, urn)
    with inst.act(officer) as tx:
        return Month(
            schools.school(tx, urn),
            begins,
            add_months(begins, -1),
            add_months(begins, 1) if ends < on else None,
            tuple(item for item in found if begins <= item.override.on <= ends),
            tuple(item for item in found if item.override.on < begins and item.in_force),
            {other.officer_id: other.name for other in people.officers(tx, on)},
        )
