"""How a test of the case tables writes schools, pupils, officers and events."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework.domain import events as e
from casework.domain.case import Case
from casework.domain.people import ENGINE, Officer, Role
from casework.storage import cases
from casework.storage.database import Database

NORTH, SOUTH = "100001", "100002"
ANNA, BILAL, CERYS = "A000000000001", "B000000000002", "C000000000003"
NAMES = {ANNA: ("Ashdown", "Anna"), BILAL: ("O'Brien-Shah", "Bilal"), CERYS: ("Dŵr", "Cerys")}
MONDAY = date(2026, 10, 5)
AT = datetime(2026, 10, 5, 9, 30, 0, 123456, tzinfo=UTC)

GUARDED = ("event", "case_file", "stored_file", "case_holds_file", "sealed_note")

PASTORAL = Officer("o-1", "Officer One", frozenset({Role.PASTORAL_LEAD}), frozenset({NORTH}))
DSL = Officer("o-2", "Officer Two", frozenset({Role.DSL}), frozenset({NORTH}))
HEAD = Officer("o-3", "Officer Three", frozenset({Role.HEADTEACHER}), frozenset({NORTH}))
ELSEWHERE = Officer("o-9", "Officer Nine", frozenset({Role.DSL, Role.HEADTEACHER}), frozenset({SOUTH}))


def fill(database: Database) -> None:
    """Two schools with the same week of sessions; Anna and Bilal at both, Cerys at the northern one."""
    with database.transaction(ENGINE) as tx:
        for urn in (NORTH, SOUTH):
            school_id = tx.execute(
                text(
                    "insert into school (urn, name, la_code) values (:urn, :name, '352') returning school_id"
                ),
                {"urn": urn, "name": f"School {urn}"},
            ).scalar_one()
            for day in (MONDAY + timedelta(days=n) for n in range(-14, 5)):
                for half in (0, 1):
                    tx.execute(
                        text("""
                            insert into school_session
                                (school_id, session_date, half, open, half_term, academic_year)
                            values (:school_id, :day, :half, :open, 0, 2026)
                        """),
                        {"school_id": school_id, "day": day, "half": half, "open": day.weekday() < 5},
                    )
        for upn, (surname, forename) in NAMES.items():
            tx.execute(
                text("insert into pupil (upn, surname, forename) values (:upn, :surname, :forename)"),
                {"upn": upn, "surname": surname, "forename": forename},
            )
        tx.execute(
            text("""
                insert into enrolment (pupil_id, school_id, on_roll_from, year_group)
                select pupil_id, school_id, date '2025-09-01', '8' from pupil, school
                where not (upn = :cerys and urn = :south)
            """),
            {"cerys": CERYS, "south": SOUTH},
        )


def opening(upn: str = ANNA, urn: str = NORTH, on: date = MONDAY, **fields: Any) -> e.CaseOpened:
    """An opening by the engine."""
    said = {"trigger": "threshold", "says": "10 sessions", "policy": "national", "by": "engine", **fields}
    return e.CaseOpened(case_ref="", on=on, upn=upn, urn=urn, **said)


def note(case_ref: str, words: str = "seen", by: str = "o-1", on: date = MONDAY) -> e.NoteAdded:
    """A note."""
    return e.NoteAdded(case_ref=case_ref, on=on, by=by, text=words)


def opened(database: Database, upn: str = ANNA, urn: str = NORTH, on: date = MONDAY) -> Case:
    """A case just opened, committed."""
    with database.transaction(ENGINE) as tx:
        return cases.open_case(tx, opening(upn, urn, on), AT)


def added(database: Database, case_ref: str, *events: e.Event) -> Case:
    """The case with these events, committed."""
    with database.transaction(ENGINE) as tx:
        return cases.append(tx, case_ref, events, None, AT)


@contextmanager
def as_owner(database: Database) -> Iterator[Connection]:
    """A transaction of the tables' owner with the guards taken off: someone who means harm."""
    with database.owner_engine.begin() as tx:
        for table in GUARDED:
            tx.execute(text(f"alter table {table} disable trigger user"))
            tx.execute(text(f"alter table {table} no force row level security"))
        yield tx
        for table in GUARDED:
            tx.execute(text(f"alter table {table} enable trigger user"))
