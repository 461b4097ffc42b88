"""Sheets on a real PostgreSQL: filed, filed again, amended, and as they were known."""

import random
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from casework.domain.people import ENGINE, Officer, Pupil, Role
from casework.domain.register import Mark, Session, code_of
from casework.storage import people, registers, schools
from casework.storage.database import Database
from casework.storage.people import Enrolment
from casework.storage.registers import Filing, Marks
from tests.storage.conftest import (
    AT,
    MONDAY,
    NORTH,
    SOUTH,
    START,
    Amended,
    Row,
    add_school,
    at,
    by,
    file,
    marks,
    pupil_id,
    register,
    tell,
    upn,
)

AM, PM, TUESDAY = "2026-09-07 AM", "2026-09-07 PM", "2026-09-08 AM"


def counts(filing: Filing) -> dict[str, int]:
    """The counts that are not nought."""
    names = ("new", "unchanged", "amended", "blank", "superseded", "history", "differing")
    return {name: getattr(filing, name) for name in names if getattr(filing, name)}


def test_marks_come_back_as_they_were_filed(tx: Connection) -> None:
    filing = file(tx, [(1, AM, "/"), (1, PM, "\\"), (2, AM, "Y1"), (1, TUESDAY, "C2"), (2, PM, "")])

    assert counts(filing) == {"new": 4, "blank": 1}
    assert register(tx, 1) == {AM: "/", PM: "\\", TUESDAY: "C2"}
    assert register(tx, 2) == {AM: "Y1"}
    assert register(tx, 3) == {}


def test_filing_again_changes_nothing(tx: Connection) -> None:
    rows = [(n, session, code) for n in (1, 2, 3) for session, code in ((AM, "/"), (PM, "I"), (TUESDAY, ""))]
    file(tx, rows)

    assert counts(file(tx, rows, 1)) == {"unchanged": 6, "blank": 3}
    assert tx.execute(text("select count(*) from mark_amendment")).scalar_one() == 0
    assert tx.execute(text("select count(*) from sheet_filling")).scalar_one() == 0


def test_a_blank_never_erases_and_the_later_of_two_stands(tx: Connection) -> None:
    file(tx, [(1, AM, "N"), (1, AM, "I"), (1, AM, "")])
    file(tx, [(1, AM, ""), (1, PM, "")], 1)

    assert register(tx) == {AM: "I"}


def test_another_code_is_an_amendment(tx: Connection) -> None:
    file(tx, [(1, AM, "N"), (2, AM, "/")])

    filing = file(tx, [(1, AM, "M"), (2, AM, "/")], 1)

    assert counts(filing) == {"amended": 1, "unchanged": 1}
    (change,) = filing.changes
    assert (change.session, change.was, change.now, change.by) == (Session.parse(AM), "N", "M", "Import")
    (line,) = registers.amended_marks(tx, upn(1))
    assert (line.was, line.now, line.reason, line.position) == (
        "N",
        "M",
        "import of marks.csv",
        "attendance officer",
    )
    assert (line.recorded_at, line.applied) == (at(1), True)


def test_the_register_as_it_was_known(tx: Connection) -> None:
    file(tx, [(1, AM, "N"), (2, AM, "/")], 0)
    file(tx, [(3, AM, "I"), (1, PM, "L")], 1)
    file(tx, [(1, AM, "M"), (3, AM, "G")], 2)
    file(tx, [(1, AM, "O")], 3)

    known = {hours: [register(tx, n, at(hours)) for n in (1, 2, 3)] for hours in (-1, 0, 1, 2, 3)}
    assert known == {
        -1: [{}, {}, {}],
        0: [{AM: "N"}, {AM: "/"}, {}],
        1: [{AM: "N", PM: "L"}, {AM: "/"}, {AM: "I"}],
        2: [{AM: "M", PM: "L"}, {AM: "/"}, {AM: "G"}],
        3: [{AM: "O", PM: "L"}, {AM: "/"}, {AM: "G"}],
    }
    for hours, pupils in known.items():
        rows = tx.execute(
            text("select upn, session, session_date, code from mark_as_known(:at)"), {"at": at(hours)}
        )
        seen: dict[str, dict[str, str]] = {}
        for row in rows:
            seen.setdefault(row.upn, {})[f"{row.session_date} {row.session}"] = row.code
        assert [seen.get(upn(n), {}) for n in (1, 2, 3)] == pupils


@pytest.mark.parametrize(
    ("before", "told", "ends", "counted"),
    [
        pytest.param("O", [("O", "M", 1)], "M", {"amended": 1}, id="the register stood at the original"),
        pytest.param("M", [("O", "M", 1)], "M", {"history": 1}, id="it stood at the amended code already"),
        pytest.param("", [("O", "M", 1)], "M", {"new": 1}, id="it had no mark"),
        pytest.param("L", [("O", "M", 1)], "L", {"differing": 1}, id="it has a code the history never names"),
        pytest.param("O", [("M", "I", 2), ("O", "M", 1)], "I", {"amended": 1}, id="a chain, by time"),
        pytest.param("M", [("M", "I", 2), ("O", "M", 1)], "I", {"amended": 1}, id="joined in the middle"),
        pytest.param("O", [("O", "M", 1), ("M", "O", 2)], "O", {"history": 1}, id="there and back"),
        pytest.param("O", [("O", "", 1)], "O", {"history": 1}, id="emptied: nothing is erased"),
    ],
)
def test_amendments_that_the_school_told_of(
    tx: Connection, before: str, told: list[tuple[str, str, float]], ends: str, counted: dict[str, int]
) -> None:
    file(tx, [(1, AM, before)])
    rows = [Amended(1, AM, was, now, when) for was, now, when in told]

    assert counts(tell(tx, rows, 1)) == counted
    assert register(tx) == {AM: ends}
    assert counts(tell(tx, rows, 2)) == {"unchanged": len(rows)}
    assert counts(file(tx, [(1, AM, before)], 3)).keys() <= {"unchanged", "superseded", "blank"}
    assert register(tx) == {AM: ends}
    assert register(tx, as_known=at(0)) == ({AM: before} if before else {})


SESSIONS = (AM, PM, TUESDAY)
CODES = ("/", "O", "M", "I", "L", "U")


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[list[Row]], list[list[Amended]]]:
    """What one school's system might export: each mark's history, old and new codes in several files."""
    files: list[list[Row]] = [[] for _ in range(3)]
    told: list[list[Amended]] = [[], []]
    for number in (1, 2):
        for session in SESSIONS:
            chain = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True))
            for step, (was, now) in enumerate(pairwise(chain)):
                told[draw(st.integers(0, 1))].append(Amended(number, session, was, now, step))
            for where in files:
                code = draw(st.sampled_from([*chain, ""]))
                where.append((number, session, code))
    return files, told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(exports(), st.randoms(use_true_random=False))
def test_files_in_any_order_give_the_same_register(
    tx: Connection,
    given_files: tuple[list[list[Row]], list[list[Amended]]],
    shuffle: random.Random,
) -> None:
    files, told = given_files
    steps = [("file", rows) for rows in files] + [("tell", rows) for rows in told]
    outcomes = []
    for _ in range(3):
        order = [*steps, *shuffle.sample(steps, 2)]  # some come twice
        shuffle.shuffle(order)
        attempt = tx.begin_nested()
        for hours, (what, rows) in enumerate(order):
            if what == "file":
                file(tx, rows, hours)
            else:
                tell(tx, rows, hours)
        outcomes.append([register(tx, n) for n in (1, 2)])
        query = "select code from {} order by upn, session_date, half"
        known = tx.execute(text(query.format("mark_as_known(:at)")), {"at": at(99)})
        assert known.scalars().all() == tx.execute(text(query.format("mark"))).scalars().all()
        attempt.rollback()

    ends = [
        {session: code for session in SESSIONS if (code := _end(files, told, number, session))}
        for number in (1, 2)
    ]
    assert outcomes[0] == outcomes[1] == outcomes[2] == ends


def _end(files: list[list[Row]], told: list[list[Amended]], number: int, session: str) -> str:
    """Where a mark's history ends: its last amendment, or the one code its files carry."""
    changes = sorted(
        (a.told_at, a.now) for rows in told for a in rows if (a.number, a.session) == (number, session)
    )
    codes = [code for rows in files for n, s, code in rows if (n, s) == (number, session) and code]
    return changes[-1][1] if changes else (codes[0] if codes else "")


def test_a_roll_that_outgrows_its_sheets(tx: Connection) -> None:
    file(tx, [(1, AM, "/")])
    many = range(10, 80)
    people.save_pupils(tx, [Pupil(upn(n), "Surname", f"Forename{n}") for n in many])
    people.save_enrolments(tx, [Enrolment(upn(n), NORTH, START) for n in many])

    file(tx, [(n, session, "I") for n in many for session in (AM, PM)], 1)

    widths = tx.execute(text("select distinct length(marks) from register_sheet")).scalars().all()
    assert widths == [128]
    assert register(tx, 1) == {AM: "/"}
    assert register(tx, 79) == {AM: "I", PM: "I"}
    assert register(tx, 79, at(0)) == {}


def test_a_pupil_keeps_one_slot_a_year_and_gets_a_new_one_in_the_next(tx: Connection) -> None:
    file(tx, [(2, AM, "/"), (1, AM, "/")])
    file(tx, [(3, "2027-09-06 AM", "/"), (1, AM, "/"), (2, "2027-09-06 AM", "I")], 1)
    people.save_enrolments(tx, [Enrolment(upn(1), NORTH, START, date(2026, 10, 1))])
    people.save_enrolments(tx, [Enrolment(upn(1), NORTH, date(2026, 11, 2))])
    file(tx, [(1, "2026-11-02 AM", "L")], 2)

    rolls = tx.execute(text("select academic_year, pupil_ids from roll_year order by 1")).all()
    assert [year for year, _ in rolls] == [2026, 2027]
    assert [len(ids) for _, ids in rolls] == [2, 2]
    assert register(tx) == {AM: "/", "2026-11-02 AM": "L"}
    assert register(tx, 2) == {AM: "/", "2027-09-06 AM": "I"}


def test_no_slot_is_given_to_another(tx: Connection) -> None:
    file(tx, [(1, AM, "/"), (2, AM, "/")])

    with pytest.raises(ProgrammingError, match="never given to another"):
        tx.execute(text("update roll_year set pupil_ids = array[pupil_ids[2], pupil_ids[1]]"))


def test_the_database_itself_writes_down_whose_upn_each_slot_is(tx: Connection) -> None:
    file(tx, [(2, AM, "/"), (1, AM, "/")])
    file(tx, [(3, AM, "/")], 1)
    tx.execute(text("update roll_year set upns = 'another'"))

    ids, upns = tx.execute(text("select pupil_ids, upns from roll_year")).one()
    assert sorted(zip(ids, upns.split(","), strict=True)) == [(pupil_id(tx, n), upn(n)) for n in (1, 2, 3)]


def test_a_pupil_keeps_their_upn(tx: Connection) -> None:
    with pytest.raises(ProgrammingError, match="keeps the UPN"):
        tx.execute(text("update pupil set upn = 'T000000000009' where upn = :upn"), {"upn": upn(1)})


def test_a_day_is_filed_without_reading_every_sheet_ever_filed(tx: Connection) -> None:
    tx.execute(
        text("""
            insert into register_sheet (school_id, session_date, half, marks)
            select school_id, date '1990-01-01' + number, half, cast(repeat('/', 800) as bytea)
            from school, generate_series(1, 4000) number, generate_series(0, 1) half
        """)
    )
    read = text("select seq_scan, idx_scan from pg_stat_xact_user_tables where relname = 'register_sheet'")
    whole, by_key = tx.execute(read).one()

    file(tx, [(1, AM, "/"), (2, AM, "/")])
    file(tx, [(1, AM, "I"), (2, AM, "/")], 1)

    after = tx.execute(read).one()
    assert (after.seq_scan, after.idx_scan > by_key) == (whole, True)


def test_one_pupil_at_two_schools_has_two_registers(tx: Connection) -> None:
    add_school(tx, SOUTH, pupils=1)
    both = [marks(tx, [(1, AM, "D")], NORTH), marks(tx, [(1, AM, "/")], SOUTH)]
    columns = {
        n: np.concatenate([getattr(m, n) for m in both]) for n in ("school", "pupil", "day", "half", "code")
    }
    registers.file_marks(tx, Marks(**columns), by())

    found = registers.pupil_marks(tx, upn(1))
    assert {urn: [m.code for m in held] for urn, held in found.items()} == {NORTH: ["D"], SOUTH: ["/"]}


def test_minutes_and_comments_are_kept_and_not_erased(tx: Connection) -> None:
    late = marks(tx, [(1, AM, "L"), (2, AM, "L")])
    registers.file_marks(
        tx, Marks(late.school, late.pupil, late.day, late.half, late.code, {0: 12}, {0: "bus"}), by()
    )
    registers.file_marks(tx, Marks(late.school, late.pupil, late.day, late.half, late.code, {0: 15}), by(1))

    assert registers.pupil_marks(tx, upn(1))[NORTH] == (Mark(Session.parse(AM), "L", 15, "bus"),)
    assert registers.pupil_marks(tx, upn(2))[NORTH] == (Mark(Session.parse(AM), "L"),)


def test_the_view_has_one_row_a_mark(tx: Connection) -> None:
    file(tx, [(1, AM, "/"), (1, PM, ""), (2, TUESDAY, "Y7")])

    rows = tx.execute(text("select upn, urn, session_date, session, code from mark order by upn")).all()
    assert [tuple(row) for row in rows] == [
        (upn(1), NORTH, MONDAY, "AM", "/"),
        (upn(2), NORTH, MONDAY + timedelta(days=1), "AM", "Y7"),
    ]


def test_the_database_knows_the_bytes_as_the_domain_does(tx: Connection) -> None:
    for byte in range(33, 127):
        words = tx.execute(text("select code_of(:byte)"), {"byte": byte}).scalar_one()
        assert words == ("" if chr(byte) == "?" else code_of(byte))


def test_another_schools_register_is_not_to_be_seen(database: Database) -> None:
    with database.transaction(ENGINE) as tx:
        add_school(tx)
        add_school(tx, SOUTH, first=50)
        file(tx, [(1, AM, "/")], urn=NORTH)
        file(tx, [(50, AM, "/")], urn=SOUTH)

    with database.transaction(Officer("o", "O", frozenset({Role.DSL}), frozenset({NORTH}))) as tx:
        assert registers.pupil_marks(tx, upn(50)) == {}
        assert set(tx.execute(text("select urn from mark")).scalars()) == {NORTH}
        assert [s.urn for s in registers.sheets(tx, [NORTH, SOUTH])] == [NORTH]
        assert [p.upn for p in people.pupils(tx)] == [upn(1), upn(2), upn(3)]


def test_sheets_are_what_the_sweep_reads(tx: Connection) -> None:
    file(tx, [(1, AM, "/"), (2, AM, "I"), (2, TUESDAY, "G")])
    people.save_enrolments(tx, [Enrolment(upn(2), NORTH, START, date(2026, 9, 20))])
    people.save_enrolments(tx, [Enrolment(upn(2), NORTH, date(2026, 9, 28))])

    (school,) = registers.sheets(tx, [NORTH])

    assert school.upns == (upn(1), upn(2), upn(3))
    assert len(school.dates) == len(school.halves) == len(school.is_open) == len(school.widths) == 40
    assert (school.dates[0], school.halves[:2].tolist()) == (MONDAY.toordinal(), [0, 1])
    assert school.widths[:3].tolist() == [64, 0, 64]
    assert school.marks.replace(b".", b"") == b"/IG"
    entries = sorted(
        zip(school.roll_lines.tolist(), school.roll_first.tolist(), school.roll_last.tolist(), strict=True)
    )
    assert entries == [
        (0, START.toordinal(), registers.FOREVER),
        (1, START.toordinal(), date(2026, 9, 20).toordinal()),
        (1, date(2026, 9, 28).toordinal(), registers.FOREVER),
    ]


def test_a_school_without_anything_has_empty_arrays(tx: Connection) -> None:
    add_school(tx, SOUTH, pupils=0)
    (school,) = registers.sheets(tx, [SOUTH])
    assert (school.upns, school.marks, school.roll_slots.tolist()) == ((), b"", [])


def test_bytes_a_mark(database: Database) -> None:
    pupils, days = 800, 190
    with database.transaction(ENGINE) as tx:
        add_school(tx, pupils=pupils)
        ids = np.array(
            tx.execute(text("select pupil_id from pupil order by 1")).scalars().all(), dtype=np.int64
        )
        school_id = schools.ids_by_urn(tx)[NORTH]
        shape = pupils * days * 2
        day = np.repeat(np.arange(days) + MONDAY.toordinal(), 2 * pupils)
        filed = registers.file_marks(
            tx,
            Marks(
                np.full(shape, school_id),
                np.tile(ids, days * 2),
                day,
                np.tile(np.repeat([0, 1], pupils), days),
                np.full(shape, ord("/"), dtype=np.uint8),
            ),
            by(),
        )
        size = tx.execute(text("select pg_total_relation_size('register_sheet')")).scalar_one()

    assert filed.new == shape
    assert size / shape < 76 / 50


def test_a_calendar_change_is_kept_with_its_time(tx: Connection) -> None:
    school_id = schools.ids_by_urn(tx)[NORTH]
    closed = schools.CalendarEntry(Session.parse(AM), False, 0)

    assert schools.save_calendar(tx, school_id, [closed], at(5)) == 1
    assert schools.save_calendar(tx, school_id, [closed], at(6)) == 0

    now, before = schools.calendar_entries(tx, NORTH), schools.calendar_entries(tx, NORTH, AT)
    assert (len(now), now[0].open, before[0].open) == (40, False, True)
    assert len(schools.calendar(tx, NORTH).sessions) == 39
    ordinals = tx.execute(
        text("select day_no, week_no from school_session order by session_date, half")
    ).all()
    assert [tuple(row) for row in ordinals[:4]] == [(-1, -1), (0, 0), (1, 0), (1, 0)]
    assert tuple(ordinals[-1]) == (19, 3)


def test_when_each_years_register_last_came(tx: Connection) -> None:
    people.save_enrolments(tx, [Enrolment(upn(3), NORTH, START, year_group="8")])
    file(tx, [(1, AM, "/"), (2, AM, "/"), (3, AM, "/")])
    file(tx, [(1, TUESDAY, "/"), (2, TUESDAY, "/"), (3, TUESDAY, "")], 1)
    file(tx, [(1, "2026-09-29 AM", "M")], 2)

    found = schools.last_arrivals(tx, [NORTH], date(2026, 9, 9))

    assert [(a.year_group, str(a.session), a.arrived_at) for a in found] == [
        ("7", TUESDAY, at(1)),
        ("8", AM, AT),
    ]


def test_times_on_one_roll_do_not_overlap(tx: Connection) -> None:
    with pytest.raises(IntegrityError, match="times_on_one_roll_do_not_overlap"):
        people.save_enrolments(tx, [Enrolment(upn(1), NORTH, date(2026, 9, 20))])
