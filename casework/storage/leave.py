"""Leave that was asked for, and what was decided on each request. Nothing of it is changed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """One request for leave in term time, with the decision once there is one: `granted` None waits."""

    request_id: int
    upn: str
    pupil: str
    year_group: str
    parent: str
    asked_on: date
    first_day: date
    last_day: date
    reason: str
    granted: bool | None
    code: str
    granted_from: date | None
    granted_to: date | None
    reasons: str
    decided_by: str
    decided_on: date | None


_REQUESTS = """
    select r.request_id, p.upn,
        trim(coalesce(nullif(p.known_as, ''), p.forename) || ' ' || p.surname),
        coalesce(roll.year_group, ''),
        coalesce(trim(concat_ws(' ', nullif(c.title, ''), c.forename, c.surname)), ''),
        r.asked_on, r.first_day, r.last_day, r.reason, d.granted, coalesce(d.code, ''), d.first_day,
        d.last_day, coalesce(d.reasons, ''), coalesce(d.by, ''), d.on_date
    from leave_request r join school on school.school_id = r.school_id join pupil p using (pupil_id)
        left join leave_decision d using (request_id)
        left join contact c on c.pupil_id = r.pupil_id and c.contact_id = r.contact_id
        left join lateral (
            select year_group from enrolment e where e.school_id = r.school_id and e.pupil_id = r.pupil_id
            order by on_roll_from desc limit 1
        ) roll on true
    where school.urn = :urn
"""


def requests(tx: Connection, urn: str, since: date) -> tuple[LeaveRequest, ...]:
    """A school's requests: those that wait first, soonest leave first; then those for days from a day on."""
    rows = tx.execute(
        text(f"""
            {_REQUESTS} and (d.request_id is null or r.last_day >= :since)
            order by d.request_id is not null, case when d.request_id is null then r.first_day end,
                r.first_day desc, r.request_id
        """),
        {"urn": urn, "since": since},
    )
    return tuple(LeaveRequest(*row) for row in rows)


def request(tx: Connection, urn: str, request_id: int) -> LeaveRequest | None:
    """One request of a school."""
    row = tx.execute(
        text(f"{_REQUESTS} and r.request_id = :request_id"), {"urn": urn, "request_id": request_id}
    ).one_or_none()
    return LeaveRequest(*row) if row else None


def ask(
    tx: Connection,
    urn: str,
    upn: str,
    *,
    contact_id: str,
    asked_on: date,
    days: tuple[date, date],
    reason: str,
    by: str,
    role: str,
    on: date,
) -> int:
    """Keep a request; gives its number."""
    return int(
        tx.execute(
            text("""
                insert into leave_request (school_id, pupil_id, contact_id, asked_on, first_day, last_day,
                    reason, by, role, on_date)
                select school_id, pupil_id, :contact_id, :asked_on, :first, :last, :reason, :by, :role, :on
                from school, pupil where urn = :urn and upn = :upn returning request_id
            """),
            {
                "urn": urn,
                "upn": upn,
                "contact_id": contact_id,
                "asked_on": asked_on,
                "first": days[0],
                "last": days[1],
                "reason": reason,
                "by": by,
                "role": role,
                "on": on,
            },
        ).scalar_one()
    )


def decide(
    tx: Connection,
    request_id: int,
    *,
    granted: bool,
    code: str,
    days: tuple[date, date] | None,
    reasons: str,
    by: str,
    role: str,
    on: date,
) -> bool:
    """Keep a decision; False if there is one already."""
    first, last = days or (None, None)
    done = tx.execute(
        text("""
            insert into leave_decision (request_id, school_id, granted, code, first_day, last_day, reasons,
                by, role, on_date)
            select request_id, school_id, :granted, :code, cast(:first as date), cast(:last as date),
                :reasons, :by, :role, :on
            from leave_request where request_id = :request_id on conflict do nothing
        """),
        {
            "request_id": request_id,
            "granted": granted,
            "code": code,
            "first": first,
            "last": last,
            "reasons": reasons,
            "by": by,
            "role": role,
            "on": on,
        },
    )
    return done.rowcount == 1
