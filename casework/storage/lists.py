"""Lists of cases and tasks: one row per case, worked out from its events and written beside them.

A row here says nothing that the events do not: `rebuild` writes all of them again from the events alone. Each
list is one query over these rows, whatever its length, cut into pages that continue after the last row seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from casework.domain import events as e
from casework.domain.case import LADDER, Case
from casework.domain.errors import CaseworkError
from casework.domain.people import ENGINE
from casework.domain.words import describe
from casework.storage import chain

BATCH = 500
ALIKE = 0.45
"""How alike the words sought and a part of a name must be, of 1: two letters swapped in seven still are."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A case with the keys of its school and its pupil."""

    case: Case
    school_id: int
    pupil_id: int


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows. Empty means any; closed cases are left out unless `status` asks for them.

    `due_before` keeps cases with a review or a task due on or before that day; `untouched` those that nobody
    has worked on for that many school days of their school, up to `on`; `flag` is held, mark_changed or
    with_dsl; `trigger` one that still stands; `agency` one that has a part in the case; `refs` the cases that
    may be shown at all, where something outside the lists says which.
    """

    on: date
    urn: str = ""
    stage: str = ""
    owner_id: str = ""
    status: str = ""
    trigger: str = ""
    flag: str = ""
    agency: str = ""
    upn: str = ""
    refs: frozenset[str] | None = None
    due_before: date | None = None
    without_owner: bool = False
    without_review: bool = False
    untouched: int = 0


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list."""

    case_ref: str
    urn: str
    school: str
    upn: str
    surname: str
    forename: str
    known_as: str
    year_group: str
    status: str
    stage: str
    beside: tuple[str, ...]
    owner_id: str
    review_on: date | None
    task_due_on: date | None
    tasks: int
    triggers: tuple[str, ...]
    flags: tuple[str, ...]
    hold_until: date | None
    paused_until: date | None
    opened_on: date
    touched_on: date
    last_sequence: int
    last_on: date
    last_says: str
    contacts: int
    offers: int
    letters: int

    @property
    def pupil(self) -> str:
        """The name used day to day."""
        return f"{self.known_as or self.forename} {self.surname}".strip()


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a list, and where the next page continues (empty at the end)."""

    lines: tuple[CaseLine, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One open task in a list."""

    case_ref: str
    task_id: str
    urn: str
    upn: str
    pupil: str
    title: str
    due_on: date
    for_role: str
    for_officer: str
    owner_id: str
    added_on: date


class UnknownSort(CaseworkError):
    """A list was asked for in an order it does not have."""

    def __init__(self, sort: str) -> None:
        self.sort = sort
        super().__init__(f"Cases cannot be sorted by {sort}. Choose one of {', '.join(SORTS)}.")


SORTS: dict[str, tuple[str, str]] = {
    "review": ("coalesce(s.review_on, 'infinity')", "date"),
    "task": ("coalesce(s.task_due_on, 'infinity')", "date"),
    "opened": ("s.opened_on", "date"),
    "touched": ("s.touched_on", "date"),
    "last": ("s.last_on", "date"),
    "stage": ("s.stage_rank", "smallint"),
    "name": ("lower(p.surname || ' ' || p.forename)", "text"),
    "owner": ("s.owner_id", "text"),
    "ref": ("s.case_ref", "text"),
}
"""The orders a list can be shown in: what is compared, and its type."""


# -- writing -------------------------------------------------------------------------------------------------


_COLUMNS = (
    *(
        "case_ref",
        "school_id",
        "pupil_id",
        "status",
        "stage",
        "stage_rank",
        "beside",
        "owner_id",
        "review_on",
    ),
    *("task_due_on", "tasks", "triggers", "flags", "hold_until", "paused_until", "opened_on", "touched_on"),
    *("last_sequence", "last_on", "last_says", "contacts", "offers", "letters", "policy"),
)
_WRITE_SUMMARY = text(f"""
    insert into case_summary ({", ".join(_COLUMNS)}) values ({", ".join(f":{name}" for name in _COLUMNS)})
    on conflict (case_ref) do update set {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
""")
_WRITE_TASK = text("""
    insert into case_task (case_ref, task_id, school_id, title, due_on, for_role, for_officer, added_on)
    values (:case_ref, :task_id, :school_id, :title, :due_on, :for_role, :for_officer, :added_on)
""")


def write(tx: Connection, placed: Sequence[Placed]) -> None:
    """Write the lines of some cases and of their open tasks, in place of those written before."""
    if not placed:
        return
    tx.execute(_WRITE_SUMMARY, [summary_of(item) for item in placed])
    tx.execute(
        text("delete from case_task where case_ref = any(:refs)"),
        {"refs": [item.case.ref for item in placed]},
    )
    tasks = [row for item in placed for row in tasks_of(item)]
    if tasks:
        tx.execute(_WRITE_TASK, tasks)


def rebuild(tx: Connection) -> int:
    """Write every case's lines again from its events alone, and say how many cases there are."""
    keys = {
        ref: (school_id, pupil_id)
        for ref, school_id, pupil_id in tx.execute(
            text("select case_ref, school_id, pupil_id from case_file order by case_ref")
        )
    }
    tx.execute(text("delete from case_task"))
    tx.execute(text("delete from case_summary"))
    refs = list(keys)
    for start in range(0, len(refs), BATCH):
        some = chain.read(tx, refs[start : start + BATCH])
        write(tx, [Placed(case, *keys[case.ref]) for case in some])
    return len(keys)


def summary_of(placed: Placed) -> dict[str, Any]:
    """The line of one case, column by column."""
    case = placed.case
    last = case.recorded[-1].event
    touched = [item.event.on for item in case.recorded if item.event.by != ENGINE.officer_id]
    paused = case.last(e.CasePaused)
    tasks = case.open_tasks
    return {
        "case_ref": case.ref,
        "school_id": placed.school_id,
        "pupil_id": placed.pupil_id,
        "status": case.status.value,
        "stage": case.stage.value if case.stage else "",
        "stage_rank": LADDER.index(case.stage) + 1 if case.stage else 0,
        "beside": [stage.value for stage in case.beside],
        "owner_id": case.owner_id,
        "review_on": case.review_on,
        "task_due_on": tasks[0].due_on if tasks else None,
        "tasks": len(tasks),
        "triggers": list(triggers_of(case)),
        "flags": list(flags_of(case)),
        "hold_until": max((hold.review_on for hold in case.holds), default=None),
        "paused_until": paused.until if paused and case.status == "paused" else None,
        "opened_on": case.opening.on,
        "touched_on": max(touched, default=case.opening.on),
        "last_sequence": case.sequence,
        "last_on": last.on,
        "last_says": describe(last),
        "contacts": len(case.of(e.ContactRecorded)),
        "offers": len(case.offers),
        "letters": len(case.of(e.DocumentIssued)),
        "policy": case.opening.policy,
    }


def triggers_of(case: Case) -> tuple[str, ...]:
    """Triggers raised on the case and not cleared since, in the order they were raised."""
    standing: dict[str, None] = {}
    for item in case.recorded:
        match item.event:
            case e.CaseOpened(trigger=name) | e.TriggerRaised(trigger=name) if name:
                standing.setdefault(name)
            case e.TriggerCleared(trigger=name):
                standing.pop(name, None)
    return tuple(standing)


def flags_of(case: Case) -> tuple[str, ...]:
    """What a list marks on the case: held, mark_changed, with_dsl (a matter the DSL has yet to look at)."""
    waiting: set[str] = set()
    for item in case.recorded:
        match item.event:
            case e.SafeguardingFlagged(flag=flag):
                waiting.add(flag)
            case e.DslReviewed(flag=flag):
                waiting.discard(flag)
    marks = {"held": case.holds, "mark_changed": case.unreviewed_mark_changes, "with_dsl": waiting}
    return tuple(name for name, present in marks.items() if present)


def tasks_of(placed: Placed) -> list[dict[str, Any]]:
    """The lines of a case's open tasks. A closed case has none to do."""
    if placed.case.status == "closed":
        return []
    return [
        {
            "case_ref": placed.case.ref,
            "task_id": task.task_id,
            "school_id": placed.school_id,
            "title": task.title,
            "due_on": task.due_on,
            "for_role": task.for_role,
            "for_officer": task.for_officer,
            "added_on": task.on,
        }
        for task in placed.case.open_tasks
    ]


# -- reading -------------------------------------------------------------------------------------------------


def page(
    tx: Connection,
    wanted: CaseFilter,
    sort: str = "review",
    *,
    descending: bool = False,
    after: str = "",
    size: int = 50,
) -> Page:
    """One page of a caseload, in one query.

    Args:
        sort: One of `SORTS`; equal lines follow by reference. An unknown day comes after every known one.
        after: What the page before gave as its own `after`; empty for the first page.

    Raises:
        UnknownSort: There is no such order.
    """
    if sort not in SORTS:
        raise UnknownSort(sort)
    expression, kind = SORTS[sort]
    where, values = _conditions(wanted)
    if after:
        beyond = "<" if descending else ">"
        where.append(f"({expression}, s.case_ref) {beyond} (cast(:after_key as {kind}), :after_ref)")
        values["after_ref"], _, values["after_key"] = after.partition(" ")
    way = "desc" if descending else "asc"
    named = "join pupil p using (pupil_id)" if sort == "name" else ""
    rows = tx.execute(
        text(f"""
            with page as materialized (
                select s.*, {expression} as sort_key from case_summary s {named}
                where {" and ".join(where)} order by {expression} {way}, s.case_ref {way} limit :size
            )
            select {_LINE}, sort_key::text from page s {_OF_LINE}
            order by sort_key {way}, s.case_ref {way}
        """),
        values | {"size": size + 1},
    ).all()
    more = f"{rows[size - 1].case_ref} {rows[size - 1].sort_key}" if len(rows) > size else ""
    return Page(tuple(_line(row) for row in rows[:size]), more)


def counts(tx: Connection, wanted: CaseFilter) -> Mapping[str, int]:
    """How many cases of the filter stand on each stage (empty: only opened), lowest first."""
    where, values = _conditions(wanted)
    rows = tx.execute(
        text(
            f"select s.stage, count(*) as cases from case_summary s where {' and '.join(where)} "
            "group by s.stage, s.stage_rank order by s.stage_rank"
        ),
        values,
    )
    return {row.stage: row.cases for row in rows}


def find(tx: Connection, words: str, limit: int = 20) -> tuple[CaseLine, ...]:
    """Cases, open or closed, whose pupil's name, UPN or reference is like these words; the closest first."""
    sought = " ".join(words.lower().split())
    if not sought:
        return ()
    tx.execute(text(f"set local pg_trgm.word_similarity_threshold = {ALIKE}"))
    rows = tx.execute(
        text(f"""
            with alike as (
                select case_ref from case_summary
                where pupil_id in (select pupils_like(:sought, :part))
                union select case_ref from case_summary where :numbered and case_ref ilike :part
            )
            select {_LINE} from alike join case_summary s using (case_ref) {_OF_LINE}
            order by greatest(word_similarity(:sought, {_PUPIL}), similarity(:sought, s.case_ref)) desc,
                s.case_ref
            limit :limit
        """),
        {
            "sought": sought,
            "part": f"%{_literal(sought)}%",
            "numbered": any(map(str.isdigit, sought)),
            "limit": limit,
        },
    )
    return tuple(_line(row) for row in rows)


def lines(tx: Connection, refs: Iterable[str]) -> dict[str, CaseLine]:
    """The lines of some cases by reference, closed ones too; those out of scope are left out."""
    rows = tx.execute(
        text(f"select {_LINE} from {_FROM} where s.case_ref = any (:refs)"), {"refs": sorted(set(refs))}
    )
    return {line.case_ref: line for line in map(_line, rows)}


def tasks_due(
    tx: Connection,
    on: date,
    *,
    urn: str = "",
    officer_id: str = "",
    roles: Iterable[str] = (),
    limit: int = 500,
) -> tuple[TaskLine, ...]:
    """Open tasks due on or before a day, longest overdue first.

    With `officer_id`, those for that officer, for one of their `roles`, or for nobody on a case they own.
    """
    rows = tx.execute(
        text("""
            select t.case_ref, t.task_id, school.urn, p.upn,
                   trim(coalesce(nullif(p.known_as, ''), p.forename) || ' ' || p.surname) as pupil,
                   t.title, t.due_on, t.for_role, t.for_officer, s.owner_id, t.added_on
              from case_task t join case_summary s using (case_ref) join pupil p using (pupil_id)
                   join school on school.school_id = s.school_id
             where t.due_on <= :on and (:urn = '' or school.urn = :urn)
               and (:officer_id = '' or t.for_officer = :officer_id or t.for_role = any(:roles)
                    or (t.for_officer = '' and t.for_role = '' and s.owner_id = :officer_id))
             order by t.due_on, t.case_ref, t.task_id limit :limit
        """),
        {"on": on, "urn": urn, "officer_id": officer_id, "roles": list(roles), "limit": limit},
    )
    return tuple(TaskLine(*row) for row in rows)


def owners(tx: Connection) -> tuple[tuple[str, int], ...]:
    """(owner, open cases) of everybody who carries one."""
    rows = tx.execute(
        text("""
            select owner_id, count(*) from case_summary
            where status <> 'closed' and owner_id <> '' group by owner_id order by owner_id
        """)
    )
    return tuple((owner, number) for owner, number in rows)


def pupils_of_cases(tx: Connection) -> tuple[tuple[str, str, str], ...]:
    """(case_ref, urn, upn) of every case of the transaction's officer, closed ones too."""
    rows = tx.execute(
        text("""
            select case_ref, urn, upn from case_summary
            join school using (school_id) join pupil using (pupil_id) order by case_ref
        """)
    )
    return tuple((ref, urn, upn) for ref, urn, upn in rows)


def reviews_due(tx: Connection, urn: str, on: date) -> tuple[tuple[str, date], ...]:
    """(case_ref, review_on) of a school's cases, not closed, whose review is due by a day; longest first."""
    rows = tx.execute(
        text("""
            select case_ref, review_on from case_summary join school using (school_id)
            where urn = :urn and status <> 'closed' and review_on <= :on order by review_on, case_ref
        """),
        {"urn": urn, "on": on},
    )
    return tuple((row.case_ref, row.review_on) for row in rows)


_WIDTH = len(fields(CaseLine))
_LISTS = [
    place for place, column in enumerate(fields(CaseLine)) if column.name in ("beside", "triggers", "flags")
]
_LINE = """
    s.case_ref, school.urn, school.name, p.upn, p.surname, p.forename, p.known_as,
    coalesce(roll.year_group, ''), s.status, s.stage, s.beside, s.owner_id, s.review_on, s.task_due_on,
    s.tasks, s.triggers, s.flags, s.hold_until, s.paused_until, s.opened_on, s.touched_on, s.last_sequence,
    s.last_on, s.last_says, s.contacts, s.offers, s.letters"""
_OF_LINE = """join pupil p using (pupil_id) join school using (school_id)
    left join lateral (
        select year_group from enrolment
        where school_id = s.school_id and pupil_id = s.pupil_id order by on_roll_from desc limit 1
    ) roll on true"""
_FROM = f"case_summary s {_OF_LINE}"
_PUPIL = "lower(p.surname || ' ' || p.forename || ' ' || p.known_as || ' ' || p.upn)"
_LAST_SCHOOL_DAYS = """(
    select session_date from school_session d
    where d.school_id = s.school_id and d.open and d.session_date <= :on
    group by session_date order by session_date desc offset :untouched - 1 limit 1)"""
_CONDITIONS: dict[str, str] = {
    "urn": "s.school_id = (select school_id from school where urn = :urn)",
    "stage": "s.stage = :stage",
    "owner_id": "s.owner_id = :owner_id",
    "status": "s.status = :status",
    "trigger": ":trigger = any (s.triggers)",
    "flag": ":flag = any (s.flags)",
    "agency": """s.case_ref in (
        select case_ref from event where kind = 'agency_involved' and body->>'agency' = :agency)""",
    "refs": "s.case_ref = any (:refs)",
    "upn": "s.pupil_id = (select pupil_id from pupil where upn = :upn)",
    "due_before": "least(s.review_on, s.task_due_on) <= :due_before",
    "without_owner": "s.owner_id = ''",
    "without_review": "s.review_on is null",
    "untouched": f"s.touched_on < {_LAST_SCHOOL_DAYS}",
}


def _conditions(wanted: CaseFilter) -> tuple[list[str], dict[str, Any]]:
    asked = {name: value for name in _CONDITIONS if (value := getattr(wanted, name))}
    if wanted.refs is not None:
        asked["refs"] = sorted(wanted.refs)
    where = [_CONDITIONS[name] for name in asked]
    return where if wanted.status else ["s.status <> 'closed'", *where], asked | {"on": wanted.on}


def _line(row: Row[Any]) -> CaseLine:
    values = list(row[:_WIDTH])
    for place in _LISTS:
        values[place] = tuple(values[place])
    return CaseLine(*values)


def _literal(sought: str) -> str:
    """A text in which like finds nothing but itself."""
    return sought.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
