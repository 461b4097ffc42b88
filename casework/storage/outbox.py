"""Messages on their way out: queued once by their key, claimed by one sender, settled with what came of it.

A message is `waiting` until a sender claims it; `sending` while one holds it; then `sent`, `waiting` again
for another try, `failed` when there is no sense in one, `doubtful` where nobody can know whether it went, or
`missed` because it had lost its sense before it could go. A person sends the last three again or gives up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.domain import NotFound

OPEN = ("failed", "doubtful", "missed")
"""States that ask for a person."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to queue. Its key names what it is, to whom and about which day, and makes it unique.

    `about` names in its kind what it is about: a contact, or a task. `to_whom` is a role or a reference.
    """

    key: str
    kind: str
    on: date
    to_whom: str
    to_address: str
    subject: str
    body: str
    asked_by: str
    urn: str = ""
    upn: str = ""
    case_ref: str = ""
    about: str = ""
    good_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is kept. `settled`: nobody needs to look at it any more."""

    message_id: int
    key: str
    kind: str
    urn: str
    upn: str
    case_ref: str
    about: str
    on: date
    to_whom: str
    to_address: str
    subject: str
    body: str
    asked_by: str
    state: str
    attempts: int
    next_at: datetime
    good_until: datetime | None
    settled: bool
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a message's history: what happened, which kind of problem, what a person said."""

    at: datetime
    what: str
    problem: str
    says: str
    by: str


_COLUMNS = """message_id, message_key as key, kind, coalesce(urn, '') as urn, coalesce(upn, '') as upn,
    case_ref, about, on_date as "on", to_whom, to_address, subject, body, asked_by, state, attempts, next_at,
    good_until, settled, queued_at"""
_FROM = "outbox left join school using (school_id) left join pupil using (pupil_id)"


def queue(tx: Connection, message: NewMessage, at: datetime, flow_run: str = "") -> bool:
    """Queue a message; False if one with its key was queued before. The insert is the claim."""
    return bool(
        tx.execute(
            text("""
                insert into outbox (message_key, kind, school_id, pupil_id, case_ref, about, on_date, to_whom,
                    to_address, subject, body, asked_by, flow_run, next_at, good_until, queued_at)
                values (:key, :kind, (select school_id from school where urn = :urn),
                    (select pupil_id from pupil where upn = :upn), :case_ref, :about, :on, :to_whom,
                    :to_address, :subject, :body, :asked_by, :flow_run, :at, :good_until, :at)
                on conflict (message_key) do nothing
            """),
            {
                "key": message.key,
                "kind": message.kind,
                "urn": message.urn,
                "upn": message.upn,
                "case_ref": message.case_ref,
                "about": message.about,
                "on": message.on,
                "to_whom": message.to_whom,
                "to_address": message.to_address,
                "subject": message.subject,
                "body": message.body,
                "asked_by": message.asked_by,
                "flow_run": flow_run,
                "good_until": message.good_until,
                "at": at,
            },
        ).rowcount
    )


def claim(tx: Connection, at: datetime) -> Message | None:
    """Claim the next message that is due and has not lost its sense; None if there is none to take.

    Those that another sender holds are passed over, so several may ask at once.
    """
    return _one(
        tx,
        f"""
            with due as (
                select message_id from outbox
                where state = 'waiting' and next_at <= :at and (good_until is null or good_until > :at)
                order by next_at, message_id limit 1 for update skip locked
            ), taken as (
                update outbox set state = 'sending', claimed_at = :at, attempts = attempts + 1
                from due where outbox.message_id = due.message_id returning outbox.*
            )
            select {_COLUMNS} from {_FROM.replace("outbox", "taken", 1)}
        """,
        at=at,
    )


def claim_expired(tx: Connection, at: datetime) -> Message | None:
    """Take the next message that lost its sense unsent: from now on it is missed; None if there is none."""
    return _one(
        tx,
        f"""
            with late as (
                select message_id from outbox where state = 'waiting' and good_until <= :at
                order by message_id limit 1 for update skip locked
            ), missed as (
                update outbox set state = 'missed' from late where outbox.message_id = late.message_id
                returning outbox.*
            )
            select {_COLUMNS} from {_FROM.replace("outbox", "missed", 1)}
        """,
        at=at,
    )


def claim_abandoned(tx: Connection, before: datetime, to_state: str, at: datetime) -> Message | None:
    """Take the next message that its sender, claimed before a moment, never settled; None if there is none.

    Args:
        to_state: `waiting` where sending twice is harmless; else `doubtful`: nobody knows whether it went.
    """
    return _one(
        tx,
        f"""
            with left_behind as (
                select message_id from outbox where state = 'sending' and claimed_at <= :before
                order by message_id limit 1 for update skip locked
            ), moved as (
                update outbox set state = :to_state, next_at = :at from left_behind
                where outbox.message_id = left_behind.message_id returning outbox.*
            )
            select {_COLUMNS} from {_FROM.replace("outbox", "moved", 1)}
        """,
        before=before,
        to_state=to_state,
        at=at,
    )


def settle(tx: Connection, message: Message, state: str, next_at: datetime | None = None) -> bool:
    """Say what came of a message that this sender claimed; False if it is no longer this sender's."""
    return bool(
        tx.execute(
            text("""
                update outbox set state = :state, next_at = coalesce(:next_at, next_at)
                where message_id = :message_id and state = 'sending' and attempts = :attempts
            """),
            {
                "message_id": message.message_id,
                "attempts": message.attempts,
                "state": state,
                "next_at": next_at,
            },
        ).rowcount
    )


def lay_aside(tx: Connection, message_id: int, state: str | None = None) -> None:
    """Let nobody be asked about a message any more; with a state, in that."""
    tx.execute(
        text("update outbox set settled = true, state = coalesce(:state, state) where message_id = :id"),
        {"id": message_id, "state": state},
    )


def send_again(tx: Connection, message_id: int, at: datetime) -> None:
    """Let a message wait for a sender once more, with all its tries before it."""
    tx.execute(
        text(
            "update outbox set state = 'waiting', attempts = 0, next_at = :at, settled = false"
            " where message_id = :id"
        ),
        {"id": message_id, "at": at},
    )


def note(
    tx: Connection,
    message_id: int,
    at: datetime,
    what: str,
    by: str,
    *,
    problem: str = "",
    says: str = "",
    flow_run: str = "",
) -> None:
    """Add a line to a message's history."""
    tx.execute(
        text("""
            insert into outbox_history (message_id, school_id, at, what, problem, says, by, flow_run)
            select message_id, school_id, :at, :what, :problem, :says, :by, :flow_run
            from outbox where message_id = :id
        """),
        {
            "id": message_id,
            "at": at,
            "what": what,
            "problem": problem,
            "says": says,
            "by": by,
            "flow_run": flow_run,
        },
    )


def lock(tx: Connection, message_id: int) -> Message:
    """A message, held until the transaction ends.

    Raises:
        NotFound: There is none, or it is not this officer's to see.
    """
    tx.execute(text("select from outbox where message_id = :id for update"), {"id": message_id})
    found = _one(tx, f"select {_COLUMNS} from {_FROM} where message_id = :id", id=message_id)
    if found is None:
        raise NotFound("message", str(message_id), "See which there are: casework outbox list --all.")
    return found


def messages(tx: Connection, states: Sequence[str] = (), limit: int = 500) -> tuple[Message, ...]:
    """Messages in some states, oldest first, that are not settled; or all with none given."""
    rows = tx.execute(
        text(f"""
            select {_COLUMNS} from {_FROM}
            where (cardinality(cast(:states as text[])) = 0 or (state = any (:states) and not settled))
            order by message_id limit :limit
        """),
        {"states": list(states), "limit": limit},
    ).mappings()
    return tuple(Message(**row) for row in rows)


def history(tx: Connection, message_ids: Sequence[int]) -> dict[int, tuple[Entry, ...]]:
    """What happened to messages, oldest first, by their ids."""
    rows = tx.execute(
        text("""
            select message_id, at, what, problem, says, by from outbox_history
            where message_id = any (:ids) order by entry_id
        """),
        {"ids": list(message_ids)},
    )
    found: dict[int, list[Entry]] = {}
    for message_id, *rest in rows:
        found.setdefault(message_id, []).append(Entry(*rest))
    return {message_id: tuple(entries) for message_id, entries in found.items()}


def counts(tx: Connection) -> dict[str, int]:
    """How many messages are in each state; those that a person has dealt with not counted among the open."""
    rows = tx.execute(
        text("""
            select state, count(*) from outbox where not (settled and state = any (:open)) group by state
        """),
        {"open": list(OPEN)},
    )
    return {state: int(number) for state, number in rows}


def longest_waiting(tx: Connection) -> datetime | None:
    """Since when the message has been due that has waited longest; None if none waits."""
    found = tx.execute(text("select min(next_at) from outbox where state = 'waiting'")).scalar_one()
    return found if isinstance(found, datetime) else None


def _one(tx: Connection, query: str, **values: Any) -> Message | None:
    row = tx.execute(text(query), values).mappings().one_or_none()
    return Message(**row) if row else None
