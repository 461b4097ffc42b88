"""The life of a case as staff record it. Steps of the ladder are decided in `decide` alone."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from casework.actions import pack_use
from casework.actions.access import Act, require
from casework.actions.closing import still_open
from casework.actions.installation import Installation
from casework.actions.policies import policy_for
from casework.actions.recording import By, Header, Unclear, answered, given, next_id, one_of, record, write
from casework.domain import Case, Event, NotFound, Officer
from casework.domain import events as e
from casework.storage import cases as stored
from casework.storage import files, lists, schools
from casework.storage.lists import CaseFilter

CLOSINGS = ("improved", "moved", "off_roll", "set_aside", "merged", "other")


def load(inst: Installation, officer: Officer, case_ref: str) -> Case:
    """A case as it stands, if it is one of this officer's."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return stored.load(tx, case_ref)


def of_pupil(inst: Installation, officer: Officer, upn: str) -> tuple[Case, ...]:
    """Every case of a pupil that this officer may see, oldest reference first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return stored.cases_of_pupil(tx, upn)


def owned_by(inst: Installation, officer: Officer, on: date) -> tuple[Case, ...]:
    """The cases an officer carries that are not closed, by reference."""
    return _listed(inst, officer, CaseFilter(on, owner_id=officer.officer_id))


def of_school(inst: Installation, officer: Officer, urn: str, on: date) -> tuple[Case, ...]:
    """The cases of a school that are not closed, whoever carries them, by reference."""
    return _listed(inst, officer, CaseFilter(on, urn=urn))


def _listed(inst: Installation, officer: Officer, wanted: CaseFilter) -> tuple[Case, ...]:
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        refs = [line.case_ref for line in lists.page(tx, wanted, "ref", size=5000).lines]
        return tuple(stored.load(tx, ref) for ref in refs)


def note(inst: Installation, by: By, case_ref: str, text: str) -> Case:
    """Add a note. An empty one is refused."""
    text = given(text, "The note")
    return record(inst, by, case_ref, lambda _, header: e.NoteAdded(**header, text=text))


def add_task(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    title: str,
    due_on: date,
    for_role: str = "",
    for_officer: str = "",
) -> Case:
    """Ask for something to be done by a day; its id is `T` and the event's number."""
    return record(
        inst,
        by,
        case_ref,
        lambda case, header: e.TaskAdded(
            **header,
            task_id=next_id(case, "T"),
            title=given(title, "The task"),
            due_on=due_on,
            for_role=for_role,
            for_officer=for_officer,
            effect_key=by.key,
        ),
    )


def finish_task(inst: Installation, by: By, case_ref: str, *, task_id: str, outcome: str) -> Case:
    """Say that a task was done, or is no longer needed, and how."""

    def make(case: Case, header: Header) -> Event:
        waiting = sorted(task.task_id for task in case.open_tasks)
        if task_id not in waiting:
            raise NotFound("open task", task_id, f"Open tasks: {', '.join(waiting) or 'none'}.")
        return e.TaskDone(**header, task_id=task_id, outcome=given(outcome, "The outcome"))

    return record(inst, by, case_ref, make)


ITEMS = (
    "parent's reply",
    "signed contract",
    "medical evidence",
    "proof of posting",
    "agency report",
    "other",
)
"""What comes in at every school, beside what its own policy names."""


def receive(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    item: str,
    from_whom: str = "",
    filename: str = "",
    content: bytes = b"",
    media_type: str = "application/octet-stream",
    reply_by: date | None = None,
    says: str = "",
) -> Case:
    """Attach something received: a signed contract, a GP note, proof of posting. Id `R` and number."""
    require(by.officer, Act.WRITE_CASES)

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        made = e.ItemReceived(
            **header,
            item_id=next_id(case, "R"),
            item=given(item, "What was received"),
            from_whom=from_whom,
            filename=filename,
            sha256=files.keep(tx, content, media_type) if content else "",
            reply_by=reply_by,
            says=says,
        )
        return (made, *pack_use.received(policy_for(case, schools.school(tx, case.urn)), case, header, made))

    return write(inst, by, case_ref, make)


def assign(inst: Installation, by: By, case_ref: str, owner_id: str, reason: str = "") -> Case:
    """Give the case to the one officer who carries it from now on."""
    owner = given(owner_id, "The owner")
    return record(
        inst,
        by,
        case_ref,
        lambda _, header: e.OwnerAssigned(**header, owner_id=owner, reason=reason),
        Act.OWN_CASES,
    )


def schedule_review(inst: Installation, by: By, case_ref: str, review_on: date, reason: str = "") -> Case:
    """Set the next day on which somebody must look at the case; a day already gone is refused."""
    if review_on < by.on:
        raise Unclear(f"A review on {review_on:%d %B %Y} is already past.", "Give today or a later day.")
    return record(
        inst, by, case_ref, lambda _, header: e.ReviewScheduled(**header, review_on=review_on, reason=reason)
    )


def hold_review(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    outcome: str,
    pupil_view: str = "",
    parent_views: str = "",
    next_review_on: date | None = None,
) -> Case:
    """Record a review with the pupil's voice and the parents' view, in their words."""
    require(by.officer, Act.WRITE_CASES)

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        held = e.ReviewHeld(
            **header,
            outcome=given(outcome, "The outcome"),
            pupil_view=pupil_view,
            parent_views=parent_views,
            next_review_on=next_review_on,
        )
        return (*answered(case, header, f"review:{case_ref}:", outcome="Review held"), held)

    return write(inst, by, case_ref, make)


def pause(inst: Installation, by: By, case_ref: str, until: date, reason: str) -> Case:
    """Ask nothing of the family until a day. No statutory clock stops for it."""
    why = given(reason, "The reason")
    return record(inst, by, case_ref, lambda _, header: e.CasePaused(**header, until=until, reason=why))


def resume(inst: Installation, by: By, case_ref: str, reason: str = "") -> Case:
    """End a pause."""
    return record(inst, by, case_ref, lambda _, header: e.CaseResumed(**header, reason=reason))


def close(inst: Installation, by: By, case_ref: str, *, outcome: str, reason: str) -> Case:
    """Close a case, keeping the list of what was still open; a hold of the DSL must be lifted first."""

    def make(case: Case, header: Header) -> Event:
        if case.holds:
            raise Unclear("The DSL holds this case.", "Ask the DSL to lift the hold, then close it.")
        return e.CaseClosed(
            **header,
            outcome=one_of(outcome, CLOSINGS, "The outcome"),
            reason=given(reason, "The reason"),
            left_open=still_open(case),
        )

    return record(inst, by, case_ref, make, Act.OWN_CASES)


def reopen(inst: Installation, by: By, case_ref: str, reason: str) -> Case:
    """Open a closed case again."""
    why = given(reason, "The reason")
    return record(inst, by, case_ref, lambda _, header: e.CaseReopened(**header, reason=why), Act.OWN_CASES)


def review_mark_change(inst: Installation, by: By, case_ref: str, *, session: str, outcome: str) -> Case:
    """Say what follows from a mark that changed under a step already taken."""

    def make(case: Case, header: Header) -> Event:
        waiting = sorted(change.session for change in case.unreviewed_mark_changes)
        if session not in waiting:
            raise NotFound(
                "changed mark", session, f"Waiting to be looked at: {', '.join(waiting) or 'none'}."
            )
        return e.MarkChangeReviewed(**header, session=session, outcome=given(outcome, "The outcome"))

    return record(inst, by, case_ref, make)
