"""The sweep: from the database to every fact, trigger and session behind it, of every pupil."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from benchmarks.facts import first_difference, of_rows, of_summaries, of_sweep
from benchmarks.filling import fill, fill_narrow
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.peers import window_sql
from benchmarks.peers.orm import Base, OrmMark, OrmPupil
from benchmarks.population import ON, Population, School, population
from casework.actions.installation import Installation
from casework.actions.policies import code_classes, limits
from casework.actions.sweeping import swept_facts
from casework.domain import ENGINE, Half, Mark, SchoolCalendar, Session
from casework.domain.register import NO_MARK, OFF_ROLL, code_of
from casework.facts import Facts, Register, Summary
from casework.facts.sweep import SweepResult
from casework.policy.load import load
from casework.rules import triggers
from casework.storage.database import driver

POLICY = load("national", "352")
SCHOOLS_AT_ONCE = 40
SAMPLE = 200
_HALVES = (Half.AM, Half.PM)

Swept = list[tuple[SweepResult, NDArray[np.uint64]]]


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """4,000 pupils, against everything that could do it instead."""
    people = population(4_000, bench.seed)
    with bench.installation() as inst:
        fill(inst.db, people)
        fill_narrow(inst.db, people)
        with inst.db.owner_engine.begin() as tx:
            window_sql.fill_codes(driver(tx), code_classes(POLICY, ON), ON)
        sample = sampled(people)
        fill_orm(inst, sample)
        peers = {
            "product": product(inst, people),
            "sql_window_tuned": sql_window_tuned(inst, people.pupils),
            "orm_loop": Peer(lambda: _orm_loop(inst), len(sample), of_summaries),
            "evaluator": Peer(lambda: [evaluated(*each) for each in sample], len(sample), of_summaries),
            "fetch_only": fetch_only(inst, people),
        }
        size = {"pupils": people.pupils, "sessions": people.sessions}
        yield [Workload("sweep", size, peers, first_difference, bench.rounds())]


@contextmanager
def set_up_fetch(bench: Bench) -> Iterator[Sequence[Workload]]:
    """40,000 pupils, against fetching the same sheets."""
    people = population(40_000, bench.seed)
    with bench.installation() as inst:
        fill(inst.db, people)
        peers = {"product": product(inst, people), "fetch_only": fetch_only(inst, people)}
        size = {"pupils": people.pupils, "sessions": people.sessions}
        yield [Workload("fetch", size, peers, first_difference, bench.rounds(5))]


# -- the product ---------------------------------------------------------------------------------------------


def product(inst: Installation, people: Population) -> Peer:
    """The product's sweep with its triggers, about forty schools at a time."""
    return Peer(lambda: sweep_all(inst, people.urns), people.pupils, of_sweep)


def sweep_all(inst: Installation, urns: Sequence[str], on: date = ON) -> Swept:
    """Every fact and mask of some schools, in the engine's transaction."""
    found = []
    with inst.act(ENGINE) as tx:
        for first in range(0, len(urns), SCHOOLS_AT_ONCE):
            result = swept_facts(tx, urns[first : first + SCHOOLS_AT_ONCE], POLICY, on)
            found.append((result, triggers.masks(POLICY, result.measures, on)))
    return found


# -- the peers -----------------------------------------------------------------------------------------------


def sql_window_tuned(inst: Installation, items: int, pupils: Sequence[int] | None = None) -> Peer:
    """Window SQL over narrow rows, as the owner, past row security; undone afterwards."""

    def run() -> list[tuple[Any, ...]]:
        with inst.db.owner_engine.connect() as tx:
            return window_sql.run(driver(tx), POLICY, limits(POLICY, ON), ON, pupils)

    return Peer(run, items, of_rows)


def fetch_only(inst: Installation, people: Population) -> Peer:
    """The sheets' bytes, one row a school, by binary COPY: what no sweep can be faster than."""

    def run() -> int:
        with inst.act(ENGINE) as tx:
            copied = (
                driver(tx)
                .cursor()
                .copy(
                    "copy (select school_id, string_agg(marks, ''::bytea order by session_date, half)"
                    " from register_sheet group by school_id) to stdout (format binary)"
                )
            )
            with copied as pieces:
                return sum(len(piece) for piece in pieces)

    return Peer(run, people.pupils, None)


Sampled = tuple[School, SchoolCalendar, int]


def sampled(people: Population, most: int = SAMPLE) -> list[Sampled]:
    """Every n-th pupil, with the school and its calendar."""
    calendars = {school.urn: calendar_of(school) for school in people.schools}
    places = [(school, place) for school in people.schools for place in range(len(school.upns))]
    step = max(1, len(places) // most)
    return [(school, calendars[school.urn], place) for school, place in places[::step]][:most]


def calendar_of(school: School) -> SchoolCalendar:
    """The school's calendar as the domain has it."""
    days = (date.fromordinal(day) for day in school.dates.tolist())
    sessions = (Session(day, _HALVES[half]) for day, half in zip(days, school.halves.tolist(), strict=True))
    return SchoolCalendar.of(zip(sessions, school.half_terms.tolist(), strict=True))


def marks_of(school: School, calendar: SchoolCalendar, place: int) -> tuple[Mark, ...]:
    """One pupil's marks as the domain has them."""
    column = school.marks[:, place].tobytes().decode()
    return tuple(
        Mark(session, code_of(ord(byte)))
        for session, byte in zip(calendar.sessions, column, strict=True)
        if byte not in (OFF_ROLL, NO_MARK)
    )


def judged(upn: str, register: Register) -> tuple[Summary, int]:
    """The readable evaluator's word on one pupil, with the mask of the triggers."""
    facts = Facts(upn, (register,), code_classes(POLICY, ON), limits(POLICY, ON))
    summary = facts.summary(ON)
    return summary, triggers.mask(POLICY, summary, ON)


def evaluated(school: School, calendar: SchoolCalendar, place: int) -> tuple[Summary, int]:
    spell = (date.fromordinal(int(school.first[place])), date.fromordinal(int(school.last[place])))
    register = Register(school.urn, calendar, (spell,), marks_of(school, calendar, place))
    return judged(school.upns[place], register)


def fill_orm(inst: Installation, sample: Sequence[Sampled]) -> None:
    """The sampled pupils' marks as an ORM keeps them."""
    Base.metadata.create_all(
        inst.db.owner_engine, [Base.metadata.tables[f"peer.{name}"] for name in ("orm_pupil", "orm_mark")]
    )
    with OrmSession(inst.db.owner_engine) as db:
        for number, (school, calendar, place) in enumerate(sample, 1):
            first, last = int(school.first[place]), int(school.last[place])
            db.add(
                OrmPupil(
                    id=number,
                    upn=school.upns[place],
                    urn=school.urn,
                    surname=f"Pupil {number}",
                    forename="Invented",
                    first=date.fromordinal(first),
                    last=date.fromordinal(last),
                )
            )
            db.flush()
            db.add_all(
                OrmMark(
                    pupil_id=number,
                    session_date=mark.session.date,
                    half=_HALVES.index(mark.session.half),
                    code=mark.code,
                )
                for mark in marks_of(school, calendar, place)
            )
        db.commit()
    with inst.db.owner_engine.begin() as tx:
        tx.exec_driver_sql("analyze peer.orm_pupil, peer.orm_mark")
    _CALENDARS.update({school.urn: calendar for school, calendar, _ in sample})


_CALENDARS: dict[str, SchoolCalendar] = {}


def _orm_loop(inst: Installation) -> list[tuple[Summary, int]]:
    """A pupil at a time: rows become objects, objects become facts."""
    with OrmSession(inst.db.owner_engine) as db:
        return [_of_orm(db, pupil) for pupil in db.scalars(select(OrmPupil))]


def _of_orm(db: OrmSession, pupil: OrmPupil) -> tuple[Summary, int]:
    rows = db.scalars(
        select(OrmMark)
        .where(OrmMark.pupil_id == pupil.id, OrmMark.session_date <= ON)
        .order_by(OrmMark.session_date, OrmMark.half)
    )
    marks = tuple(Mark(Session(row.session_date, _HALVES[row.half]), row.code) for row in rows)
    register = Register(pupil.urn, _CALENDARS[pupil.urn], ((pupil.first, pupil.last),), marks)
    return judged(pupil.upn, register)
