"""When a child was last seen: by a register, by a member of staff, on a visit; and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Sighting:
    """The last time somebody saw a child. `how` is the register's code, call, visit or another contact."""

    upn: str
    on: date
    half: str
    how: str
    by: str


def last_in_register(
    tx: Connection, urn: str, upns: Iterable[str], codes: Iterable[str], since: date, on: date
) -> dict[str, Sighting]:
    """The last session of each pupil with one of these codes, from a day to a day."""
    rows = tx.execute(
        text("""
            select distinct on (upn) upn, session_date, session, code from mark
            where urn = :urn and session_date between :since and :on and upn = any (:upns)
                and code = any (:codes)
            order by upn, session_date desc, half desc
        """),
        {"urn": urn, "since": since, "on": on, "upns": sorted(set(upns)), "codes": sorted(set(codes))},
    )
    return {upn: Sighting(upn, day, half, code, "") for upn, day, half, code in rows}


def last_by_staff(tx: Connection, urn: str, on: date) -> dict[str, Sighting]:
    """The last time a member of staff wrote down that they saw each pupil of a school's open cases."""
    rows = tx.execute(
        text("""
            select distinct on (upn) upn, on_date, how, by from (
                select upn, event.on_date, event.body->>'method' as how, event.by
                from event join case_summary using (case_ref) join pupil using (pupil_id)
                    join school using (school_id)
                where school.urn = :urn and event.kind = 'contact_recorded' and event.on_date <= :on
                    and event.body->>'child_seen' = 'true'
                union all
                select upn, made.on_date, made.method, made.by
                from absence_contact made join pupil using (pupil_id) join school using (school_id)
                where school.urn = :urn and made.on_date <= :on and made.child_seen
            ) sightings order by upn, on_date desc
        """),
        {"urn": urn, "on": on},
    )
    return {upn: Sighting(upn, day, "", how, by) for upn, day, how, by in rows}
