"""Files drawn for an audit, and what was found in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class DrawnFile:
    """One file of an audit, with what was found in it last; `outcome` is empty while nobody has looked."""

    audit_id: str
    case_ref: str
    outcome: str
    says: str
    by: str
    looked_on: date | None


@dataclass(frozen=True, slots=True)
class Audit:
    """One draw: its seed gives the same files again from the same cases."""

    audit_id: str
    seed: str
    drawn_from: int
    drawn_by: str
    on: date
    files: int
    looked_at: int


def open_refs(tx: Connection) -> tuple[str, ...]:
    """Every open case in scope, in order: what an audit is drawn from."""
    rows = tx.execute(text("select case_ref from case_summary where status <> 'closed' order by case_ref"))
    return tuple(rows.scalars())


def keep(
    tx: Connection,
    audit_id: str,
    refs: Sequence[str],
    *,
    seed: str,
    drawn_from: int,
    drawn_by: str,
    on: date,
) -> None:
    """Keep which files were drawn."""
    tx.execute(
        text("""
            insert into file_audit (audit_id, position, case_ref, school_id, seed, drawn_from, drawn_by,
                on_date)
            select :audit_id, drawn.position, drawn.case_ref, school_id, :seed, :drawn_from, :drawn_by, :on
            from unnest(cast(:refs as text[])) with ordinality as drawn (case_ref, position)
                join case_file using (case_ref)
        """),
        {
            "audit_id": audit_id,
            "refs": list(refs),
            "seed": seed,
            "drawn_from": drawn_from,
            "drawn_by": drawn_by,
            "on": on,
        },
    )


def audits(tx: Connection, limit: int = 20) -> tuple[Audit, ...]:
    """The audits of the schools in scope, latest first."""
    rows = tx.execute(
        text("""
            select audit_id, min(seed), min(drawn_from), min(drawn_by), min(on_date), count(*),
                count(*) filter (where exists (
                    select from file_audit_finding found
                    where (found.audit_id, found.case_ref) = (a.audit_id, a.case_ref)))
            from file_audit a group by audit_id order by min(recorded_at) desc limit :limit
        """),
        {"limit": limit},
    )
    return tuple(Audit(*row) for row in rows)


def files(tx: Connection, audit_id: str) -> tuple[DrawnFile, ...]:
    """The files of one audit, as they were drawn."""
    rows = tx.execute(
        text("""
            select a.audit_id, a.case_ref, coalesce(found.outcome, ''), coalesce(found.says, ''),
                coalesce(found.by, ''), found.on_date
            from file_audit a left join lateral (
                select outcome, says, by, on_date from file_audit_finding f
                where (f.audit_id, f.case_ref) = (a.audit_id, a.case_ref) order by finding_id desc limit 1
            ) found on true
            where a.audit_id = :audit_id order by position
        """),
        {"audit_id": audit_id},
    )
    return tuple(DrawnFile(*row) for row in rows)


def find(tx: Connection, audit_id: str, case_ref: str, outcome: str, says: str, by: str, on: date) -> bool:
    """Keep what was found in a file; False if it was not drawn."""
    kept = tx.execute(
        text("""
            insert into file_audit_finding (audit_id, case_ref, school_id, outcome, says, by, on_date)
            select audit_id, case_ref, school_id, :outcome, :says, :by, :on
            from file_audit where audit_id = :audit_id and case_ref = :case_ref
        """),
        {
            "audit_id": audit_id,
            "case_ref": case_ref,
            "outcome": outcome,
            "says": says,
            "by": by,
            "on": on,
        },
    )
    return kept.rowcount == 1
