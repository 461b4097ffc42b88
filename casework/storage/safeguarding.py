"""Sealed notes: written by whoever is worried, read by the DSL alone, and every reading recorded.

The database gives the application no other way in: a note is written by one function, read by another that
records the reader first, and never changed. What others see of safeguarding stands in the case's events: that
there is a hold, its scope and its review date.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from casework.domain.errors import NotFound
from casework.domain.people import Role
from casework.storage import codec


@dataclass(frozen=True, slots=True)
class SealedNote:
    """A sealed note as its reader sees it; `for_role` is dsl, or headteacher for a concern about the DSL."""

    sealed_id: str
    case_ref: str
    for_role: str
    text: str
    by: str
    on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class SealedRead:
    """Who read a sealed note, and when."""

    sealed_id: str
    read_by: str
    recorded_at: datetime


def seal(tx: Connection, case_ref: str, words: str, on: date, for_role: Role = Role.DSL) -> str:
    """Write a sealed note in the name of the transaction's officer, and give the id its event names.

    Raises:
        NotFound: There is no such case, or this officer may not know of it.
        NotStorable: The words hold a character that cannot be kept.
    """
    codec.refuse_unstorable("sealed_note", "text", words)
    sealed_id: str | None = tx.execute(
        text("select seal_note(:case_ref, :for_role, :words, :on)"),
        {"case_ref": case_ref, "for_role": for_role.value, "words": words, "on": on},
    ).scalar_one()
    if sealed_id is None:
        raise NotFound(
            "case", case_ref, "Check the reference, or ask whether the case is at a school you work for."
        )
    return sealed_id


def read_notes(tx: Connection, case_ref: str) -> tuple[SealedNote, ...]:
    """The sealed notes of a case that are for the transaction's officer, oldest first.

    Each reading is recorded. For anyone else, and for the engine, there are none.
    """
    rows = tx.execute(
        text("""
            select sealed_id, case_ref, for_role, text, by, on_date, recorded_at
            from read_sealed_notes(:case_ref)
        """),
        {"case_ref": case_ref},
    )
    return tuple(SealedNote(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Unread:
    """Sealed notes of one case that the transaction's officer may read and has not."""

    case_ref: str
    notes: int
    since: date


def unread(tx: Connection, for_role: Role) -> tuple[Unread, ...]:
    """What is sealed for a role and not read yet by the transaction's officer, longest waiting first."""
    rows = tx.execute(
        text("""
            select case_ref, count(*), min(on_date) from sealed_note note
            where for_role = :role and not exists (
                select from sealed_read r where r.sealed_id = note.sealed_id
                    and r.read_by = current_setting('casework.officer'))
            group by case_ref order by min(on_date), case_ref
        """),
        {"role": for_role.value},
    )
    return tuple(Unread(*row) for row in rows)


def latest_readings(tx: Connection, limit: int = 20) -> tuple[tuple[str, SealedRead], ...]:
    """(case_ref, reading) of the notes that the transaction's officer may read, latest first."""
    rows = tx.execute(
        text("""
            select case_ref, sealed_id, read_by, recorded_at from sealed_read
            order by read_id desc limit :limit
        """),
        {"limit": limit},
    )
    return tuple((ref, SealedRead(*rest)) for ref, *rest in rows)


def readings(tx: Connection, case_ref: str) -> tuple[SealedRead, ...]:
    """Who has read a case's sealed notes, oldest first; shown to those who may read the notes."""
    rows = tx.execute(
        text("""
            select sealed_id, read_by, recorded_at from sealed_read
            where case_ref = :case_ref order by read_id
        """),
        {"case_ref": case_ref},
    )
    return tuple(SealedRead(*row) for row in rows)
