"""Who left a school's roll, on which ground, and where to: as far as anybody has said."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Leaver:
    """One pupil who left: the ground decided on their case or written down, and the latest destination."""

    upn: str
    pupil: str
    year_group: str
    left_on: date
    ground: str
    destination: str
    confirmed: bool | None
    says: str
    case_ref: str
    onward: bool


def of_school(tx: Connection, urn: str, since: date, until: date) -> tuple[Leaver, ...]:
    """Who left between two days and is not back, those whose destination nobody knows first.

    `onward`: the pupil is on another school's roll in this installation since; which one is not said.
    """
    rows = tx.execute(
        text("""
            select p.upn, trim(coalesce(nullif(p.known_as, ''), p.forename) || ' ' || p.surname),
                spell.year_group, spell.on_roll_to,
                coalesce(nullif(said.ground, ''), decided.ground, ''), coalesce(said.destination, ''),
                said.confirmed, coalesce(said.says, ''), coalesce(made.case_ref, ''), exists (
                    select from enrolment other where other.pupil_id = p.pupil_id
                        and other.school_id <> spell.school_id and other.on_roll_from > spell.on_roll_from
                        and (other.on_roll_to is null or other.on_roll_to > spell.on_roll_to)
                )
            from enrolment spell join school using (school_id) join pupil p using (pupil_id)
                left join lateral (
                    select ground, destination, confirmed, says from leaver_destination d
                    where d.school_id = spell.school_id and d.pupil_id = spell.pupil_id
                        and d.left_on = spell.on_roll_to
                    order by destination_id desc limit 1
                ) said on true
                left join lateral (
                    select case_ref from case_summary s
                    where s.school_id = spell.school_id and s.pupil_id = spell.pupil_id
                    order by opened_on desc, case_ref desc limit 1
                ) made on true
                left join lateral (
                    select body->>'ground' as ground from event
                    where event.case_ref = made.case_ref and kind = 'deletion_decided'
                    order by sequence desc limit 1
                ) decided on true
            where school.urn = :urn and spell.on_roll_to between :since and :until
                and not exists (
                    select from enrolment back where back.school_id = spell.school_id
                        and back.pupil_id = spell.pupil_id and back.on_roll_from > spell.on_roll_from
                )
            order by said.confirmed is true, spell.on_roll_to desc, p.upn
        """),
        {"urn": urn, "since": since, "until": until},
    )
    return tuple(Leaver(*row) for row in rows)


def say(
    tx: Connection,
    urn: str,
    upn: str,
    *,
    left_on: date,
    ground: str,
    destination: str,
    confirmed: bool,
    says: str,
    by: str,
    role: str,
    on: date,
) -> None:
    """Keep where a leaver went; what was said before stays."""
    tx.execute(
        text("""
            insert into leaver_destination (school_id, pupil_id, left_on, ground, destination, confirmed,
                says, by, role, on_date)
            select school_id, pupil_id, :left_on, :ground, :destination, :confirmed, :says, :by, :role, :on
            from school, pupil where urn = :urn and upn = :upn
        """),
        {
            "urn": urn,
            "upn": upn,
            "left_on": left_on,
            "ground": ground,
            "destination": destination,
            "confirmed": confirmed,
            "says": says,
            "by": by,
            "role": role,
            "on": on,
        },
    )
