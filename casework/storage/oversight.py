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


@dataclass(frozen=True, slots=True)
class FirstHelp:
    """How long families of one school waited for help this year, from the first concern on their case.

    `half_within` is the middle of the waits of those helped; `longest` that of those not helped yet, so far.
    """

    school: str
    helped: int
    half_within: int | None
    waiting: int
    longest: int | None


def first_help(tx: Connection, since: date, on: date) -> tuple[FirstHelp, ...]:
    """The waits by school, of cases opened since a day: from the first entry of the case to the first offer.

    The first entry may lie before the opening: work that was under way when the school started.
    """
    rows = tx.execute(
        text("""
            with concern as (
                select case_ref, s.school_id, s.status, min(on_date) as began,
                    min(on_date) filter (where kind = 'support_offered') as helped
                from event join case_summary s using (case_ref) where s.opened_on >= :since
                group by case_ref, s.school_id, s.status
            )
            select school.name, count(helped),
                percentile_disc(0.5) within group (order by greatest(0, helped - began))
                    filter (where helped is not null),
                count(*) filter (where helped is null and status <> 'closed'),
                max(:on - began) filter (where helped is null and status <> 'closed')
            from concern join school using (school_id) group by school.name order by school.name
        """),
        {"since": since, "on": on},
    )
    return tuple(FirstHelp(*row) for row in rows)


def next_acts(tx: Connection, refs: Iterable[str]) -> dict[str, tuple[date, str]]:
    """What is to be done next on some cases, and by when: the task due first."""
    rows = tx.execute(
        text("""
            select distinct on (case_ref) case_ref, due_on, title from case_task
            where case_ref = any (:refs) order by case_ref, due_on, task_id
        """),
        {"refs": sorted(set(refs))},
    )
    return {ref: (due_on, title) for ref, due_on, title in rows}


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
