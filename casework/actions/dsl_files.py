"""The child protection file when a child moves: made for the next school's DSL, its receipt confirmed.

The DSL alone makes it; reading what is sealed for it is kept as every reading is. To whom it went, how, and
who confirmed it, is sealed; others see only that the DSL passed something on, and whether it has arrived.

Source: safeguarding.file_transfer, clocks.file_transfer
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, Unclear, answered, given, next_id, write
from casework.actions.situations import situation_of
from casework.documents import copies
from casework.documents.copies import Entry
from casework.domain import Case, Event, NotFound, Officer, Role
from casework.domain import events as e
from casework.domain.words import SEALED, day, describe
from casework.rules import deadlines
from casework.storage import cases, people, schools
from casework.storage import safeguarding as sealed

CHASE = "dsl_file"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """One file passed on, and when its arrival was confirmed."""

    transfer_id: str
    on: date
    arrived_on: date | None


def passed_on(case: Case) -> tuple[PassedOn, ...]:
    """Every file of a case that the DSL passed on, oldest first."""
    arrived = {event.transfer_id: event.on for event in case.of(e.DslFileArrived)}
    return tuple(
        PassedOn(event.transfer_id, event.on, arrived.get(event.transfer_id))
        for event in case.of(e.DslFilePassedOn)
    )


def file_of(inst: Installation, officer: Officer, case_ref: str, on: date) -> bytes:
    """The child protection part of a case as an archive: pages, data, and a receipt to sign.

    Making it reads every sealed note of the case, and each reading is kept.
    """
    require(officer, Act.READ_SEALED)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        notes = sealed.read_notes(tx, case_ref)
        names = {o.officer_id: o.name for o in people.officers(tx, on)} | {"engine": "casework"}
        pupil = people.pupil(tx, case.upn, case.urn)
        school = schools.school(tx, case.urn)
        workers = [p for p in people.professionals(tx, case.upn) if p.involved(on)]
    written = [Entry(n.sealed_id, n.on, "Sealed note", (n.text,), names.get(n.by, n.by)) for n in notes]
    told = [
        Entry(f"#{item.sequence}", item.event.on, describe(item.event), (), names.get(item.event.by, ""))
        for item in case.recorded
        if isinstance(item.event, SEALED)
    ]
    facts = {
        "Pupil": pupil.name,
        "Date of birth": day(pupil.dob) if pupil.dob else "not recorded",
        "UPN": pupil.upn,
        "Sent by": f"{officer.name}, DSL, {school.name}",
        "Made on": day(on),
        "Professionals": "; ".join(f"{p.role.replace('_', ' ')}: {p.name or 'not named'}" for p in workers)
        or "none recorded",
    }
    title = "Child protection file"
    sections = [("What was written, and decided", written), ("What was done", told)]
    return copies.archive(
        {
            "child-protection-file.html": copies.page(title, facts, sections, copies.receipt()).encode(),
            "child-protection-file.json": copies.data(facts, [*written, *told]),
        }
    )


def pass_on(
    inst: Installation, by: By, case_ref: str, *, to_school: str, to_whom: str, how: str, sent_on: date
) -> Case:
    """Record that the file went to the next school, and ask the DSL to have its arrival confirmed.

    Raises:
        Unclear: The day is still to come, or something was not said.
    """
    require(by.officer, Act.WRITE_SEALED)
    if sent_on > by.on:
        raise Unclear(f"{sent_on:%d %B %Y} is a day to come.", "Record it once it has gone.")
    where, who, way = given(to_school, "The school"), given(to_whom, "To whom"), given(how, "How it went")

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        now = situation_of(tx, case, by.on)
        due = deadlines.due(now.policy, "clocks.file_transfer", sent_on, now.calendar, now.holidays, on=by.on)
        words = f"Child protection file sent to {who}, {where}, on {day(sent_on)}: {way}."
        transfer_id = next_id(case, "F")
        note = sealed.seal(tx, case_ref, words, by.on)
        chase = e.TaskAdded(
            **header,
            task_id=next_id(case, "T", 1),
            title="Have it confirmed that what you passed on has arrived",
            due_on=max(due, by.on),
            for_role=Role.DSL.value,
            effect_key=f"{CHASE}:{case_ref}:{transfer_id}",
        )
        return e.DslFilePassedOn(**header, transfer_id=transfer_id, sealed_id=note), chase

    return write(inst, by, case_ref, make)


def confirm(
    inst: Installation, by: By, case_ref: str, *, transfer_id: str, by_whom: str, came_on: date
) -> Case:
    """Record the receipt of what was passed on.

    Raises:
        NotFound: Nothing of that id waits for its receipt.
    """
    require(by.officer, Act.WRITE_SEALED)
    who = given(by_whom, "Who confirmed it")
    if came_on > by.on:
        raise Unclear(f"{came_on:%d %B %Y} is a day to come.", "Record it once it has come.")

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        open_ids = {item.transfer_id for item in passed_on(case) if item.arrived_on is None}
        if transfer_id not in open_ids:
            raise NotFound("file without a receipt", transfer_id or "none", "Look at the case again.")
        note = sealed.seal(
            tx, case_ref, f"Receipt of the child protection file by {who} on {day(came_on)}.", by.on
        )
        arrived = e.DslFileArrived(**header, transfer_id=transfer_id, sealed_id=note)
        key = f"{CHASE}:{case_ref}:{transfer_id}"
        return arrived, *answered(case, header, key, outcome="Arrived")

    return write(inst, by, case_ref, make)
