"""What governors' figures are worked out from: who had a case, what was decided, what help was taken up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Helped:
    """A pupil who took up help against a barrier, for the first time on a day."""

    upn: str
    barrier: str
    on: date


def with_cases(tx: Connection, urn: str, since: date, until: date) -> frozenset[str]:
    """The UPNs about whom a case was opened at a school between two days."""
    rows = tx.execute(
        text("""
            select distinct upn from case_summary join pupil using (pupil_id) join school using (school_id)
            where urn = :urn and opened_on between :since and :until
        """),
        {"urn": urn, "since": since, "until": until},
    )
    return frozenset(rows.scalars())


def decided(tx: Connection, urn: str, since: date, until: date, kinds: Iterable[str]) -> frozenset[str]:
    """The UPNs about whom an event of one of these kinds was recorded at a school between two days."""
    rows = tx.execute(
        text("""
            select distinct upn from event join case_file using (case_ref) join pupil using (pupil_id)
                join school on school.school_id = case_file.school_id
            where urn = :urn and on_date between :since and :until and kind = any (:kinds)
        """),
        {"urn": urn, "since": since, "until": until, "kinds": sorted(set(kinds))},
    )
    return frozenset(rows.scalars())


def helped(tx: Connection, urn: str, since: date, until: date) -> tuple[Helped, ...]:
    """Help that was taken up at a school between two days: each pupil once for each barrier."""
    rows = tx.execute(
        text("""
            select upn, offered.body->>'barrier', min(came.on_date)
            from event came join event offered on offered.case_ref = came.case_ref
                    and offered.kind = 'support_offered'
                    and offered.body->>'offer_id' = came.body->>'offer_id'
                join case_file on case_file.case_ref = came.case_ref join pupil using (pupil_id)
                join school on school.school_id = case_file.school_id
            where urn = :urn and came.kind = 'support_outcome'
                and came.body->>'outcome' in ('engaged', 'helped', 'did_not_help')
                and came.on_date between :since and :until
            group by upn, offered.body->>'barrier' order by 2, 1
        """),
        {"urn": urn, "since": since, "until": until},
    )
    return tuple(Helped(*row) for row in rows)


def marks_of(
    tx: Connection, urn: str, upns: Iterable[str], since: date, until: date
) -> dict[str, list[tuple[date, str]]]:
    """(day, code) of every mark of some pupils between two days, oldest first."""
    rows = tx.execute(
        text("""
            select upn, session_date, code from mark
            where urn = :urn and session_date between :since and :until and upn = any (:upns)
            order by upn, session_date, half
        """),
        {"urn": urn, "since": since, "until": until, "upns": sorted(set(upns))},
    )
    found: dict[str, list[tuple[date, str]]] = {}
    for upn, day, code in rows:
        found.setdefault(upn, []).append((day, code))
    return found
