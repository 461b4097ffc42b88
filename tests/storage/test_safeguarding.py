"""Sealed notes: anyone who sees the case writes, the DSL alone reads, every reading is recorded."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casework.domain.errors import NotFound
from casework.domain.people import ENGINE, Officer, Role
from casework.storage import safeguarding
from casework.storage.codec import NotStorable
from casework.storage.database import Database
from tests.storage.cases_written import DSL, ELSEWHERE, HEAD, MONDAY, NORTH, PASTORAL, opened

WORDS = "She said she is afraid to go home 💔"


@pytest.fixture
def ref(db: Database) -> str:
    ref = opened(db).ref
    with db.transaction(PASTORAL) as tx:
        assert safeguarding.seal(tx, ref, WORDS, MONDAY) == f"{ref}-S1"
    return ref


def test_the_dsl_reads_and_each_reading_is_recorded(db: Database, ref: str):
    for _ in range(2):
        with db.transaction(DSL) as tx:
            (note,) = safeguarding.read_notes(tx, ref)
    assert (note.text, note.by, note.on, note.for_role) == (WORDS, "o-1", MONDAY, "dsl")

    with db.transaction(DSL) as tx:
        assert [(r.sealed_id, r.read_by) for r in safeguarding.readings(tx, ref)] == [
            (f"{ref}-S1", "o-2")
        ] * 2


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(PASTORAL, id="who wrote it"),
        pytest.param(HEAD, id="the headteacher"),
        pytest.param(ELSEWHERE, id="the DSL of another school"),
        pytest.param(ENGINE, id="the engine"),
        pytest.param(Officer("a", "Admin", frozenset({Role.ADMINISTRATOR})), id="an administrator"),
    ],
)
def test_nobody_else_reads_or_learns_that_there_is_one(db: Database, ref: str, who: Officer):
    with db.transaction(who) as tx:
        assert safeguarding.read_notes(tx, ref) == ()
        assert safeguarding.readings(tx, ref) == ()
        assert tx.execute(text("select count(*) from sealed_note")).scalar_one() == 0
    with db.transaction(DSL) as tx:
        assert safeguarding.readings(tx, ref) == ()


def test_not_even_the_dsl_can_read_past_the_record(db: Database, ref: str):
    for column in ("text", "text_sha256", "*"):
        with pytest.raises(DBAPIError, match="permission denied"), db.transaction(DSL) as tx:
            tx.execute(text(f"select {column} from sealed_note"))
    with pytest.raises(DBAPIError, match="permission denied"), db.transaction(DSL) as tx:
        tx.execute(
            text("insert into sealed_note select sealed_id, case_ref, school_id, for_role from sealed_note")
        )
    with pytest.raises(DBAPIError, match="permission denied"), db.transaction(DSL) as tx:
        tx.execute(text("delete from sealed_read"))


def test_the_owner_of_the_tables_is_bound_too(db: Database, ref: str):
    with db.owner_engine.begin() as tx:
        assert tx.execute(text("select count(*) from sealed_note")).scalar_one() == 0


def test_a_concern_about_the_dsl_goes_to_the_head(db: Database, ref: str):
    with db.transaction(PASTORAL) as tx:
        assert safeguarding.seal(tx, ref, "about the DSL", MONDAY, Role.HEADTEACHER) == f"{ref}-S2"

    with db.transaction(DSL) as tx:
        assert [note.text for note in safeguarding.read_notes(tx, ref)] == [WORDS]
    with db.transaction(HEAD) as tx:
        assert [note.text for note in safeguarding.read_notes(tx, ref)] == ["about the DSL"]
        assert [reading.read_by for reading in safeguarding.readings(tx, ref)] == ["o-3"]


def test_writing_leaves_the_writer_without_the_role(db: Database, ref: str):
    with db.transaction(PASTORAL) as tx:
        safeguarding.seal(tx, ref, "more", MONDAY)
        assert safeguarding.read_notes(tx, ref) == ()


def test_a_note_needs_a_case_of_ones_own_and_words_that_can_be_kept(db: Database, ref: str):
    with db.transaction(ELSEWHERE) as tx, pytest.raises(NotFound):
        safeguarding.seal(tx, ref, WORDS, MONDAY)
    with db.transaction(PASTORAL) as tx, pytest.raises(NotStorable):
        safeguarding.seal(tx, ref, "\x00", MONDAY)
    with db.transaction(PASTORAL) as tx, pytest.raises(DBAPIError, match="check constraint"):
        safeguarding.seal(tx, ref, "", MONDAY)
    assert NORTH in ref
