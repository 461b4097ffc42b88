"""Marks as the files have them, matched with the pupils, schools and calendars on file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from casework.domain.errors import Problem
from casework.domain.identifiers import UPN_LENGTH
from casework.domain.register import Session, byte_of
from casework.storage.database import driver, every_school
from casework.storage.registers import FOREVER, Marks
from casework.storage.sheets import EPOCH, HALVES, Bytes, Numbers, array_of, distinct, listed, years_of

Index = NDArray[np.int32]
Words = NDArray[np.uint64]

_SCATTER = 0x9E3779B97F4A7C15  # odd, with ones and noughts mixed: alike UPNs land far apart
_ANOTHER = 0xD1B54A32D192ED03
_MOST_CELLS = 24
_KEYS = {"upn": ("upn", "UPN"), "mis_id": ("mis_id", "MIS number"), "wonde_id": ("student", "Wonde id")}


class MarkBatch(Protocol):
    """Marks as columns, as `casework.registers.reading.MarkBatch` documents them."""

    @property
    def pupils(self) -> Sequence[Any]: ...
    @property
    def upns(self) -> bytes: ...
    @property
    def urns(self) -> Sequence[str]: ...
    @property
    def sessions(self) -> Sequence[Session]: ...
    @property
    def codes(self) -> Sequence[str]: ...
    @property
    def files(self) -> Sequence[str]: ...
    @property
    def pupil(self) -> Index: ...
    @property
    def urn(self) -> Index: ...
    @property
    def session(self) -> Index: ...
    @property
    def code(self) -> Index: ...
    @property
    def file(self) -> Index: ...
    @property
    def row(self) -> Index: ...
    @property
    def minutes_late(self) -> Mapping[int, int]: ...
    @property
    def comment(self) -> Mapping[int, str]: ...


class Roll:
    """Everyone ever on the roll of some schools; read when first asked for, which marks by UPN never do."""

    def __init__(self, tx: Connection, ids: Mapping[str, int]) -> None:
        self._tx, self._ids = tx, ids

    @property
    def pupils(self) -> dict[str, int]:
        """The number that each UPN is kept under."""
        return self._read[0]

    @property
    def upn_by_mis_id(self) -> dict[tuple[int, str], str]:
        """The UPN behind a school's own number for a pupil."""
        return self._read[1]

    @property
    def upn_by_wonde_id(self) -> dict[tuple[int, str], str]:
        """The UPN behind an id that Wonde gave."""
        return self._read[2]

    @cached_property
    def _read(self) -> tuple[dict[str, int], dict[tuple[int, str], str], dict[tuple[int, str], str]]:
        pupils: dict[str, int] = {}
        mis: dict[tuple[int, str], str] = {}
        wonde: dict[tuple[int, str], str] = {}
        with driver(self._tx).cursor(binary=True) as cursor:
            cursor.execute(
                "select school_id, string_agg(upn, ','),"
                " case when max(mis_id) <> '' then array_agg(mis_id) end,"
                " case when max(wonde_id) <> '' then array_agg(wonde_id) end, array_send(array_agg(pupil_id))"
                " from (select school_id, upn, mis_id, wonde_id, pupil_id"
                " from enrolment join pupil using (pupil_id) where school_id = any (%s::int[])"
                " order by school_id, pupil_id, on_roll_from) spell group by school_id order by school_id",
                (sorted(self._ids.values()),),
            )
            for school, upns, mis_ids, wonde_ids, sent in cursor:
                names = upns.split(",")
                pupils.update(zip(names, array_of(sent).tolist(), strict=True))
                for found, keys in ((mis, mis_ids), (wonde, wonde_ids)):
                    if keys:
                        found.update({(school, key): n for key, n in zip(keys, names, strict=True) if key})
        return pupils, mis, wonde


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason why some rows cannot be matched."""

    problem: Problem
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """The marks that can be filed, and what stands in the way of the others."""

    marks: Marks
    refused: list[Refused]
    warnings: list[Problem]


def mark_columns(
    tx: Connection, batch: MarkBatch, roll: Roll, ids: Mapping[str, int], given_urn: str
) -> Matched:
    """Match a batch. A pupil or school that is not on file refuses its marks, once for each file.

    Marks outside a pupil's time on the roll, or on a session that the school's calendar does not have open,
    are filed and warned of; facts leave them out.
    """
    matching = _Matching(tx, batch, roll, ids, given_urn)
    return matching.run()


class _Spells(NamedTuple):
    """Times on the rolls as columns; `whole` ones hold all the days that are asked about, and more."""

    school: Numbers
    pupil: Numbers
    first: Numbers
    last: Numbers
    whole: NDArray[np.bool_]


class _Matching:
    """One batch, being matched."""

    def __init__(
        self, tx: Connection, batch: MarkBatch, roll: Roll, ids: Mapping[str, int], given_urn: str
    ) -> None:
        self.tx, self.batch, self.roll, self.ids = tx, batch, roll, ids
        self.urns = [urn or given_urn for urn in batch.urns]
        self.refused: list[Refused] = []
        self.warnings: list[Problem] = []

    def run(self) -> Matched:
        batch = self.batch
        school_of_urn = np.array([self.ids.get(urn, -1) for urn in self.urns], dtype=np.int64)
        school = school_of_urn[batch.urn]
        self._refuse_schools(school_of_urn)
        pupil = self._pupils(school)
        day = np.array([session.date.toordinal() for session in batch.sessions], dtype=np.int64)
        half = np.array([HALVES.index(session.half) for session in batch.sessions], dtype=np.int64)
        code: Bytes = np.array([byte_of(entry) for entry in batch.codes], dtype=np.uint8)
        keep = np.flatnonzero((school >= 0) & (pupil >= 0))
        of_kept = keep if len(keep) < len(school) else slice(None)
        places = (
            {int(place): n for n, place in enumerate(keep)} if batch.minutes_late or batch.comment else {}
        )
        session = batch.session[of_kept]
        marks = Marks(
            school[of_kept],
            pupil[of_kept],
            day[session],
            half[session],
            code[batch.code[of_kept]],
            {places[i]: minutes for i, minutes in batch.minutes_late.items() if i in places},
            {places[i]: words for i, words in batch.comment.items() if i in places},
        )
        if len(keep):
            self._warn_of_closed_sessions(marks, keep)
            self._warn_off_roll(marks, keep)
        return Matched(marks, self.refused, self.warnings)

    # -- who and where ---------------------------------------------------------------------------------------

    def _refuse_schools(self, school_of_urn: Numbers) -> None:
        unknown = school_of_urn[self.batch.urn] < 0
        for value, place, count in self._first_of(self.batch.urn, unknown):
            urn = self.urns[value]
            says = f"School {urn} is not on file, or not one of yours" if urn else "No school is named"
            self._refuse(
                place, "urn", urn, says, count, "Import its schools.csv first, or name it with --school."
            )

    def _pupils(self, school: Numbers) -> Numbers:
        """The number of each mark's pupil; -1 where the file's key is not known."""
        keys = self.batch.pupils
        found = self._in_slots()[self.batch.pupil]
        if (missing := found < 0).any():
            found[missing] = self._otherwise(school[missing], self.batch.pupil[missing])
        for value, place, count in self._first_of(self.batch.pupil, (found < 0) & (school >= 0)):
            column, name = _KEYS[keys[value].kind]
            says = f"No pupil with {name} {keys[value].value} is on file at this school"
            remedy = "Import the roll with this pupil first: pupils.csv, a CTF or the students page."
            self._refuse(place, column, keys[value].value, says, count, remedy)
        return found

    def _in_slots(self) -> Numbers:
        """The number of each key's pupil, where they have a slot at one of the schools in these years."""
        found = np.full(len(self.batch.pupils), -1, dtype=np.int64)
        schools = [self.ids[urn] for urn in self.urns if urn in self.ids]
        days = np.array([session.date.toordinal() for session in self.batch.sessions], dtype=np.int64)
        if not self.batch.upns or not schools:
            return found
        with driver(self.tx).cursor(binary=True) as cursor:
            cursor.execute(
                "select array_send(pupil_ids), convert_to(upns, 'UTF8') from roll_year"
                " where school_id = any (%s::int[]) and academic_year = any (%s::int[])",
                (schools, np.unique(years_of(days)).tolist()),
            )
            rolls = [(array_of(sent), upns) for sent, upns in cursor]
        step = UPN_LENGTH + 1
        plain = [(ids, upns + b",") for ids, upns in rolls if len(upns) + 1 == len(ids) * step]
        if plain:
            pupils = np.concatenate([ids for ids, _ in plain])
            known = _ends_of(b"".join(upns for _, upns in plain), step)
            place = _places_of(_ends_of(self.batch.upns, UPN_LENGTH), known)
            found = np.where(place >= 0, pupils[place], -1)
        return found

    def _otherwise(self, school: Numbers, key: Index) -> Numbers:
        """Pupils without a slot here yet, from wherever they come, and pupils named by their school's MIS."""
        keys = self.batch.pupils
        pairs, which = np.unique(school * len(keys) + key, return_inverse=True)
        on_file = self._on_file([keys[n].value for n in np.unique(key) if keys[n].kind == "upn"])
        numbers = []
        for school_id, n in (divmod(pair, len(keys)) for pair in pairs.tolist()):
            kind, value = keys[n].kind, keys[n].value
            if kind == "upn":
                numbers.append(on_file.get(value, -1))
            else:
                known = self.roll.upn_by_mis_id if kind == "mis_id" else self.roll.upn_by_wonde_id
                numbers.append(self.roll.pupils.get(known.get((school_id, value), ""), -1))
        return np.array(numbers, dtype=np.int64)[which]

    def _on_file(self, upns: Sequence[str]) -> dict[str, int]:
        """The numbers of pupils on file, on whatever roll."""
        if not upns:
            return {}
        with every_school(self.tx):
            rows = driver(self.tx).execute(
                "select upn, pupil_id from pupil where upn = any (%s::text[])", (list(upns),)
            )
            return {str(upn): int(number) for upn, number in rows}

    # -- when ------------------------------------------------------------------------------------------------

    def _warn_of_closed_sessions(self, marks: Marks, keep: Numbers) -> None:
        session = self.batch.session[keep].astype(np.int64)
        pairs, which = distinct(marks.school * len(self.batch.sessions) + session)
        first, counts = np.empty(len(pairs), dtype=np.int64), np.bincount(which, minlength=len(pairs))
        first[which[::-1]] = np.arange(len(which) - 1, -1, -1)
        rows = driver(self.tx).execute(
            "select school_id, session_date, half from school_session"
            " where open and school_id = any (%s::int[]) and session_date = any (%s::date[])",
            (
                listed(distinct(marks.school)[0]),
                sorted({s.date for s in self.batch.sessions}),
            ),
        )
        open_ = {(school, Session(day, HALVES[half])) for school, day, half in rows}
        for pair, place, count in zip(pairs.tolist(), first.tolist(), counts.tolist(), strict=True):
            school, number = divmod(pair, len(self.batch.sessions))
            held = self.batch.sessions[number]
            if (school, held) not in open_:
                says = f"{_marks(count)} for {held}, which the school's calendar does not have as open."
                remedy = "They are kept and count nowhere. Import the session, if the school was open."
                self._warn(int(keep[place]), "session", str(held), says, remedy)

    def _warn_off_roll(self, marks: Marks, keep: Numbers) -> None:
        inside = self._inside(marks)
        for value, place, count in self._first_of(self.batch.pupil[keep], ~inside):
            says = f"{_marks(count)} of this pupil outside the time on the roll."
            remedy = "They are kept and count nowhere. Check the days on the roll."
            self._warn(int(keep[place]), "date", self.batch.pupils[value].value, says, remedy)

    def _inside(self, marks: Marks) -> NDArray[np.bool_]:
        """Which marks lie within a time on their school's roll; most pupils are there on all the days."""
        spells = self._spells(marks)
        wide = int(max(marks.pupil.max(), spells.pupil.max(initial=0))) + 1
        at_school = np.full(wide, -1, dtype=np.int64)
        at_school[spells.pupil[spells.whole]] = spells.school[spells.whole]
        inside: NDArray[np.bool_] = at_school[marks.pupil] == marks.school
        rest = np.flatnonzero(~inside)
        if not len(rest) or not len(spells.pupil):
            return inside
        spell, wanted = spells.school * wide + spells.pupil, marks.school[rest] * wide + marks.pupil[rest]
        order = np.argsort(spell)
        begin = np.searchsorted(spell, wanted, sorter=order)
        end = np.searchsorted(spell, wanted, side="right", sorter=order)
        for step in range(int((end - begin).max(initial=0))):
            at = order[np.minimum(begin + step, len(spell) - 1)]
            within = (spells.first[at] <= marks.day[rest]) & (marks.day[rest] <= spells.last[at])
            inside[rest] |= (begin + step < end) & within
        return inside

    def _spells(self, marks: Marks) -> "_Spells":
        days = int(marks.day.min()), int(marks.day.max())
        with driver(self.tx).cursor(binary=True) as cursor:
            cursor.execute(
                "select array_send(array_agg(number) filter (where whole)),"
                " array_send(array_agg(number) filter (where not whole)),"
                " array_send(array_agg(on_roll_from - date '1970-01-01') filter (where not whole)),"
                " array_send(array_agg(coalesce(on_roll_to - date '1970-01-01', %s))"
                " filter (where not whole))"
                " from (select school_id * 4294967296 + pupil_id as number, on_roll_from, on_roll_to,"
                " on_roll_from <= %s and coalesce(on_roll_to >= %s, true) as whole"
                " from enrolment where school_id = any (%s::int[])) spell",
                (FOREVER - EPOCH, *map(date.fromordinal, days), listed(distinct(marks.school)[0])),
            )
            (row,) = cursor
        whole, part, begins, ends = (array_of(sent or b"") for sent in row)
        number = np.concatenate((whole, part))
        return _Spells(
            number >> 32,
            number & 0xFFFFFFFF,
            np.concatenate((np.full(len(whole), days[0]), begins + EPOCH)),
            np.concatenate((np.full(len(whole), days[1]), ends + EPOCH)),
            np.repeat((True, False), (len(whole), len(part))),
        )

    # -- saying so -------------------------------------------------------------------------------------------

    def _first_of(self, column: Index, which: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
        """Each distinct value among the marked places, with its first place and how often it stands there."""
        places = np.flatnonzero(which)
        values, first, counts = np.unique(column[places], return_index=True, return_counts=True)
        yield from zip(values.tolist(), places[first].tolist(), counts.tolist(), strict=True)

    def _refuse(self, place: int, column: str, value: str, says: str, count: int, remedy: str) -> None:
        file, row = self.batch.files[self.batch.file[place]], int(self.batch.row[place])
        says = f"{says} ({_marks(count)} of it)." if count > 1 else f"{says}."
        self.refused.append(Refused(Problem(file, row, column, value, says, remedy), count))

    def _warn(self, place: int, column: str, value: str, says: str, remedy: str) -> None:
        file, row = self.batch.files[self.batch.file[place]], int(self.batch.row[place])
        self.warnings.append(Problem(file, row, column, value, says, remedy))


def _marks(count: int) -> str:
    return "1 mark" if count == 1 else f"{count:,} marks"


def _ends_of(upns: bytes, step: int) -> tuple[Words, Words]:
    """The first and the last eight bytes of each UPN as numbers, which are all of it."""
    count = len(upns) // step
    first, last = (np.ndarray(count, "<u8", upns, at, (step,)).copy() for at in (0, UPN_LENGTH - 8))
    return first, last


def _places_of(asked: tuple[Words, Words], known: tuple[Words, Words], scatter: int = _SCATTER) -> Numbers:
    """Where each asked UPN stands among the known, -1 for nowhere; through a wide table, without sorting."""
    width = np.uint64(64 - min(_MOST_CELLS, (len(known[0]) * 8).bit_length()))
    by = np.uint64(scatter)
    cells, wanted = ((first * by ^ last) * by >> width for first, last in (known, asked))
    table = np.full(1 << 64 - int(width), -1, dtype=np.int64)
    rows = np.arange(len(cells))
    table[cells] = rows
    found = table[wanted]
    alike = (known[0][found] == asked[0]) & (known[1][found] == asked[1])
    found = np.where(alike, found, -1)
    lost, rest = np.flatnonzero(table[cells] != rows), np.flatnonzero(found < 0)
    if len(lost) and len(rest):  # UPNs that share a cell, or stand there twice: few, and fewer every time
        further = _places_of(
            (asked[0][rest], asked[1][rest]),
            (known[0][lost], known[1][lost]),
            scatter * _ANOTHER % (1 << 64),
        )
        found[rest] = np.where(further >= 0, lost[further], -1)
    return found
