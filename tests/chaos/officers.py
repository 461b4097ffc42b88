"""What the trust's invented officers do of a day: the acts of the demo, and the daily round of a desk.

A person whose machine died does the same again. What they choose rests on the seed, the case and the day,
never on how much is already done; every act has a key.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256

from casework.actions import absence, cases, letters
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.demo import packs
from casework.demo.acts import DAYS
from casework.demo.officers import at
from casework.demo.schools import SCHOOLS
from casework.domain import Case, CaseworkError, Officer

Act = tuple[str, Callable[[Installation, date], None]]


def acts_of(on: date, seed: int) -> Iterator[Act]:
    """The acts of a day, in order, by name. What is refused, or is about no case, leaves the day to go on."""
    for number, day in enumerate(DAYS):
        if day.on == on and day.do is not packs.make:
            yield f"{number}-{day.name}", _or_refused(day.do)
    yield "calls", lambda inst, on: _calls(inst, on, seed)
    yield "desks", lambda inst, on: _desks(inst, on, seed)
    yield "letters", _letters


def _or_refused(do: Callable[[Installation, date], None]) -> Callable[[Installation, date], None]:
    def act(inst: Installation, on: date) -> None:
        with suppress(CaseworkError, LookupError):
            do(inst, on)

    return act


def chosen(share: float, seed: int, *about: object) -> bool:
    """A choice that is the same whenever it is made."""
    drawn = sha256(f"casework chaos {seed} {about}".encode()).digest()
    return int.from_bytes(drawn[:4]) < share * 2**32


def _calls(inst: Installation, on: date, seed: int) -> None:
    """Most of the day's families are rung; some are not reached."""
    for school in SCHOOLS:
        officer = at(school.urn, "attendance")
        for call in sorted(absence.calls(inst, officer, school.urn, on), key=lambda call: call.upn):
            if not chosen(0.8, seed, "call", call.upn, on):
                continue
            reached = chosen(0.7, seed, "reached", call.upn, on)
            absence.record_call(
                inst,
                By(officer, on, key=f"chaos:call:{call.upn}:{on}"),
                school.urn,
                call.upn,
                on,
                contact_id="",
                method="call",
                outcome="spoken" if reached else "no_answer",
                state="explained" if reached else "not_reached",
                says="Unwell; back tomorrow." if reached else "",
            )


def _desks(inst: Installation, on: date, seed: int) -> None:
    """Each pastoral lead looks at the cases they carry: tasks done, reviews held, a word written down."""
    for school in SCHOOLS:
        officer = at(school.urn, "pastoral")
        for case in cases.owned_by(inst, officer, on):
            _look_at(inst, officer, case, on, seed)


def _look_at(inst: Installation, officer: Officer, case: Case, on: date, seed: int) -> None:
    for task in case.open_tasks:
        if task.on < on and task.due_on <= on and chosen(0.5, seed, case.ref, task.task_id, on):
            with suppress(CaseworkError):
                who = By(officer, on, key=f"chaos:task:{case.ref}:{task.task_id}")
                cases.finish_task(inst, who, case.ref, task_id=task.task_id, outcome="Done")
    if case.review_on is not None and case.review_on <= on and chosen(0.6, seed, case.ref, "review", on):
        with suppress(CaseworkError):
            cases.hold_review(
                inst,
                By(officer, on, key=f"chaos:review:{case.ref}:{case.review_on}"),
                case.ref,
                outcome="Looked at with the family",
                pupil_view="Mornings are the hard bit.",
                parent_views="The Friday call helps.",
                next_review_on=on + timedelta(days=14),
            )
    if chosen(0.1, seed, case.ref, "note", on):
        who = By(officer, on, key=f"chaos:note:{case.ref}:{on}")
        cases.note(inst, who, case.ref, "Asked at the gate how things are going.")


def _letters(inst: Installation, on: date) -> None:
    """What was issued before today is posted; what is complete is approved by whoever may."""
    for school in SCHOOLS:
        lead = at(school.urn, "pastoral")
        for letter in letters.waiting(inst, lead, "issued", school.urn):
            kept = letter.document
            if kept.issued_on is not None and kept.issued_on < on:
                with suppress(CaseworkError):
                    letters.serve(
                        inst, By(lead, on), kept.document_id, method="first_class_post", posted_on=on
                    )
        for post in ("pastoral", "head"):
            officer = at(school.urn, post)
            for draft in letters.waiting(inst, officer, "draft", school.urn):
                if not draft.lacking:
                    with suppress(CaseworkError):
                        letters.approve(inst, By(officer, on), draft.document.document_id)
