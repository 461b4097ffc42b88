"""Messages to people outside: a person asks for one, it is queued once, and a person sees what failed.

To a family about an absence of today, while it is today; to a professional who must be told. Neither subject
says anything about a pupil, and what goes to an agency names no child: it asks them to ring. E-mail may be
read by others.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from casework.actions.access import MAY, Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, Unclear, given
from casework.domain import Case, Officer, Parent, School
from casework.domain.words import in_words
from casework.policy import Policy
from casework.rules.safeguarding import hold_on
from casework.storage import absence, cases, letterheads, outbox, people, schools
from casework.storage.outbox import Entry, Message, NewMessage

UNREACHED = ("to_call", "not_reached")
"""Where a call stands while a message about it still says something true."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was queued: how many messages, and about how many pupils there is nobody to write to."""

    queued: int
    nobody: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A message as whoever looks after the outbox sees it: no words of it, and no address."""

    message: Message
    history: tuple[Entry, ...]

    @property
    def problem(self) -> str:
        """What went wrong last."""
        return next((entry.problem for entry in reversed(self.history) if entry.problem), "")


def message_families(
    inst: Installation, by: By, urn: str, day: date, at: datetime, upns: Collection[str] = ()
) -> Asked:
    """Queue a message to each contact of pupils whose absence today has no reason and whom nobody reached.

    Those may be written to who may be contacted, whom no hold covers, and whose e-mail address is known.
    Asked for again, nothing more is queued.

    Args:
        upns: These pupils of the day's list; all who are still to be reached, if none.

    Raises:
        Unclear: The day, or its hour for such messages, has passed.
    """
    require(by.officer, Act.WRITE_CASES)
    with inst.act(by.officer, by.flow_run) as tx:
        school = schools.school(tx, urn)
        until = _until(policy_of(school), school, day)
        if not _in_time(until, at):
            raise Unclear(
                f"A message about an absence on {day:%d %B %Y} goes out until {until:%H:%M} of that day.",
                "Ring the families instead.",
            )
        queued = nobody = 0
        for call in absence.calls(tx, urn, day):
            if call.state not in UNREACHED or (upns and call.upn not in upns):
                continue
            case = cases.open_case_of(tx, call.upn, urn)
            reached = [p for p in people.parents(tx, call.upn) if may_write(p, case)]
            nobody += not reached
            for parent in reached:
                words = _to_family(tx, school, call.upn, day)
                key = f"absence:{urn}:{call.upn}:{parent.contact_id}:{day.isoformat()}"
                message = NewMessage(
                    key=key,
                    kind="absence",
                    on=day,
                    to_whom=parent.contact_id,
                    to_address=parent.email,
                    subject=f"A message from {school.name} about today",
                    body=words,
                    asked_by=by.officer.officer_id,
                    urn=urn,
                    upn=call.upn,
                    case_ref=case.ref if case else "",
                    about=parent.contact_id,
                    good_until=until,
                )
                queued += outbox.queue(tx, message, at, by.flow_run)
        return Asked(queued, nobody)


def may_ask(inst: Installation, officer: Officer, urn: str, day: date, at: datetime) -> bool:
    """Whether this officer may write to families about a day's absences, and it is not too late to."""
    if not officer.holds(*MAY[Act.WRITE_CASES]):
        return False
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        return _in_time(_until(policy_of(school), school, day), at)


def tell_professional(
    inst: Installation, by: By, case_ref: str, task_id: str, role: str, at: datetime
) -> bool:
    """Queue the message by which a professional is told, which an open task asks for; False if it was before.

    When it has gone, the case says that they were told and the task is done.

    Raises:
        Unclear: No such task is open, or no address of such a professional is on file.
    """
    require(by.officer, Act.WRITE_CASES)
    with inst.act(by.officer, by.flow_run) as tx:
        case = cases.load(tx, case_ref)
        if not any(task.task_id == task_id for task in case.open_tasks):
            raise Unclear(f"{case_ref} has no open task {task_id}.", "Look at its tasks again.")
        school = schools.school(tx, case.urn)
        known = people.professionals(tx, case.upn)
        to = next((p for p in known if p.role == role and p.email and p.involved(by.on)), None)
        if to is None:
            raise Unclear(
                f"No e-mail address of the {in_words(role)} is on file.", "Ring them, and record that."
            )
        return outbox.queue(
            tx,
            NewMessage(
                key=f"agency:{case_ref}:{task_id}:{role}",
                kind="agency",
                on=by.on,
                to_whom=role,
                to_address=to.email,
                subject=f"{school.name} asks you to ring about our reference {case_ref}",
                body=_to_professional(tx, school, case_ref),
                asked_by=by.officer.officer_id,
                urn=school.urn,
                upn=case.upn,
                case_ref=case_ref,
                about=task_id,
            ),
            at,
            by.flow_run,
        )


def may_write(parent: Parent, case: Case | None) -> bool:
    """Whether a contact may be written to about an absence: allowed, not held, and with an address."""
    held = case is not None and hold_on(case, ("first_day_contact",), parent.contact_id) is not None
    return parent.contact_allowed is not False and "@" in parent.email and not held


def why_not(tx: Connection, message: Message) -> str:
    """Why a queued message must not go any more, in words without a name; empty if it may."""
    if message.kind != "absence":
        return ""
    calls = [call for call in absence.calls(tx, message.urn, message.on) if call.upn == message.upn]
    if not any(call.state in UNREACHED for call in calls):
        return "the absence has been explained, or the child is accounted for"
    case = cases.open_case_of(tx, message.upn, message.urn)
    parents = [p for p in people.parents(tx, message.upn) if p.contact_id == message.about]
    if not any(may_write(parent, case) for parent in parents):
        return "this contact may not be written to now"
    return ""


def _until(policy: Policy, school: School, day: date) -> datetime:
    """The moment from which a message about a day's absence has lost its sense."""
    until = time.fromisoformat(policy.value("messages.absence", day).until)
    return datetime.combine(day, until, ZoneInfo(school.timezone))


def _in_time(until: datetime, at: datetime) -> bool:
    return at < until and at.astimezone(until.tzinfo).date() == until.date()


def _to_family(tx: Connection, school: School, upn: str, day: date) -> str:
    pupil = people.pupil(tx, upn, school.urn)
    called = pupil.known_as or pupil.forename
    return "\n".join(
        (
            "Dear parent or carer,",
            "",
            f"{called} is not in our registers for today, {day:%A %d %B %Y}, and we do not know why.",
            "",
            f"{_ring(tx, school)} We would like to know the reason, and that {called} is safe.",
            "",
            "If you have told us already, thank you: you need do nothing more.",
            "",
            school.name,
            "",
        )
    )


def _to_professional(tx: Connection, school: School, case_ref: str) -> str:
    return "\n".join(
        (
            "We have something to tell you about a child you work with, who was absent without a reason.",
            "",
            f"{_ring(tx, school)} Please quote our reference {case_ref}.",
            "",
            "This message names nobody, because e-mail may be read by others.",
            "",
            school.name,
            "",
        )
    )


def _ring(tx: Connection, school: School) -> str:
    head = letterheads.letterhead(tx, school.urn)
    if head is None or not head.phone:
        return "Please ring the school."
    when = f" ({head.reachable})" if head.reachable else ""
    return f"Please ring us on {head.phone}{when}."


# -- looking after the outbox ------------------------------------------------------------------------------


def listed(inst: Installation, officer: Officer, states: Collection[str] = outbox.OPEN) -> tuple[Looked, ...]:
    """Messages that ask for a person, oldest first; or those in other states, or all with none."""
    require(officer, Act.ADMINISTER)
    with inst.act(officer) as tx:
        found = outbox.messages(tx, tuple(states))
        told = outbox.history(tx, [message.message_id for message in found])
    return tuple(Looked(message, told.get(message.message_id, ())) for message in found)


def send_again(inst: Installation, by: By, message_id: int, at: datetime) -> None:
    """Let a message that failed, or of which nobody knows, be tried once more.

    Raises:
        Unclear: It asks for nobody, or has lost its sense: it is never sent late.
    """
    require(by.officer, Act.ADMINISTER)
    with inst.act(by.officer) as tx:
        message = _open(outbox.lock(tx, message_id))
        if message.good_until is not None and message.good_until <= at:
            raise Unclear(
                f"Message {message_id} was about {message.on:%d %B %Y} and has lost its sense.",
                "It is never sent late. Have the family rung, then give it up.",
            )
        outbox.send_again(tx, message_id, at)
        outbox.note(tx, message_id, at, "to be sent again", by.officer.officer_id)


def give_up(inst: Installation, by: By, message_id: int, because: str, at: datetime) -> None:
    """Say why a message will not go, so that nobody is asked about it any more.

    Raises:
        Unclear: It asks for nobody, or no reason is given.
    """
    require(by.officer, Act.ADMINISTER)
    reason = given(because, "The reason")
    with inst.act(by.officer) as tx:
        message = _open(outbox.lock(tx, message_id))
        outbox.lay_aside(tx, message_id, None if message.state == "missed" else "given_up")
        outbox.note(tx, message_id, at, "given up", by.officer.officer_id, says=reason)


def _open(message: Message) -> Message:
    if message.settled or message.state not in outbox.OPEN:
        raise Unclear(
            f"Message {message.message_id} asks for nobody: it is {message.state.replace('_', ' ')}.",
            "Look at the list again.",
        )
    return message
