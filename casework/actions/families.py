"""A headteacher stops everything for a family, with a reason: letters and formal steps, for each child.

Care goes on: first-day calls, what the DSL does, a report of a missing child. The law's clocks go on too, and
are shown, for nobody can stop those.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from casework.actions import officers
from casework.actions.access import Act, require
from casework.actions.clock_view import Countdown, Running, running
from casework.actions.clocks import countdowns
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear, answered, given, next_id
from casework.actions.situations import situation_of
from casework.domain import Case, CaseStatus, Event, Officer, Pupil, Role, School
from casework.domain import events as e
from casework.domain.words import day
from casework.rules.stop import FAMILY
from casework.storage import cases, clocks, people, schools, siblings

KEY = "family_stop:"
Make = Callable[[Case], Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Child:
    """One child of the family with an open case, the clocks that go on, and since when all is stopped."""

    case: Case
    pupil: Pupil
    school: School
    clocks: tuple[Running, ...]
    limits: tuple[Countdown, ...]
    stopped: e.StopNoted | None


def family(inst: Installation, officer: Officer, case_ref: str, on: date) -> tuple[Child, ...]:
    """The children of a family whose open cases this headteacher answers for, that of the case first.

    Raises:
        NotFound: No such case, or not one of this officer's.
        NotAllowed: They are not the headteacher of its school.
    """
    require(officers.at_case(inst, officer, case_ref), Act.STOP_FAMILY)
    whole = officers.officer(inst, officer.officer_id, on)
    with inst.act(whole) as tx:
        names = {other.officer_id: other.name for other in people.officers(tx, on)}
        return tuple(_child(tx, case, names, on) for case in _cases(tx, whole, case_ref))


def stop(inst: Installation, by: By, case_ref: str, *, reason: str, review_on: date) -> tuple[str, ...]:
    """Stop everything for the family: all of its open cases at once, or none. Gives those stopped.

    Raises:
        Unclear: The day of review is not to come, or everything is stopped already.
    """
    why = given(reason, "The reason")
    if review_on <= by.on:
        raise Unclear(f"{day(review_on)} is not a day to come.", "Say when you will look at it again.")

    def make(case: Case) -> Sequence[Event]:
        if stopped_by(case) is not None:
            return ()
        header = by.header(case.ref)
        noted = e.StopNoted(**header, stop_id=next_id(case, "X"), condition=FAMILY, says=why)
        task = e.TaskAdded(
            **header,
            task_id=next_id(case, "T", 1),
            title="Look again at the stop on everything for this family: lift it, or say why it stays",
            due_on=review_on,
            for_role=Role.HEADTEACHER.value,
            effect_key=f"{KEY}{case.ref}:{noted.stop_id}",
        )
        return noted, task

    touched = _write(inst, by, case_ref, make)
    if not touched:
        raise Unclear("Everything is stopped for this family already.", "Lift it first to begin anew.")
    return touched


def lift(inst: Installation, by: By, case_ref: str, *, reason: str) -> tuple[str, ...]:
    """Let the work go on with every child of the family, and say why. Gives the cases.

    Raises:
        Unclear: Nothing is stopped.
    """
    why = given(reason, "The reason")

    def make(case: Case) -> Sequence[Event]:
        noted = stopped_by(case)
        if noted is None:
            return ()
        header = by.header(case.ref)
        asked = answered(case, header, f"{KEY}{case.ref}:{noted.stop_id}", outcome="Lifted")
        return (*asked, e.StopCleared(**header, stop_id=noted.stop_id, reason=why))

    touched = _write(inst, by, case_ref, make)
    if not touched:
        raise Unclear("Nothing is stopped for this family.", "Go back to the case.")
    return touched


def stopped_by(case: Case) -> e.StopNoted | None:
    """The headteacher's stop on everything, if one is in force."""
    cleared = {event.stop_id for event in case.of(e.StopCleared)}
    standing = [s for s in case.of(e.StopNoted) if s.condition == FAMILY and s.stop_id not in cleared]
    return standing[-1] if standing else None


def _write(inst: Installation, by: By, case_ref: str, make: Make) -> tuple[str, ...]:
    require(officers.at_case(inst, by.officer, case_ref), Act.STOP_FAMILY)
    whole = officers.officer(inst, by.officer.officer_id, by.on)
    with inst.act(whole) as tx:
        if by.key and not clocks.claim(tx, by.key, "act", case_ref, ""):
            return (case_ref,)
        touched = []
        for ref in sorted(case.ref for case in _cases(tx, whole, case_ref)):
            cases.lock(tx, ref)
            events = make(cases.load(tx, ref))
            if events:
                cases.append(tx, ref, events, None, inst.now())
                touched.append(ref)
        return tuple(touched)


def _cases(tx: Connection, officer: Officer, case_ref: str) -> Iterator[Case]:
    """The open cases of the family at the schools that this officer is head of."""
    first = cases.load(tx, case_ref)
    found = [first, *_siblings(tx, first)]
    for case in found:
        head = officer.at(schools.school(tx, case.urn)).holds(Role.HEADTEACHER)
        if head and case.status is not CaseStatus.CLOSED:
            yield case


def _siblings(tx: Connection, case: Case) -> Iterator[Case]:
    for sibling in siblings.siblings(tx, case.upn):
        if sibling.case_ref:
            upn = cases.load(tx, sibling.case_ref).upn
            yield from (other for other in cases.cases_of_pupil(tx, upn) if other.ref != case.ref)


def _child(tx: Connection, case: Case, names: dict[str, str], on: date) -> Child:
    now = situation_of(tx, case, on)
    return Child(case, now.pupil, now.school, running(now, names), countdowns(now), stopped_by(case))
