"""Letters: drafted from a step, approved where the policy says so, issued once, served, kept for ever.

A draft with everything it must say is rendered at once; one that lacks something waits, and its missing parts
are a task. The bytes that are issued are never rendered again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions import policy_letters, runs
from casework.actions.access import LA_OFFICERS, MAY, Act, in_words, require
from casework.actions.installation import Installation
from casework.actions.letter_checks import refuse_target, refuse_without_step, stopped
from casework.actions.letter_drafts import (
    WORD,
    completes,
    drafted_from,
    drafts,
    fields_for,
    rendered_for,
    snapshot_of,
)
from casework.actions.letter_fields import Given
from casework.actions.recording import By, Unclear, answered, next_id
from casework.actions.recording import given as given_text
from casework.actions.situations import situation_of
from casework.documents import CATALOGUE, Audience, Origin, Template, missing, template_named
from casework.documents.edited import faults_of_edit, words_of
from casework.documents.one_parent import refuse_another_parent
from casework.domain import ENGINE, Case, CaseworkError, NotAllowed, Officer, Parent, Role
from casework.domain import events as e
from casework.domain.words import inside
from casework.rules import deadlines
from casework.rules.situation import Situation
from casework.storage import cases, clocks, files, people
from casework.storage.files import Document

ABOUT_A_PARENT = ("notice_parent", "parent_name", "parent_signing")
"""What a form or record declares that is about one parent, though it is not to them."""


class NotReady(CaseworkError):
    """A letter was asked to be written or to go that may not yet; the message says what is missing."""

    def __init__(self, document_id: str, why: str) -> None:
        self.document_id = document_id
        super().__init__(f"Document {document_id} cannot go yet. {why}")


class EditRefused(CaseworkError):
    """A draft edited in Word cannot take the draft's place; every fault is named."""

    def __init__(self, document_id: str, found: tuple[str, ...]) -> None:
        self.document_id, self.faults = document_id, found
        super().__init__(f"The edited document {document_id} cannot be used. {' '.join(found)}")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as a list shows it: the stored row, its title and reader, and what it still lacks."""

    document: Document
    title: str
    parent_name: str
    lacking: tuple[str, ...]


def draft(
    inst: Installation, by: By, case_ref: str, template: str, parent_id: str = "", given: Given | None = None
) -> Case:
    """Draft one document on a case by hand.

    Args:
        parent_id: Whom a parent's letter is to.
        given: What a person writes for it, by field.

    Raises:
        NotFound: No such document, case or parent.
        NotAllowed: This officer may not write it: an authority's own notice is its officers' to write.
        CannotAddress, NamesAnotherParent: The letter may not be made as asked.
        NotReady: Something stops letters to this family now.
    """
    _require(by.officer, template_named(template), Act.WRITE_CASES)
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not clocks.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        now = situation_of(tx, case, by.on)
        refuse_target(now, template, given or {})
        readers: Sequence[Parent | None] = (None,)
        if template_named(template).audience is Audience.PARENT:
            readers = [parent for parent in now.parents if parent.contact_id == parent_id]
            if not readers:
                raise Unclear("A letter is always to one parent.", "Say which, by contact.")
        elif any(template_named(template).field(name) for name in ABOUT_A_PARENT):
            readers = [parent for parent in now.parents if parent.contact_id == parent_id] or (None,)
        refuse_without_step(case, template, parent_id)
        if why := stopped(now.about(readers[0]) if readers[0] else now, template):
            raise NotReady(template, why)
        events = tuple(drafts(inst, tx, now, template, readers, by, given or {}, strict=True))
        return cases.append(tx, case_ref, events, by.seen, inst.now())


def complete(inst: Installation, by: By, document_id: str, given: Given) -> Case:
    """Add to a draft what it lacked, and render it anew as of today. What was given before is kept.

    Raises:
        MissingFields: Something is missing still; what was given is not lost on the screen that gave it.
        NotReady: It was edited in Word since: made anew, those words would be lost.
    """
    with inst.act(by.officer, by.flow_run) as tx:
        letter = files.document(tx, document_id)
        _require(by.officer, template_named(letter.template), Act.WRITE_CASES)
        cases.lock(tx, letter.case_ref)
        case = cases.load(tx, letter.case_ref)
        if any(edit.document_id == document_id for edit in case.of(e.DocumentEdited)):
            raise NotReady(document_id, "It was edited in Word. Edit it there again, or draft a new one.")
        now = situation_of(tx, case, by.on)
        reader = _parent(now, letter.parent_id)
        said = {**letter.snapshot.get("given", {}), **given}
        refuse_target(now, letter.template, said)
        fields = fields_for(inst, tx, now, letter.template, reader, by.officer, said)
        rendered = rendered_for(inst, tx, now, letter.template, fields, said)
        drafted = e.DocumentDrafted(
            **by.header(case.ref),
            document_id=document_id,
            template=letter.template,
            parent_id=letter.parent_id,
            from_sequence=drafted_from(case, document_id),
            letter=said.get(policy_letters.NAME, ""),
        )
        snapshot = snapshot_of(fields, said)
        files.redraft(tx, document_id, snapshot, rendered.template_sha256, rendered.content, WORD)
        asked = answered(case, by.header(case.ref), completes(document_id), outcome="Complete")
        return cases.append(tx, case.ref, (*asked, drafted), by.seen, inst.now())


def put_back(inst: Installation, by: By, document_id: str, content: bytes) -> Case:
    """Put a draft that a person edited in Word in the place of the one they were given.

    Raises:
        EditRefused: It lost what must be said, whom it is to, or hides something; all of it is named.
        NamesAnotherParent: It shows a detail of another parent.
        TemplateFault: It is no Word document.
        NotReady: There is no draft of it yet.
    """
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, now = _locked(tx, document_id, by.on)
        template = template_named(letter.template)
        _require(by.officer, template, Act.WRITE_CASES)
        if letter.draft_sha256 is None:
            raise NotReady(document_id, " ".join(_lacking(letter)))
        found = faults_of_edit(template, content, letter.snapshot.get("fields", {}))
        if found:
            raise EditRefused(document_id, found)
        if now.parent is not None and template.audience is Audience.PARENT:
            refuse_another_parent({"its words": words_of(content)}, now.pupil, now.parent, now.parents)
        sha256 = files.redraft(tx, document_id, letter.snapshot, letter.template_sha256, content, WORD)
        edited = e.DocumentEdited(**by.header(case.ref), document_id=document_id, sha256=sha256)
        return cases.append(tx, case.ref, (edited,), by.seen, inst.now())


def approve(inst: Installation, by: By, document_id: str) -> Case:
    """Approve a draft, as one of those whom the policy names.

    Raises:
        NotAllowed: The policy names others.
        NotReady: The letter lacks something, or something stops letters to this family now.
    """
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, now = _locked(tx, document_id, by.on)
        role = _approving_role(now, letter, by)
        _refuse_unready(now, letter)
        approved = e.DocumentApproved(**replace(by, role=role).header(case.ref), document_id=document_id)
        return cases.append(tx, case.ref, (approved,), by.seen, inst.now())


def issue(inst: Installation, by: By, document_id: str) -> Case:
    """Issue a letter: from now on its bytes are fixed. Issuing it twice changes nothing.

    Raises:
        NotReady: It lacks something, waits for approval, or something stops letters to this family now.
    """
    with inst.act(by.officer) as tx:
        _require(by.officer, template_named(files.document(tx, document_id).template), Act.ISSUE_LETTERS)
    return _issue(inst, by, document_id)


def _issue(inst: Installation, by: By, document_id: str) -> Case:
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, now = _locked(tx, document_id, by.on)
        if letter.state in ("issued", "served"):
            return case
        if letter.state == "draft" and approvers(now, letter):
            named = in_words(approvers(now, letter))
            raise NotReady(document_id, f"It waits for approval by {named}.")
        _refuse_unready(now, letter)
        assert letter.draft_sha256 is not None
        issued = e.DocumentIssued(**by.header(case.ref), document_id=document_id, sha256=letter.draft_sha256)
        case = cases.append(tx, case.ref, (issued,), by.seen, inst.now())
        runs.did(tx, by.flow_run, by.on, issued=1)
        return case


def serve(
    inst: Installation,
    by: By,
    document_id: str,
    *,
    method: str,
    posted_on: date,
    served_on: date | None = None,
) -> Case:
    """Record how and when a letter went; the day it is deemed served follows from the law of that day.

    The same again changes nothing; another day or way is a correction, and stands.

    Args:
        method: first_class_post, second_class_post, by_hand, left_at_address or email.
        served_on: The true day, where it is known; otherwise worked out for post, and that day by hand.

    Raises:
        NotReady: Something stopped letters to this family on the day of posting. What went before the stop is
            recorded as it was.
    """
    if posted_on > by.on:
        raise Unclear(f"{posted_on:%d %B %Y} is a day to come.", "Record the posting once it has gone.")
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, now = _locked(tx, document_id, by.on)
        _require(by.officer, template_named(letter.template), Act.ISSUE_LETTERS)
        if letter.template == "penalty_notice":
            raise Unclear(
                "The time to pay runs from the service of a penalty notice.",
                "Record it as the notice's: its clocks start with it.",
            )
        if letter.issued_on and posted_on < letter.issued_on:
            raise Unclear(
                f"Document {document_id} was issued on {letter.issued_on:%d %B %Y}.", "Check the day."
            )
        then = tuple(item for item in case.recorded if item.event.on <= posted_on)
        if then and (why := stopped(replace(now, case=Case(case.ref, then)), letter.template)):
            raise NotReady(document_id, why)
        served_on = served_on or deemed_served(now, method, posted_on)
        last = [item for item in case.of(e.DocumentServed) if item.document_id == document_id][-1:]
        again = last and (last[0].method, last[0].posted_on, last[0].served_on)
        if letter.state == "served" and again == (method, posted_on, served_on):
            return case
        served = e.DocumentServed(
            **by.header(case.ref),
            document_id=document_id,
            method=given_text(method, "How it went"),
            posted_on=posted_on,
            served_on=served_on,
        )
        return cases.append(tx, case.ref, (served,), by.seen, inst.now())


def returned(inst: Installation, by: By, document_id: str, reason: str) -> Case:
    """Record that the post brought a letter back: it was not served, and somebody checks the address.

    Raises:
        NotThatState: It was never recorded as sent.
    """
    require(by.officer, Act.ISSUE_LETTERS)
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, _ = _locked(tx, document_id, by.on)
        header, title = by.header(case.ref), inside(template_named(letter.template).title)
        came_back = e.DocumentReturned(
            **header, document_id=document_id, reason=given_text(reason, "Why it came back")
        )
        check = e.TaskAdded(
            **header,
            task_id=next_id(case, "T", 1),
            title=f"The {title} came back: check the address with the family, then send it again",
            due_on=by.on,
            for_officer=case.owner_id,
        )
        return cases.append(tx, case.ref, (came_back, check), by.seen, inst.now())


def deemed_served(situation: Situation, method: str, posted_on: date) -> date:
    """The day on which something sent is taken to arrive: by the law of the post, or at once by hand."""
    rule = {
        "first_class_post": "clocks.deemed_service_first_class",
        "second_class_post": "clocks.deemed_service_second_class",
    }.get(method)
    if rule is None:
        return posted_on
    return deadlines.due(situation.policy, rule, posted_on, situation.calendar, situation.holidays)


def withdraw(inst: Installation, by: By, document_id: str, reason: str) -> Case:
    """Set a draft aside, or take an issued letter back; its bytes stay."""
    require(by.officer, Act.ISSUE_LETTERS)
    with inst.act(by.officer, by.flow_run) as tx:
        letter = files.document(tx, document_id)
        cases.lock(tx, letter.case_ref)
        case = cases.load(tx, letter.case_ref)
        taken = e.DocumentWithdrawn(
            **by.header(case.ref), document_id=document_id, reason=given_text(reason, "The reason")
        )
        asked = answered(case, by.header(case.ref), completes(document_id), outcome="Withdrawn")
        return cases.append(tx, case.ref, (*asked, taken), by.seen, inst.now())


def case_of(document_id: str) -> str:
    """The reference of the case that a document's id begins with."""
    return document_id.rpartition("-L")[0]


def catalogue() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """Every document of a case: its name, its title, for whom it is, and the fields that a person writes."""
    return tuple(
        (
            template.name,
            template.title,
            template.audience.value,
            tuple(field.name for field in template.fields if field.origin is Origin.PERSON),
        )
        for template in CATALOGUE.values()
    )


def letters_of(inst: Installation, officer: Officer, case_ref: str) -> tuple[Letter, ...]:
    """A case's letters, oldest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        cases.load(tx, case_ref)
        return as_letters(tx, files.documents_of(tx, case_ref), officer)


def waiting(inst: Installation, officer: Officer, state: str = "draft", urn: str = "") -> tuple[Letter, ...]:
    """Letters that wait for approval (`draft`) or to be issued (`approved`), oldest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return as_letters(tx, files.waiting(tx, state, urn), officer)


def content(inst: Installation, officer: Officer, document_id: str) -> tuple[Document, bytes]:
    """A letter and its bytes: those issued, or those of the draft.

    Raises:
        NotReady: The draft lacks something and has no bytes yet.
        NotAllowed: It is sealed, and this officer is not the DSL.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        letter = files.document(tx, document_id)
        refuse_sealed(officer, letter)
        sha256 = letter.issued_sha256 or letter.draft_sha256
        if sha256 is None:
            raise NotReady(document_id, " ".join(_lacking(letter)))
        return letter, files.read(tx, sha256)


def issued(inst: Installation) -> Iterator[tuple[str, bytes]]:
    """Every issued letter by its id, with its bytes."""
    with inst.act(ENGINE) as tx:
        for state in ("issued", "served"):
            for letter in files.waiting(tx, state, limit=100_000):
                if letter.issued_sha256 is not None:
                    yield letter.document_id, files.read(tx, letter.issued_sha256)


def approved(inst: Installation) -> list[str]:
    """The ids of approved letters that wait to be issued, oldest first."""
    with inst.act(ENGINE) as tx:
        return [letter.document_id for letter in files.waiting(tx, "approved")]


def issue_approved(
    inst: Installation, document_ids: Sequence[str], on: date, flow_run: str
) -> dict[str, int]:
    """Issue letters that a named person approved; what stops one leaves it approved, and is counted.

    Each letter is one transaction. One already issued is left as it is.
    """
    by = By(ENGINE, on, flow_run=flow_run)
    done = {"issued": 0, "stopped": 0}
    for document_id in document_ids:
        try:
            _issue(inst, by, document_id)
        except NotReady:
            done["stopped"] += 1
        else:
            done["issued"] += 1
    return done


# -- before a letter goes ------------------------------------------------------------------------------------


def may(officer: Officer, template: str, act: Act) -> bool:
    """Whether this officer may write (`WRITE_CASES`) or send (`ISSUE_LETTERS`) this document."""
    try:
        _require(officer, template_named(template), act)
    except NotAllowed:
        return False
    return True


def _require(officer: Officer, template: Template, act: Act) -> None:
    """Refuse whoever may not do this with this document.

    An authority's notice is its own officers'; what is sealed the DSL alone sends; a form about a child who
    may be in danger goes from whoever of the school is there.
    """
    if template.by_authority:
        if not officer.holds(*LA_OFFICERS) or not officer.la_codes:
            raise NotAllowed(f"write a {inside(template.title)}", f"{in_words(LA_OFFICERS)} of an LA")
    elif act is Act.ISSUE_LETTERS and template.sealed:
        require(officer, Act.WRITE_SEALED)
    elif act is Act.ISSUE_LETTERS and template.goes_always:
        require(officer, Act.WRITE_CASES)
    else:
        require(officer, act)


def refuse_sealed(officer: Officer, letter: Document) -> None:
    """Refuse whoever may not read a sealed document.

    Raises:
        NotAllowed: It is sealed, and this officer is not the DSL.
    """
    if template_named(letter.template).sealed:
        require(officer, Act.READ_SEALED)


def _locked(tx: Connection, document_id: str, on: date) -> tuple[Document, Case, Situation]:
    letter = files.document(tx, document_id)
    cases.lock(tx, letter.case_ref)
    letter = files.document(tx, document_id)
    case = cases.load(tx, letter.case_ref)
    now = situation_of(tx, case, on)
    parent = _parent(now, letter.parent_id)
    return letter, case, now.about(parent) if parent else now


def approvers(situation: Situation, letter: Document) -> frozenset[Role]:
    """Who approves this draft, as the policy says; nobody needs to where it is empty."""
    if own := policy_letters.approvers(situation, letter):
        return own
    named = situation.policy.maybe(template_named(letter.template).approval_key, situation.on)
    return frozenset(Role(name) for name in named.by) if named else frozenset()


def _approving_role(situation: Situation, letter: Document, by: By) -> str:
    """The role in which this officer may approve the draft that day, and so does."""
    named = approvers(situation, letter)
    if not named:
        require(by.officer, Act.APPROVE_LETTERS)
    held = by.officer.roles & (named or MAY[Act.APPROVE_LETTERS])
    if not held:
        raise NotAllowed(f"approve a {inside(template_named(letter.template).title)}", in_words(named))
    acting = {role.value for role in held}
    return by.role if by.role in acting else max(acting)


def _refuse_unready(situation: Situation, letter: Document) -> None:
    """Stop conditions are asked at draft, approval and posting: a letter already queued is pulled back."""
    lacking = _lacking(letter)
    if letter.draft_sha256 is None or lacking:
        raise NotReady(letter.document_id, " ".join(lacking) or "It has not been made yet.")
    if why := stopped(situation, letter.template):
        raise NotReady(letter.document_id, why)


def _lacking(letter: Document) -> tuple[str, ...]:
    if letter.draft_sha256 is not None:
        return ()
    return tuple(str(gap) for gap in missing(letter.template, letter.snapshot.get("fields", {})))


def readable(tx: Connection, rows: Sequence[Document], officer: Officer) -> list[Document]:
    """The documents that this officer may know of: what is sealed is for the DSL of its own school."""
    reads_sealed = {post.urn for post in officer.posts if post.role in MAY[Act.READ_SEALED]}
    return [
        row
        for row in rows
        if not template_named(row.template).sealed or cases.urn_of(tx, row.case_ref) in reads_sealed
    ]


def as_letters(tx: Connection, rows: Sequence[Document], officer: Officer) -> tuple[Letter, ...]:
    """Stored rows as lists show them, each with its title, its reader's name and what it lacks.

    What is sealed is on no list but that of the DSL of its school.
    """
    known: dict[str, dict[str, str]] = {}
    found = []
    for row in readable(tx, rows, officer):
        if row.case_ref not in known:
            upn = cases.load(tx, row.case_ref).upn
            known[row.case_ref] = {p.contact_id: p.name for p in people.parents(tx, upn)}
        title = policy_letters.title(row)
        found.append(Letter(row, title, known[row.case_ref].get(row.parent_id, ""), _lacking(row)))
    return tuple(found)


def _parent(situation: Situation, parent_id: str) -> Parent | None:
    return next((p for p in situation.parents if p.contact_id == parent_id), None)
