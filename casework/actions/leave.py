"""Leave in term time: asked for beforehand by a parent, decided by a person, each request on its own.

No rule grants or refuses: what the law and the policy say stands beside the request, and whoever the school
has authorised decides and says why. Nothing is agreed for days that have begun before it was asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.actions import officers, roll
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, Unclear, given
from casework.domain import Finding, NotFound, Officer, School
from casework.domain.calendar import academic_year_of
from casework.domain.words import day
from casework.rules import asked
from casework.rules.asked import LeaveAsked
from casework.storage import leave as stored
from casework.storage import people, schools
from casework.storage.leave import LeaveRequest


@dataclass(frozen=True, slots=True)
class Weighed:
    """A request with what to know before it is decided, and the school days it is for."""

    request: LeaveRequest
    findings: tuple[Finding, ...]
    school_days: int


@dataclass(frozen=True, slots=True)
class LeaveList:
    """A school's requests of the year; `grounds` are the law's, each with its code."""

    school: School
    waiting: tuple[Weighed, ...]
    decided: tuple[Weighed, ...]
    grounds: Mapping[str, Any]
    names: Mapping[str, str]


def of_school(inst: Installation, officer: Officer, urn: str, on: date) -> LeaveList:
    """The requests of a school: those that wait first, soonest leave first.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    require(officers.at_school(inst, officer, urn), Act.KEEP_PLANS)
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        policy, calendar = policy_of(school), schools.calendar(tx, urn)
        weighed = [
            Weighed(
                request,
                asked.leave(
                    policy, LeaveAsked(request.asked_on, request.first_day, request.last_day), calendar, on
                ),
                len(calendar.days_between(request.first_day, request.last_day)),
            )
            for request in stored.requests(tx, urn, date(academic_year_of(on), 9, 1))
        ]
        return LeaveList(
            school,
            tuple(item for item in weighed if item.request.granted is None),
            tuple(item for item in weighed if item.request.granted is not None),
            {item.ground: item for item in policy.value("leave.grounds", on).grounds},
            {other.officer_id: other.name for other in people.officers(tx, on)},
        )


def ask(
    inst: Installation,
    by: By,
    urn: str,
    pupil: str,
    *,
    contact_id: str = "",
    asked_on: date,
    first: date,
    last: date,
    reason: str,
) -> int:
    """Keep a request as it came in; gives its number.

    Args:
        pupil: A UPN or a whole name of somebody on the roll.

    Raises:
        Unclear: The days do not do, or the pupil is not one person on the roll.
    """
    here = officers.at_school(inst, by.officer, urn)
    require(here, Act.KEEP_PLANS)
    why = given(reason, "The reason")
    if last < first:
        raise Unclear("The leave ends before it begins.", "Give a later last day.")
    if asked_on > by.on:
        raise Unclear(f"{day(asked_on)} is a day to come.", "Give the day on which it was asked for.")
    with inst.act(by.officer) as tx:
        upn = roll.one_pupil(tx, urn, pupil, by.on)
        return stored.ask(
            tx,
            urn,
            upn,
            contact_id=contact_id,
            asked_on=asked_on,
            days=(first, last),
            reason=why,
            by=by.officer.officer_id,
            role=min(role.value for role in here.roles),
            on=by.on,
        )


def decide(
    inst: Installation,
    by: By,
    urn: str,
    request_id: int,
    *,
    granted: bool,
    reasons: str,
    ground: str = "",
    first: date | None = None,
    last: date | None = None,
) -> None:
    """Grant or refuse one request, with reasons; what is granted may be fewer days than were asked for.

    Raises:
        NotAllowed: They are not one of those whom the school has authorised.
        Unclear: It was asked for too late to be granted, the days are others, or no ground was named.
        NotFound: The school has no such request, or it was decided.
    """
    here = officers.at_school(inst, by.officer, urn)
    require(here, Act.DECIDE_LEAVE)
    why = given(reasons, "The reasons")
    with inst.act(by.officer) as tx:
        policy = policy_of(schools.school(tx, urn))
        request = stored.request(tx, urn, request_id)
        if request is None:
            raise NotFound("request for leave", str(request_id), "Look at the list again.")
        days, code = None, ""
        if granted:
            law = {item.ground: item for item in policy.value("leave.grounds", by.on).grounds}
            if ground not in law:
                raise Unclear("No ground was named.", f"Leave is granted on one of: {', '.join(law)}.")
            if request.asked_on >= request.first_day:
                raise Unclear(
                    f"It was asked for on {day(request.asked_on)}, when the leave had begun.",
                    "Leave is never granted afterwards: refuse it, and say so.",
                )
            days, code = (first or request.first_day, last or request.last_day), law[ground].code
            if not request.first_day <= days[0] <= days[1] <= request.last_day:
                raise Unclear("Those are not days that were asked for.", "Grant some of them, or all.")
        kept = stored.decide(
            tx,
            request_id,
            granted=granted,
            code=code,
            days=days,
            reasons=why,
            by=by.officer.officer_id,
            role=max(role.value for role in here.roles),
            on=by.on,
        )
        if not kept:
            raise NotFound("request that waits", str(request_id), "It was decided already: see the list.")
