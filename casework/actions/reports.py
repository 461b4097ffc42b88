"""The reports a school's policy asks for, made from the register as it stands; they write nothing."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.sweeping import swept_facts
from casework.domain import Officer, SchoolCalendar
from casework.domain.calendar import monday_of
from casework.facts import Counts, Summary
from casework.policy import Policy
from casework.rules import reporting
from casework.rules.duties import cadences_ending, period_of
from casework.rules.reporting import Line, Member
from casework.storage import absence, lists, people, schools
from casework.storage.lists import CaseFilter

EVERY_CASE = 100_000
"""More open cases than one school has."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report on a day: what it is, by and for whom, and its lines."""

    name: str
    says: str
    by: str
    to: tuple[str, ...]
    on: date
    lines: tuple[Line, ...]


def due(inst: Installation, officer: Officer, urn: str, on: date) -> dict[str, str]:
    """The reports that fall due on a day, by name, with what each is."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policy, calendar = policy_of(schools.school(tx, urn)), schools.calendar(tx, urn)
    ending = cadences_ending(calendar, on)
    return {name: v.says for name, v in policy.under("reports", on).items() if v.every in ending}


def report(inst: Installation, officer: Officer, urn: str, name: str, on: date) -> Report:
    """One report, as of a day.

    Raises:
        NotInForce: The school's policy has no such report on that day.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policy, calendar = policy_of(schools.school(tx, urn)), schools.calendar(tx, urn)
        asked = policy.value(f"reports.{name}", on)
        members = reporting.chosen(policy, asked, _members(tx, urn, policy, calendar, on), on)
        made = list(reporting.lines(policy, asked, members, on))
        if "code" in asked.cuts:
            made = [line for line in made if line.cut != "code"] + _codes(tx, urn, on)
    return Report(name, asked.says, asked.by, asked.to, on, tuple(made))


def _members(
    tx: Connection, urn: str, policy: Policy, calendar: SchoolCalendar, on: date
) -> tuple[Member, ...]:
    now = _summaries(tx, urn, policy, on)
    this = period_of("half_term", on, calendar)
    earlier = [day for day in calendar.days if day < on and period_of("half_term", day, calendar) < this]
    before = _summaries(tx, urn, policy, earlier[-1]) if earlier else {}
    away = {item.upn for item in absence.unexplained(tx, urn, on, _absent(policy, on))}
    open_cases = lists.page(tx, CaseFilter(on=on, urn=urn, status="open"), size=EVERY_CASE).lines
    stages = {line.upn: line.stage for line in open_cases}
    return tuple(
        Member(pupil, now[pupil.upn], before.get(pupil.upn), pupil.upn in away, stages.get(pupil.upn, ""))
        for pupil in people.pupils(tx, people.on_roll(tx, urn, on), urn)
        if pupil.upn in now
    )


def _absent(policy: Policy, on: date) -> tuple[str, ...]:
    classes = policy.value("attendance_codes.classes", on)
    return (*classes.authorised, *classes.unauthorised)


def _codes(tx: Connection, urn: str, on: date) -> list[Line]:
    """How often each code stands in the week that ends on a day."""
    found = absence.codes_between(tx, urn, monday_of(on), on)
    return [Line("code", code, None, Counts(count, 0, 0, 0), None) for code, count in found.items()]


def _summaries(tx: Connection, urn: str, policy: Policy, on: date) -> dict[str, Summary]:
    result = swept_facts(tx, [urn], policy, on)
    return {upn: result.summary(line) for line, (_, upn) in enumerate(result.lines)}
