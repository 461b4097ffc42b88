"""An act on one case in one transaction, and those that only an officer of the school's own LA may do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import require_la
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, next_id
from casework.actions.situations import situation_of
from casework.actions.timing import date_clocks
from casework.domain import Case, Event, NotFound, Parent
from casework.domain import events as e
from casework.rules.situation import Situation
from casework.storage import cases, clocks


@dataclass
class UnderWay:
    """One act under way: the case as it stands under the lock, and what is being added to it."""

    inst: Installation
    tx: Connection
    by: By
    now: Situation
    header: Header

    def add(self, *events: Event) -> None:
        """Add events to the case; those after them see it with them."""
        if events:
            case = cases.append(self.tx, self.now.case.ref, events, None, self.inst.now())
            self.now = replace(self.now, case=case)


def for_the_la(
    inst: Installation,
    by: By,
    case_ref: str,
    make: Callable[[UnderWay], None],
    *,
    parent_id: str = "",
    notice_id: str = "",
) -> Case:
    def checked(act: UnderWay) -> None:
        require_la(by.officer, act.now.school.la_code)
        make(act)

    return act_on(inst, by, case_ref, checked, parent_id=parent_id, notice_id=notice_id)


def act_on(
    inst: Installation,
    by: By,
    case_ref: str,
    make: Callable[[UnderWay], None],
    *,
    parent_id: str = "",
    notice_id: str = "",
) -> Case:
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        cases.lock_pupil(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not clocks.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        cases.append(tx, case_ref, (), by.seen, inst.now())
        now = situation_of(tx, case, by.on)
        whose = parent_id or next(
            (n.parent_id for n in case.of(e.PenaltyNoticeIssued) if n.notice_id == notice_id), ""
        )
        if whose:
            now = now.about(known_parent(now, whose))
        act = UnderWay(inst, tx, by, now, by.header(case_ref))
        make(act)
        date_clocks(tx, act.now.case, now.policy, now.calendar, by.on)
        return act.now.case


def known_parent(now: Situation, parent_id: str) -> Parent:
    for parent in now.parents:
        if parent.contact_id == parent_id:
            return parent
    known = ", ".join(parent.contact_id for parent in now.parents) or "none"
    raise NotFound("parent", parent_id or "no parent", f"Contacts of this pupil: {known}.")


def task(act: UnderWay, title: str, due_on: date | None = None, ahead: int = 0) -> e.TaskAdded:
    return e.TaskAdded(
        **act.header,
        task_id=next_id(act.now.case, "T", ahead),
        title=title,
        due_on=due_on or act.by.on,
        for_officer=act.by.officer.officer_id,
    )
