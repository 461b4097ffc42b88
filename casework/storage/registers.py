"""The register: marks filed and amended, and read as they are or as they were known.

Every change of a filed mark goes through `Desk.amend`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
from sqlalchemy import Connection, text

from casework.domain.register import Mark, Session, code_of
from casework.storage.database import driver
from casework.storage.sheets import (
    BLANK,
    EPOCH,
    HALVES,
    OFF,
    By,
    Bytes,
    Chain,
    Change,
    Desk,
    Flags,
    Numbers,
    Told,
    array_of,
)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Marks as columns: mark `i` is of pupil `pupil[i]` at school `school[i]` (their ids).

    `day` is `date.toordinal()`, `half` 0 for AM and 1 for PM, `code` the sheet's byte; `?` is a session
    without a mark, which never erases one. Of two marks for one session the later stands. `minutes_late`
    and `comment` name marks by their place.
    """

    school: Numbers
    pupil: Numbers
    day: Numbers
    half: Numbers
    code: Bytes
    minutes_late: Mapping[int, int] = field(default_factory=dict)
    comment: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True, slots=True)
class Filing:
    """What became of the marks of one filing, counted by session and pupil.

    `superseded` marks carry a code that the school's own history of amendments says was replaced: the
    replacement stays. `history` counts changes told of that had reached the register before, `differing`
    those that start from a code the register does not have, and leave it as it is.
    """

    new: int = 0
    unchanged: int = 0
    amended: int = 0
    blank: int = 0
    superseded: int = 0
    history: int = 0
    differing: int = 0
    changes: tuple[Change, ...] = ()


def file_marks(tx: Connection, marks: Marks, by: By) -> Filing:
    """Put marks on their sheets; a mark other than the one already there is an amendment.

    The same marks filed again, in another order or by several at once give the same register. Marks of many
    schools cost as many statements as marks of one.
    """
    if not len(marks):
        return Filing()
    desk = Desk(tx, by, marks.school, marks.pupil, marks.day, marks.half)
    taken = marks.code != BLANK
    said = np.full(len(desk.before), OFF, dtype=np.uint8)
    said[desk.places[~taken]] = BLANK
    said[desk.places[taken]] = marks.code[taken]  # of repeated places the last one stands
    asked = (said != OFF) & (said != BLANK)
    stored = (desk.before != OFF) & (desk.before != BLANK)
    fills = np.flatnonzero(asked & ~stored)
    differs = np.flatnonzero(asked & stored & (said != desk.before))
    superseded = _superseded(desk.told(differs), differs, said[differs])
    amended = differs[~superseded]
    desk.blank(np.flatnonzero((said == BLANK) & (desk.before == OFF)))
    desk.fill(fills, said[fills])
    changes = desk.amend(amended, said[amended])
    desk.write()
    _keep_details(tx, desk, marks)
    return Filing(
        new=len(fills),
        unchanged=int(np.count_nonzero(asked)) - len(fills) - len(differs),
        amended=len(amended),
        blank=int(np.count_nonzero(said == BLANK)),
        superseded=len(differs) - len(amended),
        changes=changes,
    )


def file_amendments(tx: Connection, told: Sequence[Told], by: By) -> Filing:
    """Take in a school's own history of amendments, before or after the marks it is about.

    The history of one mark, ordered by `amended_at`, ends at its last code. A register without the mark gets
    it; one that stands at an earlier code of the history is amended; one that stands at the end already is
    left, and so is one whose code the history never names. Every change told of is kept, once.
    """
    if not told:
        return Filing()
    schools, pupils, days, halves = (
        np.array(column, dtype=np.int64)
        for column in zip(*((t.school_id, t.pupil_id, *_numbers_of(t.session)) for t in told), strict=True)
    )
    desk = Desk(tx, by, schools, pupils, days, halves)
    chains = desk.told(np.unique(desk.places))
    known = {(place, moment) for place, chain in chains.items() for moment in chain}
    fresh: dict[tuple[int, datetime], Told] = {}
    for place, change in zip(desk.places.tolist(), told, strict=True):
        if (place, change.amended_at) not in known:
            fresh.setdefault((place, change.amended_at), change)
            chains.setdefault(place, {}).setdefault(change.amended_at, (change.was, change.now))
    latest = {place: fresh[place, moment] for place, moment in sorted(fresh)}
    fills, amends, differing = [], [], 0
    for place in latest:
        stored, end, named = int(desk.before[place]), _end_of(chains[place]), _named_in(chains[place])
        if end is None or stored == end:
            continue
        if stored in (OFF, BLANK):
            fills.append((place, end))
        elif stored in named:
            amends.append((place, end))
        else:
            differing += 1
    desk.fill(*_columns(fills))
    desk.keep_told(fresh)
    changes = desk.amend(*_columns(amends), [latest[place] for place, _ in amends])
    desk.write()
    return Filing(
        new=len(fills),
        unchanged=len(told) - len(fresh),
        amended=len(amends),
        history=len(latest) - len(fills) - len(amends) - differing,
        differing=differing,
        changes=changes,
    )


def _end_of(chain: Chain) -> int | None:
    """The code that a history ends at; None if it never names one."""
    codes = [now for _, (_, now) in sorted(chain.items()) if now != BLANK]
    return codes[-1] if codes else None


def _named_in(chain: Chain) -> set[int]:
    return {code for pair in chain.values() for code in pair} - {BLANK}


def _superseded(chains: Mapping[int, Chain], places: Numbers, said: Bytes) -> Flags:
    """Which codes the school's own history says were replaced by another since."""
    return np.fromiter(
        (
            place in chains and code in _named_in(chains[place]) and code != _end_of(chains[place])
            for place, code in zip(places.tolist(), said.tolist(), strict=True)
        ),
        dtype=np.bool_,
        count=len(places),
    )


def _columns(pairs: Iterable[tuple[int, int]]) -> tuple[Numbers, Bytes]:
    places, codes = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(places, dtype=np.int64), np.array(codes, dtype=np.uint8)


def _numbers_of(session: Session) -> tuple[int, int]:
    return session.date.toordinal(), HALVES.index(session.half)


def _keep_details(tx: Connection, desk: Desk, marks: Marks) -> None:
    """Keep minutes late and comments of the few marks that have them; an unknown one erases none."""
    details = {
        int(desk.places[i]): (marks.minutes_late.get(i), marks.comment.get(i, ""))
        for i in sorted({*marks.minutes_late, *marks.comment})
    }
    if not details:
        return
    rows = [(*desk.slot_key(place), *detail) for place, detail in details.items()]
    driver(tx).execute(
        "insert into mark_detail (school_id, session_date, half, slot, minutes_late, comment)"
        " select * from unnest(%s::int[], %s::date[], %s::int[], %s::int[], %s::int[], %s::text[])"
        " on conflict (school_id, session_date, half, slot) do update set"
        " minutes_late = coalesce(excluded.minutes_late, mark_detail.minutes_late),"
        " comment = coalesce(nullif(excluded.comment, ''), mark_detail.comment),"
        " recorded_at = clock_timestamp()"
        " where (excluded.minutes_late, nullif(excluded.comment, ''))"
        " is distinct from (mark_detail.minutes_late, nullif(mark_detail.comment, ''))",
        [list(column) for column in zip(*rows, strict=True)],
    )


# -- reading -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AmendedMark:
    """One line of a mark's history.

    `applied` lines changed the register when they were recorded; the others are what the school's own system
    told of a change that the register had already, or never had to make.
    """

    urn: str
    session: Session
    was: str
    now: str
    amended_at: datetime
    recorded_at: datetime
    by: str
    position: str
    reason: str
    applied: bool


# `offset 0` looks for the slot once in a year's roll, and not again for every session; and days known before
# may be looked up in an index, where row security keeps out those that are worked out in its condition.
_OF_PUPIL = """
    from pupil join roll_year on roll_year.pupil_ids @> array[pupil.pupil_id]
        join school on school.school_id = roll_year.school_id
        cross join lateral (
            select array_position(roll_year.pupil_ids, pupil.pupil_id) - 1 as slot,
                make_date(roll_year.academic_year, 9, 1) as begins,
                make_date(roll_year.academic_year + 1, 8, 31) as ends offset 0
        ) place
"""
_NUMBER = "(sheet.session_date - date '1970-01-01') * 2 + sheet.half"
_IN_YEAR = "place.begins and place.ends"
_UNDONE = """
    (select ascii(was::text) from mark_amendment amendment
     where amendment.school_id = sheet.school_id and amendment.session_date = sheet.session_date
        and amendment.half = sheet.half and amendment.slot = place.slot
        and amendment.applied and amendment.recorded_at > :known
     order by amendment.recorded_at, amendment.ctid limit 1)
"""
_NOT_FILLED_SINCE = """
    and sheet.recorded_at <= :known and not exists (
        select from sheet_filling filling
        where filling.school_id = sheet.school_id and filling.session_date = sheet.session_date
            and filling.half = sheet.half and filling.recorded_at > :known
            and place.slot = any (filling.slots))
"""


def pupil_marks(tx: Connection, upn: str, as_known: datetime | None = None) -> dict[str, tuple[Mark, ...]]:
    """A pupil's marks at each school (URN), in session order, as they are or as they were known at a time."""
    return marks_of(tx, (upn,), as_known)[upn]


def marks_of(
    tx: Connection, upns: Collection[str], as_known: datetime | None = None
) -> dict[str, dict[str, tuple[Mark, ...]]]:
    """The marks of some pupils, each at each school (URN), in session order; a row for each year is read.

    Args:
        as_known: The register as it was known at that time; without it, as it is now.
    """
    byte = "get_byte(sheet.marks, place.slot)"
    asked = {"upns": list(upns), **({"known": as_known} if as_known else {})}
    rows = tx.execute(
        text(f"""
            select pupil.upn, school.urn, filed.numbers, filed.bytes
            {_OF_PUPIL} cross join lateral (
                select array_agg(number), array_agg(byte) from (
                    select {_NUMBER} as number,
                        {f"coalesce({_UNDONE}, {byte})" if as_known else byte} as byte
                    from register_sheet sheet
                    where sheet.school_id = roll_year.school_id
                        and sheet.session_date between {_IN_YEAR} and length(sheet.marks) > place.slot
                        and {byte} not in ({OFF}, {BLANK})
                        {_NOT_FILLED_SINCE if as_known else ""}
                    order by sheet.session_date, sheet.half
                ) mark
            ) filed (numbers, bytes)
            where pupil.upn = any (:upns) and filed.numbers is not null order by roll_year.academic_year
        """),
        asked,
    ).all()
    details: dict[tuple[str, str], dict[int, tuple[int | None, str]]] = {}
    for upn, urn, number, *detail in tx.execute(
        text(f"""
            select pupil.upn, school.urn, {_NUMBER}, minutes_late, comment
            {_OF_PUPIL} join mark_detail sheet on sheet.school_id = roll_year.school_id
                and sheet.session_date between {_IN_YEAR} and sheet.slot = place.slot
            where pupil.upn = any (:upns)
        """),
        asked,
    ):
        details.setdefault((upn, urn), {})[number] = (detail[0], detail[1])
    alike = _Alike()
    found: dict[str, dict[str, tuple[Mark, ...]]] = {upn: {} for upn in upns}
    for upn, urn, numbers, entered in rows:
        told = details.get((upn, urn), {})
        marks = [
            replace(alike[key], minutes_late=told[key[0]][0], comment=told[key[0]][1])
            if key[0] in told
            else alike[key]
            for key in zip(numbers, entered, strict=True)
        ]
        found[upn][urn] = (*found[upn].get(urn, ()), *marks)
    return found


class _Alike(dict[tuple[int, int], Mark]):
    """Marks by their session's number and their byte, each made once: most marks at a school are alike."""

    def __missing__(self, key: tuple[int, int]) -> Mark:
        number, byte = key
        session = Session(date.fromordinal(number // 2 + EPOCH), HALVES[number % 2])
        self[key] = Mark(session, code_of(byte))
        return self[key]


def first_arrival(tx: Connection, urn: str) -> datetime | None:
    """When the first register of a school came in; None before that."""
    found: datetime | None = tx.execute(
        text(
            "select min(register_sheet.recorded_at) from register_sheet join school using (school_id)"
            " where urn = :urn"
        ),
        {"urn": urn},
    ).scalar()
    return found


def amended_marks(tx: Connection, upn: str) -> tuple[AmendedMark, ...]:
    """The history of a pupil's marks: every change made or told of, by session and time."""
    rows = tx.execute(
        text(f"""
            select school.urn, session_date, half, ascii(was::text), ascii(now::text), amended_at,
                mark_amendment.recorded_at, amender.name, amender.position, reason, applied
            {_OF_PUPIL} join mark_amendment on mark_amendment.school_id = roll_year.school_id
                and session_date between {_IN_YEAR} and mark_amendment.slot = place.slot
            join amender using (amender_id) join amendment_reason using (reason_id)
            where pupil.upn = :upn order by session_date, half, amended_at, mark_amendment.recorded_at
        """),
        {"upn": upn},
    )
    return tuple(
        AmendedMark(urn, Session(day, HALVES[half]), code_of(was), code_of(now), *rest)
        for urn, day, half, was, now, *rest in rows
    )


@dataclass(frozen=True)
class SchoolSheets:
    """One school's calendar, sheets and roll as arrays, for the sweep. Days are `date.toordinal()`.

    A line is one pupil at this school, however often admitted; `upns` names the lines, in order.

    Sessions, in order (date, then AM before PM): `dates`; `halves` 0 AM, 1 PM; `is_open`; `half_terms` 0 to
    5; `widths` bytes of the session's sheet, 0 where none was filed. Only sessions of the calendar are here.
    `marks` are the sheets one after another. `.` and `?` are both no mark.

    Roll, one entry for each spell on the roll in each academic year in which the pupil has a slot:
    `roll_years`; `roll_slots`; `roll_lines` places in `upns`; `roll_first` and `roll_last`, both days on the
    roll. Two spells of a pupil in one year have the same slot.
    """

    urn: str
    upns: tuple[str, ...]
    dates: Numbers
    halves: Numbers
    is_open: Flags
    half_terms: Numbers
    widths: Numbers
    marks: bytes
    roll_years: Numbers
    roll_slots: Numbers
    roll_lines: Numbers
    roll_first: Numbers
    roll_last: Numbers


FOREVER = 3_000_000
"""The last day of a spell without an end, as an ordinal; later than any date."""

_CALENDAR = """
    select school_id, array_send(array_agg((session_date - date '1970-01-01') * 2 + half)),
        array_send(array_agg(open::int)), array_send(array_agg(half_term::int))
    from (
        select school_id, session_date, half, open, half_term from school_session
        where school_id = any (%s::int[]) order by school_id, session_date, half
    ) session group by school_id
"""
_SHEETS = """
    select school_id, array_send(array_agg((session_date - date '1970-01-01') * 2 + half)),
        array_send(array_agg(length(marks))), string_agg(marks, '')
    from (
        select school_id, session_date, half, marks from register_sheet
        where school_id = any (%s::int[]) order by school_id, session_date, half
    ) sheet group by school_id
"""
# UPNs are looked up for a whole school at once: a join would look up each pupil of each spell.
_SPELLS = """
    select school_id, array_send(pupils),
        (select string_agg(upn, ',' order by pupil_id) from pupil where pupil_id = any (pupils)),
        array_send(first_days), array_send(last_days)
    from (
        select school_id, array_agg(pupil_id) as pupils,
            array_agg(on_roll_from - date '1970-01-01') as first_days,
            array_agg(coalesce(on_roll_to - date '1970-01-01', %s)) as last_days
        from enrolment where school_id = any (%s::int[]) group by school_id
    ) spell
"""
_ROLLS = """
    select school_id, academic_year, array_send(pupil_ids) from roll_year
    where school_id = any (%s::int[]) order by school_id, academic_year
"""


def sheets(tx: Connection, urns: Sequence[str]) -> tuple[SchoolSheets, ...]:
    """Everything the sweep needs of some schools, in the order asked; a school not in scope is left out.

    A few rows a school come from the database, no object for a mark; about forty schools at a time keep the
    memory flat.
    """
    with driver(tx).cursor(binary=True) as cursor:
        cursor.execute("set local work_mem = '64MB'")  # forty schools' sheets are put in order in memory
        cursor.execute("select urn, school_id from school where urn = any (%s::text[])", (list(urns),))
        ids = dict(cursor.fetchall())
        wanted = [ids[urn] for urn in urns if urn in ids]
        cursor.execute(_CALENDAR, (wanted,))
        sessions = {school: columns for school, *columns in cursor}
        cursor.execute(_SHEETS, (wanted,))
        filed = {school: columns for school, *columns in cursor}
        cursor.execute(_SPELLS, (FOREVER - EPOCH, wanted))
        spells = {school: columns for school, *columns in cursor}
        cursor.execute(_ROLLS, (wanted,))
        rolls: dict[int, list[tuple[int, Numbers]]] = {}
        for school, year, sent in cursor:
            rolls.setdefault(school, []).append((year, array_of(sent)))
    none = [b"", b"", b"", b""]
    found = []
    for urn, school in ((urn, ids[urn]) for urn in urns if urn in ids):
        upns, *roll = _roll(spells.get(school, none), rolls.get(school, ()))
        held = _sessions(sessions.get(school, none[:3]), filed.get(school, none[:3]))
        found.append(SchoolSheets(urn, upns, *held, *roll))
    return tuple(found)


def _sessions(
    session: Sequence[bytes], filed: Sequence[bytes]
) -> tuple[Numbers, Numbers, Flags, Numbers, Numbers, bytes]:
    """The calendar with the width of each session's sheet, and the sheets of its sessions end to end."""
    keys, is_open, half_terms = (array_of(column) for column in session)
    of_sheet, lengths, marks = array_of(filed[0]), array_of(filed[1]), bytes(filed[2])
    held = np.isin(of_sheet, keys)
    if not held.all():  # sheets of days that the calendar does not have are kept, and count nowhere
        ends = np.cumsum(lengths)
        kept = zip((ends - lengths)[held].tolist(), ends[held].tolist(), strict=True)
        marks = b"".join(marks[start:end] for start, end in kept)
    widths = np.zeros(len(keys), dtype=np.int64)
    widths[np.searchsorted(keys, of_sheet[held])] = lengths[held]
    return keys // 2 + EPOCH, keys % 2, is_open.astype(np.bool_), half_terms, widths, marks


def _roll(
    spell: Sequence[bytes], rolls: Sequence[tuple[int, Numbers]]
) -> tuple[tuple[str, ...], Numbers, Numbers, Numbers, Numbers, Numbers]:
    """The UPNs of the lines, and every spell with its slot in each academic year."""
    pupils, first, last = array_of(spell[0]), array_of(spell[2]) + EPOCH, array_of(spell[3]) + EPOCH
    _, which = np.unique(pupils, return_inverse=True)
    named = np.array(str(spell[1]).split(",") if len(pupils) else [], dtype=np.str_)
    by_upn = np.argsort(named)
    line_of = np.empty(len(named), dtype=np.int64)
    line_of[by_upn] = np.arange(len(named))
    lines, upns = line_of[which], named[by_upn].tolist()
    entries = [_entries(year, roll, pupils, lines, first, last) for year, roll in rolls]
    nothing = np.empty(0, dtype=np.int64)
    entries.append((nothing,) * 5)
    years, slots, places, begins, ends = (np.concatenate(column) for column in zip(*entries, strict=True))
    return tuple(upns), years, slots, places, begins, ends


def _entries(
    year: int, roll: Numbers, pupils: Numbers, lines: Numbers, first: Numbers, last: Numbers
) -> tuple[Numbers, Numbers, Numbers, Numbers, Numbers]:
    """The spells of pupils who have a slot in a year, and were on the roll in it."""
    order = np.argsort(roll)
    near = order[np.minimum(np.searchsorted(roll, pupils, sorter=order), len(roll) - 1)]
    begins, ends = date(year, 9, 1).toordinal(), date(year + 1, 9, 1).toordinal()
    here = np.flatnonzero((roll[near] == pupils) & (first < ends) & (last >= begins))
    return np.full(len(here), year), near[here], lines[here], first[here], last[here]
