"""Letters: drafted from a step, approved where the policy says so, issued once, served, kept for ever.

A draft with everything it must say is rendered at once; one that lacks something waits, and its missing parts
are a task. The bytes that are issued are never rendered again.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions import policy_letters, runs
from casework.actions.access import Act, in_words, require
from casework.actions.installation import Installation
from casework.actions.letter_checks import refuse_target, refuse_without_step, stopped
from casework.actions.letter_fields import Given, fields_of
from casework.actions.letter_forms import Fields
from casework.actions.recording import By, Header, Unclear, answered, next_id
from casework.actions.recording import given as given_text
from casework.actions.situations import situation_of
from casework.documents import CATALOGUE, Audience, MissingFields, missing, template_named
from casework.documents.errors import CannotAddress, NamesAnotherParent
from casework.domain import (
    ENGINE,
    Case,
    CaseworkError,
    Event,
    NotAllowed,
    Officer,
    Parent,
    Role,
)
from casework.domain import events as e
from casework.domain.words import inside
from casework.rules import deadlines
from casework.rules.situation import Situation
from casework.stages.stage import Stage
from casework.storage import cases, clocks, files, letterheads, people
from casework.storage.files import Document, Draft

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class NotReady(CaseworkError):
    """A letter was asked to be written or to go that may not yet; the message says what is missing."""

    def __init__(self, document_id: str, why: str) -> None:
        self.document_id = document_id
        super().__init__(f"Document {document_id} cannot go yet. {why}")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as a list shows it: the stored row, its title and reader, and what it still lacks."""

    document: Document
    title: str
    parent_name: str
    lacking: tuple[str, ...]


def draft_for_step(
    inst: Installation, tx: Connection, situation: Situation, stage: Stage, case: Case, by: By
) -> tuple[Event, ...]:
    """The drafts that a step's document asks for, one for each parent it is to, while it is recorded."""
    if stage.document is None or stage.document not in CATALOGUE:
        return ()  # The LA sends some notices on its own paper.
    now = replace(situation, case=case)
    own = policy_letters.of_stage(now, stage)
    if own is not None and policy_letters.sent(case, own.name, own.since):
        return ()  # The family has the policy's letter about this already.
    said = policy_letters.said(tx, now, own.name) if own else {}
    return tuple(_drafts(inst, tx, now, stage.document, _recipients(now, stage), by, said))


def draft_from_policy(
    inst: Installation, tx: Connection, situation: Situation, letter: str, by: By
) -> tuple[Event, ...]:
    """The drafts of one of the policy's own letters, one for each parent, in the policy's words."""
    template = str(situation.value(f"letters.{letter}").template)
    readers: Sequence[Parent | None] = situation.liable_parents
    if template_named(template).audience is not Audience.PARENT:
        readers = (None,)
    said = policy_letters.said(tx, situation, letter)
    return tuple(_drafts(inst, tx, situation, template, readers, by, said))


def draft(
    inst: Installation, by: By, case_ref: str, template: str, parent_id: str = "", given: Given | None = None
) -> Case:
    """Draft one document on a case by hand.

    Args:
        parent_id: Whom a parent's letter is to.
        given: What a person writes for it, by field.

    Raises:
        NotFound: No such document, case or parent.
        CannotAddress, NamesAnotherParent: The letter may not be made as asked.
        NotReady: Something stops letters to this family now.
    """
    require(by.officer, Act.WRITE_CASES)
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
        refuse_without_step(case, template, parent_id)
        if why := stopped(now.about(readers[0]) if readers[0] else now, template):
            raise NotReady(template, why)
        events = tuple(_drafts(inst, tx, now, template, readers, by, given or {}, strict=True))
        return cases.append(tx, case_ref, events, by.seen, inst.now())


def complete(inst: Installation, by: By, document_id: str, given: Given) -> Case:
    """Add to a draft what it lacked, and render it anew. What was given before is kept.

    Raises:
        MissingFields: Something is missing still; what was given is not lost on the screen that gave it.
    """
    require(by.officer, Act.WRITE_CASES)
    with inst.act(by.officer, by.flow_run) as tx:
        letter = files.document(tx, document_id)
        cases.lock(tx, letter.case_ref)
        case = cases.load(tx, letter.case_ref)
        now = situation_of(tx, case, letter.drafted_on)
        reader = _parent(now, letter.parent_id)
        said = {**letter.snapshot.get("given", {}), **given}
        refuse_target(now, letter.template, said)
        fields = _fields(inst, tx, now, letter.template, reader, by.officer, said)
        rendered = inst.letters.render(letter.template, fields)
        drafted = e.DocumentDrafted(
            **by.header(case.ref),
            document_id=document_id,
            template=letter.template,
            parent_id=letter.parent_id,
            from_sequence=_drafted_from(case, document_id),
            letter=said.get(policy_letters.NAME, ""),
        )
        snapshot = _snapshot(fields, said)
        files.redraft(tx, document_id, snapshot, rendered.template_sha256, rendered.content, WORD)
        asked = answered(case, by.header(case.ref), _completes(document_id), outcome="Complete")
        return cases.append(tx, case.ref, (*asked, drafted), by.seen, inst.now())


def approve(inst: Installation, by: By, document_id: str) -> Case:
    """Approve a draft, as one of those whom the policy names.

    Raises:
        NotAllowed: The policy names others.
        NotReady: The letter lacks something, or something stops letters to this family now.
    """
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, now = _locked(tx, document_id, by.on)
        _refuse_approver(now, letter, by.officer)
        _refuse_unready(now, letter)
        approved = e.DocumentApproved(**by.header(case.ref), document_id=document_id)
        return cases.append(tx, case.ref, (approved,), by.seen, inst.now())


def issue(inst: Installation, by: By, document_id: str) -> Case:
    """Issue a letter: from now on its bytes are fixed. Issuing it twice changes nothing.

    Raises:
        NotReady: It lacks something, waits for approval, or something stops letters to this family now.
    """
    require(by.officer, Act.ISSUE_LETTERS)
    return _issue(inst, by, document_id)


def _issue(inst: Installation, by: By, document_id: str) -> Case:
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, now = _locked(tx, document_id, by.on)
        if letter.state in ("issued", "served"):
            return case
        if letter.state == "draft" and _approvers(now, letter):
            raise NotReady(document_id, f"It waits for approval by {in_words(_approvers(now, letter))}.")
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
    require(by.officer, Act.ISSUE_LETTERS)
    if posted_on > by.on:
        raise Unclear(f"{posted_on:%d %B %Y} is a day to come.", "Record the posting once it has gone.")
    with inst.act(by.officer, by.flow_run) as tx:
        letter, case, now = _locked(tx, document_id, by.on)
        if letter.issued_on and posted_on < letter.issued_on:
            raise Unclear(
                f"Document {document_id} was issued on {letter.issued_on:%d %B %Y}.", "Check the day."
            )
        then = tuple(item for item in case.recorded if item.event.on <= posted_on)
        if then and (why := stopped(replace(now, case=Case(case.ref, then)), letter.template)):
            raise NotReady(document_id, why)
        served_on = served_on or deemed_served(now, method, posted_on)
        last = [item for item in case.of(e.DocumentServed) if item.document_id == document_id][-1:]
        if last and (last[0].method, last[0].posted_on, last[0].served_on) == (method, posted_on, served_on):
            return case
        served = e.DocumentServed(
            **by.header(case.ref),
            document_id=document_id,
            method=given_text(method, "How it went"),
            posted_on=posted_on,
            served_on=served_on,
        )
        return cases.append(tx, case.ref, (served,), by.seen, inst.now())


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
        asked = answered(case, by.header(case.ref), _completes(document_id), outcome="Withdrawn")
        return cases.append(tx, case.ref, (*asked, taken), by.seen, inst.now())


def letters_of(inst: Installation, officer: Officer, case_ref: str) -> tuple[Letter, ...]:
    """A case's letters, oldest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        cases.load(tx, case_ref)
        return as_letters(tx, files.documents_of(tx, case_ref))


def waiting(inst: Installation, officer: Officer, state: str = "draft", urn: str = "") -> tuple[Letter, ...]:
    """Letters that wait for approval (`draft`) or to be issued (`approved`), oldest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return as_letters(tx, files.waiting(tx, state, urn))


def content(inst: Installation, officer: Officer, document_id: str) -> tuple[Document, bytes]:
    """A letter and its bytes: those issued, or those of the draft.

    Raises:
        NotReady: The draft lacks something and has no bytes yet.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        letter = files.document(tx, document_id)
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


# -- drafting ------------------------------------------------------------------------------------------------


def _drafts(
    inst: Installation,
    tx: Connection,
    situation: Situation,
    template: str,
    readers: Sequence[Parent | None],
    by: By,
    given: Given,
    strict: bool = False,
) -> Iterator[Event]:
    case, header = situation.case, by.header(situation.case.ref)
    for ahead, reader in enumerate(readers):
        try:
            fields = _fields(inst, tx, situation, template, reader, by.officer, given)
        except (CannotAddress, NamesAnotherParent) as refused:
            if strict:
                raise
            title = inside(template_named(template).title)
            yield _ask_for(header, case, ahead, situation, f"The {title} waits. {refused}")
            continue
        document_id = files.document_id_for(case, ahead)
        letter = Draft(
            document_id=document_id,
            case_ref=case.ref,
            template=template,
            template_sha256="",
            snapshot=_snapshot(fields, given),
            drafted_on=by.on,
            parent_id=reader.contact_id if reader else "",
            flow_run=by.flow_run,
        )
        try:
            rendered = inst.letters.render(template, fields)
        except MissingFields as lacking:
            files.draft(tx, letter)
            yield _drafted(header, letter, case)
            count = len(lacking.missing)
            things = "one thing is" if count == 1 else f"{count} things are"
            whose = f" for {reader.name}" if reader else ""
            title = f"Complete the {inside(template_named(template).title)}{whose}: {things} missing"
            yield _ask_for(header, case, len(readers) + ahead, situation, title, _completes(document_id))
            continue
        letter = replace(letter, template_sha256=rendered.template_sha256)
        files.draft(tx, letter, rendered.content, WORD)
        yield _drafted(header, letter, case)


def _drafted(header: Header, letter: Draft, case: Case) -> Event:
    return e.DocumentDrafted(
        **header,
        document_id=letter.document_id,
        template=letter.template,
        parent_id=letter.parent_id,
        from_sequence=case.sequence,
        letter=letter.snapshot["given"].get(policy_letters.NAME, ""),
    )


def _completes(document_id: str) -> str:
    """The key of the task that asks for what a draft lacks."""
    return f"complete:{document_id}"


def _ask_for(header: Header, case: Case, ahead: int, situation: Situation, says: str, key: str = "") -> Event:
    return e.TaskAdded(
        **header,
        task_id=next_id(case, "T", ahead),
        title=says,
        due_on=situation.on,
        for_officer=case.owner_id,
        effect_key=key,
    )


def _recipients(situation: Situation, stage: Stage) -> Sequence[Parent | None]:
    assert stage.document is not None
    if situation.parent is not None:
        return (situation.parent,)
    if template_named(stage.document).audience is not Audience.PARENT:
        return (None,)
    return situation.liable_parents


def _fields(
    inst: Installation,
    tx: Connection,
    situation: Situation,
    template: str,
    reader: Parent | None,
    signer: Officer,
    given: Given,
) -> Fields:
    owner = situation.case.owner_id
    reach = people.officer(tx, owner, situation.on) if owner else signer
    head = letterheads.letterhead(tx, situation.school.urn)
    return fields_of(template, situation, reader, head, signer, reach, given, inst.now())


def _snapshot(fields: Fields, given: Given) -> dict[str, object]:
    plain = json.loads(json.dumps(fields, default=str, ensure_ascii=False))
    return {"fields": plain, "given": dict(given)}


def _drafted_from(case: Case, document_id: str) -> int:
    for drafted in case.of(e.DocumentDrafted):
        if drafted.document_id == document_id:
            return drafted.from_sequence
    return case.sequence


# -- before a letter goes ------------------------------------------------------------------------------------


def _locked(tx: Connection, document_id: str, on: date) -> tuple[Document, Case, Situation]:
    letter = files.document(tx, document_id)
    cases.lock(tx, letter.case_ref)
    letter = files.document(tx, document_id)
    case = cases.load(tx, letter.case_ref)
    now = situation_of(tx, case, on)
    parent = _parent(now, letter.parent_id)
    return letter, case, now.about(parent) if parent else now


def _approvers(situation: Situation, letter: Document) -> frozenset[Role]:
    if own := policy_letters.approvers(situation, letter):
        return own
    named = situation.policy.maybe(template_named(letter.template).approval_key, situation.on)
    return frozenset(Role(name) for name in named.by) if named else frozenset()


def _refuse_approver(situation: Situation, letter: Document, officer: Officer) -> None:
    named = _approvers(situation, letter)
    if named and not officer.holds(*named):
        raise NotAllowed(f"approve a {inside(template_named(letter.template).title)}", in_words(named))
    if not named:
        require(officer, Act.APPROVE_LETTERS)


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


def as_letters(tx: Connection, rows: Sequence[Document]) -> tuple[Letter, ...]:
    """Stored rows as lists show them, each with its title, its reader's name and what it lacks."""
    known: dict[str, dict[str, str]] = {}
    found = []
    for row in rows:
        if row.case_ref not in known:
            upn = cases.load(tx, row.case_ref).upn
            known[row.case_ref] = {p.contact_id: p.name for p in people.parents(tx, upn)}
        title = policy_letters.title(row)
        found.append(Letter(row, title, known[row.case_ref].get(row.parent_id, ""), _lacking(row)))
    return tuple(found)


def _parent(situation: Situation, parent_id: str) -> Parent | None:
    return next((p for p in situation.parents if p.contact_id == parent_id), None)
