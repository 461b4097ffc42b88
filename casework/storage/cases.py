"""Cases as they are kept: events added one after another, and never changed.

Every change to a case goes through `append`, which holds the case, compares what the writer has seen with
what is there, chains the new events to the last one and brings the lists, clocks and letters up to date, all
in the caller's transaction. The database itself refuses an event out of order, and any change to an old one.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, text

from casework.domain.case import Case, CaseStatus
from casework.domain.errors import CaseChanged, CaseworkError, NotFound
from casework.domain.events import CaseOpened, Event, Recorded
from casework.domain.words import day, describe
from casework.storage import chain, clocks, codec, files, lists

_PUPIL = 7_201_004  # the advisory lock of whoever takes a formal step about a pupil
REMEDY = "Check the reference, or ask whether the case is at a school you work for."


class CaseAlreadyOpen(CaseworkError):
    """A pupil has one open case at a school; what is new belongs on that one."""

    def __init__(self, case_ref: str) -> None:
        self.case_ref = case_ref
        super().__init__(
            f"This pupil already has an open case at this school, {case_ref}. Record it there instead."
        )


def open_case(tx: Connection, opening: CaseOpened, at: datetime, further: Sequence[Event] = ()) -> Case:
    """Give a pupil a case, with its number, its opening and whatever is known at once.

    Numbers run from 1 in each school and year, in the order cases are opened, without gaps; they say nothing
    about the pupil. Schools do not wait for each other.

    Args:
        opening: Its `case_ref` is not looked at, nor those of `further`: the new number is put in.
        at: The time of recording.

    Raises:
        CaseAlreadyOpen: The pupil has an open case at the school.
        NotFound: The school or the pupil is not known to this officer.
    """
    school_id, pupil_id = _school_and_pupil(tx, opening.urn, opening.upn)
    number = tx.execute(
        text("""
            insert into case_number (school_id, year, last) values (:school_id, :year, 1)
            on conflict (school_id, year) do update set last = case_number.last + 1 returning last
        """),
        {"school_id": school_id, "year": opening.on.year},
    ).scalar_one()
    # The number's row is held from here, so nobody else can be opening a case at this school.
    if already := _open_ref(tx, school_id, pupil_id):
        raise CaseAlreadyOpen(already)
    case_ref = f"C-{opening.on.year}-{opening.urn}-{number:04}"
    first = codec.first_hash(case_ref)
    tx.execute(
        text("""
            insert into case_file (case_ref, school_id, pupil_id, opened_on, recorded_at, head_hash,
                                   head_time_hash)
            values (:case_ref, :school_id, :pupil_id, :opened_on, :recorded_at, :first, :first)
        """),
        {
            "case_ref": case_ref,
            "school_id": school_id,
            "pupil_id": pupil_id,
            "opened_on": opening.on,
            "recorded_at": at,
            "first": first,
        },
    )
    events = [replace(event, case_ref=case_ref) for event in (opening, *further)]
    return _add(tx, case_ref, (), events, at)


def lock(tx: Connection, case_ref: str) -> int:
    """Hold a case until the transaction ends, and say how many events it has.

    Raises:
        NotFound: There is no such case, or this officer may not know of it.
    """
    sequence = tx.execute(
        text("select head_sequence from case_file where case_ref = :case_ref for update"),
        {"case_ref": case_ref},
    ).scalar_one_or_none()
    if sequence is None:
        raise NotFound("case", case_ref, REMEDY)
    return int(sequence)


def lock_pupil(tx: Connection, case_ref: str) -> None:
    """Hold what formal steps about a case's pupil share until the transaction ends: the ledger of notices.

    A pupil may have a case at each of two schools; the lock of one case does not keep the other still.
    """
    pupil = "select cast(pupil_id as integer) from case_file where case_ref = :ref"
    tx.execute(text(f"select pg_advisory_xact_lock(:what, ({pupil}))"), {"what": _PUPIL, "ref": case_ref})


def append(
    tx: Connection, case_ref: str, events: Sequence[Event], expected_sequence: int | None, at: datetime
) -> Case:
    """Add events to a case, and give back the case with them.

    Args:
        expected_sequence: The last event the writer has seen; None for what follows from nothing seen, such
            as a note, or a clock that fired.
        at: The time of recording.

    Raises:
        CaseChanged: Others have written since; nothing is recorded, and what was added is said in words.
        CaseAlreadyOpen: Opening a closed case again while another of the pupil's is open at the school.
        NotFound: There is no such case, or this officer may not know of it.
    """
    lock(tx, case_ref)
    case = load(tx, case_ref)
    if expected_sequence is not None and expected_sequence != case.sequence:
        since = tuple(_in_short(item) for item in case.recorded if item.sequence > expected_sequence)
        raise CaseChanged(case_ref, expected_sequence, case.sequence, since)
    return _add(tx, case_ref, case.recorded, events, at) if events else case


def load(tx: Connection, case_ref: str) -> Case:
    """A case with all its events.

    Raises:
        NotFound: There is no such case, or this officer may not know of it.
    """
    found = chain.read(tx, (case_ref,))
    if not found:
        raise NotFound("case", case_ref, REMEDY)
    return found[0]


def urn_of(tx: Connection, case_ref: str) -> str:
    """The school of a case.

    Raises:
        NotFound: There is no such case, or this officer may not know of it.
    """
    urn: str | None = tx.execute(
        text("select urn from case_file join school using (school_id) where case_ref = :case_ref"),
        {"case_ref": case_ref},
    ).scalar_one_or_none()
    if urn is None:
        raise NotFound("case", case_ref, REMEDY)
    return urn


def open_case_of(tx: Connection, upn: str, urn: str) -> Case | None:
    """The pupil's open (or paused) case at a school, if there is one."""
    ref = tx.execute(
        text("""
            select s.case_ref from case_summary s join pupil using (pupil_id) join school using (school_id)
             where pupil.upn = :upn and school.urn = :urn and s.status <> 'closed'
        """),
        {"upn": upn, "urn": urn},
    ).scalar_one_or_none()
    return load(tx, ref) if ref else None


def open_with_events(tx: Connection, urn: str, since: date, on: date) -> tuple[Case, ...]:
    """A school's open cases with an event of a day between two, oldest reference first."""
    refs = tx.execute(
        text("""
            select distinct event.case_ref from event
                join case_summary s using (case_ref) join school using (school_id)
             where school.urn = :urn and s.status = 'open' and event.on_date between :since and :on
             order by event.case_ref
        """),
        {"urn": urn, "since": since, "on": on},
    ).scalars()
    return chain.read(tx, refs)


def off_the_roll(tx: Connection, urn: str, on: date) -> tuple[tuple[str, date], ...]:
    """(reference, last day on the roll) of a school's cases, not closed, whose pupil has left by a day."""
    rows = tx.execute(
        text("""
            select s.case_ref, max(spell.on_roll_to)
              from case_summary s join school using (school_id)
                join enrolment spell using (school_id, pupil_id)
             where school.urn = :urn and s.status <> 'closed'
             group by s.case_ref
            having bool_and(coalesce(spell.on_roll_to < :on or spell.on_roll_from > :on, false))
                and max(spell.on_roll_to) < :on
             order by s.case_ref
        """),
        {"urn": urn, "on": on},
    )
    return tuple((ref, last) for ref, last in rows)


def cases_of_pupil(tx: Connection, upn: str) -> tuple[Case, ...]:
    """Every case of a pupil this officer may know of, at every school, oldest reference first."""
    refs = tx.execute(
        text("select f.case_ref from case_file f join pupil using (pupil_id) where pupil.upn = :upn"),
        {"upn": upn},
    ).scalars()
    return chain.read(tx, refs)


def _add(
    tx: Connection, case_ref: str, before: tuple[Recorded, ...], events: Sequence[Event], at: datetime
) -> Case:
    if strangers := {event.case_ref for event in events} - {case_ref}:
        raise ValueError(f"events of {sorted(strangers)} cannot be added to case {case_ref}")
    school_id, pupil_id, *head = tx.execute(
        text("""
            select school_id, pupil_id, head_sequence, head_hash, head_time_hash from case_file
            where case_ref = :case_ref
        """),
        {"case_ref": case_ref},
    ).one()
    case = Case(case_ref, before + chain.extend(tx, chain.Head(*head), events, at))
    if case.status is not CaseStatus.CLOSED and (other := _open_ref(tx, school_id, pupil_id, case_ref)):
        raise CaseAlreadyOpen(other)
    lists.write(tx, (lists.Placed(case, school_id, pupil_id),))
    clocks.follow(tx, school_id, events)
    files.follow(tx, events)
    return case


def _open_ref(tx: Connection, school_id: int, pupil_id: int, but: str = "") -> str | None:
    ref: str | None = tx.execute(
        text("""
            select case_ref from case_summary
             where school_id = :school_id and pupil_id = :pupil_id and status <> 'closed' and case_ref <> :but
        """),
        {"school_id": school_id, "pupil_id": pupil_id, "but": but},
    ).scalar_one_or_none()
    return ref


def _school_and_pupil(tx: Connection, urn: str, upn: str) -> tuple[int, int]:
    school_id = tx.execute(text("select school_id from school where urn = :urn"), {"urn": urn}).scalar()
    if school_id is None:
        raise NotFound("school", urn, "Import the school first, or ask for access to it.")
    pupil_id = tx.execute(text("select pupil_id from pupil where upn = :upn"), {"upn": upn}).scalar()
    if pupil_id is None:
        raise NotFound("pupil", upn, "Import the school's roll first, or check the UPN.")
    return int(school_id), int(pupil_id)


def _in_short(item: Recorded) -> str:
    event = item.event
    return f"{item.ref} {describe(event).rstrip('.')} ({event.by}, {day(event.on)})"
