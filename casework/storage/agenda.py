"""What a day asks for that only events say: meetings to come, and what was put to the LA and not answered."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from casework.storage.database import every_school

REFERRED = (
    "penalty_notice_requested",
    "prosecution_referred",
    "cme_reported",
    "education_supervision_order_referred",
)
"""Events that put something to the LA; the database shares the case with it from then on."""

ANSWERED = (
    "referral_accepted",
    "referral_returned",
    "penalty_notice_issued",
    "prosecution_decided",
    "education_supervision_order_decided",
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting arranged and not yet held."""

    case_ref: str
    meeting_id: str
    meeting: str
    at: datetime
    place: str
    interpreter: str


@dataclass(frozen=True, slots=True)
class ReferralEvent:
    """One event between a school and its LA. `stage` is empty where the kind says it."""

    case_ref: str
    sequence: int
    kind: str
    on: date
    parent_id: str
    stage: str
    reasons: tuple[str, ...]


def meetings(tx: Connection, since: date, until: date) -> tuple[Meeting, ...]:
    """Meetings between two days that nobody has said were held, by time."""
    rows = tx.execute(
        text("""
            select asked.case_ref, asked.body->>'meeting_id', asked.body->>'meeting',
                asked.body->>'at', coalesce(asked.body->>'place', ''),
                coalesce(asked.body->>'interpreter', '')
            from event asked join case_summary s using (case_ref)
            where asked.kind = 'meeting_arranged' and s.status <> 'closed'
                and left(asked.body->>'at', 10) between :since and :until
                and not exists (
                    select from event held where held.case_ref = asked.case_ref
                        and held.kind = 'meeting_held'
                        and held.body->>'meeting_id' = asked.body->>'meeting_id')
            order by asked.body->>'at', asked.case_ref
        """),
        {"since": since.isoformat(), "until": until.isoformat()},
    )
    return tuple(
        Meeting(ref, number, kind, datetime.fromisoformat(at), place, interpreter)
        for ref, number, kind, at, place, interpreter in rows
    )


@dataclass(frozen=True, slots=True)
class VisitOut:
    """Two people on their way, and when they expect to be back."""

    case_ref: str
    visit_id: str
    by: str
    second_officer: str
    back_by: datetime


def visits_out(tx: Connection) -> tuple[VisitOut, ...]:
    """Home visits from which nobody is back, those expected soonest first."""
    rows = tx.execute(
        text("""
            select begun.case_ref, begun.body->>'visit_id', begun.by, begun.body->>'second_officer',
                begun.body->>'back_by'
            from event begun where begun.kind = 'visit_begun' and not exists (
                select from event done where done.case_ref = begun.case_ref and done.kind = 'visit_ended'
                    and done.body->>'visit_id' = begun.body->>'visit_id')
        """)
    )
    found = [
        VisitOut(ref, number, by, second, datetime.fromisoformat(at)) for ref, number, by, second, at in rows
    ]
    return tuple(sorted(found, key=lambda visit: (visit.back_by, visit.case_ref)))


def referral_events(tx: Connection) -> tuple[ReferralEvent, ...]:
    """Everything put to the LA and everything it answered, case by case, oldest first."""
    rows = tx.execute(
        text("""
            select case_ref, sequence, kind, on_date, coalesce(body->>'parent_id', ''),
                coalesce(body->>'stage', ''), coalesce(body->'reasons', '[]'::jsonb)
            from event where kind = any (:kinds) order by case_ref, sequence
        """),
        {"kinds": [*REFERRED, *ANSWERED]},
    )
    return tuple(
        ReferralEvent(
            ref, number, kind, on, parent, stage, tuple(reasons) if isinstance(reasons, list) else (reasons,)
        )
        for ref, number, kind, on, parent, stage, reasons in rows
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A case put before the LA, and why."""

    case_ref: str
    listed_for: str
    on: date
    meeting_on: date | None
    why: str


def listed(tx: Connection) -> tuple[Listed, ...]:
    """The latest time each case was put before the LA, those with the soonest meeting first."""
    rows = tx.execute(
        text("""
            select distinct on (case_ref) case_ref, body->>'listed_for', on_date,
                cast(body->>'meeting_on' as date), coalesce(body->>'why', '')
            from event where kind = 'case_listed' order by case_ref, sequence desc
        """)
    )
    found = [Listed(*row) for row in rows]
    return tuple(sorted(found, key=lambda item: (item.meeting_on or date.max, item.on, item.case_ref)))


@dataclass(frozen=True, slots=True)
class Override:
    """One gate set aside for one step of a case, by whom and until when."""

    case_ref: str
    urn: str
    on: date
    by: str
    role: str
    gate: str
    stage: str
    parent_id: str
    reason: str
    expires_on: date


def overrides(tx: Connection, on: date, urn: str = "") -> tuple[Override, ...]:
    """Every gate set aside up to a day, in every case in scope, the latest to end first."""
    rows = tx.execute(
        text("""
            select case_ref, urn, on_date, event.by, event.role, body->>'gate', body->>'stage',
                coalesce(body->>'parent_id', ''), body->>'reason', cast(body->>'expires_on' as date)
            from event join case_file using (case_ref) join school on school.school_id = case_file.school_id
            where kind = 'gate_overridden' and on_date <= :on and (:urn = '' or urn = :urn)
            order by cast(body->>'expires_on' as date) desc, case_ref, sequence
        """),
        {"on": on, "urn": urn},
    )
    return tuple(Override(*row) for row in rows)


def with_event(tx: Connection, kind: str, urn: str = "") -> tuple[str, ...]:
    """The cases in scope in which something of a kind was recorded, the latest first."""
    rows = tx.execute(
        text("""
            select case_ref from event join case_file using (case_ref)
            join school on school.school_id = case_file.school_id
            where kind = :kind and (:urn = '' or urn = :urn)
            group by case_ref order by max(on_date) desc, case_ref
        """),
        {"kind": kind, "urn": urn},
    )
    return tuple(rows.scalars())


def returned_for(tx: Connection, la_code: str, on: date) -> tuple[tuple[str, int, date], ...]:
    """(check, how often, when last) of what an LA returned referrals for up to a day, from any school of it.

    Checks alone are read, in the policy's words; nothing here is of a pupil or a school.
    """
    with every_school(tx):
        rows = tx.execute(
            text("""
                select said.check_name, count(*), max(event.on_date)
                from event join case_file using (case_ref)
                    join school on school.school_id = case_file.school_id
                    cross join lateral jsonb_array_elements_text(coalesce(body->'checks', '[]'::jsonb))
                        as said (check_name)
                where event.kind = 'referral_returned' and school.la_code = :la and event.on_date <= :on
                group by said.check_name order by count(*) desc, said.check_name
            """),
            {"la": la_code, "on": on},
        )
        return tuple((check, times, last) for check, times, last in rows)


def packs_prepared(tx: Connection) -> tuple[tuple[str, str], ...]:
    """(case, pack) of every pack of evidence that was made, oldest first in each case."""
    rows = tx.execute(
        text("""
            select case_ref, body->>'pack_id' from event
            where kind = 'evidence_pack_prepared' order by case_ref, sequence
        """)
    )
    return tuple((ref, pack_id) for ref, pack_id in rows)
