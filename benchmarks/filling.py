"""A population written straight into the product's tables, and into the narrow rows of the peers."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from benchmarks.population import Ints, Population, School, mark_rows
from casework.domain.register import OFF_ROLL
from casework.storage.database import Database, Plain, driver
from casework.storage.sheets import STEP

YEAR = 2025


EVERY_DAY = range(4_000_000)
"""As many days as there can be, as ordinals."""


def fill(db: Database, people: Population, filed: range = EVERY_DAY) -> None:
    """Schools, calendars, rolls and the sheets of the days `filed` (ordinals), by the tables' owner."""
    with db.owner_engine.begin() as tx:
        copy = driver(tx)
        _copy(
            copy,
            "school (school_id, urn, name, la_code)",
            ((s.school_id, s.urn, f"School {s.urn}", "352") for s in people.schools),
        )
        _copy(
            copy,
            "school_session (school_id, session_date, half, open, half_term, academic_year, day_no, week_no)",
            (row for school in people.schools for row in _calendar(school)),
        )
        _copy(
            copy,
            "pupil (pupil_id, upn, surname, forename)",
            (
                (number, upn, f"Pupil {number}", "Invented")
                for school in people.schools
                for number, upn in zip(school.pupil_ids.tolist(), school.upns, strict=True)
            ),
        )
        _copy(
            copy,
            "enrolment (pupil_id, school_id, on_roll_from, on_roll_to)",
            (row for school in people.schools for row in _spells(school)),
        )
        _copy(
            copy,
            "roll_year (school_id, academic_year, pupil_ids)",
            ((s.school_id, YEAR, f"{{{','.join(map(str, s.pupil_ids.tolist()))}}}") for s in people.schools),
        )
        _file(copy, people.schools, filed)
    settle(db, ("school", "school_session", "pupil", "enrolment", "roll_year", "register_sheet"))


def _copy(copy: Plain, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with copy.cursor().copy(f"copy {table} from stdin") as target:
        for row in rows:
            target.write_row(row)


def _calendar(school: School) -> Iterable[tuple[object, ...]]:
    days, day_no = np.unique(school.dates, return_inverse=True)
    _, week_no = np.unique((days - 1) // 7, return_inverse=True)
    return (
        (school.school_id, date.fromordinal(day), half, True, half_term, YEAR, number, int(week_no[number]))
        for day, half, half_term, number in zip(
            school.dates.tolist(),
            school.halves.tolist(),
            school.half_terms.tolist(),
            day_no.tolist(),
            strict=True,
        )
    )


def _spells(school: School) -> Iterable[tuple[object, ...]]:
    end = int(school.dates[-1])
    return (
        (
            pupil,
            school.school_id,
            date.fromordinal(first),
            date.fromordinal(last) if last <= end else None,
        )
        for pupil, first, last in zip(
            school.pupil_ids.tolist(), school.first.tolist(), school.last.tolist(), strict=True
        )
    )


def _file(copy: Plain, schools: Sequence[School], filed: range) -> None:
    with copy.cursor().copy(
        "copy register_sheet (school_id, session_date, half, marks) from stdin (format binary)"
    ) as target:
        target.set_types(["int4", "date", "int2", "bytea"])
        for school in schools:
            width = -(-len(school.upns) // STEP) * STEP
            for day, half, marks in zip(
                school.dates.tolist(), school.halves.tolist(), school.marks, strict=True
            ):
                if day in filed:
                    sheet = marks.tobytes().ljust(width, OFF_ROLL.encode())
                    target.write_row((school.school_id, date.fromordinal(day), half, sheet))


# -- the peers' tables ---------------------------------------------------------------------------------------

NARROW = """
create schema peer;
create table peer.mark (
    pupil_id integer not null, session_date date not null, half smallint not null, code "char" not null
);
create table peer.enrolment (
    pupil_id integer primary key, school_id integer not null, first date not null, last date not null
);
create table peer.calendar (
    school_id integer not null, session_date date not null, half smallint not null,
    session_no smallint not null, day_no smallint not null, week_no smallint not null,
    half_term smallint not null, weekday smallint not null,
    primary key (school_id, session_date, half)
);
"""
"""One narrow row a mark with its primary key, and a calendar whose ordinals are kept, not ranked nightly."""


def fill_narrow(db: Database, people: Population, filed: range = EVERY_DAY) -> None:
    """The same population as narrow rows, with statistics."""
    with db.owner_engine.begin() as tx:
        copy = driver(tx)
        copy.execute(NARROW)
        copy.execute("""
            insert into peer.calendar
            select school_id, session_date, half,
                row_number() over (partition by school_id order by session_date, half) - 1, day_no, week_no,
                half_term, extract(isodow from session_date) - 1
            from school_session where open
        """)
        copy.execute("""
            insert into peer.enrolment
            select pupil_id, school_id, on_roll_from, coalesce(on_roll_to, 'infinity') from enrolment
        """)
        for school in people.schools:
            sessions = slice(*np.searchsorted(school.dates, (filed.start, filed.stop)).tolist())
            with copy.cursor().copy("copy peer.mark from stdin (format binary)") as target:
                target.write(narrow_image(*mark_rows(school, sessions)))
        copy.execute("alter table peer.mark add primary key (pupil_id, session_date, half)")
    settle(db, ("peer.mark", "peer.enrolment", "peer.calendar"))


def narrow_image(pupils: Ints, days: Ints, halves: Ints, codes: np.ndarray) -> bytes:
    """Rows as COPY's binary format has them, made at once: 4 columns of 4, 4, 2 and 1 bytes."""
    epoch = date(2000, 1, 1).toordinal()
    row = np.zeros(
        len(pupils),
        [
            *(("columns", ">i2"), ("pupil_size", ">i4"), ("pupil", ">i4"), ("day_size", ">i4")),
            *(("day", ">i4"), ("half_size", ">i4"), ("half", ">i2"), ("code_size", ">i4"), ("code", "u1")),
        ],
    )
    row["columns"], row["pupil_size"], row["day_size"], row["half_size"], row["code_size"] = 4, 4, 4, 2, 1
    row["pupil"], row["day"], row["half"], row["code"] = pupils, days - epoch, halves, codes
    return b"PGCOPY\n\xff\r\n\x00" + bytes(8) + row.tobytes() + b"\xff\xff"


def settle(db: Database, tables: Sequence[str]) -> None:
    """Statistics and visibility as they are on any morning, so that no measured run pays for the filling."""
    with db.owner_engine.connect() as connection:
        copy = driver(connection)
        copy.rollback()
        copy.autocommit = True
        for table in tables:
            copy.execute(f"vacuum (analyze) {table}")
        copy.execute("checkpoint") if _may_checkpoint(copy) else None
        copy.autocommit = False


def _may_checkpoint(copy: Plain) -> bool:
    return copy.execute("select pg_has_role(current_user, 'pg_checkpoint', 'member')").fetchone() == (True,)
