"""A witness statement: begun for one witness, drafted from what they did, confirmed by them alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, Unclear, given, next_id, write
from casework.actions.situations import situation_of
from casework.documents import CATALOGUE, Audience, template_named
from casework.documents.evidence import statement
from casework.documents.evidence.narrative import Names
from casework.documents.evidence.statement import Charged, Paragraph, Witness
from casework.domain import Case, Event, NotAllowed, NotFound, Officer, Role
from casework.domain import events as e
from casework.facts.codes import CodeClass
from casework.rules.situation import Situation
from casework.storage import cases, files, people
from casework.storage.files import Document


@dataclass(frozen=True)
class StatementDraft:
    """A statement as it stands: whose, its paragraphs and declaration, its exhibits' labels."""

    statement_id: str
    witness: Witness
    paragraphs: tuple[Paragraph, ...]
    declaration: str
    labels: Mapping[str, str]

    @property
    def confirmed(self) -> tuple[int, int]:
        """How many paragraphs are confirmed, and how many there are."""
        return sum(bool(p.confirmed) for p in self.paragraphs), len(self.paragraphs)


def begin(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    witness_id: str,
    parent_id: str,
    period_from: date,
    period_to: date,
) -> Case:
    """Begin a statement of one witness about one parent, for a period. Id `W` and number."""
    require(by.officer, Act.WRITE_CASES)
    if period_from > period_to:
        raise Unclear("The period ends before it begins.", "Give its first and last day.")

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        people.officer(tx, witness_id, by.on)
        if not any(p.contact_id == parent_id for p in people.parents(tx, case.upn)):
            raise NotFound("parent", parent_id, "Name one of the pupil's contacts.")
        begun = e.StatementBegun(
            **header,
            statement_id=next_id(case, "W"),
            witness_id=witness_id,
            parent_id=parent_id,
            period_from=period_from,
            period_to=period_to,
        )
        return (begun,)

    return write(inst, by, case_ref, make)


def confirm(
    inst: Installation, by: By, case_ref: str, *, statement_id: str, paragraph: str, text: str = ""
) -> Case:
    """The witness confirms one paragraph, in the words drafted or in their own, which win from then on.

    Raises:
        NotAllowed: Somebody else than the witness.
        NotFound: There is no such statement or paragraph, as it stands now.
    """
    require(by.officer, Act.WRITE_CASES)

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        begun = next((s for s in case.of(e.StatementBegun) if s.statement_id == statement_id), None)
        if begun is None:
            raise NotFound("statement", statement_id, "Begin it first.")
        if by.officer.officer_id != begun.witness_id:
            raise NotAllowed("confirm another person's statement", f"the witness, {begun.witness_id}")
        now = situation_of(tx, case, by.on)
        parent = next((p for p in now.parents if p.contact_id == begun.parent_id), None)
        draft = drafted(tx, now.about(parent), begun)
        assert draft is not None
        found = next((p for p in draft.paragraphs if p.key == paragraph), None)
        if found is None:
            keys = ", ".join(p.key for p in draft.paragraphs)
            raise NotFound("paragraph", paragraph, f"Paragraphs: {keys}.")
        words = given(text or found.draft, "The paragraph")
        return (
            e.StatementParagraphConfirmed(
                **header, statement_id=statement_id, paragraph=paragraph, text=words
            ),
        )

    return write(inst, by, case_ref, make)


def shown(
    inst: Installation, officer: Officer, case_ref: str, on: date, parent_id: str
) -> StatementDraft | None:
    """The latest statement about a parent as it stands, if one was begun."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        now = situation_of(tx, cases.load(tx, case_ref), on)
        parent = next((p for p in now.parents if p.contact_id == parent_id), None)
        return drafted(tx, now.about(parent))


def drafted(
    tx: Connection, situation: Situation, begun: e.StatementBegun | None = None
) -> StatementDraft | None:
    """The latest statement about the parent asked about, drafted from the case as it stands."""
    case = situation.case
    begun = begun or case.last(e.StatementBegun, parent_id=situation.parent_id)
    if begun is None:
        return None
    officer = people.officer(tx, begun.witness_id, situation.on)
    witness = Witness(officer.officer_id, officer.name, role_in_words(officer), situation.school.name)
    documents = [
        d
        for d in files.documents_of(tx, case.ref)
        if d.parent_id in ("", begun.parent_id) and d.state in ("issued", "served")
    ]
    names = Names(
        pupil=f"{situation.pupil.forename} {situation.pupil.surname}".strip(),
        parent_id=begun.parent_id,
        parents={p.contact_id: p.name for p in situation.parents},
        officers={officer.officer_id: officer.name},
        documents={d.document_id: CATALOGUE[d.template].title for d in documents if d.template in CATALOGUE},
    )
    produced = sorted(
        (d for d in documents if d.template in CATALOGUE and _to_a_parent(d)),
        key=lambda d: (d.issued_on or date.max, d.document_id),
    )
    described = {
        d.document_id: f"{names.documents[d.document_id].lower()} of {d.issued_on:%-d %B %Y}"
        for d in produced
    }
    described |= {page: words for page, kind, words in _PAGES_PRODUCED if case.of(kind)}
    labelled = dict(zip(described, labels(officer.name), strict=False))
    exhibits = [(labelled[key], words) for key, words in described.items()]
    paragraphs = statement.paragraphs(
        case.recorded,
        witness,
        names,
        _charged(situation, begun),
        exhibits,
        _confirmed(case, begun.statement_id),
    )
    declaration = situation.value("contents.witness_statement").declaration
    return StatementDraft(begun.statement_id, witness, paragraphs, declaration, labelled)


def _to_a_parent(document: Document) -> bool:
    """Whether it was written to a parent: a form to the authority is no exhibit."""
    return template_named(document.template).audience is Audience.PARENT


_PAGES_PRODUCED: tuple[tuple[str, type[Event], str], ...] = (
    ("meeting_record", e.MeetingHeld, "the record of meetings"),
    ("contact_log", e.ContactRecorded, "the contact log"),
)
"""Pages of ours that a witness produces beside letters, where the case has anything for them."""


def role_in_words(officer: Officer) -> str:
    """What an officer is, as a statement says it."""
    for role, words in _AS.items():
        if officer.holds(role):
            return words
    return "a member of staff"


_AS = {
    Role.HEADTEACHER: "the headteacher",
    Role.DSL: "the designated safeguarding lead",
    Role.PASTORAL_LEAD: "the pastoral lead",
    Role.ATTENDANCE_OFFICER: "the attendance officer",
    Role.EWO: "an education welfare officer",
    Role.AUTHORISED_OFFICER: "an authorised officer",
}


def labels(name: str) -> Iterator[str]:
    """IQ/1, IQ/2, ...: the initials of whoever produces the exhibits, and a running number."""
    initials = "".join(word[0] for word in name.split() if word[:1].isalpha()).upper() or "E"
    return (f"{initials}/{number}" for number in count(1))


def _confirmed(case: Case, statement_id: str) -> Mapping[str, str]:
    return {
        event.paragraph: event.text
        for event in case.of(e.StatementParagraphConfirmed)
        if event.statement_id == statement_id
    }


def _charged(situation: Situation, begun: e.StatementBegun) -> Charged:
    urn = situation.school.urn
    counts = situation.facts.counts(begun.period_from, begun.period_to, urn)
    sessions = tuple(
        str(x.session)
        for x in situation.facts.entries(begun.period_to, urn)
        if x.session.date >= begun.period_from and x.is_possible and x.code_class is CodeClass.UNAUTHORISED
    )
    return Charged(
        begun.period_from,
        begun.period_to,
        counts.possible,
        counts.attended,
        counts.authorised,
        counts.unauthorised,
        sessions,
    )
