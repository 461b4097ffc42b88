"""Part-time timetables: agreed with a parent the pupil lives with, for a time, reviewed, over on a day."""

from dataclasses import dataclass
from datetime import date, timedelta

from casework.actions import officers, roll
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, given
from casework.domain import NotFound, Officer, School
from casework.domain.words import day
from casework.storage import people, schools
from casework.storage import timetables as stored
from casework.storage.timetables import Timetable

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Shown:
    """A timetable as a list shows it: `over` school days past its end, `unreviewed` past its review."""

    timetable: Timetable
    over: int
    unreviewed: bool
    school_days: int


@dataclass(frozen=True, slots=True)
class TimetableList:
    """A school's part-time timetables, and pupils its roll has as part-time of whom none is kept."""

    school: School
    running: tuple[Shown, ...]
    ended: tuple[Shown, ...]
    unplanned: tuple[tuple[str, str], ...]
    names: dict[str, str]


def of_school(inst: Installation, officer: Officer, urn: str, on: date) -> TimetableList:
    """The part-time timetables of a school.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    require(officers.at_school(inst, officer, urn), Act.KEEP_PLANS)
    with inst.act(officer) as tx:
        school, calendar = schools.school(tx, urn), schools.calendar(tx, urn)
        shown = [
            Shown(
                held,
                len(calendar.days_between(held.ends_on + timedelta(days=1), on)) if held.ends_on < on else 0,
                held.review_on < on,
                len(calendar.days_between(held.starts_on, min(on, held.ended_on or on))),
            )
            for held in stored.of_school(tx, urn, on - YEAR)
        ]
        planned = {item.timetable.upn for item in shown if item.timetable.ended_on is None}
        here = people.pupils(tx, people.on_roll(tx, urn, on), urn)
        return TimetableList(
            school,
            tuple(item for item in shown if item.timetable.ended_on is None),
            tuple(item for item in shown if item.timetable.ended_on is not None),
            tuple((p.name, p.year_group) for p in here if p.part_time_timetable and p.upn not in planned),
            {other.officer_id: other.name for other in people.officers(tx, on)},
        )


def begin(
    inst: Installation,
    by: By,
    urn: str,
    pupil: str,
    *,
    agreed_with: str,
    starts: date,
    review: date,
    ends: date,
    plan: str,
) -> None:
    """Keep a part-time timetable as it was agreed.

    Args:
        pupil: A UPN or a whole name of somebody on the roll.
        agreed_with: The whole name of a contact of the pupil, or their reference.

    Raises:
        NotAllowed: They are not one of those whom the school has authorised.
        Unclear: No parent the pupil lives with has agreed, or the days are not in order.
    """
    here = officers.at_school(inst, by.officer, urn)
    require(here, Act.DECIDE_LEAVE)
    words = given(plan, "The plan")
    if not starts <= review <= ends:
        raise Unclear(
            "The review lies between the first and the last day.", "Put the three days in that order."
        )
    with inst.act(by.officer) as tx:
        upn = roll.one_pupil(tx, urn, pupil, by.on)
        wanted = " ".join(given(agreed_with, "Who agreed to it").lower().split())
        parents = people.parents(tx, upn)
        named = [
            p
            for p in parents
            if wanted in (p.contact_id.lower(), p.name.lower(), f"{p.forename} {p.surname}".lower())
        ]
        if not named:
            raise Unclear("No contact of this pupil has that name.", "Write the name as the school has it.")
        if named[0].lives_with_pupil is False:
            raise Unclear(
                f"The pupil does not live with {named[0].name}.",
                "A parent with whom the pupil normally lives must agree, on the times and the dates.",
            )
        stored.begin(
            tx,
            urn,
            upn,
            contact_id=named[0].contact_id,
            days=(starts, review, ends),
            plan=words,
            by=by.officer.officer_id,
            role=max(role.value for role in here.roles),
            on=by.on,
        )


def end(inst: Installation, by: By, urn: str, timetable_id: int, *, ended_on: date, says: str) -> None:
    """Say that a part-time timetable is over, and what the pupil has now.

    Raises:
        NotFound: The school has none such that runs.
    """
    require(officers.at_school(inst, by.officer, urn), Act.KEEP_PLANS)
    words = given(says, "What the pupil has now")
    if ended_on > by.on:
        raise Unclear(f"{day(ended_on)} is a day to come.", "Say it once it is over.")
    with inst.act(by.officer) as tx:
        if not stored.end(tx, urn, timetable_id, ended_on, words, by.officer.officer_id, by.on):
            raise NotFound("part-time timetable that runs", str(timetable_id), "Look at the list again.")
