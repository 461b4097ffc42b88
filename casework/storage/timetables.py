"""Part-time timetables as agreed: from when, reviewed when, to when, and how each ended."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Timetable:
    """One part-time timetable; `ended_on` is empty while nobody has said that it is over."""

    timetable_id: int
    upn: str
    pupil: str
    year_group: str
    agreed_with: str
    starts_on: date
    review_on: date
    ends_on: date
    plan: str
    by: str
    ended_on: date | None
    says: str


def of_school(tx: Connection, urn: str, since: date) -> tuple[Timetable, ...]:
    """A school's timetables: those not ended, soonest end first, then those that ended from a day on."""
    rows = tx.execute(
        text("""
            select t.timetable_id, p.upn,
                trim(coalesce(nullif(p.known_as, ''), p.forename) || ' ' || p.surname),
                coalesce(roll.year_group, ''),
                coalesce(trim(concat_ws(' ', nullif(c.title, ''), c.forename, c.surname)), ''),
                t.starts_on, t.review_on, t.ends_on, t.plan, t.by, e.ended_on, coalesce(e.says, '')
            from part_time_timetable t join school on school.school_id = t.school_id
                join pupil p using (pupil_id)
                left join part_time_ended e using (timetable_id)
                left join contact c on c.pupil_id = t.pupil_id and c.contact_id = t.contact_id
                left join lateral (
                    select year_group from enrolment n
                    where n.school_id = t.school_id and n.pupil_id = t.pupil_id
                    order by on_roll_from desc limit 1
                ) roll on true
            where school.urn = :urn and (e.ended_on is null or e.ended_on >= :since)
            order by e.ended_on is not null, t.ends_on, t.timetable_id
        """),
        {"urn": urn, "since": since},
    )
    return tuple(Timetable(*row) for row in rows)


def begin(
    tx: Connection,
    urn: str,
    upn: str,
    *,
    contact_id: str,
    days: tuple[date, date, date],
    plan: str,
    by: str,
    role: str,
    on: date,
) -> None:
    """Keep a timetable: first day, review, last day."""
    tx.execute(
        text("""
            insert into part_time_timetable (school_id, pupil_id, contact_id, starts_on, review_on, ends_on,
                plan, by, role, on_date)
            select school_id, pupil_id, :contact_id, :starts, :review, :ends, :plan, :by, :role, :on
            from school, pupil where urn = :urn and upn = :upn
        """),
        {
            "urn": urn,
            "upn": upn,
            "contact_id": contact_id,
            "starts": days[0],
            "review": days[1],
            "ends": days[2],
            "plan": plan,
            "by": by,
            "role": role,
            "on": on,
        },
    )


def end(tx: Connection, urn: str, timetable_id: int, ended_on: date, says: str, by: str, on: date) -> bool:
    """Keep that a timetable is over; False if the school has none such that runs."""
    done = tx.execute(
        text("""
            insert into part_time_ended (timetable_id, school_id, ended_on, says, by, on_date)
            select timetable_id, school_id, :ended_on, :says, :by, :on
            from part_time_timetable join school using (school_id)
            where timetable_id = :timetable_id and urn = :urn on conflict do nothing
        """),
        {"timetable_id": timetable_id, "urn": urn, "ended_on": ended_on, "says": says, "by": by, "on": on},
    )
    return done.rowcount == 1
