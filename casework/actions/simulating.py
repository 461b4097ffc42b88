"""The policy lab: stored registers replayed under a pack, beside another if one is named. Nothing is written.

The transaction is read-only: the database itself refuses whatever would write.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from casework.actions import sweeping
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import code_classes, limits, versions_of
from casework.actions.situations import as_it_stood
from casework.domain import CaseworkError, Notice, Officer, Pupil, Role, School
from casework.domain.calendar import monday_of
from casework.facts import CodeClasses, Facts, Limits, Register
from casework.facts.days import SweptDay, sweep_days
from casework.facts.layout import marks_of
from casework.lab import figures
from casework.lab.assumed import UNKNOWABLE, Assumed
from casework.lab.chart import chart
from casework.lab.figures import Cut, Missed, Side, Who
from casework.lab.replay import Replayed, replay
from casework.lab.seen import Background, Known, Night
from casework.policy import Policy
from casework.policy.bank_holidays import england
from casework.policy.load import load
from casework.storage import people, registers, schools
from casework.storage.database import every_school, read_only

KEPT_BACK = "c"
"""What stands for a figure kept back, as in the statistics of the Department for Education."""


class CannotReplay(CaseworkError):
    """The dates asked about cannot be replayed at a school; the message says why, and what to ask instead."""

    def __init__(self, says: str, remedy: str) -> None:
        super().__init__(f"{says} {remedy}")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which pack, beside which other, from which day to which, at one school or at all.

    `acts` and `parents_come` are as `Assumed` says.
    """

    pack: str
    first: date
    last: date
    against: str = ""
    urn: str = ""
    acts: bool = True
    parents_come: bool = True

    @property
    def assumed(self) -> Assumed:
        """How people are taken to act."""
        return Assumed(self.acts, self.parents_come)


@dataclass(frozen=True)
class Simulated:
    """What the packs would have come to, in figures without names. `other` and `missed` need two packs."""

    question: Question
    schools: tuple[School, ...]
    pupils: int
    school_days: int
    side: Side
    other: Side | None
    missed: Missed | None
    cuts: tuple[Cut, ...]
    below: int
    below_source: str
    below_verified: bool

    @property
    def sides(self) -> tuple[Side, ...]:
        """The packs' figures, the one asked about first."""
        return (self.side, self.other) if self.other else (self.side,)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was assumed of the people, one sentence each."""
        return self.question.assumed.says()

    @property
    def cannot_be_known(self) -> tuple[str, ...]:
        """What registers alone cannot tell, one sentence each."""
        return UNKNOWABLE

    def as_data(self) -> dict[str, Any]:
        """The whole result as plain values."""
        asked = self.question
        return {
            "policy": asked.pack,
            "against": asked.against or None,
            "from": asked.first,
            "to": asked.last,
            "schools": [school.urn for school in self.schools],
            "pupils": self.pupils,
            "school_days": self.school_days,
            "packs": [_side_as_data(side) for side in self.sides],
            "missed": asdict(self.missed) if self.missed else None,
            "groups": [asdict(cut) for cut in self.cuts],
            "small_numbers": {
                "below": self.below,
                "source": self.below_source,
                "verified": self.below_verified,
            },
            "assumed": list(self.assumed),
            "cannot_be_known": list(self.cannot_be_known),
        }


def _side_as_data(side: Side) -> dict[str, Any]:
    return {
        "pack": side.pack,
        "cases": side.cases,
        "counts": dict(side.counts),
        "pupils_with_notice_proposed": dict(side.noticed),
        "cases_by_trigger": dict(side.by_trigger),
        "first_support": {"median_school_days": side.support_after, "slowest": side.slowest},
        "weeks": [{"monday": week.monday, **week.counts} for week in side.weeks],
        "officers": [{**asdict(load), "tasks_each_then": load.each} for load in side.loads],
    }


def simulate(inst: Installation, officer: Officer, asked: Question) -> Simulated:
    """Replay the registers of one school, or of every one the officer sees, under a pack.

    Raises:
        NotFound: There is no such pack or school.
        PolicyRefused: A pack cannot be used as it is.
        CannotReplay: The dates are the wrong way round, or no register is stored for them.
        NotInForce: A pack lacks a value it needs on one of the days.
    """
    require(officer, Act.READ_FIGURES)
    if asked.last < asked.first:
        says = f"{asked.first:%d %B %Y} comes after {asked.last:%d %B %Y}."
        raise CannotReplay(says, "Give the earlier day with --from, the later with --to.")
    packs = (asked.pack, asked.against) if asked.against else (asked.pack,)
    with inst.act(officer) as tx:
        read_only(tx)
        wanted = [schools.school(tx, asked.urn)] if asked.urn else list(schools.schools(tx))
        if not wanted:
            raise CannotReplay("No school is on file.", "Import a school's folder first.")
        for pack in packs:
            for school in wanted:
                load(pack, school.la_code or None)
        held = [SchoolHeld(tx, school, asked) for school in sorted(wanted, key=lambda school: school.urn)]
        replays = [school.replays(packs) for school in held]
        officers = _officers(tx, wanted, asked.last)
    weeks = {monday_of(day) for school in held for day in school.days}
    calendars = [school.calendar for school in held]
    sides = [
        figures.side(
            pack, list(zip((found[n] for found in replays), calendars, strict=True)), weeks, officers
        )
        for n, pack in enumerate(packs)
    ]
    other = sides[1] if len(sides) > 1 else None
    seen = {(found[0].urn, upn) for found in replays for upn in found[0].seen}
    pupils: dict[Who, Pupil] = {
        (school.school.urn, upn): pupil for school in held for upn, pupil in school.pupils.items()
    }
    rules = [
        load(pack, school.la_code or None).value("data_protection.small_numbers", asked.last)
        for pack in packs
        for school in wanted
    ]
    rule = max(rules, key=lambda value: int(value.below))
    return Simulated(
        question=asked,
        schools=tuple(school.school for school in held),
        pupils=len(seen),
        school_days=max(len(school.days) for school in held),
        side=sides[0],
        other=other,
        missed=figures.missed(sides[0], other) if other else None,
        cuts=figures.cuts(pupils, seen, sides[0], other, rule.below),
        below=rule.below,
        below_source=rule.source.title,
        below_verified=rule.verified,
    )


def title_of(found: Simulated) -> str:
    """What was asked, in a few words."""
    asked = found.question
    beside = f" against {asked.against}" if asked.against else ""
    return f"The policy lab: {asked.pack}{beside}"


def says_of(found: Simulated) -> str:
    """Whose registers were replayed, and over which days."""
    asked, names = found.question, found.schools
    whose = names[0].name if len(names) == 1 else f"{len(names)} schools"
    return (
        f"{whose}: {found.pupils:,} pupils, {found.school_days} school days from {asked.first:%d %B %Y} to "
        f"{asked.last:%d %B %Y}."
    )


def drawn(found: Simulated) -> str:
    """The weeks as a picture, an SVG that needs nothing else."""
    return chart(title_of(found), says_of(found), found.sides)


def _officers(tx: Connection, wanted: Sequence[School], on: date) -> dict[str, int]:
    """How many hold each role at these schools on a day."""
    urns, trusts = {school.urn for school in wanted}, {school.trust for school in wanted if school.trust}
    las = {school.la_code for school in wanted if school.la_code}
    acting = [
        officer
        for officer in people.officers(tx, on)
        if officer.schools & urns or officer.trusts & trusts or officer.la_codes & las
    ]
    return {role.value: sum(officer.holds(role) for officer in acting) for role in Role}


class SchoolHeld:
    """One school's registers, read once, and its replay under each pack."""

    def __init__(self, tx: Connection, school: School, asked: Question) -> None:
        self.tx, self.school, self.asked = tx, school, asked
        self.calendar = schools.calendar(tx, school.urn)
        held = sweeping.held(tx, [school.urn])
        spells = people.enrolments(tx, urn=school.urn)
        self.days = self._days(held, spells)
        self.before = asked.first - timedelta(days=1)
        self.sheets = held[0].as_of(self.before)
        self.spells: dict[str, list[tuple[date, date | None]]] = {}
        for spell in spells:
            self.spells.setdefault(spell.upn, []).append((spell.on_roll_from, spell.on_roll_to))
        self.pupils = {pupil.upn: pupil for pupil in people.pupils(tx, urn=school.urn)}
        self.parents = people.parents_of(tx, self.pupils)
        self.professionals = people.professionals_of(tx, self.pupils)
        self.here_since = people.first_days_in(tx, self.pupils, school.la_code)
        self.line_of = {upn: line for line, upn in enumerate(self.sheets.upns)}
        self._notices: dict[str, list[Notice]] = {}
        for notice in people.notices(tx, self.pupils):
            if notice.issued_on <= self.before:
                self._notices.setdefault(notice.upn, []).append(notice)
        self._elsewhere = self._other_rolls()
        self.known = cache(self._known)

    def _days(self, held: Sequence[sweeping.Held], spells: Sequence[people.Enrolment]) -> tuple[date, ...]:
        """The school days asked about, all of which have a register.

        Raises:
            CannotReplay: One has none, nobody was on the roll, or the school was never open.
        """
        asked, name = self.asked, f"{self.school.name} ({self.school.urn})"
        days = self.calendar.days_between(asked.first, asked.last)
        filed = [] if not held else held[0].sheets.dates[held[0].sheets.widths > 0].tolist()
        if not filed:
            raise CannotReplay(f"No register of {name} is stored.", "Import its registers first.")
        first, last = date.fromordinal(filed[0]), date.fromordinal(filed[-1])
        span = f"Registers are stored from {first:%d %B %Y} to {last:%d %B %Y}"
        if not days:
            says = f"{name} has no school day from {asked.first:%d %B %Y} to {asked.last:%d %B %Y}."
            raise CannotReplay(says, f"{span}: choose days among them.")
        if days[0] < first or days[-1] > last:
            says = f"The registers of {name} do not reach from {days[0]:%d %B %Y} to {days[-1]:%d %B %Y}."
            raise CannotReplay(says, f"{span}: choose days among them.")
        if not any(s.on_roll_from <= days[-1] and (s.on_roll_to or date.max) >= days[0] for s in spells):
            says = f"Nobody was on the roll of {name} on these days."
            raise CannotReplay(says, "Import its pupils first, or choose other days.")
        return days

    def _other_rolls(self) -> dict[str, dict[str, tuple[tuple[date, date | None], ...]]]:
        """The rolls of other schools that these pupils are or were on, by UPN and URN."""
        found: dict[str, dict[str, tuple[tuple[date, date | None], ...]]] = {}
        with every_school(self.tx):
            for spell in people.enrolments(self.tx, upns=self.pupils):
                if spell.urn != self.school.urn:
                    rolls = found.setdefault(spell.upn, {})
                    rolls[spell.urn] = (
                        *rolls.get(spell.urn, ()),
                        (spell.on_roll_from, spell.on_roll_to),
                    )
        return found

    def replays(self, packs: Sequence[str]) -> list[Replayed]:
        """One replay for each pack."""
        policies = [load(pack, self.school.la_code or None) for pack in packs]
        return [
            replay(self._background(pack, policy), nights, self.asked.assumed)
            for pack, policy, nights in zip(packs, policies, self._nights(policies), strict=True)
        ]

    def _nights(self, policies: Sequence[Policy]) -> list[list[Night]]:
        """Each policy's nights; policies that count alike share their sweeps."""
        made: list[list[Night]] = [[] for _ in policies]
        waiting = list(range(len(policies)))
        while waiting:
            counting = self._counting(policies[waiting[0]])
            alike = [n for n in waiting if self._counting(policies[n]) == counting]
            for swept in self._swept(counting):
                lines = self._on_roll(swept.on)
                for number in alike:
                    made[number].append(Night.of(policies[number], swept, lines))
            waiting = [n for n in waiting if n not in alike]
        return made

    def _counting(self, policy: Policy) -> list[tuple[CodeClasses, Limits]]:
        """What codes count as, and the limits, on each day."""
        return [(code_classes(policy, day), limits(policy, day)) for day in self.days]

    def _swept(self, counting: Sequence[tuple[CodeClasses, Limits]]) -> Iterator[SweptDay]:
        days = zip(self.days, counting, strict=True)
        for (codes, numbers), alike in groupby(days, key=lambda item: item[1]):
            yield from sweep_days([(day, self.sheets) for day, _ in alike], codes, numbers)

    def _on_roll(self, on: date) -> dict[str, int]:
        return {
            upn: line
            for upn, line in self.line_of.items()
            if any(first <= on and (last is None or on <= last) for first, last in self.spells[upn])
        }

    def _background(self, pack: str, policy: Policy) -> Background:
        school = replace(self.school, policy=pack)
        return Background(school, policy, versions_of(pack), self.calendar, england(), self.known)

    def _known(self, upn: str) -> Known:
        parents = self.parents.get(upn, ())
        held = self._registers(upn)
        responsible = tuple(p.contact_id for p in parents if p.parental_responsibility)
        notices = self._notices.get(upn, [])

        def facts(policy: Policy, on: date) -> Facts:
            return Facts(
                upn=upn,
                registers=held,
                codes=code_classes(policy, on),
                limits=limits(policy, on),
                notices=tuple(as_it_stood(notice, on) for notice in notices),
                responsible=responsible,
            )

        involved = self.professionals.get(upn, ())
        return Known(self.pupils[upn], parents, involved, facts, self.here_since.get(upn))

    def _registers(self, upn: str) -> tuple[Register, ...]:
        """The pupil's registers, this school's first; a threshold looks across all of them."""
        own = Register(
            self.school.urn,
            self.calendar,
            tuple(self.spells[upn]),
            marks_of(self.sheets, self.line_of[upn]),
        )
        rolls = self._elsewhere.get(upn, {})
        if not rolls:
            return (own,)
        with every_school(self.tx):
            marks = registers.pupil_marks(self.tx, upn)
            others = [
                Register(urn, schools.calendar(self.tx, urn), rolls[urn], marks.get(urn, ()))
                for urn in sorted(rolls)
            ]
        return (own, *others)
