"""What a case holds for a pack: letters as issued, what was received, the register, pages made of them."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from casework.actions.installation import Installation
from casework.actions.letter_drafts import WORD
from casework.actions.statements import StatementDraft, drafted
from casework.documents import CATALOGUE
from casework.documents.evidence import narrative, pages
from casework.documents.evidence.binding import PDF, pages_in
from casework.documents.evidence.narrative import Names
from casework.documents.evidence.pages import Change, Heading, Marks
from casework.documents.evidence.paper import Paper, to_pdf
from casework.documents.fields import year_in_words
from casework.domain import Officer
from casework.domain import events as e
from casework.domain.calendar import academic_year_of
from casework.domain.evidence import Held
from casework.domain.words import day
from casework.facts.codes import CodeClass
from casework.policy import code_meanings
from casework.rules.preflight import period_of
from casework.rules.situation import Situation
from casework.storage import files, people, registers
from casework.storage.files import Document
from casework.storage.registers import AmendedMark

_OPEN_DSL_KINDS = ("pupil_voice", "three_houses", "risk_sheet")
_HEAD = {b"%PDF": PDF, b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Gathered:
    """Everything a pack can be made from, read in one transaction.

    `content` holds the bytes of what is held, by SHA-256.
    """

    situation: Situation
    held: tuple[Held, ...]
    documents: tuple[Document, ...]
    content: Mapping[str, bytes]
    officers: Mapping[str, str]
    changes: tuple[AmendedMark, ...]
    read_at: datetime
    statement: StatementDraft | None
    prepared_by: Officer

    @property
    def names(self) -> Names:
        """How pages name people; letters to another parent have no name here."""
        situation = self.situation
        parent_id = situation.parent_id
        return Names(
            pupil=f"{situation.pupil.forename} {situation.pupil.surname}".strip(),
            parent_id=parent_id,
            parents={p.contact_id: p.name for p in situation.parents},
            officers=self.officers,
            documents={
                d.document_id: title_of(d.template)
                for d in self.documents
                if not (parent_id and d.parent_id and d.parent_id != parent_id)
            },
        )

    @property
    def heading(self) -> Heading:
        """What stands at the head of each page."""
        pupil = self.situation.pupil
        return Heading(
            pupil=f"{pupil.forename} {pupil.surname}".strip(),
            born=pupil.dob,
            year_group=year_in_words(pupil.year_group),
            upn=pupil.upn,
            school=self.situation.school.name,
            reference=self.situation.case.ref,
        )

    def form(self, template: str) -> Mapping[str, Any]:
        """The fields of the latest issued document of a template about this parent."""
        parent_id = self.situation.parent_id
        for document in reversed(self.documents):
            mine = document.parent_id in ("", parent_id) or not parent_id
            if document.template == template and mine and document.state in ("issued", "served"):
                fields = document.snapshot.get("fields", {})
                return fields if isinstance(fields, Mapping) else {}
        return {}


def gather(
    inst: Installation, tx: Connection, situation: Situation, by: Officer, read_at: datetime | None = None
) -> Gathered:
    """Read everything a pack about this parent can be made from.

    Args:
        read_at: When the register was read, as the pack says it; now if none.
    """
    case = situation.case
    documents = files.documents_of(tx, case.ref)
    sealed = tuple(
        kind for kind in situation.value("preflight.nothing_excluded").kinds if kind not in _OPEN_DSL_KINDS
    )
    held = (*_letters(situation, documents, sealed), *_received(situation, sealed))
    content = {h.sha256: files.read(tx, h.sha256) for h in held if h.sha256}
    return Gathered(
        situation=situation,
        held=held,
        documents=documents,
        content=content,
        officers={o.officer_id: o.name for o in people.officers(tx, situation.on)},
        changes=tuple(c for c in registers.amended_marks(tx, case.upn) if c.urn == case.urn),
        read_at=read_at or inst.now(),
        statement=drafted(tx, situation),
        prepared_by=by,
    )


def title_of(template: str) -> str:
    """A document's title; of one the catalogue no longer has, its name in words."""
    known = CATALOGUE.get(template)
    return known.title if known is not None else template.replace("_", " ").capitalize()


def kind_of(item: str) -> str:
    """What was received, as packs name it: `Previous-year printout` is previous_year_printout."""
    return "_".join(re.findall(r"[a-z0-9]+", item.lower()))


def register_digest(situation: Situation, until: date) -> str:
    """A digest of every mark held of the pupil up to a day: what comes in later changes no pack."""
    digest = hashlib.sha256()
    for held in situation.facts.registers:
        digest.update(f"{held.urn} {held.roll}\n".encode())
        for mark in held.marks:
            if mark.session.date <= until:
                digest.update(f"{mark.session} {mark.code}\n".encode())
    return digest.hexdigest()


def media_type_of(content: bytes) -> str:
    """What kind of file some bytes are: PDF, picture, Word, or nothing that a pack can show."""
    for head, kind in _HEAD.items():
        if content.startswith(head):
            return kind
    return WORD if content.startswith(b"PK") and b"word/" in content else ""


def _letters(situation: Situation, documents: Sequence[Document], sealed: Sequence[str]) -> Iterable[Held]:
    issued = {
        item.event.document_id: item
        for item in situation.case.recorded
        if isinstance(item.event, e.DocumentIssued)
    }
    sent = {event.document_id for event in situation.case.of(e.DocumentServed)}
    names = {p.contact_id: p.name for p in situation.parents}
    for document in documents:
        there = issued.get(document.document_id)
        if there is None or document.state == "withdrawn" or document.issued_sha256 is None:
            continue
        to = names.get(document.parent_id, "")
        yield Held(
            kind=document.template,
            title=title_of(document.template) + (f" to {to}" if to else ""),
            on=document.issued_on or there.event.on,
            source=there.ref,
            sha256=document.issued_sha256,
            media_type=WORD,
            parent_id=document.parent_id,
            document_id=document.document_id,
            served_on=document.served_on,
            posted=document.document_id in sent,
            sealed=document.template in sealed,
        )


def _received(situation: Situation, sealed: Sequence[str]) -> Iterable[Held]:
    for item in situation.case.recorded:
        event = item.event
        if isinstance(event, e.ItemReceived) and event.sha256 and event.on <= situation.on:
            kind = kind_of(event.item)
            yield Held(
                kind=kind,
                title=event.item.strip().capitalize(),
                on=event.on,
                source=item.ref,
                sha256=event.sha256,
                document_id=event.item_id,
                sealed=kind in sealed,
            )


# -- the pages made here -------------------------------------------------------------------------------------


def page(gathered: Gathered, name: str, pack: str) -> bytes:
    """One page that a pack makes itself, as PDF."""
    if name == "statement":
        return _statement(gathered, pack)
    return to_pdf(_PAGES[name](gathered, pack))


def marks_of_year(gathered: Gathered, year: int) -> Marks:
    """The register of a school year, up to the day asked about."""
    first, last = date(year, 9, 1), min(date(year + 1, 8, 31), gathered.situation.on)
    return marks_between(gathered, first, last)


def marks_between(gathered: Gathered, first: date, last: date) -> Marks:
    """The register of some days at the case's own school, with counts that are those of its rows."""
    situation = gathered.situation
    held = next(r for r in situation.facts.registers if r.urn == situation.school.urn)
    entries = [
        x
        for x in situation.facts.entries(last, situation.school.urn)
        if x.session.date >= first and held.on_roll(x.session.date)
    ]
    possible = [x for x in entries if x.is_possible]
    counts = situation.facts.counts(first, last, situation.school.urn)
    unauthorised = tuple(x.session for x in possible if x.code_class is CodeClass.UNAUTHORISED)
    return Marks(
        first=entries[0].session.date if entries else first,
        last=entries[-1].session.date if entries else last,
        codes={x.session: x.code for x in entries},
        unauthorised=unauthorised,
        possible=counts.possible,
        attended=counts.attended,
        authorised=counts.authorised,
        other=sum(x.code_class is CodeClass.POSSIBLE_ONLY for x in possible),
        read_at=gathered.read_at.astimezone(ZoneInfo(situation.school.timezone)).replace(tzinfo=None),
    )


def figures_of(gathered: Gathered, pack: str) -> dict[str, Any]:
    """Every figure of a pack with the sessions it is made of."""
    first, last = period_of(gathered.situation, pack)
    marks = marks_between(gathered, first, last)
    return {
        "period_from": first.isoformat(),
        "period_to": last.isoformat(),
        "possible": marks.possible,
        "attended": marks.attended,
        "authorised": marks.authorised,
        "unauthorised": [f"{session} {marks.codes[session]}" for session in marks.unauthorised],
    }


def figures_of_letters(gathered: Gathered, document_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The counts each letter prints, as it was filled, and the sessions that are in its period now."""
    found = []
    for document in gathered.documents:
        fields = document.snapshot.get("fields", {})
        if document.document_id not in document_ids or not fields.get("period_from"):
            continue
        first, last = (date.fromisoformat(fields[name]) for name in ("period_from", "period_to"))
        marks = marks_between(gathered, first, last)
        printed = {
            n: fields[n] for n in ("possible", "attended", "authorised", "unauthorised") if n in fields
        }
        sessions = [f"{session} {marks.codes[session]}" for session in marks.unauthorised]
        found.append(
            {
                "document": document.document_id,
                "period_from": first.isoformat(),
                "period_to": last.isoformat(),
            }
            | {"printed": printed, "unauthorised_now": sessions}
        )
    return found


def _meanings(gathered: Gathered) -> Mapping[str, str]:
    return code_meanings(gathered.situation.policy, gathered.situation.on)


def _current(gathered: Gathered, pack: str) -> Paper:
    year = academic_year_of(gathered.situation.on)
    return pages.register(
        gathered.heading,
        marks_of_year(gathered, year),
        _meanings(gathered),
        f"Coded register, {year}/{(year + 1) % 100:02}",
    )


def _previous(gathered: Gathered, pack: str) -> Paper:
    year = academic_year_of(gathered.situation.on) - 1
    marks = marks_of_year(gathered, year)
    title = f"Coded register, {year}/{(year + 1) % 100:02}"
    return pages.register(gathered.heading, marks, _meanings(gathered), title)


def _with_comments(gathered: Gathered, pack: str) -> Paper:
    situation = gathered.situation
    year = academic_year_of(situation.on)
    held = next(r for r in situation.facts.registers if r.urn == situation.school.urn)
    comments = {mark.session: mark.comment for mark in held.marks if mark.comment}
    log = narrative.contact_log(situation.case.recorded, gathered.names)
    return pages.register_with_comments(
        gathered.heading, marks_of_year(gathered, year), _meanings(gathered), comments, log
    )


def _changes(gathered: Gathered, pack: str) -> Paper:
    first, last = period_of(gathered.situation, pack)
    found = [
        Change(c.session, c.was, c.now, _local(gathered, c.amended_at), c.by, c.position, c.reason)
        for c in gathered.changes
        if first <= c.session.date <= last
    ]
    return pages.history_of_change(gathered.heading, found, first, last)


def _local(gathered: Gathered, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(gathered.situation.school.timezone)).replace(tzinfo=None)


def _rows(
    title: str, rows: Callable[..., list[narrative.Row]], what: str, outcome: str
) -> Callable[[Gathered, str], Paper]:
    return lambda gathered, pack: pages.narrative(
        gathered.heading, title, rows(gathered.situation.case.recorded, gathered.names), what, outcome
    )


def _meetings(gathered: Gathered, pack: str) -> Paper:
    found = narrative.meetings(gathered.situation.case.recorded, gathered.names)
    return pages.meeting_record(gathered.heading, found)


def _views(gathered: Gathered, pack: str) -> Paper:
    found = narrative.views(gathered.situation.case.recorded, gathered.names)
    return pages.pairs(gathered.heading, "What the child and the parents said", found)


def _family(gathered: Gathered, pack: str) -> Paper:
    situation = gathered.situation
    risks = [
        f"{day(event.on)}: {event.says}"
        for event in situation.case.of(e.ContactRecorded)
        if event.method == "visit" and event.risk_note_read is not None and event.says
    ]
    professionals = [
        (p.role.replace("_", " ").capitalize(), ", ".join(filter(None, (p.name, p.organisation, p.phone))))
        for p in situation.professionals
        if p.involved(situation.on)
    ]
    stated = str(gathered.form("penalty_notice_request").get("siblings", "")) or str(
        gathered.form("prosecution_referral").get("siblings", "")
    )
    siblings = [stated] if stated else []
    return pages.family_sheet(gathered.heading, situation.parents, siblings, professionals, risks)


def _statement(gathered: Gathered, pack: str) -> bytes:
    draft = gathered.statement
    assert draft is not None
    length = 1
    while True:  # The statement names its own length, which may add a line to it.
        made = to_pdf(
            pages.statement(gathered.heading, draft.witness, draft.paragraphs, draft.declaration, length)
        )
        now = pages_in(made)
        if now <= length:
            return made
        length = now


_PAGES: Mapping[str, Callable[[Gathered, str], Paper]] = {
    "register_current": _current,
    "register_previous": _previous,
    "register_with_comments": _with_comments,
    "history_of_change": _changes,
    "chronology": _rows("Chronology", narrative.chronology, "What happened", "What came of it"),
    "contact_log": _rows("Contact log", narrative.contact_log, "Contact", "What came of it"),
    "support_list": _rows("Help offered", narrative.support_list, "Help offered", "What came of it"),
    "posting_record": _rows("How letters went", narrative.posting, "Letter", "How it went"),
    "enquiry_log": _rows("Enquiries and visits", narrative.enquiries, "Enquiry", "Answer"),
    "meeting_record": _meetings,
    "views": _views,
    "family_sheet": _family,
}
"""Every page a pack can make itself, by the name its policy gives it."""
