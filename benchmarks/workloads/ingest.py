"""A day's register in: for the first time, and again with a hundredth of it changed; and its size on disk."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Session as OrmSession

from benchmarks.filling import fill, fill_narrow, narrow_image, settle
from benchmarks.installation import Bench
from benchmarks.measuring import Peer, Workload
from benchmarks.peers import narrow_rows
from benchmarks.peers.orm import Base, OrmMark
from benchmarks.population import Bytes, Ints, Population, School, changed, feed, mark_rows, population
from benchmarks.transactions import undone
from benchmarks.workloads.sweep import POLICY
from casework import registers as readers
from casework.actions.installation import Installation
from casework.actions.policies import PolicyCodes
from casework.domain import ENGINE
from casework.storage import imports, registers
from casework.storage.database import driver
from casework.storage.imports import Importer
from casework.storage.registers import Marks
from casework.storage.sheets import By

CHANGED = 0.01
KEPT_BY_ORM = 56
"""Days of marks in the ORM's table: fewer than a year's, which is kind to it."""

_ORM_FILL = (
    """
    insert into peer.orm_pupil (id, upn, urn, surname, forename, first, last)
    select pupil_id, upn, '', surname, forename, date '2025-09-01', date '2026-08-31' from pupil
    """,
    """
    alter table peer.orm_mark drop constraint orm_mark_pkey,
        drop constraint orm_mark_pupil_id_session_date_half_key, drop constraint orm_mark_pupil_id_fkey
    """,
    "drop index peer.orm_mark_by_date",
    """
    insert into peer.orm_mark (pupil_id, session_date, half, code)
    select pupil_id, session_date, half, chr(ascii(code::text)) from peer.mark
    where session_date >= '{since}'
    """,
    """
    alter table peer.orm_mark add primary key (id), add unique (pupil_id, session_date, half),
        add foreign key (pupil_id) references peer.orm_pupil
    """,
    "create index orm_mark_by_date on peer.orm_mark (session_date)",
)
Rows = tuple[Ints, Ints, Ints, Bytes]
Register = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class Day:
    """One day's marks in every form that a peer is handed before the clock starts."""

    on: date
    feed: bytes
    marks: Marks
    image: bytes
    objects: list[dict[str, object]]

    @property
    def items(self) -> int:
        """How many marks."""
        return len(self.marks)


@contextmanager
def set_up(bench: Bench) -> Iterator[Sequence[Workload]]:
    """The last day of the year comes in, at fifty schools; then the day before it once more, with changes."""
    people = population(40_000, bench.seed)
    last, before = int(people.schools[0].dates[-1]), int(people.schools[0].dates[-3])
    chance = np.random.default_rng(bench.seed)
    again = [changed(school, before, CHANGED, chance) for school in people.schools]
    with bench.installation() as inst:
        filed = range(last)
        fill(inst.db, people, filed)
        fill_narrow(inst.db, people, filed)
        _fill_orm(inst, last)
        size = {"pupils": people.pupils, "marks": (first := day_of(people.schools, last)).items}
        second = day_of(again, before)
        yield [
            Workload("size", {"pupils": people.pupils}, values=lambda: _sizes(inst)),
            Workload("day", size, _day_peers(inst, people, first), _differ, bench.rounds()),
            Workload(
                "refresh",
                {"pupils": people.pupils, "marks": second.items},
                _refresh_peers(inst, people, second),
                _differ,
                bench.rounds(),
            ),
        ]


def day_of(schools: Sequence[School], day: int) -> Day:
    """One day of some schools."""
    parts = [
        (school, mark_rows(school, slice(*np.searchsorted(school.dates, (day, day + 1)).tolist())))
        for school in schools
    ]
    pupil, days, half, code = (np.concatenate([rows[n] for _, rows in parts]) for n in range(4))
    school_ids = np.concatenate([np.full(len(rows[0]), school.school_id) for school, rows in parts])
    on = date.fromordinal(day)
    return Day(
        on,
        feed(schools, day),
        Marks(school_ids, pupil, days, half, code.astype(np.uint8)),
        narrow_image(pupil, days, half, code),
        [
            {"pupil_id": number, "session_date": on, "half": session, "code": chr(mark)}
            for number, session, mark in zip(pupil.tolist(), half.tolist(), code.tolist(), strict=True)
        ],
    )


# -- the product ---------------------------------------------------------------------------------------------


def _product(inst: Installation, day: Day, answer: Callable[[Connection], object]) -> Peer:
    """From the feed to the register: read, matched, filed, its result sheet kept."""
    return undone(lambda: inst.act(ENGINE), lambda tx: _import(tx, day), day.items, answer)


def _import(tx: Connection, day: Day) -> None:
    reading = readers.read([("marks.csv", day.feed)], codes=PolicyCodes(POLICY), today=day.on)
    imports.store(tx, reading, Importer("engine", "imported", datetime.now(UTC)))


def _product_database(inst: Installation, day: Day, answer: Callable[[Connection], object]) -> Peer:
    """The database part alone: marks in memory to sheets."""
    return undone(
        lambda: inst.act(ENGINE),
        lambda tx: registers.file_marks(tx, day.marks, By("engine", "imported", "", datetime.now(UTC))),
        day.items,
        answer,
    )


# -- day and refresh -----------------------------------------------------------------------------------------


def _day_peers(inst: Installation, people: Population, day: Day) -> dict[str, Peer]:
    kept = _of_sheets(day.on)
    narrow = _of_narrow(day.on)
    return {
        "product": _product(inst, day, kept),
        "product_database": _product_database(inst, day, kept),
        "narrow_rows": _narrow(inst, lambda tx: narrow_rows.load_day(tx, day.image), day, narrow),
        "narrow_rows_from_feed": _narrow(
            inst, lambda tx: narrow_rows.load_day(tx, _parsed(people, day)), day, narrow
        ),
        "orm_add_all": undone(lambda: _owner(inst), lambda tx: _add_all(tx, day), day.items, _of_orm(day.on)),
        "orm_core_insert": undone(
            lambda: _owner(inst),
            lambda tx: tx.execute(insert(OrmMark), day.objects),
            day.items,
            _of_orm(day.on),
        ),
    }


def _refresh_peers(inst: Installation, people: Population, day: Day) -> dict[str, Peer]:
    kept, narrow = _amended_sheets(day.on), _amended_narrow(day.on)
    return {
        "product": _product(inst, day, kept),
        "product_database": _product_database(inst, day, kept),
        "narrow_rows": _narrow(inst, lambda tx: narrow_rows.refresh_day(tx, day.image), day, narrow),
        "narrow_rows_from_feed": _narrow(
            inst, lambda tx: narrow_rows.refresh_day(tx, _parsed(people, day)), day, narrow
        ),
    }


def _narrow(
    inst: Installation,
    job: Callable[[Connection], None],
    day: Day,
    answer: Callable[[Connection], object],
) -> Peer:
    return undone(lambda: _owner(inst), job, day.items, answer)


def _owner(inst: Installation) -> AbstractContextManager[Connection]:
    return inst.db.owner_engine.begin()


def _parsed(people: Population, day: Day) -> bytes:
    pupils = {
        upn: number
        for school in people.schools
        for upn, number in zip(school.upns, school.pupil_ids.tolist(), strict=True)
    }
    return narrow_rows.image_of(day.feed, pupils, PolicyCodes(POLICY).codes(day.on))


def _add_all(tx: Connection, day: Day) -> None:
    with OrmSession(tx, join_transaction_mode="create_savepoint") as db:
        db.add_all(OrmMark(**row) for row in day.objects)
        db.commit()


def _fill_orm(inst: Installation, last: int) -> None:
    """The ORM's table with the last months in it, as many as fill in bearable time; then its keys."""
    tables = [Base.metadata.tables[f"peer.{name}"] for name in ("orm_pupil", "orm_mark")]
    Base.metadata.create_all(inst.db.owner_engine, tables)
    with inst.db.owner_engine.begin() as tx:
        for statement in (narrow_rows.AMENDMENTS, *_ORM_FILL):
            driver(tx).execute(statement.format(since=date.fromordinal(last - KEPT_BY_ORM)))
    settle(inst.db, ("peer.orm_pupil", "peer.orm_mark"))


# -- the answers ---------------------------------------------------------------------------------------------


def _differ(first: Register, second: Register) -> str:
    if first == second:
        return ""
    wrong = min(set(first) ^ set(second))
    return f"Pupil {wrong[0]}, session {wrong[1]}: {wrong[2]} is in one of them alone."


def _rows(sql: str, on: date) -> Callable[[Connection], Register]:
    def read(tx: Connection) -> Register:
        return tuple(sorted((row[0], row[1], row[2]) for row in tx.execute(text(sql), {"on": on})))

    return read


def _of_sheets(on: date) -> Callable[[Connection], Register]:
    return _rows("select upn, half, code from mark where session_date = :on", on)


def _of_narrow(on: date) -> Callable[[Connection], Register]:
    return _rows(
        "select upn, half, chr(ascii(code::text)) from peer.mark join pupil using (pupil_id)"
        " where session_date = :on",
        on,
    )


def _of_orm(on: date) -> Callable[[Connection], Register]:
    return _rows(
        "select upn, half, code from peer.orm_mark m join peer.orm_pupil p on p.id = m.pupil_id"
        " where session_date = :on",
        on,
    )


def _amended_sheets(on: date) -> Callable[[Connection], Register]:
    """The register of the day, and after it each amendment."""
    amended = _rows(
        "select upn, half, chr(ascii(was::text)) || ' to ' || chr(ascii(now::text))"
        " from mark_amendment a join roll_year r on r.school_id = a.school_id and r.academic_year = 2025"
        " join pupil on pupil.pupil_id = r.pupil_ids[a.slot + 1] where session_date = :on",
        on,
    )
    return lambda tx: (*_of_sheets(on)(tx), *amended(tx))


def _amended_narrow(on: date) -> Callable[[Connection], Register]:
    amended = _rows(
        "select upn, half, chr(ascii(was::text)) || ' to ' || chr(ascii(now::text))"
        " from peer.amendment join pupil using (pupil_id) where session_date = :on",
        on,
    )
    return lambda tx: (*_of_narrow(on)(tx), *amended(tx))


def _sizes(inst: Installation) -> dict[str, float]:
    """Bytes a mark, heap with its overflow and every index, freshly filled."""
    with inst.db.owner_engine.connect() as tx:
        marks = tx.execute(text("select count(*) from peer.mark")).scalar_one()

        def size(table: str) -> float:
            found = tx.execute(text("select pg_total_relation_size(:table)"), {"table": table}).scalar_one()
            return float(found) / float(marks)

        return {"sheet_bytes_a_mark": size("register_sheet"), "narrow_bytes_a_mark": size("peer.mark")}
