"""The trust put together: each school's roll beside its register, drawn and written by hand."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from casework.demo.budgets import Roll
from casework.demo.calendars import closed_sessions
from casework.demo.days import Days, days_of
from casework.demo.marks import Register, draw, take_off_roll
from casework.demo.people import Enrolment, Person, rolls
from casework.demo.schools import INFANT, PLACED, PRIMARY, SCHOOLS, DemoSchool
from casework.demo.story import BY_UPN, STORIES, Story
from casework.domain import Half, Session
from casework.domain.register import NO_MARK, OFF_ROLL, byte_of, code_of

SITE_CLOSED_ON = date(2026, 1, 13)
"""The infant school's boiler failed; nobody could attend."""
REGISTER_NOT_TAKEN = date(2026, 10, 13), "2A"
"""One class of the primary school, in the afternoon."""
_CODES = [code_of(byte) for byte in range(128)]
AT_THE_PROVISION = (3, 4)
"""Weekdays on which a child of two schools is due at the provision."""


@dataclass(frozen=True)
class SchoolRegister:
    """One school's stays and its register, a row a stay in the same order."""

    school: DemoSchool
    stays: tuple[Enrolment, ...]
    register: Register

    @property
    def days(self) -> Days:
        """The days of the register."""
        return self.register.days

    @cached_property
    def sessions(self) -> tuple[Session | None, ...]:
        """Each column's session; None where the school was closed for it."""
        closed = closed_sessions(self.school)
        found = (Session(day, half) for day in self.days.dates for half in Half)
        return tuple(None if session in closed else session for session in found)

    @property
    def marks(self) -> int:
        """How many sessions of pupils on the roll the register holds."""
        shut = [session is None for session in self.sessions]
        return int(((self.register.sheet != ord(OFF_ROLL)) & ~np.array(shut)).sum())

    def codes(self, row: int, first: date = date.min, last: date = date.max) -> list[tuple[Session, str]]:
        """A pupil's open sessions on the roll in a span of days; the code is empty where none was taken."""
        low, high = 2 * bisect_left(self.days.dates, first), 2 * bisect_right(self.days.dates, last)
        pairs = zip(self.sessions[low:high], self.register.sheet[row, low:high].tolist(), strict=True)
        off = ord(OFF_ROLL)
        return [(session, _CODES[byte]) for session, byte in pairs if byte != off and session is not None]


def build(seed: int, pupils: int, until: date) -> tuple[SchoolRegister, ...]:
    """Every school's roll and register up to a day, about `pupils` on roll; the same seed, the same trust."""
    stays = rolls(seed, pupils, until)
    return tuple(_school(school, stays, seed, until) for school in SCHOOLS)


def _school(school: DemoSchool, stays: tuple[Enrolment, ...], seed: int, until: date) -> SchoolRegister:
    days = days_of(school, until)
    mine = [stay for stay in stays if stay.school is school]
    mine += [_stay_of(story) for story in STORIES if story.school is school]
    roll = _roll(school, mine, days)
    register = draw(roll, days, f"casework demo marks {seed} {school.urn}")
    for row, stay in enumerate(mine):
        _overlay(register, row, stay)
    for row, stay in enumerate(mine):
        if stay.person.story:
            _write(register, row, BY_UPN[stay.person.pupil.upn])
    take_off_roll(register.sheet, roll)
    final = (_part_time(stay, register, row) for row, stay in enumerate(mine))
    return SchoolRegister(school, tuple(final), register)


def _stay_of(story: Story) -> Enrolment:
    low, _ = story.school.years
    first = date(max(2019, story.person.cohort + max(low, 0)), 9, 3)
    return Enrolment(story.person, story.school, first, None, mis_id=f"9{story.upn[-3:]}")


def _roll(school: DemoSchool, stays: list[Enrolment], days: Days) -> Roll:
    dates = np.array(days.dates, dtype="datetime64[D]")
    starts = [stay.first for stay in stays]
    ends = [stay.last or days.dates[-1] for stay in stays]
    people: list[Person] = [stay.person for stay in stays]
    return Roll(
        rates=school.rates,
        first=np.searchsorted(dates, np.array(starts, dtype="datetime64[D]")).astype(np.int64),
        last=np.searchsorted(dates, np.array(ends, dtype="datetime64[D]"), side="right").astype(np.int64) - 1,
        cohort=np.array([person.cohort for person in people]),
        latent=np.array([person.latent for person in people]),
        observes=np.array([person.observes for person in people]),
        traveller=np.array([bool(person.pupil.traveller) for person in people]),
        drawn=np.array([not person.story for person in people]),
    )


def _overlay(register: Register, row: int, stay: Enrolment) -> None:
    """What the school's own arrangements put over the drawn marks."""
    days, marks = register.days, register.sheet[row]
    if stay.dual:
        here = stay.school in PLACED.values()
        for day in np.flatnonzero(days.year == 2026):
            if (int(days.weekday[day]) in AT_THE_PROVISION) != here:
                marks[2 * day : 2 * day + 2] = ord("D")
    if stay.school is INFANT:
        nursery = np.flatnonzero(days.year - stay.person.cohort == -1)
        marks[2 * nursery + 1] = ord("X")
        for day in np.flatnonzero([shut == SITE_CLOSED_ON for shut in days.dates]):
            marks[2 * day : 2 * day + 2] = byte_of("Y4")
    if stay.school is PRIMARY and not stay.person.story:
        when, class_name = REGISTER_NOT_TAKEN
        if when in days.dates and stay.pupil.class_name == class_name:
            marks[2 * days.dates.index(when) + 1] = ord(NO_MARK)


def _write(register: Register, row: int, story: Story) -> None:
    """The marks of a storyline; a later stretch stands over an earlier one."""
    for stretch in story.stretches:
        for day, when in enumerate(register.days.dates):
            if stretch.first <= when <= stretch.last and when.weekday() in stretch.weekdays:
                for half, code in enumerate((stretch.am, stretch.pm)):
                    if code:
                        register.sheet[row, 2 * day + half] = byte_of(code)


def _part_time(stay: Enrolment, register: Register, row: int) -> Enrolment:
    """Say of a pupil whose recent weeks hold part-time marks that there is such a timetable."""
    recent = register.sheet[row, -20:]
    if stay.last is not None or (recent == byte_of("C2")).sum() < 3:
        return stay
    pupil = replace(stay.person.pupil, part_time_timetable=True)
    return replace(stay, person=replace(stay.person, pupil=pupil))
