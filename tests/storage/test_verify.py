"""Whatever is altered behind the system's back is found and named."""

import pytest
from sqlalchemy import text

from casework.domain import events as e
from casework.domain.people import ENGINE
from casework.storage import cases, files, safeguarding, verify
from casework.storage.database import Database
from tests.storage.cases_written import (
    ANNA,
    AT,
    BILAL,
    CERYS,
    MONDAY,
    NORTH,
    PASTORAL,
    SOUTH,
    added,
    as_owner,
    note,
    opened,
)

FIRST, SECOND = f"C-2026-{NORTH}-0001", f"C-2026-{NORTH}-0002"


@pytest.fixture
def kept(db: Database) -> Database:
    """Two cases of five events, a file and a sealed note."""
    for upn in (ANNA, BILAL):
        ref = opened(db, upn).ref
        added(db, ref, *[note(ref, f"note {n}") for n in range(3)])
        with db.transaction(PASTORAL) as tx:
            sha256 = files.keep(tx, f"file of {ref}".encode(), "text/plain")
            item = e.ItemReceived(
                case_ref=ref, on=MONDAY, by="o-1", item_id="r", item="gp_note", sha256=sha256
            )
            cases.append(tx, ref, [item], None, AT)
            safeguarding.seal(tx, ref, "sealed words", MONDAY)
    opened(db, ANNA, SOUTH)
    return db


def breaks(db: Database) -> list[str]:
    with db.transaction(ENGINE) as tx:
        return [str(broken) for broken in verify.verify(tx)]


def test_what_nobody_touched_is_whole(kept: Database):
    assert breaks(kept) == []


NOTE_3 = f"case_ref = '{FIRST}' and sequence = 3"


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        pytest.param(
            f"update event set body = jsonb_set(body, '{{text}}', '\"note 2\"') where {NOTE_3}",
            [f"Case {FIRST}: event #3 is not as it was recorded."],
            id="one character of a note",
        ),
        pytest.param(
            f"update event set on_date = on_date - 1 where {NOTE_3}",
            [f"Case {FIRST}: event #3 is not as it was recorded."],
            id="the day",
        ),
        pytest.param(
            f"update event set by = 'o-2' where {NOTE_3}",
            [f"Case {FIRST}: event #3 is not as it was recorded."],
            id="who did it",
        ),
        pytest.param(
            f"update event set recorded_at = recorded_at - interval '1 microsecond' where {NOTE_3}",
            [f"Case {FIRST}: the time or the run of event #3 is not as it was recorded."],
            id="the time it was recorded",
        ),
        pytest.param(
            f"update event set flow_run = 'x' where {NOTE_3}",
            [f"Case {FIRST}: the time or the run of event #3 is not as it was recorded."],
            id="the run",
        ),
        pytest.param(
            f"delete from event where {NOTE_3}",
            [f"Case {FIRST}: event #3 is missing."],
            id="an event taken out of the middle",
        ),
        pytest.param(
            f"delete from event where case_ref = '{FIRST}' and sequence > 3",
            [f"Case {FIRST}: event #4 and all after it are missing."],
            id="the end cut off",
        ),
        pytest.param(
            f"delete from event where case_ref = '{FIRST}'",
            [f"Case {FIRST}: all its events are gone."],
            id="every event of a case",
        ),
        pytest.param(
            f"insert into event select case_ref, 6, kind, version, on_date, recorded_at, by, role, flow_run,"
            f" body, hash, hash, time_hash from event where case_ref = '{SECOND}' and sequence = 5",
            [f"Case {SECOND}: event #6 is not as it was recorded."],
            id="an event put in",
        ),
        pytest.param(
            "update stored_file set content = set_byte(content, 0, 70)",
            ["its bytes are not those that were kept."] * 2,
            id="one byte of each file",
        ),
        pytest.param(
            f"delete from case_holds_file where case_ref = '{FIRST}';"
            f" delete from stored_file where convert_from(content, 'utf8') like '%{FIRST}'",
            [f"it is missing, and event #5 of {FIRST} names it."],
            id="a file removed",
        ),
        pytest.param(
            f"update sealed_note set text = 'sealed word' where case_ref = '{SECOND}'",
            [f"Sealed note {SECOND}-S1: its words are not those that were sealed."],
            id="a sealed note",
        ),
        pytest.param(
            "delete from sealed_note; delete from case_holds_file;"
            " delete from event where case_ref like '%0001'; delete from case_summary;"
            f" delete from case_file where case_ref = '{FIRST}'",
            [
                f"Case C-2026-{SOUTH}-0001: all its events are gone.",
                f"Case numbers 2026 of school {NORTH}: 2 were given, 1 cases are kept.",
            ],
            id="a whole case gone",
        ),
    ],
)
def test_harm_is_found_and_named(kept: Database, harm: str, found: list[str]):
    with as_owner(kept) as tx:
        for statement in harm.split(";"):
            tx.execute(text(statement.replace(":", "\\:")))

    said = breaks(kept)

    assert len(said) == len(found)
    assert all(end in line for end, line in zip(found, said, strict=True))


def test_a_break_is_found_in_each_case(kept: Database):
    opened(kept, CERYS)
    with as_owner(kept) as tx:
        tx.execute(text("update event set role = 'dsl' where sequence = 2"))

    assert breaks(kept) == [f"Case {ref}: event #2 is not as it was recorded." for ref in (FIRST, SECOND)]
