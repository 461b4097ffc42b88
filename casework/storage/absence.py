"""The day's unexplained absences and the calls about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, text

from casework.domain import NotFound, Session
from casework.domain.register import Half


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A pupil whose absence on a day has no reason yet, and for which sessions."""

    upn: str
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach a family, and what came of it."""

    contact_id: str
    method: str
    outcome: str
    child_seen: bool | None
    says: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make about one pupil's absence of one day; `tell` names the professionals to be told.

    `state` is to_call, explained, safe, not_reached, or missed: its day passed before anybody could call.
    """

    urn: str
    upn: str
    pupil: str
    year_group: str
    on: date
    sessions: tuple[str, ...]
    tell: tuple[str, ...]
    state: str
    attempts: tuple[Attempt, ...] = field(default=())


def unexplained(tx: Connection, urn: str, on: date, codes: Iterable[str]) -> tuple[Unexplained, ...]:
    """Pupils on a school's roll with one of these codes on a day. A blank is no absence."""
    rows = tx.execute(
        text("""
            select mark.upn, array_agg(mark.session order by mark.half) as sessions
            from mark join enrolment using (school_id, pupil_id)
            where mark.urn = :urn and mark.session_date = :on and mark.code = any (:codes)
                and on_roll_from <= :on and (on_roll_to is null or :on <= on_roll_to)
            group by mark.upn order by mark.upn
        """),
        {"urn": urn, "on": on, "codes": list(codes)},
    )
    return tuple(Unexplained(row.upn, tuple(row.sessions)) for row in rows)


def overdue_reasons(
    tx: Connection, urn: str, since: date, until: date, codes: Iterable[str]
) -> tuple[tuple[str, Session], ...]:
    """(UPN, session) of marks with one of these codes between two days, oldest first."""
    rows = tx.execute(
        text("""
            select upn, session_date, session from mark
            where urn = :urn and session_date between :since and :until and code = any (:codes)
            order by session_date, half, upn
        """),
        {"urn": urn, "since": since, "until": until, "codes": list(codes)},
    )
    return tuple((row.upn, Session(row.session_date, Half(row.session))) for row in rows)


def codes_between(tx: Connection, urn: str, since: date, until: date) -> dict[str, int]:
    """How often each code stands in a school's register between two days."""
    rows = tx.execute(
        text("""
            select code, count(*) from mark
            where urn = :urn and session_date between :since and :until group by code order by code
        """),
        {"urn": urn, "since": since, "until": until},
    )
    return {code: int(count) for code, count in rows}


def put_call(
    tx: Connection,
    urn: str,
    upn: str,
    on: date,
    sessions: Sequence[str],
    tell: Sequence[str],
    state: str,
    flow_run: str,
) -> bool:
    """Put a pupil on the day's list; False if they are on it already, and then only the sessions grow."""
    added = tx.execute(
        text("""
            insert into absence_call (school_id, pupil_id, on_date, sessions, tell, state, flow_run)
            select school_id, pupil_id, :on, :sessions, :tell, :state, :flow_run from school, pupil
            where urn = :urn and upn = :upn
            on conflict (school_id, on_date, pupil_id) do update set sessions = excluded.sessions
                where absence_call.sessions <> excluded.sessions
            returning (xmax = 0) as added
        """),
        {
            "urn": urn,
            "upn": upn,
            "on": on,
            "sessions": list(sessions),
            "tell": list(tell),
            "state": state,
            "flow_run": flow_run,
        },
    ).scalar_one_or_none()
    return bool(added)


def calls(tx: Connection, urn: str, on: date) -> tuple[Call, ...]:
    """The calls of a school's day: those still to make first, then by year group and name."""
    rows = tx.execute(
        text("""
            select school.urn, p.upn,
                trim(coalesce(nullif(p.known_as, ''), p.forename) || ' ' || p.surname) as pupil,
                coalesce(roll.year_group, '') as year_group, c.on_date, c.sessions, c.tell, c.state,
                coalesce((
                    select json_agg(json_build_array(a.contact_id, a.method, a.outcome, a.child_seen, a.says,
                        a.by, a.recorded_at) order by a.contact_number)
                    from absence_contact a
                    where (a.school_id, a.on_date, a.pupil_id) = (c.school_id, c.on_date, c.pupil_id)
                ), '[]'::json) as attempts
            from absence_call c join school using (school_id) join pupil p using (pupil_id)
                left join lateral (
                    select year_group from enrolment e
                    where e.school_id = c.school_id and e.pupil_id = c.pupil_id
                    order by on_roll_from desc limit 1
                ) roll on true
            where school.urn = :urn and c.on_date = :on
            order by (c.state = 'to_call') desc, roll.year_group, p.surname, p.forename, p.upn
        """),
        {"urn": urn, "on": on},
    )
    return tuple(
        Call(
            row.urn,
            row.upn,
            row.pupil,
            row.year_group,
            row.on_date,
            tuple(row.sessions),
            tuple(row.tell),
            row.state,
            tuple(_attempt(*item) for item in row.attempts),
        )
        for row in rows
    )


def _attempt(
    contact_id: str, method: str, outcome: str, child_seen: bool | None, says: str, by: str, at: str
) -> Attempt:
    return Attempt(contact_id, method, outcome, child_seen, says, by, datetime.fromisoformat(at))


def record_attempt(
    tx: Connection,
    urn: str,
    upn: str,
    on: date,
    *,
    contact_id: str,
    method: str,
    outcome: str,
    child_seen: bool | None,
    says: str,
    by: str,
    state: str | None,
) -> None:
    """Keep one attempt, and where the call stands after it; without a state it stands where it stood.

    Raises:
        NotFound: The pupil is not on that day's list.
    """
    moved = tx.execute(
        text("""
            with moved as (
                update absence_call c set state = coalesce(:state, c.state) from school, pupil
                where c.school_id = school.school_id and c.pupil_id = pupil.pupil_id
                    and urn = :urn and upn = :upn and on_date = :on
                returning c.school_id, c.pupil_id, c.on_date
            )
            insert into absence_contact
                (school_id, pupil_id, on_date, contact_id, method, outcome, child_seen, says, by)
            select school_id, pupil_id, on_date, :contact_id, :method, :outcome, :child_seen, :says, :by
            from moved
        """),
        {
            "urn": urn,
            "upn": upn,
            "on": on,
            "contact_id": contact_id,
            "method": method,
            "outcome": outcome,
            "child_seen": child_seen,
            "says": says,
            "by": by,
            "state": state,
        },
    ).rowcount
    if not moved:
        raise NotFound("call", upn, "Look at that day's list of calls again.")
