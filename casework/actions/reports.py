"""The reports a school's policy asks for: made from the register as it stands, kept when they fall due."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import runs
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.sweeping import swept_facts
from casework.domain import ENGINE, Officer, Role, School, SchoolCalendar
from casework.domain.calendar import academic_year_of, monday_of
from casework.facts import Counts, Summary
from casework.policy import Policy
from casework.rules import reporting
from casework.rules.duties import cadences_ending, period_of
from casework.rules.reporting import Line, Member, Whole
from casework.storage import absence, lists, people, schools
from casework.storage import reports as kept_reports
from casework.storage.lists import CaseFilter
from casework.storage.reports import KeptReport

PUPIL = "pupil"
"""The cut that has a line for each pupil."""
NO_STAFF = frozenset({"governors", "trustees", "committee"})
"""Whom no report names a pupil to, however a policy fills the role."""
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
        school = schools.school(tx, urn)
        policy, calendar = policy_of(school), schools.calendar(tx, urn)
        asked = policy.value(f"reports.{name}", on)
        members = reporting.chosen(policy, asked, _members(tx, urn, policy, calendar, on), on)
        made = list(reporting.lines(policy, asked, members, on))
        if "code" in asked.cuts:
            made = [line for line in made if line.cut != "code"] + _codes(tx, urn, on)
    if set(asked.cuts) & set(reporting.COMPARED):
        whole = _trust(inst, school, policy, asked.every, on)
        made += reporting.compared(policy, asked, school.phase, whole, members, on)
    return Report(name, asked.says, asked.by, asked.to, on, tuple(made))


def keep_due(inst: Installation, urn: str, on: date, flow_run: str = "") -> int:
    """Make the reports that fall due on a day, and keep each as it is known that day; says how many are new.

    What is made for governors or trustees holds no line of one pupil.
    """
    with inst.act(ENGINE) as tx:
        school = schools.school(tx, urn)
        before = kept_reports.made_of(tx, urn, on)
    policy = policy_of(school)
    made = 0
    for name in due(inst, ENGINE, urn, on):
        if name in before:
            continue
        found, asked = report(inst, ENGINE, urn, name, on), policy.value(f"reports.{name}", on)
        nameless = _for_governors(policy, found.to, on)
        lines = [line for line in found.lines if not (nameless and line.cut == PUPIL)]
        with inst.act(ENGINE, flow_run) as tx:
            keep = KeptReport(
                urn=urn,
                name=name,
                on=on,
                every=asked.every,
                says=found.says,
                made_for=found.to,
                policy=school.policy,
                names_pupils=any(line.cut == PUPIL for line in lines),
                lines=tuple(asdict(line) for line in lines),
                made_at=inst.now(),
            )
            added = kept_reports.keep(tx, keep, flow_run)
            runs.did(tx, flow_run, on, urn, made=int(added))
        made += added
    return made


@dataclass(frozen=True, slots=True)
class Shelf:
    """A school's kept reports, newest first, with the names by UPN of pupils that a line of one is about."""

    school: School
    reports: tuple[KeptReport, ...]
    names: Mapping[str, str]


def shelf(inst: Installation, officer: Officer, urn: str) -> Shelf:
    """A school's reports as they were made; a governor sees those that name no pupil.

    Raises:
        NotFound: The school is not known to this officer.
    """
    require(officer, Act.READ_FIGURES)
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        found = kept_reports.kept(tx, urn)
        upns = {line["value"] for made in found for line in made.lines if line["cut"] == PUPIL}
        names = {pupil.upn: pupil.name for pupil in people.pupils(tx, upns, urn)} if upns else {}
    return Shelf(school, found, names)


def _for_governors(policy: Policy, to: Sequence[str], on: date) -> bool:
    """Whether one of those a report is for is a governor or a trustee, as the policy fills its roles."""
    roles = policy.under("roles", on)
    held = {role for name in to if name in roles for role in roles[name].holds}
    return Role.GOVERNOR.value in held or not NO_STAFF.isdisjoint(to)


def _members(
    tx: Connection, urn: str, policy: Policy, calendar: SchoolCalendar, on: date
) -> tuple[Member, ...]:
    now = _summaries(tx, urn, policy, on)
    this = period_of("half_term", on, calendar)
    earlier = [day for day in calendar.days if day < on and period_of("half_term", day, calendar) < this]
    before = _summaries(tx, urn, policy, earlier[-1]) if earlier else {}
    away = {item.upn for item in absence.unexplained(tx, urn, on, _absent(policy, on))}
    days = absence.by_weekday(tx, urn, date(academic_year_of(on), 9, 1), on, _of_a_pattern(policy, on))
    open_cases = lists.page(tx, CaseFilter(on=on, urn=urn, status="open"), size=EVERY_CASE).lines
    stages = {line.upn: line.stage for line in open_cases}
    return tuple(
        Member(
            pupil=pupil,
            now=now[pupil.upn],
            before=before.get(pupil.upn),
            absent_today=pupil.upn in away,
            stage=stages.get(pupil.upn, ""),
            by_weekday=days.get(pupil.upn, (0,) * 5),
        )
        for pupil in people.pupils(tx, people.on_roll(tx, urn, on), urn)
        if pupil.upn in now
    )


def _absent(policy: Policy, on: date) -> tuple[str, ...]:
    classes = policy.value("attendance_codes.classes", on)
    return (*classes.authorised, *classes.unauthorised)


def _of_a_pattern(policy: Policy, on: date) -> tuple[str, ...]:
    """The codes of which a pattern of weekdays may be made; all, where the policy leaves none out."""
    key = "review.weekday_patterns"
    rule = policy.value(key, on) if key in policy.timelines else None
    left_out = rule.leave_out if rule else ()
    return tuple(code for code in _absent(policy, on) if code not in left_out)


def _trust(inst: Installation, school: School, policy: Policy, every: str, on: date) -> Whole | None:
    """The schools of a school's trust together, as this installation holds them; totals and no pupil.

    Whoever may read the school's report may read them, wherever they work.
    """
    with inst.act(ENGINE) as tx:
        urns = [s.urn for s in schools.schools(tx) if school.trust and s.trust == school.trust]
        if len(urns) < 2:
            return None
        found = [item for urn in urns for item in _summaries(tx, urn, policy, on).values()]
    missed = [(item.year.absent * 100, item.year.possible) for item in found if item.year.possible]
    least = [policy.value(f"bands.{name}", on).missed_percent for name in _BANDS]
    persistent, severe = (sum(part >= edge * whole for part, whole in missed) for edge in least)
    counts = reporting.added([reporting.counts_of(every, item) for item in found])
    return Whole(len(urns), len(found), counts, persistent, severe)


_BANDS = ("persistently_absent", "severely_absent")


def _codes(tx: Connection, urn: str, on: date) -> list[Line]:
    """How often each code stands in the week that ends on a day."""
    found = absence.codes_between(tx, urn, monday_of(on), on)
    return [Line("code", code, None, Counts(count, 0, 0, 0), None) for code, count in found.items()]


def _summaries(tx: Connection, urn: str, policy: Policy, on: date) -> dict[str, Summary]:
    result = swept_facts(tx, [urn], policy, on)
    return {upn: result.summary(line) for line, (_, upn) in enumerate(result.lines)}
