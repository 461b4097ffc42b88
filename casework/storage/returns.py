"""Returns made to the LA: kept once for what each is about, and never changed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from casework.storage.database import every_school


@dataclass(frozen=True, slots=True)
class ReturnKept:
    """One return as it was made: which, about whom, to which LA, why, what it is about, by whom.

    `case_ref` is the pupil's case at the time; empty if they had none.
    """

    urn: str
    upn: str
    made: str
    episode: str
    la_code: str
    why: str
    made_on: date
    by: str
    role: str
    case_ref: str = ""


def keep(tx: Connection, made: ReturnKept, at: datetime) -> bool:
    """Keep a return; False if the same one was made before."""
    with every_school(tx):
        pupil_id = tx.execute(
            text("select pupil_id from pupil where upn = :upn"), {"upn": made.upn}
        ).scalar_one()
    return bool(
        tx.execute(
            text("""
                insert into return_made (school_id, pupil_id, made, episode, la_code, why, made_on, by, role,
                    case_ref, recorded_at)
                select school_id, :pupil_id, :made, :episode, :la_code, :why, :made_on, :by, :role,
                    nullif(:case_ref, ''), :at
                from school where urn = :urn on conflict do nothing
            """),
            {
                "pupil_id": pupil_id,
                "urn": made.urn,
                "made": made.made,
                "episode": made.episode,
                "la_code": made.la_code,
                "why": made.why,
                "made_on": made.made_on,
                "by": made.by,
                "role": made.role,
                "case_ref": made.case_ref,
                "at": at,
            },
        ).rowcount
    )


def made_at(tx: Connection, urn: str, since: date, until: date) -> tuple[ReturnKept, ...]:
    """The returns that a school made from a day to a day, by day and UPN."""
    rows = tx.execute(
        text("""
            select urn, upn, made, episode, return_made.la_code, why, made_on, by, role,
                coalesce(case_ref, '') as case_ref
            from return_made join school using (school_id) join pupil using (pupil_id)
            where urn = :urn and made_on between :since and :until order by made_on, upn, made, episode
        """),
        {"urn": urn, "since": since, "until": until},
    )
    return tuple(ReturnKept(**row) for row in rows.mappings())
