"""A school or two in a database of the test's own, and short ways to file marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Connection, text

from casework.domain.people import ENGINE, Pupil, School
from casework.domain.register import Half, Session, byte_of
from casework.storage import people, registers, schools
from casework.storage.database import Database
from casework.storage.people import Enrolment
from casework.storage.registers import By, Filing, Marks, Told
from tests.storage.filled import db, filled_template, shared

__all__ = ["db", "filled_template", "shared"]

NORTH, SOUTH = "100001", "100002"
START = date(2026, 9, 1)
MONDAY = date(2026, 9, 7)
AT = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    """A time of recording, so many hours after the first."""
    return AT + timedelta(hours=hours)


def by(hours: float = 0, who: str = "Import", reason: str = "import of marks.csv") -> By:
    return By(who, "attendance officer", reason, at(hours))


def upn(number: int) -> str:
    return f"T{number:012}"


def add_school(tx: Connection, urn: str = NORTH, pupils: int = 3, first: int = 1) -> None:
    """A school with pupils on its roll, whose calendar is the weekdays of four weeks."""
    schools.save_schools(tx, [School(urn, f"School {urn}", "352")])
    numbers = range(first, first + pupils)
    people.save_pupils(tx, [Pupil(upn(n), "Surname", f"Forename{n}") for n in numbers])
    people.save_enrolments(tx, [Enrolment(upn(n), urn, START, year_group="7") for n in numbers])
    days = [MONDAY + timedelta(days=7 * week + day) for week in range(4) for day in range(5)]
    entries = [schools.CalendarEntry(Session(day, half), True, 0) for day in days for half in Half]
    schools.save_calendar(tx, schools.ids_by_urn(tx)[urn], entries, AT)


def pupil_id(tx: Connection, number: int) -> int:
    return int(
        tx.execute(text("select pupil_id from pupil where upn = :upn"), {"upn": upn(number)}).scalar_one()
    )


Row = tuple[int, str, str]  # pupil's number, session, code


def marks(tx: Connection, rows: Sequence[Row], urn: str = NORTH) -> Marks:
    school_id = schools.ids_by_urn(tx)[urn]
    sessions = [Session.parse(session) for _, session, _ in rows]
    return Marks(
        school=np.full(len(rows), school_id, dtype=np.int64),
        pupil=np.array([pupil_id(tx, number) for number, _, _ in rows], dtype=np.int64),
        day=np.array([session.date.toordinal() for session in sessions], dtype=np.int64),
        half=np.array([0 if session.half is Half.AM else 1 for session in sessions], dtype=np.int64),
        code=np.array([byte_of(code) for _, _, code in rows], dtype=np.uint8),
    )


def file(tx: Connection, rows: Sequence[Row], hours: float = 0, urn: str = NORTH) -> Filing:
    return registers.file_marks(tx, marks(tx, rows, urn), by(hours))


@dataclass(frozen=True)
class Amended:
    """A change of a mark that the school's own system told of, so many hours after the first."""

    number: int
    session: str
    was: str
    now: str
    told_at: float = 0


def tell(tx: Connection, rows: Sequence[Amended], hours: float = 0, urn: str = NORTH) -> Filing:
    school_id = schools.ids_by_urn(tx)[urn]
    told = [
        Told(
            school_id,
            pupil_id(tx, row.number),
            Session.parse(row.session),
            byte_of(row.was),
            byte_of(row.now),
            at(row.told_at - 1000),
            "parent rang",
            "A Clerk",
            "office",
        )
        for row in rows
    ]
    return registers.file_amendments(tx, told, by(hours))


def register(tx: Connection, number: int = 1, as_known: datetime | None = None) -> dict[str, str]:
    """A pupil's codes by session."""
    found = registers.pupil_marks(tx, upn(number), as_known)
    return {str(mark.session): mark.code for urn in sorted(found) for mark in found[urn]}


@pytest.fixture
def tx(database: Database) -> Iterator[Connection]:
    """A transaction of the engine in which the school NORTH has three pupils."""
    with database.transaction(ENGINE) as connection:
        add_school(connection)
        yield connection
