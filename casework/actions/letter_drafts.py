"""Drafts: one document for one reader, rendered at once where nothing is lacking, else waiting with a task.

A school's own wording takes the place of ours where it has put one in. `large_print` among what was given
makes the document in large print.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from casework.actions import policy_letters
from casework.actions.installation import Installation
from casework.actions.letter_fields import Given, fields_of
from casework.actions.letter_forms import Fields
from casework.actions.recording import By, Header, next_id
from casework.documents import CATALOGUE, Audience, MissingFields, Rendered, template_named
from casework.documents.errors import CannotAddress, NamesAnotherParent
from casework.domain import Case, Event, Officer, Parent
from casework.domain import events as e
from casework.domain.words import inside
from casework.rules import kindness
from casework.rules.situation import Situation
from casework.stages.stage import Stage
from casework.storage import files, letterheads, people, registers, wordings
from casework.storage.files import Draft

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGE_PRINT = "large_print"


def draft_for_step(
    inst: Installation, tx: Connection, situation: Situation, stage: Stage, case: Case, by: By
) -> tuple[Event, ...]:
    """The drafts that a step's document asks for, one for each parent it is to, while it is recorded."""
    if stage.document is None or stage.document not in CATALOGUE:
        return ()  # The LA gives a public-place notice on its own paper.
    now = replace(situation, case=case)
    own = policy_letters.of_stage(now, stage)
    if own is not None and kindness.is_sent(case, own.name, own.since):
        return ()  # The family has the policy's letter about this already.
    said = policy_letters.said(tx, now, own.name) if own else {}
    issued = case.recorded[-1].event
    if isinstance(issued, e.PenaltyNoticeIssued):
        said = of_notice(issued.notice_id, by)
    return tuple(drafts(inst, tx, now, stage.document, _recipients(now, stage), by, said))


def of_notice(notice_id: str, by: By) -> Given:
    """What a paper about one penalty notice says of itself: which notice, and the officer who decided it."""
    role = by.header("")["role"].replace("_", " ").replace("ewo", "education welfare officer").capitalize()
    return {"notice_number": notice_id, "officer_name": by.officer.name, "officer_role": role}


def draft_from_policy(
    inst: Installation, tx: Connection, situation: Situation, letter: str, by: By
) -> tuple[Event, ...]:
    """The drafts of one of the policy's own letters, one for each parent, in the policy's words."""
    template = str(situation.value(f"letters.{letter}").template)
    readers: Sequence[Parent | None] = situation.liable_parents
    if template_named(template).audience is not Audience.PARENT:
        readers = (None,)
    said = policy_letters.said(tx, situation, letter)
    return tuple(drafts(inst, tx, situation, template, readers, by, said))


def drafts(
    inst: Installation,
    tx: Connection,
    situation: Situation,
    template: str,
    readers: Sequence[Parent | None],
    by: By,
    given: Given,
    strict: bool = False,
    effect_key: str | None = None,
) -> Iterator[Event]:
    """The events that put down a draft for each reader, with their rows; what cannot be made is a task.

    Args:
        strict: Refuse, rather than ask for a task, where a reader may not be written to.
        effect_key: What makes the one draft once only.

    Raises:
        CannotAddress, NamesAnotherParent: With `strict`, the letter may not be made as asked.
    """
    case, header = situation.case, by.header(situation.case.ref)
    for ahead, reader in enumerate(readers):
        try:
            fields = fields_for(inst, tx, situation, template, reader, by.officer, given)
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
            snapshot=snapshot_of(fields, given),
            drafted_on=by.on,
            parent_id=reader.contact_id if reader else "",
            effect_key=effect_key,
            flow_run=by.flow_run,
        )
        try:
            rendered = rendered_for(inst, tx, situation, template, fields, given)
        except MissingFields as lacking:
            files.draft(tx, letter)
            yield _drafted(header, letter, case)
            count = len(lacking.missing)
            things = "one thing is" if count == 1 else f"{count} things are"
            whose = f" for {reader.name}" if reader else ""
            title = f"Complete the {inside(template_named(template).title)}{whose}: {things} missing"
            yield _ask_for(header, case, len(readers) + ahead, situation, title, completes(document_id))
            continue
        letter = replace(letter, template_sha256=rendered.template_sha256)
        files.draft(tx, letter, rendered.content, WORD)
        yield _drafted(header, letter, case)


def rendered_for(
    inst: Installation, tx: Connection, situation: Situation, template: str, fields: Fields, given: Given
) -> Rendered:
    """The Word file, from the school's own wording where it has one, in large print if that was asked.

    Raises:
        MissingFields, WrongFields: As `Letters.render` says.
    """
    declared = template_named(template)
    own = None if declared.by_authority else wordings.current(tx, situation.school.urn, template)
    return inst.letters.render(
        template, fields, own=own.content if own else None, large_print=bool(given.get(LARGE_PRINT))
    )


def _drafted(header: Header, letter: Draft, case: Case) -> Event:
    return e.DocumentDrafted(
        **header,
        document_id=letter.document_id,
        template=letter.template,
        parent_id=letter.parent_id,
        from_sequence=case.sequence,
        letter=letter.snapshot["given"].get(policy_letters.NAME, ""),
    )


def completes(document_id: str) -> str:
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


def fields_for(
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
    told = template_named(template).field("changes") is not None
    changes = registers.amended_marks(tx, situation.pupil.upn) if told else ()
    return fields_of(template, situation, reader, head, signer, reach, given, inst.now(), changes)


def snapshot_of(fields: Fields, given: Given) -> dict[str, object]:
    plain = json.loads(json.dumps(fields, default=str, ensure_ascii=False))
    return {"fields": plain, "given": dict(given)}


def drafted_from(case: Case, document_id: str) -> int:
    for drafted in case.of(e.DocumentDrafted):
        if drafted.document_id == document_id:
            return drafted.from_sequence
    return case.sequence
