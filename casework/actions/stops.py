"""What stops letters and formal steps until a person has looked: noted by a person, or found in the roll.

A death, bereavement, new medical evidence and an open representation are known to people alone. That a pupil
has left the roll, or has become looked after, the school's own files say: then the engine notes the stop and
asks whoever carries the case to look. Letters that wait are pulled back by it; care goes on.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, given, next_id, one_of, write
from casework.domain import ENGINE, Case, CaseStatus, Event, NotAllowed, NotFound, Role
from casework.domain import events as e
from casework.rules.stop import FAMILY, WORDS
from casework.storage import cases, clocks, people
from casework.storage.database import every_school

CONDITIONS = tuple(condition for condition in WORDS if condition != FAMILY)
"""What staff note; a headteacher's stop on everything for a family has a way of its own."""


def note(
    inst: Installation, by: By, case_ref: str, *, condition: str, parent_id: str = "", says: str = ""
) -> Case:
    """Stop letters and formal steps, for the pupil or for one parent, until a person has looked.

    Staff of the school note one, and the LA's officers, to whom parents write about a notice.

    Raises:
        NotFound: The parent is no contact of this pupil: such a stop would stop nothing.
    """
    word = one_of(condition, CONDITIONS, "What stops the work")
    _require(by, Act.WRITE_CASES)

    def make(tx: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        known = [parent.contact_id for parent in people.parents(tx, case.upn)]
        if parent_id and parent_id not in known:
            raise NotFound("parent", parent_id, f"Contacts of this pupil: {', '.join(known) or 'none'}.")
        return (_stop(case, header, word, parent_id, says),)

    return write(inst, by, case_ref, make)


def clear(inst: Installation, by: By, case_ref: str, *, stop_id: str, reason: str) -> Case:
    """Say why the work may go on after a stop.

    Raises:
        NotAllowed: It is a headteacher's stop on everything: the headteacher lifts it for the whole family.
    """
    why = given(reason, "The reason")
    _require(by, Act.OWN_CASES)

    def make(_: Connection, case: Case, header: Header) -> tuple[Event, ...]:
        cleared = {event.stop_id for event in case.of(e.StopCleared)}
        standing = {s.stop_id: s.condition for s in case.of(e.StopNoted) if s.stop_id not in cleared}
        if standing.get(stop_id) == FAMILY:
            raise NotAllowed(
                "lift a stop on everything for a family here", "the headteacher, on its own page"
            )
        if stop_id not in standing:
            raise NotFound("stop", stop_id, f"Stops in force: {', '.join(sorted(standing)) or 'none'}.")
        return (e.StopCleared(**header, stop_id=stop_id, reason=why),)

    return write(inst, by, case_ref, make)


def _require(by: By, act: Act) -> None:
    if not by.officer.holds(Role.EWO):
        require(by.officer, act)


# -- found in the school's files -----------------------------------------------------------------------------


def looked_after(tx: Connection, upns: Collection[str]) -> frozenset[str]:
    """Which of some pupils are known to be looked after, before a file says more."""
    with every_school(tx):
        return frozenset(pupil.upn for pupil in people.pupils(tx, upns) if pupil.looked_after)


def follow_files(
    inst: Installation,
    tx: Connection,
    upns: Collection[str],
    urns: Collection[str],
    before: frozenset[str],
    on: date,
    flow_run: str,
) -> list[str]:
    """Note what a school's files brought: who has left its roll, and who has become looked after.

    Args:
        upns: The pupils that the files spoke of.
        before: Those of them known to be looked after until then.

    Returns:
        The cases touched.
    """
    touched: list[str] = []
    for upn in sorted(looked_after(tx, upns) - before):
        with every_school(tx):
            for case in cases.cases_of_pupil(tx, upn):
                if case.status is not CaseStatus.CLOSED:
                    key = f"stop:became_looked_after:{case.ref}:{on.isoformat()}"
                    touched += _note_once(inst, tx, case.ref, "became_looked_after", "", key, on, flow_run)
    for urn in sorted(urns):
        touched += follow_roll(inst, tx, urn, on, flow_run)
    return touched


def follow_roll(inst: Installation, tx: Connection, urn: str, on: date, flow_run: str) -> list[str]:
    """Note who has left a school's roll by a day; twice adds nothing. Gives the cases touched."""
    touched: list[str] = []
    for ref, last in cases.off_the_roll(tx, urn, on):
        key = f"stop:off_roll:{ref}:{last.isoformat()}"
        says = f"The last day on the roll was {last:%d %B %Y}."
        touched += _note_once(inst, tx, ref, "off_roll", says, key, on, flow_run)
    return touched


def _note_once(
    inst: Installation,
    tx: Connection,
    case_ref: str,
    condition: str,
    says: str,
    key: str,
    on: date,
    flow_run: str,
) -> list[str]:
    if not clocks.claim(tx, key, "stop", case_ref, flow_run):
        return []
    cases.lock(tx, case_ref)
    case = cases.load(tx, case_ref)
    header = By(ENGINE, on, flow_run=flow_run).header(case_ref)
    task = e.TaskAdded(
        **header,
        task_id=next_id(case, "T", 1),
        title=f"Look at the case, for {WORDS[condition]}: then say why the work may go on, or close it",
        due_on=on,
        for_officer=case.owner_id,
        for_role="" if case.owner_id else Role.PASTORAL_LEAD.value,
        effect_key=key,
    )
    cases.append(tx, case_ref, (_stop(case, header, condition, "", says), task), None, inst.now())
    return [case_ref]


def _stop(case: Case, header: Header, condition: str, parent_id: str, says: str) -> e.StopNoted:
    return e.StopNoted(
        **header, stop_id=next_id(case, "X"), condition=condition, parent_id=parent_id, says=says
    )
