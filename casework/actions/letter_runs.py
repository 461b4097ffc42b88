"""Letters to many parents in one run: looked at first, made one by one, stopped and taken up again.

A run names for each letter why a person should look before it goes: a family in mourning, illness, a social
worker, a plan, a young carer, a parent written to lately, brothers and sisters in the same run. None of those
goes without a tick. Each letter is one transaction under a key of its own, so none is made twice, whoever
stops or repeats the run. A run makes one file for each parent, and one to print with a list before it.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from pypdf import PdfReader, PdfWriter
from sqlalchemy import Connection

from casework.actions import letters
from casework.actions.access import Act, in_words, require
from casework.actions.installation import Installation
from casework.actions.letter_checks import refuse_target, refuse_without_step, stopped
from casework.actions.letter_drafts import drafts
from casework.actions.letter_fields import Given
from casework.actions.recording import By, Unclear
from casework.actions.situations import situation_of
from casework.documents import Audience, pdf, template_named
from casework.domain import CaseworkError, Officer, Parent
from casework.domain import events as e
from casework.rules.flags import flags_of
from casework.rules.situation import Situation
from casework.rules.stop import open_stops
from casework.storage import cases, clocks, files, people, schools
from casework.storage import letter_runs as kept
from casework.storage.letter_runs import Item, Run

COVER = "run_cover_list"
_BATCH = 40
_LOOK = {
    "social_worker": "has a social worker",
    "looked_after": "is looked after",
    "youth_justice": "has a youth justice worker",
    "ehcp": "has an education, health and care plan",
    "young_carer": "is a young carer",
}
_MOURNING = ("death_of_pupil", "death_of_parent", "bereavement")


def prepare(
    inst: Installation, by: By, urn: str, template: str, case_refs: Sequence[str], given: Given | None = None
) -> str:
    """Put a run together, one letter for each parent of each case; nothing is written yet. Gives its id.

    Args:
        given: What every letter of the run says, by field.

    Raises:
        Unclear: The document is not a letter to parents, or no case was named.
        NotFound: No such school, case or document.
    """
    require(by.officer, Act.ISSUE_LETTERS)
    declared = template_named(template)
    if declared.audience is not Audience.PARENT or declared.by_authority:
        raise Unclear(f"The {declared.title.lower()} is no letter of the school to parents.", "Choose one.")
    if not case_refs:
        raise Unclear("No case was named.", "Name those whose parents are written to.")
    with inst.act(by.officer) as tx:
        found = [situation_of(tx, cases.load(tx, ref), by.on) for ref in dict.fromkeys(case_refs)]
        elsewhere = [now.case.ref for now in found if now.school.urn != urn]
        if elsewhere:
            raise Unclear(f"{', '.join(elsewhere)} are not of school {urn}.", "Make a run for each school.")
        readers = [(now, parent) for now in found for parent in now.liable_parents]
        homes = Counter(_home(parent) for _, parent in readers)
        items = [
            Item(now.case.ref, parent.contact_id, tuple(_look_first(now.about(parent), parent, homes)))
            for now, parent in readers
        ]
        run_id = kept.next_run_id(tx, urn, by.on)
        said = {name: text for name, text in (given or {}).items() if text}
        made = Run(run_id, urn, declared.name, said, "prepared", by.on, by.officer.officer_id)
        kept.prepare(tx, made, sorted(items, key=lambda item: not item.look_first))
    return run_id


def run_of(inst: Installation, officer: Officer, run_id: str) -> tuple[Run, tuple[Item, ...]]:
    """A run with its letters, those to look at first before the others."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return kept.run(tx, run_id), kept.items(tx, run_id)


def runs(inst: Installation, officer: Officer, urn: str = "") -> tuple[Run, ...]:
    """The runs of an officer's schools, latest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return kept.runs(tx, urn)


def tick(inst: Installation, by: By, run_id: str, case_ref: str, parent_id: str) -> None:
    """A person looked at a letter that asks for it, and says that it may go.

    Raises:
        NotFound: The run has no such letter, or it does not wait any more.
    """
    require(by.officer, Act.ISSUE_LETTERS)
    with inst.act(by.officer) as tx:
        kept.tick(tx, run_id, case_ref, parent_id, by.officer.officer_id)


def go(
    inst: Installation,
    by: By,
    run_id: str,
    *,
    most: int | None = None,
    tell: Callable[[int, int], object] = lambda done, of: None,
) -> Counter[str]:
    """Make the letters that may go, one transaction each; run again, it goes on where it stopped.

    Args:
        most: Stop after so many, for a page that shows how far it is.
        tell: Told after each letter how many have gone, and of how many.

    Returns:
        How many letters stand in each state.
    """
    require(by.officer, Act.ISSUE_LETTERS)
    with inst.act(by.officer) as tx:
        run = kept.run(tx, run_id)
        whole = len(kept.items(tx, run_id))
        if run.state != "done":
            kept.move(tx, run_id, "running")
    made = 0
    while most is None or made < most:
        with inst.act(by.officer, by.flow_run) as tx:
            run = kept.run(tx, run_id)
            item = kept.take(tx, run_id) if run.state == "running" else None
            if item is None:
                break
            _settle(inst, tx, by, run, item)
        made += 1
        tell(made, whole)
    return _rest(inst, by, run_id)


def stop(inst: Installation, by: By, run_id: str) -> None:
    """Stop a run after the letter it is at; `go` takes it up again."""
    require(by.officer, Act.ISSUE_LETTERS)
    with inst.act(by.officer) as tx:
        if kept.run(tx, run_id).state == "running":
            kept.move(tx, run_id, "stopped")


def letters_of_run(inst: Installation, officer: Officer, run_id: str) -> Iterator[tuple[str, bytes]]:
    """Each issued letter of a run: its id and its bytes, in the run's order."""
    _, items = run_of(inst, officer, run_id)
    for item in items:
        if item.state == "issued":
            document, content = letters.content(inst, officer, item.document_id)
            yield document.document_id, content


def print_ready(inst: Installation, officer: Officer, run_id: str, on: date) -> bytes:
    """One PDF of a whole run, to print: a cover list, then each letter on pages of its own.

    Raises:
        NoConverter: LibreOffice is not installed; the message says how to install it.
        Unclear: No letter of the run has been issued.
    """
    made = list(letters_of_run(inst, officer, run_id))
    if not made:
        raise Unclear("No letter of this run has been issued.", "Tick those that may go, then let it run.")
    cover = inst.letters.render(COVER, _cover(inst, officer, run_id, on)).content
    writer = PdfWriter()
    every = [("cover list", cover), *made]
    for start in range(0, len(every), _BATCH):
        for content in pdf.to_pdf(every[start : start + _BATCH]):
            reader = PdfReader(io.BytesIO(content))
            writer.append(reader, import_outline=False)
            if len(reader.pages) % 2:  # printed on both sides, no letter begins on another's back
                writer.add_blank_page()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _settle(inst: Installation, tx: Connection, by: By, run: Run, item: Item) -> None:
    try:
        with tx.begin_nested():
            state, document_id, why = _made(inst, tx, by, run, item)
    except CaseworkError as refused:
        state, document_id, why = "stopped", "", str(refused)
    kept.settle(tx, run.run_id, item, state, document_id, why)


def _made(inst: Installation, tx: Connection, by: By, run: Run, item: Item) -> tuple[str, str, str]:
    """The letter drafted and, where nothing is lacking and nobody else approves it, issued."""
    cases.lock(tx, item.case_ref)
    case = cases.load(tx, item.case_ref)
    now = situation_of(tx, case, by.on)
    reader = next((p for p in now.liable_parents if p.contact_id == item.parent_id), None)
    if reader is None:
        raise Unclear("They are not written to any more.", "Look at the pupil's contacts.")
    now = now.about(reader)
    document_id = files.document_id_for(case)
    refuse_without_step(case, run.template, reader.contact_id)
    if why := stopped(now, run.template):
        raise letters.NotReady(document_id, why)
    key = f"run:{run.run_id}:{item.case_ref}:{item.parent_id}"
    if not clocks.claim(tx, key, "letter", item.case_ref, by.flow_run):
        raise Unclear("It was made already.", "See the case's letters.")
    refuse_target(now, run.template, run.given)
    events = tuple(drafts(inst, tx, now, run.template, (reader,), by, run.given, strict=True, effect_key=key))
    cases.append(tx, item.case_ref, events, None, inst.now())
    letter = files.document(tx, document_id)
    if letter.draft_sha256 is None:
        return "drafted", document_id, "It lacks something: complete it on its page."
    named = letters.approvers(now, letter)
    if named and not by.officer.holds(*named):
        return "drafted", document_id, f"It waits for approval by {in_words(named)}."
    header = by.header(item.case_ref)
    approved = (e.DocumentApproved(**header, document_id=document_id),) if named else ()
    issued = e.DocumentIssued(**header, document_id=document_id, sha256=letter.draft_sha256)
    cases.append(tx, item.case_ref, (*approved, issued), None, inst.now())
    return "issued", document_id, ""


def _rest(inst: Installation, by: By, run_id: str) -> Counter[str]:
    """How the run stands: done when nothing waits; stopped while letters wait for a tick."""
    with inst.act(by.officer) as tx:
        run, items = kept.run(tx, run_id), kept.items(tx, run_id)
        waiting = [item for item in items if item.state == "waiting"]
        if run.state == "running" and not any(item.may_go for item in waiting):
            kept.move(tx, run_id, "stopped" if waiting else "done")
    return Counter(item.state for item in items)


def _look_first(now: Situation, reader: Parent, homes: Counter[tuple[str, ...]]) -> Iterable[str]:
    stops = {condition for _, condition in open_stops(now)}
    if stops & set(_MOURNING):
        yield "the family is bereaved"
    if "new_medical_evidence" in stops:
        yield "new medical evidence has come in"
    since = _since(now)
    illness = now.value("attendance_codes.groups").illness
    if any(
        entry.code in illness
        for entry in now.facts.entries(now.on, now.school.urn)
        if entry.session.date >= since
    ):
        yield "was ill in the last school weeks"
    flags = flags_of(now.pupil, [p for p in now.professionals if p.involved(now.on)])
    yield from (says for flag, says in _LOOK.items() if flag in flags)
    to_them = {d.document_id for d in now.case.of(e.DocumentDrafted, parent_id=reader.contact_id)}
    if any(i.document_id in to_them and i.on >= since for i in now.case.of(e.DocumentIssued)):
        yield "the parent was written to in the last school weeks"
    if homes[_home(reader)] > 1:
        yield "the parent gets another letter in this run, for a brother or sister"


def _since(now: Situation) -> date:
    weeks = now.facts.school_weeks_ending(now.on, now.value("documents.look_first").school_weeks)
    return weeks[0] if weeks else now.on


def _home(parent: Parent) -> tuple[str, ...]:
    """Who a contact is, across pupils: contacts are numbered anew for each pupil."""
    return (parent.name.casefold(), parent.address_1.casefold(), parent.postcode.casefold().replace(" ", ""))


def _cover(inst: Installation, officer: Officer, run_id: str, on: date) -> dict[str, object]:
    run, items = run_of(inst, officer, run_id)
    issued = [item for item in items if item.state == "issued"]
    with inst.act(officer) as tx:
        school = schools.school(tx, run.urn)
        rows = []
        for number, item in enumerate(issued, 1):
            case = cases.load(tx, item.case_ref)
            pupil = people.pupil(tx, case.upn, case.urn)
            reader = next(p for p in people.parents(tx, case.upn) if p.contact_id == item.parent_id)
            rows.append(
                {
                    "number": str(number),
                    "reader": reader.name,
                    "postcode": reader.postcode,
                    "pupil": pupil.name,
                    "document": item.document_id,
                }
            )
    return {
        "school_name": school.name,
        "reference": run_id,
        "letter_sent": template_named(run.template).title,
        "prepared_on": on,
        "run_letters": rows,
    }
