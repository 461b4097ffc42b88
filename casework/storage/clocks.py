"""Clocks as rows, and the keys by which anything happens once.

A clock is started, paused, resumed, stopped and fired by events; its row follows them. When it comes due is
worked out elsewhere from its rule and the school's calendar, and set here so that what is due can be found at
once among millions. Nothing sleeps: whoever asks, when, and how often, each clock fires once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from casework.domain import events as e
from casework.domain.events import Event


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case. `due_on` None has not been worked out.

    `state` is running, paused, stopped or fired.
    """

    case_ref: str
    clock_id: str
    rule: str
    parent_id: str
    started_on: date
    due_on: date | None
    paused_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Firing:
    """A clock claimed because it is due: from now on it is this caller's to act on, in this transaction."""

    firing_key: str
    case_ref: str
    clock_id: str
    rule: str
    parent_id: str
    started_on: date
    due_on: date


_COLUMNS = "case_ref, clock_id, rule, parent_id, started_on, due_on, paused_on, state"

_START = text("""
    insert into clock (case_ref, clock_id, school_id, rule, parent_id, started_on)
    values (:case_ref, :clock_id, :school_id, :rule, :parent_id, :started_on)
    on conflict (case_ref, clock_id) do update set rule = excluded.rule, parent_id = excluded.parent_id,
        started_on = excluded.started_on, due_on = null, paused_on = null, state = 'running'
""")
_MOVE = text("""
    update clock set state = :state, paused_on = :paused_on,
        due_on = case when :forget_due then null else due_on end
    where case_ref = :case_ref and clock_id = :clock_id
""")


def follow(tx: Connection, school_id: int, events: Iterable[Event]) -> None:
    """Bring the clocks of a case up to date with events just added to it, in their order.

    A clock that is resumed has no due date until it is worked out again with the pause in it.
    """
    for event in events:
        match event:
            case e.ClockStarted():
                tx.execute(
                    _START,
                    {
                        "case_ref": event.case_ref,
                        "clock_id": event.clock_id,
                        "school_id": school_id,
                        "rule": event.rule,
                        "parent_id": event.parent_id,
                        "started_on": event.started_on,
                    },
                )
            case e.ClockPaused():
                _move(tx, event.case_ref, event.clock_id, "paused", paused_on=event.on)
            case e.ClockResumed():
                _move(tx, event.case_ref, event.clock_id, "running", forget_due=True)
            case e.ClockStopped():
                _move(tx, event.case_ref, event.clock_id, "stopped")
            case e.ClockFired():
                _move(tx, event.case_ref, event.clock_id, "fired")


def clocks_of(tx: Connection, case_ref: str) -> tuple[Clock, ...]:
    """A case's clocks, soonest due first; those with no date come last."""
    rows = tx.execute(
        text(f"select {_COLUMNS} from clock where case_ref = :case_ref order by due_on nulls last, clock_id"),
        {"case_ref": case_ref},
    )
    return tuple(Clock(*row) for row in rows)


def clocks_at(tx: Connection, urn: str) -> tuple[Clock, ...]:
    """The running and paused clocks of a school, whose dates move when its calendar does."""
    rows = tx.execute(
        text(f"""
            select {_COLUMNS} from clock join school using (school_id)
            where school.urn = :urn and clock.state in ('running', 'paused') order by case_ref, clock_id
        """),
        {"urn": urn},
    )
    return tuple(Clock(*row) for row in rows)


def set_due(tx: Connection, case_ref: str, clock_id: str, due_on: date | None) -> bool:
    """Set the day a running clock comes due; False if it is not running, and then nothing is set."""
    return set_dues(tx, ((case_ref, clock_id, due_on),)) == 1


def set_dues(tx: Connection, dues: Iterable[tuple[str, str, date | None]]) -> int:
    """Set the days of many clocks, (case_ref, clock_id, due_on) each; says how many are running."""
    refs, ids, days = zip(*dues, strict=True) if (dues := tuple(dues)) else ((), (), ())
    return tx.execute(
        text("""
            update clock set due_on = given.due_on
            from unnest(cast(:refs as text[]), cast(:ids as text[]), cast(:days as date[]))
                as given (case_ref, clock_id, due_on)
            where clock.case_ref = given.case_ref and clock.clock_id = given.clock_id
                and clock.state = 'running'
        """),
        {"refs": list(refs), "ids": list(ids), "days": list(days)},
    ).rowcount


def due(tx: Connection, on: date, limit: int = 100) -> tuple[Clock, ...]:
    """Clocks due on or before a day, longest overdue first, held until the transaction ends.

    Those that another worker holds are passed over, so several may ask at once.
    """
    rows = tx.execute(
        text(f"""
            select {_COLUMNS} from clock where state = 'running' and due_on <= :on
            order by due_on, case_ref, clock_id limit :limit for update skip locked
        """),
        {"on": on, "limit": limit},
    )
    return tuple(Clock(*row) for row in rows)


def claim_due(tx: Connection, on: date, limit: int = 100, flow_run: str = "") -> tuple[Firing, ...]:
    """Claim clocks due on or before a day: each is marked as fired and given to one caller only.

    The claim lasts if the transaction is committed. If it is not (a crash, a kill), the clock is due again
    for whoever asks next. An empty answer while others hold clocks does not mean that none is left.

    Returns:
        The claimed clocks, longest overdue first. A firing that was recorded before is never given again.
    """
    rows = tx.execute(
        text("""
            with due as (
                select case_ref, clock_id from clock where state = 'running' and due_on <= :on
                order by due_on, case_ref, clock_id limit :limit for update skip locked
            ), fired as (
                update clock set state = 'fired' from due
                where clock.case_ref = due.case_ref and clock.clock_id = due.clock_id
                returning clock.*
            ), claimed as (
                insert into clock_firing
                    (firing_key, case_ref, school_id, clock_id, due_on, fired_on, flow_run)
                select case_ref || '/' || clock_id || '/' || due_on, case_ref, school_id, clock_id, due_on,
                    cast(:on as date), cast(:flow_run as text)
                from fired on conflict do nothing returning firing_key, case_ref, clock_id
            )
            select claimed.firing_key, fired.case_ref, fired.clock_id, rule, parent_id, started_on, due_on
            from claimed join fired using (case_ref, clock_id) order by due_on, case_ref, clock_id
        """),
        {"on": on, "limit": limit, "flow_run": flow_run},
    )
    return tuple(Firing(*row) for row in rows)


def claim(tx: Connection, key: str, kind: str, case_ref: str | None, flow_run: str) -> bool:
    """Claim an effect (a letter, a task, a notice, a message) by its key; False if it has happened already.

    Two that claim the same key at once wait for each other, and one of them gets it.

    Args:
        case_ref: The case it is about; None for an effect that is about no one case.
        flow_run: The run that brings it about; empty where a person does.
    """
    return bool(
        tx.execute(
            text("""
                insert into effect (effect_key, kind, case_ref, flow_run)
                values (:key, :kind, :case_ref, :flow_run) on conflict do nothing
            """),
            {"key": key, "kind": kind, "case_ref": case_ref, "flow_run": flow_run},
        ).rowcount
    )


def claimed(tx: Connection, keys: Sequence[str]) -> frozenset[str]:
    """Which of these effects have happened already."""
    rows = tx.execute(
        text("select effect_key from effect where effect_key = any (:keys)"), {"keys": list(keys)}
    )
    return frozenset(rows.scalars())


def _move(
    tx: Connection,
    case_ref: str,
    clock_id: str,
    state: str,
    *,
    paused_on: date | None = None,
    forget_due: bool = False,
) -> None:
    tx.execute(
        _MOVE,
        {
            "case_ref": case_ref,
            "clock_id": clock_id,
            "state": state,
            "paused_on": paused_on,
            "forget_due": forget_due,
        },
    )
