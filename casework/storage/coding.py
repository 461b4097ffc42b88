"""Marks of some codes with what was written beside them, and marks that changed under a step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from casework.domain.register import Half, Session


@dataclass(frozen=True, slots=True)
class Coded:
    """One mark, whose it is, and what was written beside it."""

    upn: str
    session: Session
    code: str
    comment: str


@dataclass(frozen=True, slots=True)
class ChangedMark:
    """A mark that a step relied on, and that was changed afterwards; whether a person has looked."""

    case_ref: str
    upn: str
    session: str
    was: str
    now: str
    changed_by: str
    reason: str
    on: date
    reviewed: bool


def coded(tx: Connection, urn: str, since: date, until: date, codes: Iterable[str]) -> tuple[Coded, ...]:
    """A school's marks of these codes between two days, by pupil and session."""
    rows = tx.execute(
        text("""
            select upn, session_date, session, code, coalesce(comment, '')
            from mark left join mark_detail detail using (school_id, session_date, half, slot)
            where urn = :urn and session_date between :since and :until and code = any (:codes)
            order by upn, session_date, mark.half
        """),
        {"urn": urn, "since": since, "until": until, "codes": list(codes)},
    )
    return tuple(Coded(upn, Session(on, Half(half)), code, said) for upn, on, half, code, said in rows)


def changed(
    tx: Connection, urn: str, since: date, until: date, between: Iterable[str]
) -> tuple[ChangedMark, ...]:
    """Marks that changed from one of two codes to the other after a step, known of between two days."""
    rows = tx.execute(
        text("""
            select event.case_ref, upn, body->>'session', coalesce(body->>'was', ''),
                coalesce(body->>'now', ''), coalesce(body->>'changed_by', ''), coalesce(body->>'reason', ''),
                on_date, exists (
                    select from event looked where looked.case_ref = event.case_ref
                        and looked.kind = 'mark_change_reviewed' and looked.sequence > event.sequence
                        and looked.body->>'session' = event.body->>'session')
            from event join case_file using (case_ref) join pupil using (pupil_id)
                join school on school.school_id = case_file.school_id
            where urn = :urn and kind = 'mark_changed' and on_date between :since and :until
                and body->>'was' = any (:codes) and body->>'now' = any (:codes)
            order by on_date desc, event.case_ref, event.sequence
        """),
        {"urn": urn, "since": since, "until": until, "codes": list(between)},
    )
    return tuple(ChangedMark(*row) for row in rows)
