"""Files are kept for ever, and a letter exists exactly when its event does."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casework.domain import events as e
from casework.domain.errors import NotFound
from casework.domain.people import ENGINE
from casework.storage import cases, files
from casework.storage.database import Database
from tests.storage.cases_written import ANNA, AT, ELSEWHERE, MONDAY, NORTH, PASTORAL, SOUTH, added, opened

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PLACE = {"on": MONDAY, "by": "o-1"}
LETTER, ISSUED = b"a draft\x00\xff", b"the letter\x00\xff"


def drafted(db: Database, ref: str, effect_key: str | None = None) -> str:
    with db.transaction(ENGINE) as tx:
        document_id = files.document_id_for(cases.load(tx, ref))
        letter = files.Draft(
            document_id,
            ref,
            "concern_letter",
            "t" * 64,
            {"pupil": "Anna & <Co>", "sessions": 10},
            MONDAY,
            parent_id="P1",
            effect_key=effect_key,
        )
        files.draft(tx, letter, LETTER, WORD)
        event = e.DocumentDrafted(case_ref=ref, **PLACE, document_id=document_id, template="concern_letter")
        cases.append(tx, ref, [event], None, AT)
    return document_id


def issue(db: Database, ref: str, document_id: str) -> None:
    with db.transaction(ENGINE) as tx:
        sha256 = files.keep(tx, ISSUED, WORD)
        event = e.DocumentIssued(case_ref=ref, **PLACE, document_id=document_id, sha256=sha256)
        cases.append(tx, ref, [event], None, AT)


def test_the_same_bytes_are_kept_once(db: Database):
    with db.transaction(PASTORAL) as tx:
        assert files.keep(tx, LETTER, WORD) == hashlib.sha256(LETTER).hexdigest()
        assert files.keep(tx, LETTER, WORD) == hashlib.sha256(LETTER).hexdigest()
    with db.transaction(ENGINE) as tx:
        assert tx.execute(text("select count(*), sum(size) from stored_file")).one() == (1, len(LETTER))


def test_a_letter_goes_its_way(db: Database):
    ref = opened(db).ref
    document_id = drafted(db, ref)
    assert document_id == f"{ref}-L1"

    added(db, ref, e.DocumentApproved(case_ref=ref, **{**PLACE, "by": "o-3"}, document_id=document_id))
    issue(db, ref, document_id)
    served = e.DocumentServed(case_ref=ref, **PLACE, document_id=document_id, method="post", served_on=MONDAY)
    added(db, ref, served)

    with db.transaction(PASTORAL) as tx:
        (kept,) = files.documents_of(tx, ref)
        assert kept == files.document(tx, document_id)
        assert (kept.state, kept.approved_by, kept.issued_on, kept.served_on) == (
            "served",
            "o-3",
            MONDAY,
            MONDAY,
        )
        assert kept.snapshot == {"pupil": "Anna & <Co>", "sessions": 10}
        assert files.read(tx, kept.draft_sha256) == LETTER
        assert files.read(tx, kept.issued_sha256) == ISSUED


@pytest.mark.parametrize(
    ("first", "then"),
    [
        pytest.param("issue", "issue", id="issued twice"),
        pytest.param("issue", "approve", id="approved after it was issued"),
        pytest.param("withdraw", "issue", id="issued after it was withdrawn"),
        pytest.param("", "serve", id="served before it was issued"),
    ],
)
def test_a_letter_out_of_turn_is_refused_and_nothing_recorded(db: Database, first: str, then: str):
    ref = opened(db).ref
    document_id = drafted(db, ref)
    acts = {
        "": lambda: None,
        "issue": lambda: issue(db, ref, document_id),
        "approve": lambda: added(db, ref, e.DocumentApproved(case_ref=ref, **PLACE, document_id=document_id)),
        "serve": lambda: added(
            db, ref, e.DocumentServed(case_ref=ref, **PLACE, document_id=document_id, method="post")
        ),
        "withdraw": lambda: added(
            db, ref, e.DocumentWithdrawn(case_ref=ref, **PLACE, document_id=document_id, reason="moved")
        ),
    }
    acts[first]()
    with db.transaction(ENGINE) as tx:
        before = cases.load(tx, ref)

    with pytest.raises(files.NotThatState, match=document_id):
        acts[then]()

    with db.transaction(ENGINE) as tx:
        assert cases.load(tx, ref) == before


def test_a_draft_is_put_down_anew_until_it_is_approved(db: Database):
    ref = opened(db).ref
    document_id = drafted(db, ref)

    with db.transaction(PASTORAL) as tx:
        sha256 = files.redraft(tx, document_id, {"pupil": "Anna"}, "u" * 64, b"better", WORD)
        kept = files.document(tx, document_id)
        assert (kept.state, kept.snapshot, kept.draft_sha256) == ("draft", {"pupil": "Anna"}, sha256)
        assert files.read(tx, sha256) == b"better"
        again = e.DocumentDrafted(case_ref=ref, **PLACE, document_id=document_id, template="concern_letter")
        assert files.document_id_for(cases.append(tx, ref, [again], None, AT)) == f"{ref}-L2"

    added(db, ref, e.DocumentApproved(case_ref=ref, **PLACE, document_id=document_id))
    with db.transaction(PASTORAL) as tx, pytest.raises(files.NotThatState):
        files.redraft(tx, document_id, {}, "u" * 64, b"too late", WORD)


def test_issued_bytes_stay(db: Database):
    ref = opened(db).ref
    issue(db, ref, drafted(db, ref))

    with pytest.raises(DBAPIError, match="bytes stay"), db.owner_engine.begin() as tx:
        tx.execute(text("update document set issued_sha256 = draft_sha256"))


def test_an_event_cannot_name_a_file_that_was_not_kept(db: Database):
    ref = opened(db).ref

    with pytest.raises(DBAPIError, match="case_holds_file"):
        added(db, ref, e.ItemReceived(case_ref=ref, **PLACE, item_id="r", item="gp_note", sha256="0" * 64))


def test_a_letter_of_a_flow_is_drafted_once(db: Database):
    ref = opened(db).ref
    drafted(db, ref, effect_key="letter/1")

    with pytest.raises(DBAPIError, match="effect_key"):
        drafted(db, ref, effect_key="letter/1")


def test_files_and_letters_are_shown_by_the_cases_that_hold_them(db: Database):
    north, south = opened(db, ANNA, NORTH).ref, opened(db, ANNA, SOUTH).ref
    document_id = drafted(db, north)
    sha256 = hashlib.sha256(LETTER).hexdigest()

    with db.transaction(ELSEWHERE) as tx:
        with pytest.raises(NotFound):
            files.read(tx, sha256)
        with pytest.raises(NotFound):
            files.document(tx, document_id)
        assert files.waiting(tx) == ()
        assert files.keep(tx, LETTER, WORD) == sha256
        received = e.ItemReceived(case_ref=south, **PLACE, item_id="r", item="copy", sha256=sha256)
        cases.append(tx, south, [received], None, AT)
        assert files.read(tx, sha256) == LETTER


def test_what_waits_for_approval(db: Database):
    ref = opened(db).ref
    first, second = drafted(db, ref), drafted(db, ref)
    assert second == f"{ref}-L2"
    added(db, ref, e.DocumentApproved(case_ref=ref, **PLACE, document_id=first))

    with db.transaction(PASTORAL) as tx:
        assert [document.document_id for document in files.waiting(tx)] == [second]
        assert [document.document_id for document in files.waiting(tx, "approved", NORTH)] == [first]
        assert files.waiting(tx, urn=SOUTH) == ()
