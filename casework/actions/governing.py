"""What a governor reads of a school: how attendance goes, who is noticed and how they fare, what help did.

No pupil is named. Figures stand still from one half term's end to the next, so that nobody is found by
comparing two days; small groups are kept back, and with them enough others, by the policy lab's own rule.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import MAY, Act, require
from casework.actions.installation import Installation
from casework.actions.policies import code_classes, policy_of
from casework.actions.sweeping import swept_facts
from casework.domain import Officer, Role, School, SchoolCalendar
from casework.facts.codes import CodeClass, CodeClasses
from casework.lab import before_after
from casework.lab.before_after import Change
from casework.lab.figures import CUTS
from casework.policy import Policy
from casework.rules import suppression
from casework.storage import governing as stored
from casework.storage import people, schools
from casework.storage.database import every_school

ENFORCED = ("notice_to_improve_issued", "penalty_notice_requested", "prosecution_referred")
POSSIBLE = (CodeClass.ATTENDING, CodeClass.AUTHORISED, CodeClass.UNAUTHORISED, CodeClass.POSSIBLE_ONLY)
SCHOOL_DAYS = 30
"""How many school days before and after help are compared."""


@dataclass(frozen=True, slots=True)
class HalfTerm:
    """The attendance of a whole school in one half term."""

    first: date
    last: date
    attended: int
    possible: int


@dataclass(frozen=True, slots=True)
class Group:
    """Pupils of one group; a number that might point at somebody is None."""

    name: str
    pupils: int | None
    cases: int | None
    enforced: int | None
    declined: int | None
    set_aside: int | None


@dataclass(frozen=True, slots=True)
class Cut:
    """One way of parting a school's pupils; without groups where even that would tell of somebody."""

    name: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Governed:
    """One school's figures as of the end of its last half term; `as_of` None before the first has ended."""

    school: School
    as_of: date | None
    half_terms: tuple[HalfTerm, ...]
    cuts: tuple[Cut, ...]
    changes: Mapping[str, Change | None]
    below: int


def report(inst: Installation, officer: Officer, on: date) -> tuple[Governed, ...]:
    """The figures of each school where an officer reads them."""
    require(officer, Act.READ_FIGURES)
    reads = MAY[Act.READ_FIGURES] - {Role.EWO}
    with inst.act(officer) as tx:
        theirs = [school for school in schools.schools(tx) if officer.at(school).holds(*reads)]
        with every_school(tx):
            return tuple(_of(tx, school, on) for school in theirs)


def _of(tx: Connection, school: School, on: date) -> Governed:
    policy, calendar = policy_of(school), schools.calendar(tx, school.urn)
    below: int = policy.value("data_protection.small_numbers", on).below
    spans = ended(calendar, on)
    if not spans:
        return Governed(school, None, (), (), {}, below)
    year, as_of = spans[-1][0], spans[-1][2]
    began = min(first for other, first, _ in spans if other == year)
    return Governed(
        school,
        as_of,
        tuple(_half_term(tx, school, policy, first, last) for _, first, last in spans[-6:]),
        _cuts(tx, school, (began, as_of), below),
        _changes(tx, school, policy, calendar, as_of, below),
        below,
    )


def ended(calendar: SchoolCalendar, on: date) -> list[tuple[int, date, date]]:
    """(academic year, first day, last day) of each half term that is over, oldest first."""
    spans: dict[tuple[int, int], list[date]] = {}
    for session in calendar.sessions:
        spans.setdefault(calendar.half_term_of(session), []).append(session.date)
    found = [(year, min(days), max(days)) for (year, _), days in sorted(spans.items())]
    return [span for span in found if span[2] < on]


def _half_term(tx: Connection, school: School, policy: Policy, first: date, last: date) -> HalfTerm:
    measures = swept_facts(tx, [school.urn], policy, last).measures
    return HalfTerm(
        first, last, int(measures["half_term.attended"].sum()), int(measures["half_term.possible"].sum())
    )


def _cuts(tx: Connection, school: School, days: tuple[date, date], below: int) -> tuple[Cut, ...]:
    here = people.pupils(tx, people.on_roll(tx, school.urn, days[1]), school.urn)
    found = stored.with_cases(tx, school.urn, *days)
    treated = [
        stored.decided(tx, school.urn, *days, kinds)
        for kinds in (ENFORCED, ("step_declined",), ("gate_overridden",))
    ]
    return tuple(parted(name, {p.upn: CUTS[name](p) for p in here}, found, treated, below) for name in CUTS)


def parted(
    name: str,
    groups: Mapping[str, str],
    found: Collection[str],
    treated: Sequence[Collection[str]],
    below: int,
) -> Cut:
    """One way of parting pupils, small numbers kept back.

    Args:
        groups: The group of each pupil, by UPN.
        found: Those with a case.
        treated: Of those with a case: who was enforced upon, spared, or had a rule set aside.

    Source: data_protection.small_numbers
    """
    names = sorted(set(groups.values()))
    members = [[upn for upn, group in groups.items() if group == one] for one in names]
    cases = [sum(upn in found for upn in group) for group in members]
    rows = [(count, 0, 0, len(group) - count) for count, group in zip(cases, members, strict=True)]
    answer = suppression.shown(rows, below)
    if not answer.whole:
        return Cut(name, ())
    parts = [[sum(upn in who and upn in found for upn in group) for group in members] for who in treated]
    opened = [suppression.shown_within(part, cases, answer.found, below) for part in parts]
    told = [
        [part[n] if open_[n] else None for part, open_ in zip(parts, opened, strict=True)]
        for n in range(len(names))
    ]
    return Cut(
        name,
        tuple(
            Group(
                one,
                len(members[n]) if answer.pupils[n] else None,
                cases[n] if answer.found[n] else None,
                *told[n],
            )
            for n, one in enumerate(names)
        ),
    )


def _changes(
    tx: Connection, school: School, policy: Policy, calendar: SchoolCalendar, as_of: date, below: int
) -> dict[str, Change | None]:
    """By barrier: how attendance changed of those who took up help against it."""
    days = [day for day in calendar.days if day <= as_of]
    if len(days) <= 2 * SCHOOL_DAYS:
        return {}
    helped = stored.helped(tx, school.urn, days[SCHOOL_DAYS], days[-SCHOOL_DAYS])
    if not helped:
        return {}
    marks = stored.marks_of(tx, school.urn, {item.upn for item in helped}, days[0], as_of)
    place, classes = {day: number for number, day in enumerate(days)}, code_classes(policy, as_of)
    values: dict[str, list[int]] = {}
    for item in helped:
        middle = next((place[day] for day in days if day >= item.on), None)
        values.setdefault(item.barrier, [])
        if middle is None:
            continue
        spans = (
            (days[middle - SCHOOL_DAYS], days[middle - 1]),
            (days[middle], days[middle + SCHOOL_DAYS - 1]),
        )
        before, after = (_counted(marks.get(item.upn, ()), classes, *span) for span in spans)
        if before[1] and after[1]:
            values[item.barrier].append(before_after.tenths(before, after))
    return {barrier: before_after.change(found, below) for barrier, found in sorted(values.items())}


def _counted(
    marks: Sequence[tuple[date, str]], classes: CodeClasses, first: date, last: date
) -> tuple[int, int]:
    """(attended, possible) sessions of some marks between two days."""
    attended = possible = 0
    for day, code in marks:
        if first <= day <= last:
            kind = classes.class_of(code, day)
            attended += kind is CodeClass.ATTENDING
            possible += kind in POSSIBLE
    return attended, possible
