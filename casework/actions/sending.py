"""Sending what is queued: one message at a time, claimed, handed over, and settled with what came of it.

Nothing waits here: a message that cannot go yet has a later time, and whoever sends next after it tries
again. One that has lost its sense is kept as missed, and a person is asked to look instead.
"""

import logging
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from casework.actions import messages, runs
from casework.actions.installation import Installation
from casework.actions.mail import Handed, Outcome, Transport
from casework.actions.recording import By, Header, next_id
from casework.domain import ENGINE, Event
from casework.domain import events as e
from casework.domain.words import in_words
from casework.storage import absence, cases, clocks, outbox, schools
from casework.storage.outbox import Message

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long after each try the next may be made; after the last a person is asked."""
ABANDONED = timedelta(minutes=15)
"""How long after its claim a message that was never settled has lost its sender."""
ENGLAND = "Europe/London"
FOR_STAFF = ("digest", "alert")
"""Kinds that ask for nobody when they have lost their sense: the next one says it all."""


def send(
    inst: Installation, transport: Transport, at: datetime, flow_run: str = "", most: int = 50
) -> dict[str, int]:
    """Send what is due, as of a moment: several may do so at once, and none sends what another has.

    Returns:
        How many messages came to each state.
    """
    done: Counter[str] = Counter()
    done["missed"] = _expire(inst, at, flow_run)
    done["doubtful"] = _abandoned(inst, transport, at, flow_run)
    for _ in range(most):
        state = _send_one(inst, transport, at, flow_run)
        if not state:
            break
        done[state] += 1
    counts = {state: number for state, number in done.items() if number}
    if counts:
        log.info("messages sent", extra=counts)
    return counts


def _send_one(inst: Installation, transport: Transport, at: datetime, flow_run: str) -> str:
    with inst.act(ENGINE, flow_run) as tx:
        message = outbox.claim(tx, at)
        if message is None:
            return ""
        if reason := messages.why_not(tx, message):
            outbox.settle(tx, message, "given_up")
            outbox.lay_aside(tx, message.message_id)
            outbox.note(
                tx, message.message_id, at, "not sent", ENGINE.officer_id, problem=reason, flow_run=flow_run
            )
            return "given_up"
    handed = transport.hand_over(message, at)
    with inst.act(ENGINE, flow_run) as tx:
        return _settle(inst, tx, message, handed, at, flow_run)


def _settle(
    inst: Installation, tx: Connection, message: Message, handed: Handed, at: datetime, flow_run: str
) -> str:
    state, next_at = _state_after(message, handed.outcome, at)
    if not outbox.settle(tx, message, state, next_at):
        return "taken_over"
    what = {"waiting": "to be tried again"}.get(state, state)
    outbox.note(
        tx, message.message_id, at, what, ENGINE.officer_id, problem=handed.problem, flow_run=flow_run
    )
    if state == "sent":
        _record_sent(inst, tx, message, at, flow_run)
    elif state == "failed":
        _ask_a_person(inst, tx, message, "could not be sent", at, flow_run)
    runs.did(tx, flow_run, _day(tx, message, at), **{state: 1})
    return state


def _state_after(message: Message, outcome: Outcome, at: datetime) -> tuple[str, datetime | None]:
    if outcome is Outcome.LATER and message.attempts <= len(TRY_AGAIN_AFTER):
        return "waiting", at + TRY_AGAIN_AFTER[message.attempts - 1]
    states = {Outcome.SENT: "sent", Outcome.DOUBTFUL: "doubtful"}
    return states.get(outcome, "failed"), None


def _expire(inst: Installation, at: datetime, flow_run: str) -> int:
    """Keep as missed what has lost its sense, and ask a person to look, one transaction each."""
    missed = 0
    while True:
        with inst.act(ENGINE, flow_run) as tx:
            message = outbox.claim_expired(tx, at)
            if message is None:
                return missed
            outbox.note(
                tx,
                message.message_id,
                at,
                "missed",
                ENGINE.officer_id,
                problem="it had lost its sense before it could go",
                flow_run=flow_run,
            )
            asked = _ask_a_person(inst, tx, message, "did not go in time", at, flow_run)
            if asked or message.kind in FOR_STAFF:
                outbox.lay_aside(tx, message.message_id)
            runs.did(tx, flow_run, _day(tx, message, at), missed=1)
            missed += 1


def _abandoned(inst: Installation, transport: Transport, at: datetime, flow_run: str) -> int:
    """Find what a sender claimed and never settled; gives how many nobody can know of."""
    state = "waiting" if transport.repeatable else "doubtful"
    found = 0
    while True:
        with inst.act(ENGINE, flow_run) as tx:
            message = outbox.claim_abandoned(tx, at - ABANDONED, state, at)
            if message is None:
                return found if state == "doubtful" else 0
            outbox.note(
                tx,
                message.message_id,
                at,
                state if state == "doubtful" else "to be tried again",
                ENGINE.officer_id,
                problem="its sender stopped before it could say what came of it",
                flow_run=flow_run,
            )
            found += 1


# -- what follows from it ------------------------------------------------------------------------------------


def _record_sent(inst: Installation, tx: Connection, message: Message, at: datetime, flow_run: str) -> None:
    """Keep on the day's list, and on the case, that the message which a person asked for has gone."""
    if message.kind in FOR_STAFF:
        return
    on = _day(tx, message, at)
    header = Header(case_ref=message.case_ref, on=on, by=message.asked_by, role="", flow_run=flow_run)
    if message.kind == "absence":
        absence.record_attempt(
            tx,
            message.urn,
            message.upn,
            message.on,
            contact_id=message.about,
            method="email",
            outcome="left_message",
            child_seen=None,
            says="",
            by=message.asked_by,
            state=None,
        )
        case = cases.open_case_of(tx, message.upn, message.urn)
        if case is None:
            return
        header["case_ref"] = case.ref
        cases.lock(tx, case.ref)
        contact = e.ContactRecorded(**header, method="email", outcome="left_message", parent_id=message.about)
        cases.append(tx, case.ref, (contact,), None, inst.now())
        return
    cases.lock(tx, message.case_ref)
    case = cases.load(tx, message.case_ref)
    told: list[Event] = [
        e.ProfessionalTold(
            **header, professional_role=message.to_whom, why="Unexplained absence", method="email"
        )
    ]
    if any(task.task_id == message.about for task in case.open_tasks):
        told.append(e.TaskDone(**header, task_id=message.about, outcome="Told"))
    cases.append(tx, case.ref, told, None, inst.now())


def _ask_a_person(
    inst: Installation, tx: Connection, message: Message, how: str, at: datetime, flow_run: str
) -> bool:
    """A task on the pupil's open case to do by hand what the message did not; False if there is no case."""
    case = cases.open_case_of(tx, message.upn, message.urn) if message.upn else None
    key = f"message:{message.key}:{how}"
    if case is None or not clocks.claim(tx, key, "task", case.ref, flow_run):
        return False
    cases.lock(tx, case.ref)
    case = cases.load(tx, case.ref)
    to = "the family" if message.kind == "absence" else f"the {in_words(message.to_whom)}"
    on = _day(tx, message, at)
    task = e.TaskAdded(
        **By(ENGINE, on, flow_run=flow_run).header(case.ref),
        task_id=next_id(case, "T"),
        title=f"Ring {to}: the message of {message.on:%d %B %Y} {how}",
        due_on=on,
        for_officer=case.owner_id,
        effect_key=key,
    )
    cases.append(tx, case.ref, (task,), None, inst.now())
    return True


def _day(tx: Connection, message: Message, at: datetime) -> date:
    """The day it is at a moment, where the message's school is."""
    zone = schools.school(tx, message.urn).timezone if message.urn else ENGLAND
    return at.astimezone(ZoneInfo(zone)).date()
