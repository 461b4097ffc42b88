"""A copy of a case for whoever it is about, who asks for their data: a person says what is held back.

What is about another parent, in somebody else's words, of a court case or of the DSL's is marked with the
exemption it may fall under, and is left out unless a person lets it go. What the DSL holds only the DSL lets
go; sealed notes are never in it. One parent's address is never given to the other.

Source: data_protection.subject_access, data_protection.exemptions, data_protection.separated_parents
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import policy_letters
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_for
from casework.actions.recording import By
from casework.documents import copies, template_named
from casework.documents.copies import Entry, LeftOut
from casework.domain import Case, NotFound, Officer, Parent, Pupil, Role, School, Source
from casework.domain import events as e
from casework.domain.words import SEALED, day, describe, said
from casework.storage import cases, files, people, schools
from casework.storage.files import Document

OTHERS_WORDS = (
    e.NoteAdded,
    e.AgencyInvolved,
    e.AgreedWithLa,
    e.ProfessionalTold,
    e.EnquiryMade,
    e.CmeReported,
)
OF_COURT = (e.ProsecutionReferred, e.ProsecutionDecided)
BEGINNINGS = ((b"%PDF", "pdf"), (b"PK\x03\x04", "docx"), (b"\xff\xd8\xff", "jpg"), (b"\x89PNG", "png"))
"""How the files that are kept begin, and how their names end."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the case. `exemption` is what it may fall under, empty where nothing speaks against it.

    `sha256` is the file it brings; `dsl_only` says that nobody but the DSL lets it go.
    """

    entry: Entry
    exemption: str = ""
    why: str = ""
    sha256: str = ""
    dsl_only: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a copy for one person would hold, before anybody has looked."""

    case: Case
    pupil: Pupil
    school: School
    parents: tuple[Parent, ...]
    asked_by: str
    items: tuple[Item, ...]
    law: Source

    @property
    def marked(self) -> tuple[Item, ...]:
        """What a person decides about."""
        return tuple(item for item in self.items if item.exemption)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as it was made: its bytes, and what it holds and leaves out."""

    content: bytes
    given: int
    left_out: tuple[LeftOut, ...]


def prepare(inst: Installation, officer: Officer, case_ref: str, asked_by: str, on: date) -> Prepared:
    """Everything of a case as one person would be given it, with what is marked.

    Args:
        asked_by: The contact id of the parent who asks; empty for the pupil.

    Raises:
        NotFound: No such case or parent, or not one of this officer's.
    """
    require(officer, Act.GIVE_COPIES)
    with inst.act(officer) as tx:
        return _prepared(tx, cases.load(tx, case_ref), asked_by, on)


def make(inst: Installation, by: By, case_ref: str, asked_by: str, let_go: Collection[str]) -> Copy:
    """Make the copy and record it: what is marked is left out unless its ref is among those let go."""
    require(by.officer, Act.GIVE_COPIES)
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        prepared = _prepared(tx, case, asked_by, by.on)
        is_dsl = by.officer.holds(Role.DSL)
        given, left_out = [], []
        for item in prepared.items:
            lets_go = item.entry.ref in let_go and (is_dsl or not item.dsl_only)
            if item.exemption and not lets_go:
                left_out.append(LeftOut(item.entry.ref, item.entry.on, item.exemption, item.why))
            else:
                given.append(item)
        content = copies.archive(_files(tx, prepared, given, left_out))
        recorded = e.CopyGiven(
            **by.header(case_ref),
            asked_by=asked_by,
            given=len(given),
            left_out=tuple(f"{item.ref} {item.exemption}" for item in left_out),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        cases.append(tx, case_ref, (recorded,), by.seen, inst.now())
    return Copy(content, len(given), tuple(left_out))


# -- what there is, and what is marked -----------------------------------------------------------------------


def _prepared(tx: Connection, case: Case, asked_by: str, on: date) -> Prepared:
    parents = people.parents(tx, case.upn)
    if asked_by and asked_by not in {parent.contact_id for parent in parents}:
        raise NotFound("parent", asked_by, "Choose a contact of this pupil, or the pupil.")
    school = schools.school(tx, case.urn)
    law = policy_for(case, school).value("data_protection.exemptions", on).source
    names = {o.officer_id: o.name for o in people.officers(tx, on)} | {"engine": "casework"}
    others = [parent for parent in parents if parent.contact_id != asked_by]
    items = [
        *_events(case, parents, others, asked_by, names),
        *(_letter(letter, asked_by) for letter in files.documents_of(tx, case.ref) if letter.issued_sha256),
        *(_received(event) for event in case.of(e.ItemReceived) if event.sha256),
    ]
    pupil = people.pupil(tx, case.upn, case.urn)
    return Prepared(case, pupil, school, parents, asked_by, tuple(items), law)


def _events(
    case: Case, parents: tuple[Parent, ...], others: list[Parent], asked_by: str, names: Mapping[str, str]
) -> Iterator[Item]:
    for recorded in case.recorded:
        event = recorded.event
        what = describe(event)
        for parent in parents:
            name = parent.name if parent.contact_id == asked_by else "another parent"
            what = name.join(re.split(rf"\bparent {re.escape(parent.contact_id)}\b", what))
        entry = Entry(f"#{recorded.sequence}", event.on, what, said(event), names.get(event.by, event.by))
        exemption, why = _mark(event, entry, others, asked_by)
        yield Item(entry, exemption, why, dsl_only=isinstance(event, SEALED))


def _mark(event: e.Event, entry: Entry, others: list[Parent], asked_by: str) -> tuple[str, str]:
    """The exemption that something may fall under, and why it is looked at."""
    about = str(getattr(event, "parent_id", ""))
    if isinstance(event, SEALED):
        return "child_abuse_data", "It is of the DSL's work."
    if about and about != asked_by:
        return "third_party_data", "It is about somebody else."
    if any(_reveals(parent, entry) for parent in others):
        return "third_party_data", "It names another parent, or tells where to reach them."
    if isinstance(event, OF_COURT):
        return "legal_privilege", "It is of proceedings."
    if isinstance(event, OTHERS_WORDS):
        return "third_party_data", "It may name other people, or be in their words."
    return "", ""


def _reveals(parent: Parent, entry: Entry) -> bool:
    """Whether something names a parent, or tells where they are or how to reach them."""
    written = " ".join((entry.what, *entry.words)).lower()
    name = f"{parent.forename} {parent.surname}".strip()
    known = (name, parent.address_1, parent.postcode, parent.phone, parent.email)
    return any(len(text) > 4 and text.lower() in written for text in known)


def _letter(letter: Document, asked_by: str) -> Item:
    assert letter.issued_on
    assert letter.issued_sha256
    entry = Entry(letter.document_id, letter.issued_on, policy_letters.title(letter))
    if template_named(letter.template).sealed:
        return Item(
            entry, "child_abuse_data", "It is of the DSL's work.", letter.issued_sha256, dsl_only=True
        )
    if letter.parent_id == asked_by and asked_by:
        return Item(entry, sha256=letter.issued_sha256)
    why = "It was written to somebody else, and holds their address."
    return Item(entry, "third_party_data", why, letter.issued_sha256)


def _received(event: e.ItemReceived) -> Item:
    entry = Entry(event.item_id, event.on, f"Received: {event.item}")
    return Item(entry, "third_party_data", "Somebody sent it: look who, and whom it names.", event.sha256)


# -- the archive ---------------------------------------------------------------------------------------------


def _files(
    tx: Connection, prepared: Prepared, given: list[Item], left_out: list[LeftOut]
) -> dict[str, bytes]:
    pupil, school = prepared.pupil, prepared.school
    asker = next((p for p in prepared.parents if p.contact_id == prepared.asked_by), None)
    facts = {
        "Pupil": pupil.name,
        "Date of birth": day(pupil.dob) if pupil.dob else "not recorded",
        "UPN": pupil.upn,
        "School": school.name,
        "Case": prepared.case.ref,
        "Made for": asker.name if asker else pupil.name,
    }
    if asker:
        lines = (asker.address_1, asker.address_2, asker.town, asker.postcode)
        facts["Their address"] = ", ".join(filter(None, lines))
    entries = [item.entry for item in given if not item.sha256]
    documents = [item.entry for item in given if item.sha256]
    title = f"Copy of attendance case {prepared.case.ref}"
    sections = [("What happened", entries), ("Letters and papers, in the folder files", documents)]
    found = {
        "to-give/case.html": copies.page(title, facts, sections).encode(),
        "to-give/case.json": copies.data(facts, [item.entry for item in given]),
        "to-keep/left-out.html": copies.left_out_page(f"Left out of the {title.lower()}", left_out).encode(),
    }
    for item in given:
        if item.sha256:
            content = files.read(tx, item.sha256)
            ending = next((end for start, end in BEGINNINGS if content.startswith(start)), "bin")
            found[f"to-give/files/{item.entry.ref}.{ending}"] = content
    return found
