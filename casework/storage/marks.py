"""Marks as the files have them, matched with the pupils, schools and calendars on file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from casework.domain.errors import Problem
from casework.domain.register import Session, byte_of
from casework.storage.database import driver, every_school
from casework.storage.registers import FOREVER, Marks
from casework.storage.sheets import EPOCH, HALVES, Bytes, Numbers, array_of

Index = NDArray[np.int32]

_KEYS = {"upn": ("upn", "UPN"), "mis_id": ("mis_id", "MIS number"), "wonde_id": ("student", "Wonde id")}


class MarkBatch(Protocol):
    """Marks as columns, as `casework.registers.reading.MarkBatch` documents them."""

    @property
    def pupils(self) -> Sequence[Any]: ...
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


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """Who is known: numbers by UPN, UPNs by the MIS's numbers, and every time on the roll of some schools.

    `spells` are (school, pupil, first day, last day) as columns, ordered by school and pupil.
    """

    pupils: dict[str, int]
    upn_by_mis_id: dict[tuple[int, str], str]
    upn_by_wonde_id: dict[tuple[int, str], str]
    spells: tuple[Numbers, Numbers, Numbers, Numbers]


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


def roll_of(tx: Connection, ids: Mapping[str, int]) -> Roll:
    """Everyone ever on the roll of some schools."""
    pupils: dict[str, int] = {}
    mis: dict[tuple[int, str], str] = {}
    wonde: dict[tuple[int, str], str] = {}
    columns: list[list[Numbers]] = [[], [], [], []]
    with driver(tx).cursor(binary=True) as cursor:
        cursor.execute(
            "select school_id, string_agg(upn, ','), case when max(mis_id) <> '' then array_agg(mis_id) end,"
            " case when max(wonde_id) <> '' then array_agg(wonde_id) end,"
            " array_send(array_agg(pupil_id)), array_send(array_agg(on_roll_from - date '1970-01-01')),"
            " array_send(array_agg(coalesce(on_roll_to - date '1970-01-01', %s)))"
            " from (select school_id, upn, mis_id, wonde_id, pupil_id, on_roll_from, on_roll_to"
            " from enrolment join pupil using (pupil_id) where school_id = any (%s::int[])"
            " order by school_id, pupil_id, on_roll_from) spell group by school_id order by school_id",
            (FOREVER - EPOCH, sorted(ids.values())),
        )
        for school, upns, mis_ids, wonde_ids, sent, first, last in cursor:
            names, numbers = upns.split(","), array_of(sent)
            pupils.update(zip(names, numbers.tolist(), strict=True))
            if mis_ids:
                mis.update({(school, key): upn for key, upn in zip(mis_ids, names, strict=True) if key})
            if wonde_ids:
                wonde.update({(school, key): upn for key, upn in zip(wonde_ids, names, strict=True) if key})
            for column, values in zip(
                columns,
                (np.full(len(numbers), school), numbers, array_of(first) + EPOCH, array_of(last) + EPOCH),
                strict=True,
            ):
                column.append(values)
    empty = np.empty(0, dtype=np.int64)
    school, pupil, first, last = (np.concatenate([empty, *column]) for column in columns)
    return Roll(pupils, mis, wonde, (school, pupil, first, last))


def mark_columns(
    tx: Connection, batch: MarkBatch, roll: Roll, ids: Mapping[str, int], given_urn: str
) -> Matched:
    """Match a batch. A pupil or school that is not on file refuses its marks, once for each file.

    Marks outside a pupil's time on the roll, or on a session that the school's calendar does not have open,
    are filed and warned of; facts leave them out.
    """
    matching = _Matching(tx, batch, roll, ids, given_urn)
    return matching.run()


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
        places = (
            {int(place): n for n, place in enumerate(keep)} if batch.minutes_late or batch.comment else {}
        )
        marks = Marks(
            school[keep],
            pupil[keep],
            day[batch.session[keep]],
            half[batch.session[keep]],
            code[batch.code[keep]],
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
        numbers = [self.roll.pupils.get(key.value, -1) if key.kind == "upn" else -1 for key in keys]
        found = np.array(numbers, dtype=np.int64)[self.batch.pupil]
        if (missing := found < 0).any():
            found[missing] = self._otherwise(school[missing], self.batch.pupil[missing])
        for value, place, count in self._first_of(self.batch.pupil, (found < 0) & (school >= 0)):
            column, name = _KEYS[keys[value].kind]
            says = f"No pupil with {name} {keys[value].value} is on file at this school"
            remedy = "Import the roll with this pupil first: pupils.csv, a CTF or the students page."
            self._refuse(place, column, keys[value].value, says, count, remedy)
        return found

    def _otherwise(self, school: Numbers, key: Index) -> Numbers:
        """Pupils named by their school's MIS, and pupils on file who were never on this roll."""
        keys = self.batch.pupils
        pairs, which = np.unique(school * len(keys) + key, return_inverse=True)
        elsewhere = self._elsewhere([keys[n].value for n in np.unique(key) if keys[n].kind == "upn"])
        known = {"mis_id": self.roll.upn_by_mis_id, "wonde_id": self.roll.upn_by_wonde_id}
        numbers = []
        for school_id, n in (divmod(pair, len(keys)) for pair in pairs.tolist()):
            kind, value = keys[n].kind, keys[n].value
            if kind == "upn":
                numbers.append(elsewhere.get(value, -1))
            else:
                numbers.append(self.roll.pupils.get(known[kind].get((school_id, value), ""), -1))
        return np.array(numbers, dtype=np.int64)[which]

    def _elsewhere(self, upns: Sequence[str]) -> dict[str, int]:
        """Pupils on file who were never on the roll of these schools."""
        with every_school(self.tx):
            rows = driver(self.tx).execute(
                "select upn, pupil_id from pupil where upn = any (%s::text[])", (list(upns),)
            )
            return {str(upn): int(number) for upn, number in rows}

    # -- when ------------------------------------------------------------------------------------------------

    def _warn_of_closed_sessions(self, marks: Marks, keep: Numbers) -> None:
        session = self.batch.session[keep].astype(np.int64)
        pairs, first, counts = np.unique(
            marks.school * len(self.batch.sessions) + session, return_index=True, return_counts=True
        )
        rows = driver(self.tx).execute(
            "select school_id, session_date, half from school_session"
            " where open and school_id = any (%s::int[]) and session_date = any (%s::date[])",
            (
                np.unique(marks.school).tolist(),
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
        schools, pupils, first, last = self.roll.spells
        wide = int(max(pupils.max(initial=0), marks.pupil.max())) + 1
        spell, wanted = schools * wide + pupils, marks.school * wide + marks.pupil
        begin, end = np.searchsorted(spell, wanted), np.searchsorted(spell, wanted, side="right")
        inside = np.zeros(len(marks), dtype=np.bool_)
        for step in range(int((end - begin).max(initial=0))):
            at = np.minimum(begin + step, len(spell) - 1)
            inside |= (begin + step < end) & (first[at] <= marks.day) & (marks.day <= last[at])
        for value, place, count in self._first_of(self.batch.pupil[keep], ~inside):
            says = f"{_marks(count)} of this pupil outside the time on the roll."
            remedy = "They are kept and count nowhere. Check the days on the roll."
            self._warn(int(keep[place]), "date", self.batch.pupils[value].value, says, remedy)

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
