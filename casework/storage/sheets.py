"""The sheets at work: taken up, filled, amended and written back, whatever the number of schools.

One sheet is one session of one school, one byte a mark; a pupil has one slot on a school's sheets for an
academic year, given out at the first mark and never to anybody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from casework.domain.calendar import academic_year_of
from casework.domain.register import NO_MARK, OFF_ROLL, Half, Session, code_of
from casework.storage.database import driver

Numbers = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

STEP = 64
"""A sheet has room for the roll rounded up to this many."""

HALVES = (Half.AM, Half.PM)
EPOCH = date(1970, 1, 1).toordinal()
OFF, BLANK = ord(OFF_ROLL), ord(NO_MARK)
_FILING = 7_201_002  # the advisory lock of whoever files for a school
_ARRAY_HEAD = 20
_SMALL, _FEW = 1 << 23, 1 << 12
_AT_ONCE = 5_000  # sheets in one statement
_SHEETS_GIVEN = "unnest(%s::int[], %s::date[], %s::int[], %b::bytea[]) as given (school, day, half, marks)"


Chain = dict[datetime, tuple[int, int]]
"""What a school told of one mark: the time of each change -> (the code it was, the code it became)."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change of a mark that the school's own system told of. Codes are sheet bytes."""

    school_id: int
    pupil_id: int
    session: Session
    was: int
    now: int
    amended_at: datetime
    reason: str = ""
    by: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes marks and why, when it is recorded (UTC), and the import that brought it."""

    by: str
    position: str
    reason: str
    at: datetime
    import_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One filed mark that another took the place of."""

    school_id: int
    pupil_id: int
    session: Session
    was: str
    now: str
    by: str
    reason: str


def hold(tx: Connection, school_ids: Sequence[int]) -> None:
    """One filing at a time for a school; in order of id, so that two never wait for each other."""
    driver(tx).execute(
        "select pg_advisory_xact_lock(%s, school) from unnest(%s::int[]) school",
        (_FILING, f"{{{','.join(map(str, sorted(school_ids)))}}}"),
    )


class Desk:
    """The sheets that a filing touches, held for it and laid end to end: one byte a place.

    `places` says where each of the asked marks lies, `before` what the sheets held when they were taken up.
    """

    def __init__(
        self, tx: Connection, by: By, school: Numbers, pupil: Numbers, day: Numbers, half: Numbers
    ) -> None:
        self._driver, self._by = driver(tx), by
        first, span = int(day.min()), int(day.max() - day.min()) + 1
        sheets, sheet = distinct((school * span + day - first) * 2 + half)
        self.half, self.day, self.school = sheets % 2, sheets // 2 % span + first, sheets // 2 // span
        years = years_of(self.day)
        hold(tx, np.unique(self.school).tolist())
        rolls, self._roll = distinct(self.school * 10_000 + years)
        self._rolls = [(int(key) // 10_000, int(key) % 10_000) for key in rolls]
        self._pupils = self._slots_of(rolls)
        slot = self._slots(pupil, self._roll[sheet])
        stored = self._stored()
        room = np.array([-(-len(pupils) // STEP) * STEP for pupils in self._pupils], dtype=np.int64)
        self._width = np.maximum(room[self._roll], [len(marks or b"") for marks in stored])
        self._start = np.concatenate(([0], np.cumsum(self._width)))
        self.filed = np.array([marks is not None for marks in stored])
        laid = (m or b"" for m in stored)
        self.before: Bytes = np.frombuffer(
            b"".join(m.ljust(w, OFF_ROLL.encode()) for m, w in zip(laid, self._width.tolist(), strict=True)),
            dtype=np.uint8,
        )
        self._after = self.before.copy()
        self._touched = ~self.filed
        self.places: Numbers = self._start[sheet] + slot

    def _slots_of(self, rolls: Numbers) -> list[Numbers]:
        with self._driver.cursor(binary=True) as cursor:
            cursor.execute(
                "select school_id * 10000::bigint + academic_year, array_send(pupil_ids) from roll_year"
                " where school_id = any (%s::int[]) and academic_year = any (%s::int[])",
                (listed(rolls // 10_000), listed(np.unique(rolls % 10_000))),
            )
            found = {key: array_of(sent) for key, sent in cursor}
        return [found.get(key, np.empty(0, dtype=np.int64)) for key in rolls.tolist()]

    def _slots(self, pupil: Numbers, roll: Numbers) -> Numbers:
        """The slot of each pupil on its roll, giving new ones to pupils without one."""
        slots = self._find(pupil, roll)
        without = slots < 0
        if without.any():
            fresh = np.unique(roll[without] * (1 << 40) + pupil[without])
            added = {int(n): fresh[fresh >> 40 == n] & ((1 << 40) - 1) for n in np.unique(fresh >> 40)}
            self._driver.cursor().executemany(
                "insert into roll_year (school_id, academic_year, pupil_ids, recorded_at)"
                " values (%s, %s, %s::int[], %s) on conflict (school_id, academic_year)"
                " do update set pupil_ids = roll_year.pupil_ids || excluded.pupil_ids",
                [(*self._rolls[n], pupils.tolist(), self._by.at) for n, pupils in added.items()],
            )
            for n, pupils in added.items():
                self._pupils[n] = np.concatenate((self._pupils[n], pupils))
            slots = self._find(pupil, roll)
        return slots

    def _find(self, pupil: Numbers, roll: Numbers) -> Numbers:
        counts = [len(pupils) for pupils in self._pupils]
        listed = np.concatenate(self._pupils)
        of_roll = np.repeat(np.arange(len(counts)), counts)
        first = np.cumsum([0, *counts[:-1]])
        if not len(listed):
            return np.full(len(pupil), -1, dtype=np.int64)
        # A pupil is nearly always on one roll, and is looked up by id; the few on more are searched for.
        directory = np.full(max(int(listed.max()), int(pupil.max())) + 1, -1, dtype=np.int64)
        directory[listed] = np.arange(len(listed))
        found = directory[pupil]
        astray = np.flatnonzero((found >= 0) & (of_roll[found] != roll))
        if len(astray):
            keys = of_roll * (1 << 40) + listed
            order = np.argsort(keys)
            wanted = roll[astray] * (1 << 40) + pupil[astray]
            near = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
            found[astray] = np.where(keys[near] == wanted, near, -1)
        return np.where(found >= 0, found - first[roll], -1)

    def _stored(self) -> list[bytes | None]:
        with self._driver.cursor(binary=True) as cursor:
            cursor.execute(
                "select place::int, marks from register_sheet join unnest(%s::int[], %s::date[], %s::int[])"
                " with ordinality as asked (school, day, half, place) on school_id = asked.school"
                " and session_date = asked.day and register_sheet.half = asked.half"
                " for update of register_sheet",
                self._keys(np.arange(len(self.school))),
            )
            found = dict(cursor.fetchall())
        return [found.get(place) for place in range(1, len(self.school) + 1)]

    def blank(self, places: Numbers) -> None:
        """Note that a session came without a mark; it says nothing that anybody could have known."""
        self._after[places] = BLANK
        self._touch(places)

    def fill(self, places: Numbers, codes: Bytes) -> None:
        """Put marks where there were none; on a sheet filed before, write down when they came."""
        self._after[places] = codes
        if not (self._touch(places) & self.filed).any():
            return
        sheets = self._sheet(places)
        later = self.filed[sheets]
        if not later.any():
            return
        slots, sheets = (places - self._start[sheets])[later], sheets[later]
        filled = np.unique(sheets)
        lists = [listed(slots[sheets == sheet]) for sheet in filled.tolist()]
        self._driver.execute(
            "insert into sheet_filling (school_id, session_date, half, slots, import_id, recorded_at)"
            " select school, day, half, slots::smallint[], %s, %s"
            " from unnest(%s::int[], %s::date[], %s::int[], %s::text[]) as filled (school, day, half, slots)",
            (self._by.import_id, self._by.at, *self._keys(filled), lists),
        )

    def amend(self, places: Numbers, codes: Bytes, told: Sequence[Told] = ()) -> tuple[Change, ...]:
        """Change filed marks: the one function that does.

        The old mark is read from the sheet that is held, the change written down with its time, its author
        and reason, and the new mark put on the sheet. `told` says who and why where the school did.
        """
        if not len(places):
            return ()
        before = self.before[places]
        self._after[places] = codes
        self._touch(places)
        rows = [
            _Amendment(
                place,
                was,
                now,
                told[n].amended_at if told else self._by.at,
                (told[n].reason if told else "") or self._by.reason,
                (told[n].by if told else "") or self._by.by,
                (told[n].position if told else "") or self._by.position,
            )
            for n, (place, was, now) in enumerate(
                zip(places.tolist(), before.tolist(), codes.tolist(), strict=True)
            )
        ]
        self._write_amendments(rows, told=False)
        return tuple(self._change(row) for row in rows)

    def keep_told(self, fresh: Mapping[tuple[int, datetime], Told]) -> None:
        """Keep what the school told of, beside the register and without changing it."""
        self._write_amendments(
            [
                _Amendment(place, t.was, t.now, t.amended_at, t.reason, t.by, t.position)
                for (place, _), t in fresh.items()
            ],
            told=True,
        )

    def told(self, places: Numbers) -> dict[int, Chain]:
        """What the school's own system has told of the marks at these places."""
        if not len(places):
            return {}
        sheets = self._sheet(places)
        chains: dict[int, Chain] = {}
        rows = self._driver.execute(
            "select asked.place, amended_at, ascii(was::text), ascii(now::text) from mark_amendment"
            " join unnest(%s::bigint[], %s::int[], %s::date[], %s::int[], %s::int[])"
            " as asked (place, school, day, half, slot) on school_id = asked.school"
            " and session_date = asked.day and mark_amendment.half = asked.half"
            " and mark_amendment.slot = asked.slot where told",
            (
                listed(places),
                *self._keys(sheets),
                listed(places - self._start[sheets]),
            ),
        )
        for place, moment, was, now in rows:
            chains.setdefault(place, {})[moment] = (was, now)
        return chains

    def write(self) -> None:
        """Write the sheets back: new ones with their time of filing, old ones with their new bytes."""
        flat, start = self._after.tobytes(), self._start.tolist()
        for part in _parts(np.flatnonzero(~self.filed)):
            self._driver.execute(
                "insert into register_sheet (school_id, session_date, half, marks, import_id, recorded_at)"
                f" select school, day, half, marks, %s, %s from {_SHEETS_GIVEN}",
                (
                    self._by.import_id,
                    self._by.at,
                    *self._keys(part),
                    [flat[start[n] : start[n + 1]] for n in part.tolist()],
                ),
            )
        for part in _parts(np.flatnonzero(self._touched & self.filed)):
            self._driver.execute(
                f"update register_sheet set marks = given.marks from {_SHEETS_GIVEN}"
                " where school_id = given.school and session_date = given.day"
                " and register_sheet.half = given.half",
                (*self._keys(part), [flat[start[n] : start[n + 1]] for n in part.tolist()]),
            )

    def _touch(self, places: Numbers) -> Flags:
        """Have the sheets of these places written back; which they are."""
        here = np.zeros(len(self.before), dtype=np.bool_)
        here[places] = True
        touched: Flags = np.logical_or.reduceat(here, self._start[:-1])
        self._touched |= touched
        return touched

    def _sheet(self, places: Numbers) -> Numbers:
        return np.searchsorted(self._start, places, side="right") - 1

    def _key(self, sheet: int) -> tuple[int, date, int]:
        return int(self.school[sheet]), date.fromordinal(int(self.day[sheet])), int(self.half[sheet])

    def _keys(self, sheets: Numbers) -> tuple[str, str, str]:
        """The school, day and half of each of some sheets, as lists that the database reads."""
        days = (self.day[sheets] - EPOCH).astype("datetime64[D]")
        return listed(self.school[sheets]), f"{{{','.join(days.astype(str))}}}", listed(self.half[sheets])

    def slot_key(self, place: int) -> tuple[int, date, int, int]:
        """The school, day, half and slot of a place."""
        sheet = int(self._sheet(np.array([place]))[0])
        return *self._key(sheet), place - int(self._start[sheet])

    def _change(self, row: "_Amendment") -> Change:
        school_id, day, half, slot = self.slot_key(row.place)
        pupils = self._pupils[self._rolls.index((school_id, academic_year_of(day)))]
        session = Session(day, HALVES[half])
        return Change(
            school_id, int(pupils[slot]), session, code_of(row.was), code_of(row.now), row.by, row.reason
        )

    def _write_amendments(self, rows: Sequence["_Amendment"], *, told: bool) -> None:
        if not rows:
            return
        reasons = self._ids("amendment_reason", "reason_id", ("reason",), {(row.reason,) for row in rows})
        people = self._ids(
            "amender", "amender_id", ("name", "position"), {(row.by, row.position) for row in rows}
        )
        places = np.array([row.place for row in rows], dtype=np.int64)
        sheets = self._sheet(places)
        self._driver.execute(
            "insert into mark_amendment (school_id, session_date, half, slot, was, now, amended_at,"
            " reason_id, amender_id, import_id, recorded_at, told, applied)"
            ' select school, day, half, slot, was::"char", now::"char", amended_at,'
            " reason, amender, %s, %s, %s, %s"
            " from unnest(%s::int[], %s::date[], %s::int[], %s::int[], %s::text[], %s::text[],"
            " %s::timestamptz[], %s::int[], %s::int[])"
            " as given (school, day, half, slot, was, now, amended_at, reason, amender)",
            (
                *(self._by.import_id, self._by.at, told, not told),
                *self._keys(sheets),
                listed(places - self._start[sheets]),
                [chr(row.was) for row in rows],
                [chr(row.now) for row in rows],
                [row.amended_at for row in rows],
                [reasons[(row.reason,)] for row in rows],
                [people[row.by, row.position] for row in rows],
            ),
        )

    def _ids(
        self, table: str, number: str, columns: tuple[str, ...], wanted: set[tuple[str, ...]]
    ) -> dict[tuple[str, ...], int]:
        """The numbers that texts are kept under, giving new ones to new texts."""
        names = ", ".join(columns)
        lists = [list(column) for column in zip(*sorted(wanted), strict=True)]
        asked = ", ".join(["%s::text[]"] * len(columns))
        self._driver.execute(
            f"insert into {table} ({names}) select * from unnest({asked}) on conflict do nothing", lists
        )
        rows = self._driver.execute(
            f"select {number}, {names} from {table} where ({names}) in (select * from unnest({asked}))", lists
        )
        return {tuple(texts): key for key, *texts in rows}


@dataclass(frozen=True, slots=True)
class _Amendment:
    """One line of the history of marks, at its place on the desk."""

    place: int
    was: int
    now: int
    amended_at: datetime
    reason: str
    by: str
    position: str


def _parts(sheets: Numbers) -> list[Numbers]:
    """Sheets, as many as go into one statement together."""
    return [sheets[start : start + _AT_ONCE] for start in range(0, len(sheets), _AT_ONCE)]


def distinct(values: Numbers) -> tuple[Numbers, Numbers]:
    """The distinct values in order, and which of them each value is; without sorting where they lie close."""
    low = int(values.min())
    span = int(values.max()) - low + 1
    if span > min(_SMALL, max(_FEW, len(values) * 8)):
        distinct, which = np.unique(values, return_inverse=True)
        return distinct, which
    seen = np.zeros(span, dtype=np.bool_)
    seen[values - low] = True
    return np.flatnonzero(seen) + low, (np.cumsum(seen) - 1)[values - low]


def listed(numbers: Numbers) -> str:
    """Numbers as the database reads a list of them; far quicker than a list sent item by item."""
    return f"{{{','.join(map(str, numbers.tolist()))}}}"


def array_of(sent: bytes) -> Numbers:
    """The numbers of an integer[] or bigint[] as `array_send` gives it: each after its length of 4 bytes."""
    if len(sent) <= _ARRAY_HEAD:
        return np.empty(0, dtype=np.int64)
    kind = f">i{int.from_bytes(sent[_ARRAY_HEAD : _ARRAY_HEAD + 4], 'big')}"
    items = np.frombuffer(sent, dtype=[("size", ">i4"), ("number", kind)], offset=_ARRAY_HEAD)
    return items["number"].astype(np.int64)


def years_of(days: Numbers) -> Numbers:
    """The academic year of each day (`date.toordinal()`), by the year it began."""
    months = (days - EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray((months - 8) // 12 + 1970, dtype=np.int64)
