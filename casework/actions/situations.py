"""A case put together with everything its gates may look at, as known on a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from casework.actions.policies import code_classes, limits, policy_for
from casework.domain import Case, NotFound, Notice, NoticeStatus, School, SchoolCalendar
from casework.facts import Facts, Register
from casework.policy import Policy
from casework.policy.bank_holidays import england
from casework.rules import compulsory_age
from casework.rules.situation import Situation
from casework.storage import people, registers, schools
from casework.storage.database import every_school


def situation_of(tx: Connection, case: Case, on: date, known_at: datetime | None = None) -> Situation:
    """The case with its pupil, parents, register, law and ledger.

    The case itself was loaded under the officer's own scope; its gates look across all of the pupil's
    registers, at every school, as the threshold must.

    Args:
        known_at: Registers, calendars and ledger as they were known at that time; without it, as they are.

    Raises:
        NotFound: The case's school or pupil is not on file.
    """
    calendars: dict[str, SchoolCalendar] = {}
    with every_school(tx):
        school = schools.school(tx, case.urn)
        policy = policy_for(case, school)
        facts = facts_of(tx, case.upn, school, policy, on, calendars, known_at)
        situation = Situation(
            case=case,
            pupil=people.pupil(tx, case.upn, case.urn),
            parents=people.parents(tx, case.upn),
            school=school,
            facts=facts,
            policy=policy,
            calendar=calendars[case.urn],
            holidays=england(),
            on=on,
            notices=facts.notices,
            professionals=people.professionals(tx, case.upn),
        )
    return replace(situation, facts=replace(situation.facts, compulsory=compulsory_age.span(situation)))


def facts_of(
    tx: Connection,
    upn: str,
    school: School,
    policy: Policy,
    on: date,
    calendars: dict[str, SchoolCalendar] | None = None,
    known_at: datetime | None = None,
) -> Facts:
    """One pupil's registers at every school in scope, the named school's first.

    `calendars` keeps those already read in this transaction, by URN.

    Raises:
        NotFound: The pupil was never on the school's roll.
    """
    read = {} if calendars is None else calendars
    return facts_of_all(tx, (upn,), school, policy, on, read, known_at)[upn]


def facts_of_all(
    tx: Connection,
    upns: Sequence[str],
    school: School,
    policy: Policy,
    on: date,
    calendars: dict[str, SchoolCalendar],
    known_at: datetime | None = None,
) -> dict[str, Facts]:
    """The same of several pupils of one school, read together: as many statements as for one.

    Raises:
        NotFound: One of them was never on the school's roll.
    """
    marks = registers.marks_of(tx, upns, known_at)
    spells = people.spells_of(tx, upns)
    parents = people.parents_of(tx, upns)
    ledger: dict[str, list[Notice]] = {}
    for notice in people.notices(tx, upns, known_at):
        ledger.setdefault(notice.upn, []).append(as_it_stood(notice, on))
    found = {}
    for upn in upns:
        rolls = spells.get(upn, {})
        if school.urn not in rolls:
            says = f"They were never on the roll of {school.name}. Import the roll first."
            raise NotFound("pupil", upn, says)
        order = sorted(rolls, key=lambda urn: (urn != school.urn, urn))
        for urn in order:
            if urn not in calendars:
                calendars[urn] = schools.calendar(tx, urn, known_at)
        found[upn] = Facts(
            upn=upn,
            registers=tuple(
                Register(urn, calendars[urn], rolls[urn], marks[upn].get(urn, ())) for urn in order
            ),
            codes=code_classes(policy, on),
            limits=limits(policy, on),
            notices=tuple(ledger.get(upn, ())),
            responsible=tuple(p.contact_id for p in parents.get(upn, ()) if p.parental_responsibility),
        )
    return found


def known_by(tx: Connection, urn: str, on: date) -> datetime | None:
    """The last moment of a day, where the school's registers had begun to come in by then; otherwise None.

    What a school brought in only later was never known on that day: it is shown as it is.
    """
    zone = ZoneInfo(schools.school(tx, urn).timezone)
    ends = datetime.combine(on + timedelta(days=1), time.min, zone)
    began = registers.first_arrival(tx, urn)
    return ends if began is not None and began < ends else None


def as_it_stood(notice: Notice, on: date) -> Notice:
    """A notice as it stood on a day: one paid later was still unpaid."""
    if notice.status is NoticeStatus.PAID and notice.paid_on and notice.paid_on > on:
        return replace(notice, status=NoticeStatus.UNPAID, paid_on=None)
    return notice
