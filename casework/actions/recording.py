"""The one way events reach a case: lock it, look at it, add to it, all in one transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.domain import Case, CaseworkError, Event, Officer
from casework.domain import events as e
from casework.storage import cases, clocks


class Header(TypedDict):
    """What every event of an act says of who recorded it."""

    case_ref: str
    on: date
    by: str
    role: str
    flow_run: str


@dataclass(frozen=True, slots=True)
class By:
    """Who writes, on which day, and what they last saw.

    `role` is the one they act in. `seen` is the sequence of the case they last saw; None where being behind
    does not matter. `key` names the act, so that sending it twice records it once. `flow_run` names the run.

    However the officer was come by, they act with the roles of that day: one that has ended, such as a
    headteacher's delegation, decides and approves nothing.
    """

    officer: Officer
    on: date
    role: str = ""
    seen: int | None = None
    key: str = ""
    flow_run: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "officer", self.officer.on(self.on))

    def header(self, case_ref: str) -> Header:
        """The envelope of this act's events."""
        role = self.role or min((role.value for role in self.officer.roles), default="")
        return Header(
            case_ref=case_ref, on=self.on, by=self.officer.officer_id, role=role, flow_run=self.flow_run
        )


class Unclear(CaseworkError):
    """Something a person gave does not make sense as it stands; `remedy` says what to give."""

    def __init__(self, says: str, remedy: str) -> None:
        self.says, self.remedy = says, remedy
        super().__init__(f"{says} {remedy}")


MakeEvents = Callable[[Connection, Case, Header], Iterable[Event]]


def write(inst: Installation, by: By, case_ref: str, make: MakeEvents) -> Case:
    """Add what `make` returns to a case, as it stands under the lock; nothing returned leaves it be.

    Raises:
        NotFound: No such case, or not one of this officer's.
        CaseChanged: Somebody wrote after `by.seen`; nothing was recorded.
    """
    with inst.act(by.officer, by.flow_run) as tx:
        cases.lock(tx, case_ref)
        case = cases.load(tx, case_ref)
        if by.key and not clocks.claim(tx, by.key, "act", case_ref, by.flow_run):
            return case
        events = tuple(make(tx, case, by.header(case_ref)))
        return cases.append(tx, case_ref, events, by.seen, inst.now()) if events else case


def record(
    inst: Installation,
    by: By,
    case_ref: str,
    make: Callable[[Case, Header], Event],
    act: Act = Act.WRITE_CASES,
) -> Case:
    """Add one event to a case, if this officer's roles let them.

    Raises:
        NotAllowed: The officer's roles do not include the act.
        NotFound, CaseChanged: As `write` says.
    """
    require(by.officer, act)
    return write(inst, by, case_ref, lambda _, case, header: (make(case, header),))


def next_id(case: Case, prefix: str, ahead: int = 0) -> str:
    """A short id for something the next event brings, unique in its case: `T7` for a task of event 7."""
    return f"{prefix}{case.sequence + 1 + ahead}"


def answered(case: Case, header: Header, *keys: str, outcome: str) -> tuple[e.TaskDone, ...]:
    """The open tasks that an act does: nobody ticks off what was just done.

    Args:
        keys: Each a task's whole key, or with a colon at its end how the keys of several begin.
    """
    beginnings = tuple(key for key in keys if key.endswith(":"))
    return tuple(
        e.TaskDone(**header, task_id=task.task_id, outcome=outcome)
        for task in case.open_tasks
        if task.effect_key in keys or task.effect_key.startswith(beginnings)
    )


def given(text: str, what: str) -> str:
    """The text without spaces around it; refused if nothing is left."""
    if not text.strip():
        raise Unclear(f"{what} is empty.", "Write it, then record it again.")
    return text.strip()


def one_of(word: str, allowed: tuple[str, ...], what: str) -> str:
    """A word of a fixed list; refused, with the list, if it is another."""
    if word not in allowed:
        raise Unclear(f"{what} {word!r} is not known.", f"Give one of {', '.join(allowed)}.")
    return word
