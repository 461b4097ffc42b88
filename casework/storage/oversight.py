"""What somebody who answers for several officers looks at: their load, letters without help, files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

OPENED, TAKEN_IN_A_LIST = "opened", "taken_in_a_list"


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases one officer carries at one school, and what of them is late. Empty: nobody."""

    owner_id: str
    school: str
    cases: int
    reviews_late: int
    tasks_late: int
    untouched: int


@dataclass(frozen=True, slots=True)
class CaseRead:
    """Somebody from outside the school opened a case, or anybody took it away in a file: `how` says which."""

    case_ref: str
    read_by: str
    role: str
    on: date
    recorded_at: datetime
    how: str = OPENED


def loads(tx: Connection, on: date, since: date) -> tuple[Load, ...]:
    """The load of each officer at each school; untouched: nobody has worked on it since a day."""
    rows = tx.execute(
        text("""
            select owner_id, school.name, count(*),
                count(*) filter (where review_on < :on), count(*) filter (where task_due_on < :on),
                count(*) filter (where touched_on < :since)
            from case_summary join school using (school_id) where status <> 'closed'
            group by owner_id, school.name order by count(*) filter (where review_on < :on) desc,
                count(*) desc, owner_id, school.name
        """),
        {"on": on, "since": since},
    )
    return tuple(Load(*row) for row in rows)


def letters_without_support(tx: Connection) -> tuple[str, ...]:
    """Open cases in which a letter was issued and no help was ever offered, oldest first."""
    rows = tx.execute(
        text("""
            select case_ref from case_summary
            where status <> 'closed' and letters > 0 and offers = 0 order by opened_on, case_ref
        """)
    )
    return tuple(rows.scalars())


def sample(tx: Connection, seed: str, size: int) -> tuple[str, ...]:
    """Some open cases by chance; the same seed draws the same ones, so that a draw can be checked."""
    rows = tx.execute(
        text("""
            select case_ref from case_summary where status <> 'closed'
            order by sha256(convert_to(:seed || case_ref, 'utf8')) limit :size
        """),
        {"seed": seed, "size": size},
    )
    return tuple(rows.scalars())


def days_to_support(tx: Connection, since: date) -> tuple[tuple[str, int, int], ...]:
    """(school, cases, median days from opening to the first offer of help) of cases opened since a day."""
    rows = tx.execute(
        text("""
            with first as (
                select case_ref, min(on_date) as helped_on from event
                where kind = 'support_offered' group by case_ref
            )
            select school.name, count(*),
                percentile_disc(0.5) within group (order by greatest(0, helped_on - opened_on))
            from case_summary join first using (case_ref) join school using (school_id)
            where opened_on >= :since group by school.name order by school.name
        """),
        {"since": since},
    )
    return tuple((school, number, int(median)) for school, number, median in rows)


def read(tx: Connection, case_refs: Iterable[str], role: str, on: date, how: str = OPENED) -> None:
    """Keep that the transaction's officer opened cases, or took them away."""
    tx.execute(
        text("""
            insert into case_read (case_ref, school_id, read_by, role, on_date, how)
            select case_ref, school_id, current_setting('casework.officer'), :role, :on, :how
            from case_file where case_ref = any (:refs) order by case_ref
        """),
        {"refs": sorted(set(case_refs)), "role": role, "on": on, "how": how},
    )


def readings(tx: Connection, case_refs: Iterable[str]) -> tuple[CaseRead, ...]:
    """Who opened these cases from outside their schools, or took them away, latest first."""
    rows = tx.execute(
        text("""
            select case_ref, read_by, role, on_date, recorded_at, how from case_read
            where case_ref = any (:refs) order by read_id desc limit 200
        """),
        {"refs": sorted(set(case_refs))},
    )
    return tuple(CaseRead(*row) for row in rows)
