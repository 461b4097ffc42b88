"""Schools and their calendars as they are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy import Connection, text

from casework.domain.calendar import SchoolCalendar, academic_year_of
from casework.domain.errors import NotFound
from casework.domain.people import School
from casework.domain.register import Session
from casework.storage.rows import upsert
from casework.storage.sheets import BLANK, HALVES, OFF, Numbers

_TEXTS = ("urn", "name", "la_code", "dfe_number", "phase", "policy", "trust", "setting", "timezone")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One session of a school's calendar, open or closed, in its half term (0 to 5)."""

    session: Session
    open: bool
    half_term: int


@dataclass(frozen=True, slots=True)
class TermDates:
    """One half of one term of an academic year, by the year it began."""

    academic_year: int
    term: str
    half: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Arrival:
    """The last session for which a year group's register came in, and when it did."""

    urn: str
    year_group: str
    session: Session
    arrived_at: datetime


def save_schools(tx: Connection, schools: Iterable[School]) -> tuple[int, int]:
    """Add schools or bring them up to date; how many were added and changed. An empty field says nothing."""
    kept = {school.urn: asdict(school) for school in _read(tx, "")}
    usual = asdict(School("", "", ""))
    rows = []
    for school in schools:
        known = kept.get(school.urn, usual)
        rows.append({name: value or known[name] for name, value in asdict(school).items()})
    return upsert(tx, "school", ("urn",), _TEXTS, (), rows)


def schools(tx: Connection) -> tuple[School, ...]:
    """Every school in scope, by name."""
    return _read(tx, "order by lower(name), urn")


def school(tx: Connection, urn: str) -> School:
    """One school.

    Raises:
        NotFound: It is not known to this officer.
    """
    found = _read(tx, "where urn = :urn", urn=urn)
    if not found:
        raise NotFound("school", urn, "Import its schools.csv first, or ask who may see it.")
    return found[0]


def _read(tx: Connection, which: str, **given: str) -> tuple[School, ...]:
    rows = tx.execute(text(f"select {', '.join(_TEXTS)} from school {which}"), given)
    return tuple(School(**row) for row in rows.mappings())


def ids_by_urn(tx: Connection, urns: Iterable[str] | None = None) -> dict[str, int]:
    """The numbers that schools in scope are kept under; of these URNs, or of all."""
    only = "" if urns is None else " where urn = any (:urns)"
    rows = tx.execute(text(f"select urn, school_id from school{only}"), {"urns": list(urns or ())})
    return {row.urn: row.school_id for row in rows}


# -- the calendar --------------------------------------------------------------------------------------------


def calendar(tx: Connection, urn: str, as_known: datetime | None = None) -> SchoolCalendar:
    """A school's open sessions, as they are or as they were known at a time.

    Raises:
        NotFound: The school is not known to this officer.
    """
    entries = calendar_entries(tx, urn, as_known)
    return SchoolCalendar.of((entry.session, entry.half_term) for entry in entries if entry.open)


def calendar_entries(tx: Connection, urn: str, as_known: datetime | None = None) -> tuple[CalendarEntry, ...]:
    """Every session of a school's calendar, closed ones too, as it is or as it was known at a time."""
    school(tx, urn)
    now = "select session_date, half, open, half_term from school_session where school_id = :school"
    then = """
        select distinct on (session_date, half) session_date, half, now_open, now_half_term
        from calendar_change where school_id = :school and recorded_at <= :known
    """
    order = " order by session_date, half" + (", change_id desc" if as_known else "")
    rows = tx.execute(
        text((then if as_known else now) + order),
        {"school": ids_by_urn(tx, [urn])[urn], **({"known": as_known} if as_known else {})},
    )
    return tuple(CalendarEntry(Session(day, HALVES[half]), open_, term) for day, half, open_, term in rows)


def save_calendar(
    tx: Connection,
    school_id: int,
    entries: Sequence[CalendarEntry],
    at: datetime,
    import_id: int | None = None,
) -> int:
    """Add sessions to a school's calendar, open or close them; sessions not named stay as they are.

    Every change is kept with its time. Days and weeks are counted anew from the first.

    Returns:
        How many sessions were new or changed.
    """
    if not entries:
        return 0
    tx.execute(text("select pg_advisory_xact_lock(7201003, :school)"), {"school": school_id})
    last = {entry.session: entry for entry in entries}
    changed = tx.execute(
        text("""
            with asked as (
                select * from unnest(
                    cast(:days as date[]), cast(:halves as int[]), cast(:opens as boolean[]),
                    cast(:half_terms as int[]), cast(:years as int[])
                ) as asked (session_date, half, open, half_term, academic_year)
            ), changed as (
                select asked.*, kept.open as was_open, kept.half_term as was_half_term
                from asked left join school_session kept on kept.school_id = :school
                    and kept.session_date = asked.session_date and kept.half = asked.half
                where (kept.open, kept.half_term) is distinct from (asked.open, asked.half_term::smallint)
            ), logged as (
                insert into calendar_change (school_id, session_date, half, was_open, now_open,
                    was_half_term, now_half_term, import_id, recorded_at)
                select :school, session_date, half, was_open, open, was_half_term, half_term,
                    cast(:import_id as int), :at
                from changed
            )
            insert into school_session
                (school_id, session_date, half, open, half_term, academic_year, recorded_at)
            select :school, session_date, half, open, half_term, academic_year, :at from changed
            on conflict (school_id, session_date, half) do update
                set open = excluded.open, half_term = excluded.half_term, recorded_at = excluded.recorded_at
        """),
        {
            "school": school_id,
            "days": [session.date for session in last],
            "halves": [HALVES.index(session.half) for session in last],
            "opens": [entry.open for entry in last.values()],
            "half_terms": [entry.half_term for entry in last.values()],
            "years": [academic_year_of(session.date) for session in last],
            "import_id": import_id,
            "at": at,
        },
    ).rowcount
    if changed:
        tx.execute(
            text("""
                update school_session kept set day_no = counted.day_no, week_no = counted.week_no
                from (
                    select session_date, half,
                        dense_rank() over (order by session_date) - 1 as day_no,
                        dense_rank() over (order by date_trunc('week', session_date)) - 1 as week_no
                    from school_session where school_id = :school and open
                    union all
                    select session_date, half, -1, -1
                    from school_session where school_id = :school and not open
                ) counted
                where kept.school_id = :school and kept.session_date = counted.session_date
                    and kept.half = counted.half
                    and (kept.day_no, kept.week_no) is distinct from (counted.day_no, counted.week_no)
            """),
            {"school": school_id},
        )
    return changed


def save_terms(tx: Connection, school_id: int, terms: Iterable[TermDates]) -> tuple[int, int]:
    """Add the dates of half terms or bring them up to date; how many were added and changed."""
    rows = [{"school_id": school_id, **asdict(term)} for term in terms]
    key = ("school_id", "academic_year", "term", "half")
    others = ("school_id", "academic_year", "half", "starts_on", "ends_on")
    return upsert(tx, "school_term", key, ("term",), others, rows)


def terms(tx: Connection, urn: str) -> tuple[TermDates, ...]:
    """A school's half terms, by date."""
    rows = tx.execute(
        text("""
            select academic_year, term, half, starts_on, ends_on
            from school_term join school using (school_id) where urn = :urn order by starts_on
        """),
        {"urn": urn},
    )
    return tuple(TermDates(**row) for row in rows.mappings())


# -- when registers come in ----------------------------------------------------------------------------------


def last_arrivals(tx: Connection, urns: Iterable[str], on: date, days: int = 60) -> tuple[Arrival, ...]:
    """When each year group's register last came in: the last session up to a day that has a mark of it.

    Args:
        on: Pupils on the roll on this day are asked about, and later sessions are not looked at, because
            marks may be entered ahead.
        days: How far back to look.
    """
    urn_of = {school_id: urn for urn, school_id in ids_by_urn(tx, urns).items()}
    waiting = _year_groups(tx, urn_of, on)
    slots = _slots(tx, urn_of)
    rows = tx.execute(
        text("""
            select school_id, session_date, half, marks, greatest(recorded_at, (
                select max(filling.recorded_at) from sheet_filling filling
                where filling.school_id = sheet.school_id and filling.session_date = sheet.session_date
                    and filling.half = sheet.half))
            from register_sheet sheet
            where school_id = any (:schools) and session_date between cast(:on as date) - :days and :on
            order by school_id, session_date desc, half desc
        """),
        {"schools": list(urn_of), "on": on, "days": days},
    )
    found = []
    for school_id, day, half, marks, arrived_at in rows:
        groups = waiting.get(school_id, {})
        places = slots[school_id, academic_year_of(day)]
        sheet = np.frombuffer(marks, np.uint8)[: len(places)]
        marked = set(places[: len(sheet)][(sheet != OFF) & (sheet != BLANK)].tolist())
        for group in [group for group, pupils in groups.items() if not marked.isdisjoint(pupils)]:
            found.append(Arrival(urn_of[school_id], group, Session(day, HALVES[half]), arrived_at))
            del groups[group]
    return tuple(sorted(found, key=lambda arrival: (arrival.urn, arrival.year_group)))


def _year_groups(tx: Connection, schools: Iterable[int], on: date) -> dict[int, dict[str, set[int]]]:
    """The pupils on each roll on a day, by school and year group."""
    rows = tx.execute(
        text("""
            select school_id, year_group, array_agg(pupil_id) from enrolment
            where school_id = any (:schools) and on_roll_from <= :on
                and (on_roll_to is null or :on <= on_roll_to) group by school_id, year_group
        """),
        {"schools": list(schools), "on": on},
    )
    groups: dict[int, dict[str, set[int]]] = {}
    for school_id, year_group, pupils in rows:
        groups.setdefault(school_id, {})[year_group] = set(pupils)
    return groups


def _slots(tx: Connection, schools: Iterable[int]) -> dict[tuple[int, int], Numbers]:
    """Who has which slot, by school and academic year."""
    rows = tx.execute(
        text("select school_id, academic_year, pupil_ids from roll_year where school_id = any (:schools)"),
        {"schools": list(schools)},
    )
    return {(school_id, year): np.array(pupils, np.int64) for school_id, year, pupils in rows}
