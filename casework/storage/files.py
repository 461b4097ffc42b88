"""Files kept for ever under the SHA-256 of their bytes, and the letters of each case.

A letter's row follows its events (drafted, approved, issued, served, withdrawn). The row and the bytes are
written with the event in one transaction, so a letter and its event both exist or neither does.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from casework.domain import events as e
from casework.domain.case import Case
from casework.domain.errors import CaseworkError, NotFound
from casework.domain.events import Event


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be drafted: the template and its digest, and `snapshot`, the fields it was filled with.

    `effect_key` makes it once only: a second draft under the same key is refused by the database.
    """

    document_id: str
    case_ref: str
    template: str
    template_sha256: str
    snapshot: Mapping[str, Any]
    drafted_on: date
    parent_id: str = ""
    effect_key: str | None = None
    flow_run: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A letter as it stands: `state` is draft, approved, issued, served or withdrawn."""

    document_id: str
    case_ref: str
    template: str
    template_sha256: str
    parent_id: str
    state: str
    snapshot: Mapping[str, Any]
    draft_sha256: str | None
    issued_sha256: str | None
    drafted_on: date
    approved_by: str
    issued_on: date | None
    served_on: date | None
    effect_key: str | None
    flow_run: str


class NotThatState(CaseworkError):
    """A letter was asked to do what its state does not allow."""

    def __init__(self, document_id: str, state: str, wanted: str) -> None:
        self.document_id, self.state, self.wanted = document_id, state, wanted
        super().__init__(
            f"Document {document_id} is {state}, so it cannot be {wanted}. "
            "Look at it again, or draft a new one."
        )


def keep(tx: Connection, content: bytes, media_type: str) -> str:
    """Keep a file for ever and give its SHA-256; the same bytes are kept once.

    It can be read through the cases that hold it: a case does once an event of it names the file.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    tx.execute(
        text("""
            insert into stored_file (sha256, content, size, media_type)
            values (:sha256, :content, :size, :media_type) on conflict do nothing
        """),
        {"sha256": sha256, "content": content, "size": len(content), "media_type": media_type},
    )
    return sha256


def read(tx: Connection, sha256: str) -> bytes:
    """The bytes of a kept file.

    Raises:
        NotFound: There is no such file, or no case this officer may know of holds it.
    """
    content = tx.execute(
        text("select content from stored_file where sha256 = :sha256"), {"sha256": sha256}
    ).scalar_one_or_none()
    if content is None:
        raise NotFound("file", sha256, "Open it from its case, or ask whether the case is at your school.")
    return bytes(content)


def document_id_for(case: Case, ahead: int = 0) -> str:
    """The id of the case's next letter: its reference, then L and a number from 1."""
    drafted = {event.document_id for event in case.of(e.DocumentDrafted)}
    return f"{case.ref}-L{len(drafted) + 1 + ahead}"


def draft(tx: Connection, letter: Draft, content: bytes | None = None, media_type: str = "") -> str | None:
    """Put down a letter's draft, with its bytes if it has been rendered; gives their SHA-256.

    The event that says so is added by the caller in the same transaction.
    """
    sha256 = None if content is None else keep(tx, content, media_type)
    tx.execute(
        text("""
            insert into document (document_id, case_ref, school_id, template, template_sha256, parent_id,
                snapshot, draft_sha256, drafted_on, effect_key, flow_run)
            select :document_id, case_ref, school_id, :template, :template_sha256, :parent_id,
                cast(:snapshot as jsonb), :draft_sha256, :drafted_on, :effect_key, :flow_run
            from case_file where case_ref = :case_ref
        """),
        {
            "document_id": letter.document_id,
            "case_ref": letter.case_ref,
            "template": letter.template,
            "template_sha256": letter.template_sha256,
            "parent_id": letter.parent_id,
            "snapshot": json.dumps(letter.snapshot),
            "draft_sha256": sha256,
            "drafted_on": letter.drafted_on,
            "effect_key": letter.effect_key,
            "flow_run": letter.flow_run,
        },
    )
    if sha256:
        _hold(tx, letter.case_ref, sha256)
    return sha256


def redraft(
    tx: Connection,
    document_id: str,
    snapshot: Mapping[str, Any],
    template_sha256: str,
    content: bytes,
    media_type: str,
) -> str:
    """Put a draft down anew, filled with more or other fields; gives the SHA-256 of its new bytes.

    Raises:
        NotThatState: It is no longer a draft.
        NotFound: There is no letter of that id.
    """
    sha256 = keep(tx, content, media_type)
    _move(
        tx,
        document_id,
        "draft",
        ("draft",),
        snapshot=json.dumps(snapshot),
        template_sha256=template_sha256,
        draft_sha256=sha256,
    )
    _hold(tx, document(tx, document_id).case_ref, sha256)
    return sha256


def follow(tx: Connection, events: Iterable[Event]) -> None:
    """Bring letters and held files up to date with events just added to a case, in their order.

    An authority's own notice is served under its own name, which is no letter's here.

    Raises:
        NotThatState: A letter is issued, approved or served out of turn.
        NotFound: There is no letter of that id.
    """
    for event in events:
        match event:
            case e.ItemReceived(sha256=sha256) if sha256:
                _hold(tx, event.case_ref, sha256)
            case e.EvidencePackPrepared() | e.EvidencePackRedacted():
                for sha256 in dict.fromkeys((event.manifest, *event.files)):
                    _hold(tx, event.case_ref, sha256)
            case e.DocumentApproved():
                _move(tx, event.document_id, "approved", ("draft",), approved_by=event.by)
            case e.DocumentIssued():
                _hold(tx, event.case_ref, event.sha256)
                states = ("draft", "approved")
                _move(tx, event.document_id, "issued", states, issued_sha256=event.sha256, issued_on=event.on)
            case e.DocumentServed() if event.document_id.startswith(event.case_ref):
                _move(tx, event.document_id, "served", ("issued", "served"), served_on=event.served_on)
            case e.DocumentReturned() if event.document_id.startswith(event.case_ref):
                _move(tx, event.document_id, "issued", ("served",), served_on=None)
            case e.DocumentWithdrawn():
                _move(tx, event.document_id, "withdrawn", ("draft", "approved", "issued", "served"))


def document(tx: Connection, document_id: str) -> Document:
    """One letter.

    Raises:
        NotFound: There is no such letter, or this officer may not know of its case.
    """
    row = tx.execute(
        text(f"select {_COLUMNS} from document where document_id = :document_id"),
        {"document_id": document_id},
    ).one_or_none()
    if row is None:
        raise NotFound("document", document_id, "Check the id in the case's list of documents.")
    return Document(*row)


def documents_of(tx: Connection, case_ref: str) -> tuple[Document, ...]:
    """A case's letters, in the order they were drafted."""
    rows = tx.execute(
        text(
            f"select {_COLUMNS} from document where case_ref = :case_ref order by drafted_on, recorded_at, "
            "length(document_id), document_id"
        ),
        {"case_ref": case_ref},
    )
    return tuple(Document(*row) for row in rows)


def waiting(tx: Connection, state: str = "draft", urn: str = "", limit: int = 500) -> tuple[Document, ...]:
    """Letters that wait for approval (`draft`) or to be issued (`approved`), oldest first."""
    rows = tx.execute(
        text(f"""
            select {_COLUMNS} from document join school using (school_id)
            where state = :state and (:urn = '' or urn = :urn)
            order by drafted_on, document_id limit :limit
        """),
        {"state": state, "urn": urn, "limit": limit},
    )
    return tuple(Document(*row) for row in rows)


_COLUMNS = (
    "document_id, case_ref, template, template_sha256, parent_id, state, snapshot, draft_sha256, "
    "issued_sha256, drafted_on, approved_by, issued_on, served_on, effect_key, flow_run"
)


def _hold(tx: Connection, case_ref: str, sha256: str) -> None:
    tx.execute(
        text("""
            insert into case_holds_file (case_ref, sha256) values (:case_ref, :sha256) on conflict do nothing
        """),
        {"case_ref": case_ref, "sha256": sha256},
    )


def _move(
    tx: Connection, document_id: str, state: str, from_states: tuple[str, ...], **columns: object
) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in ("state", *columns))
    moved = tx.execute(
        text(
            f"update document set {changes} where document_id = :document_id and state = any (:from_states)"
        ),
        {"document_id": document_id, "state": state, "from_states": list(from_states), **columns},
    ).rowcount
    if not moved:
        raise NotThatState(document_id, document(tx, document_id).state, state)
