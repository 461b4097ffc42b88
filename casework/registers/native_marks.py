"""The quick way through a clean marks.csv: whole columns at once, each distinct value checked once.

It answers only when every row has the plain shape (every key filled, no blank line, quotation in comments
alone); anything
else goes the careful way, which names each fault. A day of a large trust is 80,000 rows and takes a few
hundredths of a second.
"""

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from casework.domain.identifiers import LETTERS, UPN_LENGTH
from casework.domain.register import Half, Session
from casework.registers import values
from casework.registers.codes import Lookup
from casework.registers.marks import report_many
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import Index, MarkBatch, Upns, no_marks
from casework.registers.text import clean

_BOM = b"\xef\xbb\xbf"
_WIDTHS = {"upn": UPN_LENGTH, "urn": 6, "date": 10, "session": 2}
_KNOWN = {*_WIDTHS, "code", "minutes_late", "comment"}

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Words = NDArray[np.uint64]
"""Some bytes of each cell taken at once as a number, to tell cells apart by."""

_LETTER_VALUE = np.full(256, -1, dtype=np.int64)
_LETTER_VALUE[np.frombuffer(LETTERS.encode(), dtype=np.uint8)] = np.arange(len(LETTERS))
_PLACE_VALUE = _LETTER_VALUE.copy()
_PLACE_VALUE[ord("0") : ord("9") + 1] = np.arange(10)
_SCATTER = 0x9E3779B97F4A7C15  # odd, with ones and noughts mixed: alike words land far apart
_ANOTHER = 0xD1B54A32D192ED03
_MOST_CELLS = 24
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_URN = re.compile("[0-9]{6}")
_HALVES = {half.value: half for half in Half}


class _Table:
    """A clean file's cells, found by where its commas and line ends stand."""

    def __init__(self, text: bytes, width: int) -> None:
        self.bytes: Bytes = np.frombuffer(text, dtype=np.uint8)
        line_end = self.bytes == ord("\n")
        stop = (self.bytes == ord(",")) | line_end
        if b'"' in text:
            unquoted = np.cumsum(self.bytes == ord('"')) % 2 == 0
            stop &= unquoted
            line_end &= unquoted
        stops = np.flatnonzero(stop)
        whole = len(stops) > 0 and stops[-1] == len(text) - 1
        self.regular = bool(whole and len(stops) % width == 0)
        if self.regular:
            ends = stops.reshape(-1, width)
            self.regular = bool(line_end[ends[:, -1]].all()) and np.count_nonzero(line_end) == len(ends)
            self.ends = ends
            self._starts: dict[int, Numbers] = {}

    def __len__(self) -> int:
        return len(self.ends)

    def starts(self, column: int) -> Numbers:
        if column not in self._starts:
            before = self.ends[:, column - 1] if column else np.concatenate(([-1], self.ends[:-1, -1]))
            self._starts[column] = before + 1
        return self._starts[column]

    def lengths(self, column: int) -> Numbers:
        found: Numbers = self.ends[:, column] - self.starts(column)
        return found

    def words(self, column: int, width: int) -> list[Words] | None:
        """A column of one width as words that hold all of each cell; None if any has another width."""
        if not (self.lengths(column) == width).all():
            return None
        size = min(8, 1 << width.bit_length() - 1)
        starts = self.starts(column)
        return [
            self._items(f"<u{size}", size)[starts + further].astype(np.uint64, copy=False)
            for further in sorted({0, width - size})
        ]

    def cells(self, rows: Numbers, column: int, width: int) -> Bytes:
        """A column of this width in some rows, as a matrix of bytes."""
        found: Bytes = self._items(f"V{width}", width)[self.starts(column)[rows]].view(np.uint8)
        return found.reshape(-1, width)

    def _items(self, kind: str, size: int) -> np.ndarray:
        """The file as overlapping items, one from each byte on: a cell is taken in one piece."""
        return np.ndarray(len(self.bytes) - size + 1, kind, self.bytes, strides=(1,))

    def text(self, row: int, column: int) -> str:
        """A cell's text without its quotation marks; ValueError if they stand in odd places."""
        found = self.bytes[self.starts(column)[row] : self.ends[row, column]].tobytes().decode()
        if '"' in found:
            inner = found[1:-1].replace('""', "")
            if len(found) < 2 or found[0] != '"' or found[-1] != '"' or '"' in inner:
                raise ValueError("a quotation mark inside a plain value")
            found = found[1:-1].replace('""', '"')
        return clean(found)


def read(data: bytes, lookup: Lookup, notes: Notes) -> MarkBatch | None:
    """The marks of a clean file; None if it must be read the careful way.

    Codes unknown on their day are noted and left out; that is the one fault a clean file can hold.
    """
    text = data.removeprefix(_BOM)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    if b"\x00" in text or b"\r" in text:
        return None
    head, _, body = text.partition(b"\n")
    if not body.endswith(b"\n"):
        body += b"\n" if body else b""
    try:
        header = head.decode().split(",")
        body.decode()
    except UnicodeDecodeError:
        return None
    if not {*_WIDTHS, "code"} <= set(header) <= _KNOWN or len(set(header)) != len(header):
        return None
    if not body:
        return no_marks()
    table = _Table(body, len(header))
    try:
        return _columns(table, header, lookup, notes) if table.regular else None
    except ValueError:
        return None


def _columns(table: _Table, header: list[str], lookup: Lookup, notes: Notes) -> MarkBatch | None:
    place_of = {name: header.index(name) for name in (*_WIDTHS, "code")}
    upns, urns = _upns(table, place_of["upn"]), _urns(table, place_of["urn"])
    sessions = _sessions(table, place_of["date"], place_of["session"])
    codes = _codes(table, place_of["code"])
    minutes = _minutes(table, header)
    if upns is None or urns is None or sessions is None or codes is None or minutes is None:
        return None
    comments = _filled(table, header, "comment")
    notes.read = len(table)
    good, statutory, code, raw = _looked_up(sessions, codes, lookup, notes)
    place = np.cumsum(good) - 1 if not good.all() else None

    def kept(column: Index) -> Index:
        return column if place is None else column[good]

    def at(row: int) -> int:
        return row if place is None else int(place[row])

    notes.used = int(good.sum())
    return MarkBatch(
        upns[0],
        urns[0],
        sessions[0],
        statutory,
        (notes.file,),
        kept(upns[1]),
        kept(urns[1]),
        kept(sessions[1]),
        kept(code),
        np.zeros(notes.used, dtype=np.int32),
        kept(np.arange(2, len(table) + 2, dtype=np.int32)),
        {at(row): value for row, value in minutes.items() if good[row]},
        {at(row): value for row, value in comments.items() if good[row]},
        {at(row): codes[0][codes[1][row]].strip() for row in raw},
    )


def _distinct(words: Sequence[Words]) -> tuple[Numbers, Index]:
    """A row of each distinct value, and which of them each row has; alike neighbours are looked at once."""
    change = words[0][1:] != words[0][:-1]
    for others in words[1:]:
        change |= others[1:] != others[:-1]
    changes = np.flatnonzero(change) + 1
    if len(changes) * 2 >= len(words[0]):
        return _told_apart(words)
    starts = np.concatenate(([0], changes))
    found, index = _told_apart([column[starts] for column in words])
    return starts[found], np.repeat(index, np.diff(starts, append=len(words[0])))


def _told_apart(words: Sequence[Words], scatter: int = _SCATTER) -> tuple[Numbers, Index]:
    """The same without sorting: rows are put into a wide table, and those of one value meet in one cell."""
    rows = np.arange(len(words[0]), dtype=np.int32)
    width = min(_MOST_CELLS, (len(rows) * 8).bit_length())
    mixed = words[0] * np.uint64(scatter)
    for column in words[1:]:
        mixed = (mixed ^ column) * np.uint64(scatter)
    cell = mixed >> np.uint64(64 - width)
    table = np.empty(1 << width, dtype=np.int32)
    table[cell] = rows
    met = table[cell]
    alone = met == rows
    found, index = np.flatnonzero(alone), (np.cumsum(alone, dtype=np.int32) - 1)[met]
    strange = words[0][met] != words[0]
    for column in words[1:]:
        strange |= column[met] != column
    astray = np.flatnonzero(strange)  # values whose cell another value has: few, and fewer every time
    if len(astray):
        others, which = _told_apart([column[astray] for column in words], scatter * _ANOTHER % (1 << 64))
        index[astray] = which + len(found)
        found = np.concatenate((found, astray[others]))
    return found, index


def _upns(table: _Table, column: int) -> tuple[Upns, Index] | None:
    words = table.words(column, UPN_LENGTH)
    if words is None:
        return None
    found, index = _distinct(words)
    cells = table.cells(found, column, UPN_LENGTH)
    digits = cells[:, 1:-1] - np.uint8(ord("0"))
    letter, check = _LETTER_VALUE[cells[:, 0]], _PLACE_VALUE[cells[:, -1]]
    if (digits > 9).any() or (letter < 0).any() or (check < 0).any():
        return None
    check = check * UPN_LENGTH
    for place in range(UPN_LENGTH - 2):
        check += digits[:, place] * (place + 2)
    if (check % len(LETTERS) != letter).any():
        return None
    return Upns(cells.tobytes()), index


def _urns(table: _Table, column: int) -> tuple[tuple[str, ...], Index] | None:
    words = table.words(column, _WIDTHS["urn"])
    if words is None:
        return None
    found, index = _distinct(words)
    urns = tuple(table.text(row, column) for row in found.tolist())
    return (urns, index) if all(map(_URN.fullmatch, urns)) else None


def _sessions(table: _Table, day: int, half: int) -> tuple[tuple[Session, ...], Index] | None:
    days, halves = table.words(day, _WIDTHS["date"]), table.words(half, _WIDTHS["session"])
    if days is None or halves is None:
        return None
    found, index = _distinct([*days, *halves])
    said = [(table.text(row, day), table.text(row, half)) for row in found.tolist()]
    if any(_DATE.fullmatch(on) is None or part not in _HALVES for on, part in said):
        return None
    sessions = tuple(Session(date.fromisoformat(on), _HALVES[part]) for on, part in said)
    return None if any(session.date in values.NO_DATES for session in sessions) else (sessions, index)


def _codes(table: _Table, column: int) -> tuple[tuple[str, ...], Index] | None:
    """Entries as typed; a register's entries are at most two characters, longer ones go the careful way."""
    lengths = table.lengths(column)
    if (lengths > 2).any() or (lengths < 0).any():
        return None
    starts = table.starts(column)
    first = np.where(lengths > 0, table.bytes[starts], 0).astype(np.int64)
    second = np.where(lengths > 1, table.bytes[np.minimum(starts + 1, len(table.bytes) - 1)], 0)
    pair = first + second.astype(np.int64) * 256
    seen = np.flatnonzero(np.bincount(pair, minlength=1))
    place = np.zeros(int(seen[-1]) + 1, dtype=np.int32)
    place[seen] = np.arange(len(seen), dtype=np.int32)
    try:
        entries = tuple(int(n).to_bytes(2, "little").rstrip(b"\x00").decode("ascii") for n in seen)
    except UnicodeDecodeError:
        return None
    return entries, place[pair]


def _looked_up(
    sessions: tuple[tuple[Session, ...], Index],
    codes: tuple[tuple[str, ...], Index],
    lookup: Lookup,
    notes: Notes,
) -> tuple[NDArray[np.bool_], tuple[str, ...], Index, list[int]]:
    """Each entry's statutory code on its day: which rows are good, the codes, their places, rows changed."""
    pair = codes[1].astype(np.int64) * len(sessions[0]) + sessions[1]
    pairs = np.flatnonzero(np.bincount(pair))
    statutory: dict[str, int] = {}
    code_of = np.zeros(int(pairs[-1]) + 1, dtype=np.int32)
    changed: list[int] = []
    for found in pairs.tolist():
        entry = codes[0][found // len(sessions[0])]
        try:
            code = lookup.code(entry, sessions[0][found % len(sessions[0])].date)
        except Unclear as fault:
            code_of[found] = -1
            rows = (np.flatnonzero(pair == found) + 2).astype(np.int32)
            report_many(notes, rows, "code", entry, fault.says, fault.remedy)
            continue
        code_of[found] = statutory.setdefault(code, len(statutory))
        if entry.strip() not in (code, ""):
            changed += np.flatnonzero(pair == found).tolist()
    code_index = code_of[pair]
    return code_index >= 0, tuple(statutory), code_index, changed


def _filled(table: _Table, header: list[str], name: str) -> dict[int, str]:
    """The rows of a column that is mostly empty which are not."""
    if name not in header:
        return {}
    column = header.index(name)
    rows = np.flatnonzero(table.lengths(column)).tolist()
    return {row: found for row in rows if (found := table.text(row, column))}


def _minutes(table: _Table, header: list[str]) -> dict[int, int] | None:
    read_minutes = values.whole(0, 600)
    try:
        return {row: read_minutes(value) for row, value in _filled(table, header, "minutes_late").items()}
    except Unclear:
        return None
