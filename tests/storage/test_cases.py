"""Cases on a real PostgreSQL: numbered, chained, added to and never changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casework.domain import events as e
from casework.domain.errors import CaseChanged, NotFound
from casework.domain.people import ENGINE
from casework.storage import cases
from casework.storage.database import Database
from tests.storage.cases_written import (
    ANNA,
    AT,
    BILAL,
    CERYS,
    ELSEWHERE,
    MONDAY,
    NORTH,
    PASTORAL,
    SOUTH,
    added,
    note,
    opened,
    opening,
)

PLACE = {"on": MONDAY, "by": "o-2"}


def test_a_case_comes_back_as_it_was_recorded(db: Database):
    ref = opened(db).ref
    meeting = e.MeetingHeld(case_ref=ref, **PLACE, meeting_id="m", attended=("P1",), says="حاضر 👩‍👧")

    case = added(db, ref, meeting, note(ref))

    with db.transaction(PASTORAL) as tx:
        assert cases.load(tx, ref) == case
    assert [item.sequence for item in case.recorded] == [1, 2, 3]
    assert case.recorded[1].event == meeting
    assert case.recorded[2].previous_hash == case.recorded[1].hash


def test_numbers_run_in_each_school_and_year(db: Database):
    asked = [(ANNA, NORTH, 2026), (BILAL, NORTH, 2026), (ANNA, SOUTH, 2026), (CERYS, NORTH, 2027)]

    refs = [opened(db, upn, urn, date(year, 1, 12)).ref for upn, urn, year in asked]

    assert refs == [
        f"C-2026-{NORTH}-0001",
        f"C-2026-{NORTH}-0002",
        f"C-2026-{SOUTH}-0001",
        f"C-2027-{NORTH}-0001",
    ]


def test_a_number_that_was_rolled_back_is_given_again(db: Database):
    with db.transaction(ENGINE) as tx:
        cases.open_case(tx, opening(ANNA), AT)
        tx.rollback()

    assert opened(db, BILAL).ref.endswith("-0001")


def test_the_same_work_gives_the_same_hashes_whenever_it_is_done(db: Database):
    with db.transaction(ENGINE) as tx:
        first = cases.open_case(tx, opening(), AT)
        tx.rollback()
    with db.transaction(ENGINE) as tx:
        again = cases.open_case(tx, opening(flow_run="second try"), AT.replace(year=2027))

    assert first.recorded[0].hash == again.recorded[0].hash


def test_one_open_case_a_pupil_and_school(db: Database):
    ref = opened(db).ref

    with pytest.raises(cases.CaseAlreadyOpen, match=ref):
        opened(db)
    added(db, ref, e.CaseClosed(case_ref=ref, **PLACE, outcome="improved", reason="95% since March"))
    second = opened(db).ref
    with pytest.raises(cases.CaseAlreadyOpen, match=second):
        added(db, ref, e.CaseReopened(case_ref=ref, **PLACE, reason="worse again"))
    assert opened(db, ANNA, SOUTH).ref != second


def test_two_at_once_open_one_case(db: Database):
    def attempt(_: int) -> str:
        try:
            return opened(db).ref
        except cases.CaseAlreadyOpen as refused:
            return f"refused {refused.case_ref}"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(attempt, range(4)))

    ref = f"C-2026-{NORTH}-0001"
    assert said == [ref, *[f"refused {ref}"] * 3]


def test_the_database_itself_holds_one_open_case(db: Database):
    with db.transaction(ENGINE) as tx:
        cases.open_case(tx, opening(), AT)
        tx.execute(text("update case_summary set status = 'closed'"))
        cases.open_case(tx, opening(), AT)

    with pytest.raises(DBAPIError, match="one_open_case"), db.transaction(ENGINE) as tx:
        tx.execute(text("update case_summary set status = 'open'"))


def test_writers_at_once_wait_for_each_other(db: Database):
    ref = opened(db).ref

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: added(db, ref, note(ref, f"note {n}")), range(12)))

    with db.transaction(ENGINE) as tx:
        case = cases.load(tx, ref)
    assert case.sequence == 13
    assert {event.text for event in case.of(e.NoteAdded)} == {f"note {n}" for n in range(12)}


def test_a_second_writer_is_told_what_changed_and_records_nothing(db: Database):
    ref = opened(db).ref
    flag = e.SafeguardingFlagged(case_ref=ref, **PLACE, flag="going_missing", sealed_id="S-1")
    added(db, ref, note(ref, "a private word"), flag)

    with pytest.raises(CaseChanged) as changed, db.transaction(PASTORAL) as tx:
        cases.append(tx, ref, [note(ref)], 1, AT)

    assert changed.value.since == (
        "#2 Note added (o-1, 5 October 2026)",
        "#3 A safeguarding matter was put to the DSL (o-2, 5 October 2026)",
    )
    assert not [word for word in ("private", "missing", "S-1") if word in str(changed.value)]
    with db.transaction(PASTORAL) as tx:
        assert cases.append(tx, ref, [note(ref)], 3, AT).sequence == 4


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda tx, ref: cases.load(tx, ref), id="load"),
        pytest.param(lambda tx, ref: cases.lock(tx, ref), id="lock"),
        pytest.param(lambda tx, ref: cases.append(tx, ref, [note(ref)], None, AT), id="append"),
    ],
)
def test_another_school_knows_of_no_such_case(db: Database, ask: Callable):
    ref = opened(db).ref

    for wrong in (ref, "C-2026-999999-0001"):
        with (
            pytest.raises(NotFound, match="ask whether the case is at a school"),
            db.transaction(ELSEWHERE) as tx,
        ):
            ask(tx, wrong)


def test_cases_of_a_pupil(db: Database):
    north, south = opened(db, ANNA, NORTH), opened(db, ANNA, SOUTH)

    with db.transaction(ENGINE) as tx:
        assert cases.cases_of_pupil(tx, ANNA) == (north, south)
        assert cases.open_case_of(tx, ANNA, SOUTH) == south
        assert cases.open_case_of(tx, BILAL, SOUTH) is None
    with db.transaction(ELSEWHERE) as tx:
        assert cases.cases_of_pupil(tx, ANNA) == (south,)


def test_events_of_another_case_are_not_mixed_in(db: Database):
    ref = opened(db).ref

    with pytest.raises(ValueError, match="cannot be added"):
        added(db, ref, note("C-2026-100001-0099"))


FORGED = """
    insert into event select case_ref, {0}, kind, version, on_date, recorded_at, by, role, flow_run, body,
        {1}, 'h', 't' from event"""
RECORDED = [
    *("event", "clock_firing", "effect", "stored_file", "case_holds_file"),
    *("trigger_snooze", "sealed_note", "sealed_read"),
]


@pytest.mark.parametrize("table", RECORDED)
@pytest.mark.parametrize(
    "change", ["update {0} set recorded_at = now()", "delete from {0}", "truncate {0} cascade"]
)
@pytest.mark.parametrize("who", ["app", "owner"])
def test_what_is_recorded_is_never_changed(shared: Database, table: str, change: str, who: str):
    engine = shared.app_engine if who == "app" else shared.owner_engine
    refusal = "permission denied" if who == "app" else "never changed"

    with pytest.raises(DBAPIError, match=refusal), engine.begin() as tx:
        tx.execute(text(change.format(table)))


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        pytest.param("update case_file set head_sequence = 0", "moves only when", id="the end moved back"),
        pytest.param("update case_file set case_ref = 'x'", "permission denied", id="another reference"),
        pytest.param("delete from case_file", "permission denied", id="a case removed"),
        pytest.param(
            FORGED.format(3, "hash"),
            "does not follow",
            id="an event after a gap",
        ),
        pytest.param(
            FORGED.format(2, "'forged'"),
            "does not follow",
            id="an event tied to nothing",
        ),
    ],
)
def test_the_application_cannot_break_a_chain(shared: Database, statement: str, refusal: str):
    with shared.transaction(ENGINE) as tx:
        cases.open_case(tx, opening(), AT)
        with pytest.raises(DBAPIError, match=refusal):
            tx.execute(text(statement))
        tx.rollback()


TABLES = [
    *("case_number", "case_file", "event", "case_summary", "case_task", "clock", "clock_firing", "effect"),
    *(
        "case_holds_file",
        "stored_file",
        "document",
        "sweep_state",
        "trigger_state",
        "trigger_snooze",
        "triage",
    ),
    *("sealed_note", "sealed_read"),
]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_row_security(shared: Database, table: str):
    with shared.owner_engine.begin() as tx:
        secured, owner_bound = tx.execute(
            text("select relrowsecurity, relforcerowsecurity from pg_class where relname = :t"), {"t": table}
        ).one()

    assert secured
    assert owner_bound == table.startswith("sealed")
