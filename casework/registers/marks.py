"""Marks gathered into columns: one builder for the careful readers, one joiner for all."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np

from casework.domain.register import Session
from casework.registers.notes import LISTED_PER_KIND, Notes
from casework.registers.reading import Index, MarkBatch, PupilKey, no_marks

_T = TypeVar("_T")
_TWICE = "Leave one of the two in the file."
_SMALL = 1 << 23


class MarkBuilder:
    """Takes marks one by one and gives them back as a batch."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._pupils: dict[PupilKey, int] = {}
        self._urns: dict[str, int] = {}
        self._sessions: dict[Session, int] = {}
        self._codes: dict[str, int] = {}
        self._columns: tuple[list[int], ...] = ([], [], [], [], [])
        self._minutes: dict[int, int] = {}
        self._comments: dict[int, str] = {}
        self._raw: dict[int, str] = {}

    def add(
        self,
        pupil: PupilKey,
        urn: str,
        session: Session,
        code: str,
        row: int,
        *,
        minutes_late: int | None = None,
        comment: str = "",
        raw: str = "",
    ) -> None:
        """Add one mark. `raw` is the entry; it is kept if the code is another."""
        pupils, urns, sessions, codes, rows = self._columns
        place = len(rows)
        pupils.append(self._pupils.setdefault(pupil, len(self._pupils)))
        urns.append(self._urns.setdefault(urn, len(self._urns)))
        sessions.append(self._sessions.setdefault(session, len(self._sessions)))
        codes.append(self._codes.setdefault(code, len(self._codes)))
        rows.append(row)
        if minutes_late is not None:
            self._minutes[place] = minutes_late
        if comment:
            self._comments[place] = comment
        if raw and raw != code:
            self._raw[place] = raw

    def __len__(self) -> int:
        return len(self._columns[4])

    def batch(self) -> MarkBatch:
        """The marks so far."""
        pupil, urn, session, code, row = (np.array(column, dtype=np.int32) for column in self._columns)
        return MarkBatch(
            tuple(self._pupils),
            tuple(self._urns),
            tuple(self._sessions),
            tuple(self._codes),
            (self.file,),
            pupil,
            urn,
            session,
            code,
            np.zeros(len(row), dtype=np.int32),
            row,
            self._minutes,
            self._comments,
            self._raw,
        )


def without_conflicts(batch: MarkBatch, notes: Notes) -> MarkBatch:
    """A file's marks without those it contradicts; each contradiction is noted.

    The same mark twice is kept once. Of two different codes for one session neither is believed; a blank
    says nothing, so it contradicts nothing.
    """
    if not len(batch):
        return batch
    pupil, count = batch.pupil.astype(np.int64), len(batch.sessions)
    if not _repeats(pupil * count + batch.session, len(batch.pupils) * count):
        return batch
    key = (pupil * len(batch.urns) + batch.urn) * count + batch.session
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    keep = np.ones(len(batch), dtype=bool)
    refused = 0
    for group in np.split(order, starts[1:]) if len(starts) < len(order) else ():
        if len(group) == 1:
            continue
        said = {batch.codes[batch.code[i]] for i in group} - {""}
        if len(said) > 1:
            keep[group] = False
            refused += len(group)
            first, last = int(group[0]), int(group[-1])
            notes.problem(
                int(batch.row[last]),
                "code",
                " and ".join(sorted(said)),
                f"Row {batch.row[first]} has another mark for the same pupil and session.",
                _TWICE,
            )
        else:
            spoken = [i for i in group if batch.codes[batch.code[i]]]
            keep[group] = False
            keep[spoken[-1] if spoken else group[-1]] = True
    notes.used -= refused
    return taken(batch, keep)


def _repeats(keys: "np.ndarray[tuple[int], np.dtype[np.int64]]", count: int) -> bool:
    """Whether any key below `count` stands there twice; without sorting where there are not too many."""
    if count <= _SMALL:
        seen = np.zeros(count, dtype=np.bool_)
        seen[keys] = True
        return int(np.count_nonzero(seen)) < len(keys)
    ordered = np.sort(keys)
    return bool((ordered[1:] == ordered[:-1]).any())


def taken(batch: MarkBatch, keep: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> MarkBatch:
    """The marks of a batch for which `keep` is true."""
    places = np.flatnonzero(keep)
    moved = {int(old): new for new, old in enumerate(places)}

    def sparse(values: Iterable[tuple[int, _T]]) -> dict[int, _T]:
        return {moved[old]: value for old, value in values if old in moved}

    return MarkBatch(
        batch.pupils,
        batch.urns,
        batch.sessions,
        batch.codes,
        batch.files,
        batch.pupil[places],
        batch.urn[places],
        batch.session[places],
        batch.code[places],
        batch.file[places],
        batch.row[places],
        sparse(batch.minutes_late.items()),
        sparse(batch.comment.items()),
        sparse(batch.raw.items()),
    )


def joined(batches: Sequence[MarkBatch]) -> MarkBatch:
    """Several batches as one, in order."""
    spoken = [batch for batch in batches if len(batch)]
    if len(spoken) < 2:
        return spoken[0] if spoken else no_marks()
    pupils, pupil = _merged([(batch.pupils, batch.pupil) for batch in spoken])
    urns, urn = _merged([(batch.urns, batch.urn) for batch in spoken])
    sessions, session = _merged([(batch.sessions, batch.session) for batch in spoken])
    codes, code = _merged([(batch.codes, batch.code) for batch in spoken])
    files, file = _merged([(batch.files, batch.file) for batch in spoken])
    minutes: dict[int, int] = {}
    comments: dict[int, str] = {}
    raw: dict[int, str] = {}
    offset = 0
    for batch in spoken:
        minutes.update((offset + i, value) for i, value in batch.minutes_late.items())
        comments.update((offset + i, value) for i, value in batch.comment.items())
        raw.update((offset + i, value) for i, value in batch.raw.items())
        offset += len(batch)
    row = np.concatenate([batch.row for batch in spoken])
    return MarkBatch(
        pupils, urns, sessions, codes, files, pupil, urn, session, code, file, row, minutes, comments, raw
    )


def _merged(columns: Sequence[tuple[Sequence[_T], Index]]) -> tuple[tuple[_T, ...], Index]:
    """Columns of distinct values end to end, with one list of distinct values."""
    place_of: dict[_T, int] = {}
    parts: list[Index] = []
    for values, index in columns:
        places = [place_of.setdefault(value, len(place_of)) for value in values]
        parts.append(np.array(places, dtype=np.int32)[index])
    return tuple(place_of), np.concatenate(parts)


def report_many(notes: Notes, rows: Index, column: str, value: str, says: str, remedy: str) -> None:
    """Note one problem for each of many rows, without holding more than are listed."""
    listed = rows[:LISTED_PER_KIND].tolist()
    for row in listed:
        notes.problem(row, column, value, says, remedy)
    if len(rows) > len(listed):
        notes.more(column, remedy, len(rows) - len(listed))
