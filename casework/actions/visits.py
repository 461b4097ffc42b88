"""Home visits: two people, the risk note read first; who is out, and when they are back.

Whoever sets out says when they expect to be back. Until somebody says they are, they stand on the start pages
of their school, late once that time has passed. A hold of the DSL on visits lets nobody set out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, Unclear, given, next_id, one_of, write
from casework.actions.support import OUTCOMES
from casework.domain import Case, Event, NotFound, Officer, Parent
from casework.domain import events as e
from casework.domain.words import day, in_words
from casework.storage import agenda, lists, people
from casework.storage.agenda import VisitOut
from casework.storage.lists import CaseLine

STOPS_VISITS = ("visits", "all_contact")


def held(case: Case) -> tuple[e.HoldPlaced, ...]:
    """The holds of the DSL that let nobody visit."""
    return tuple(hold for hold in case.holds if hold.scope in STOPS_VISITS)


def out(case: Case) -> tuple[e.VisitBegun, ...]:
    """Visits of a case from which nobody is back yet."""
    home = {event.visit_id for event in case.of(e.VisitEnded)}
    return tuple(visit for visit in case.of(e.VisitBegun) if visit.visit_id not in home)


def risk_note(case: Case, parents: Sequence[Parent]) -> tuple[str, ...]:
    """What the case knows that whoever goes must know first; nothing that is sealed."""
    found = [f"Held by the DSL until {day(hold.review_on)}: no visit." for hold in held(case)]
    for parent in parents:
        if parent.contact_allowed is False:
            found.append(f"Contact with {parent.name} is not allowed.")
        if parent.language:
            found.append(f"{parent.name} speaks {parent.language}.")
    visits = [event for event in case.of(e.ContactRecorded) if event.method == "visit"]
    for visit in visits[-3:]:
        words = f": {visit.says}" if visit.says else ""
        found.append(f"Visit of {day(visit.on)}, {in_words(visit.outcome)}{words}")
    refused = [event for event in case.of(e.ContactRecorded) if event.outcome == "refused"]
    if refused:
        found.append(f"Contact was refused {len(refused)} times, last on {day(refused[-1].on)}.")
    return tuple(found) or ("The case holds no warning and no earlier visit. Ask the DSL what is known.",)


def set_out(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    second_officer: str,
    back_by: datetime,
    parent_id: str = "",
    risk_note_read: bool,
) -> Case:
    """Record that two people set out, and when they expect to be back.

    Raises:
        Unclear: The DSL holds visits, the note was not read, or nobody else goes.
    """
    require(by.officer, Act.WRITE_CASES)
    if not risk_note_read:
        raise Unclear("The risk note was not read.", "Read it, then set out.")
    other = given(second_officer, "Who goes with you")
    if other == by.officer.officer_id:
        raise Unclear("Nobody visits alone.", "Name who goes with you.")
    if back_by.date() != by.on:
        raise Unclear(f"{day(back_by.date())} is another day.", "Say at what time of today you are back.")

    def make(_: Connection, case: Case, header: Header) -> Sequence[Event]:
        if held(case):
            raise Unclear("The DSL holds visits to this family.", "Ask the DSL.")
        if out(case):
            raise Unclear("Somebody is out on a visit to this family.", "Record that they are back first.")
        return (
            e.VisitBegun(
                **header,
                visit_id=next_id(case, "V"),
                second_officer=other,
                back_by=back_by,
                parent_id=parent_id,
            ),
        )

    return write(inst, by, case_ref, make)


def back(
    inst: Installation,
    by: By,
    case_ref: str,
    *,
    visit_id: str,
    outcome: str,
    child_seen: bool | None,
    says: str = "",
) -> Case:
    """Record that both are back, and what came of the visit.

    Raises:
        NotFound: Nobody is out on that visit.
    """
    require(by.officer, Act.WRITE_CASES)
    word = one_of(outcome, OUTCOMES, "The outcome")

    def make(_: Connection, case: Case, header: Header) -> Sequence[Event]:
        begun = next((visit for visit in out(case) if visit.visit_id == visit_id), None)
        if begun is None:
            raise NotFound("visit under way", visit_id or "none", "Look at the case again.")
        return (
            e.VisitEnded(**header, visit_id=visit_id),
            e.ContactRecorded(
                **header,
                method="visit",
                outcome=word,
                parent_id=begun.parent_id,
                child_seen=child_seen,
                says=says,
                second_officer=begun.second_officer,
                risk_note_read=True,
            ),
        )

    return write(inst, by, case_ref, make)


@dataclass(frozen=True, slots=True)
class Out:
    """Two people out on a visit, by name; `late` once the time they gave has passed."""

    visit: VisitOut
    line: CaseLine
    who: tuple[str, str]
    late: bool


def out_now(inst: Installation, officer: Officer, on: date, at: datetime) -> tuple[Out, ...]:
    """Who is out on a visit from the officer's schools, those expected back soonest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        found = agenda.visits_out(tx)
        if not found:
            return ()
        lines = lists.lines(tx, [visit.case_ref for visit in found])
        names = {other.officer_id: other.name for other in people.officers(tx, on)}
    return tuple(
        Out(
            visit,
            lines[visit.case_ref],
            (names.get(visit.by, visit.by), names.get(visit.second_officer, visit.second_officer)),
            visit.back_by < at,
        )
        for visit in found
        if visit.case_ref in lines
    )
