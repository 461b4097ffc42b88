"""The quick way through a clean marks.csv: whole columns at once, each distinct value checked once.

It answers only when every row has the plain shape (every key filled, no blank line, quotation in comments
alone); anything
else goes the careful way, which names each fault. A day of a large trust is 80,000 rows and takes a few
hundredths of a second.
"""

from datetime import date
from itertools import repeat
from typing import cast

import numpy as np
from numpy.typing import NDArray

from casework.domain.identifiers import LETTERS
from casework.domain.register import Half, Session
from casework.registers import values
from casework.registers.codes import Lookup
from casework.registers.marks import report_many
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import Index, KeyKind, MarkBatch, PupilKey, no_marks
from casework.registers.text import clean

_BOM = b"\xef\xbb\xbf"
_WIDTHS = {"upn": 13, "urn": 6, "date": 10, "session": 2}
_KNOWN = {*_WIDTHS, "code", "minutes_late", "comment"}

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

_LETTER_VALUE = np.full(256, -1, dtype=np.int64)
_LETTER_VALUE[np.frombuffer(LETTERS.encode(), dtype=np.uint8)] = np.arange(len(LETTERS))
_PLACE_VALUE = _LETTER_VALUE.copy()
_PLACE_VALUE[ord("0") : ord("9") + 1] = np.arange(10)
_POWERS_AND_PLACES = np.stack([10 ** np.arange(10, -1, -1), np.arange(2, 13)], axis=1)
_CELLS = 20
_SCATTER = np.uint64(0x9E3779B97F4A7C15)  # odd, with ones and noughts mixed: alike numbers land far apart
_AM, _PM = (int.from_bytes(half.value.encode(), "little") for half in Half)


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
            self.starts = np.r_[0, stops[:-1] + 1].reshape(-1, width)

    def __len__(self) -> int:
        return len(self.ends)

    def lengths(self, column: int) -> Numbers:
        found: Numbers = self.ends[:, column] - self.starts[:, column]
        return found

    def cells(self, column: int, width: int) -> Bytes | None:
        """A column of one width as a matrix of bytes; None if any cell is wider or narrower."""
        if not (self.lengths(column) == width).all():
            return None
        # The file as overlapping items of this width, one from each byte on: a cell is taken in one piece.
        items = np.ndarray(len(self.bytes) - width + 1, f"V{width}", self.bytes, strides=(1,))
        found: Bytes = items[self.starts[:, column]].view(np.uint8).reshape(len(self), width)
        return found

    def text(self, row: int, column: int) -> str:
        """A cell's text without its quotation marks; ValueError if they stand in odd places."""
        found = self.bytes[self.starts[row, column] : self.ends[row, column]].tobytes().decode()
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
    cells = {name: table.cells(header.index(name), width) for name, width in _WIDTHS.items()}
    upns, urns = _upns(cells["upn"]), _urns(cells["urn"])
    sessions = _sessions(cells["date"], cells["session"])
    codes = _codes(table, header.index("code"))
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


def _distinct(numbers: Numbers) -> tuple[Numbers, Index]:
    """Distinct numbers and each row's place among them; neighbours that are alike are looked at once."""
    changes = np.flatnonzero(np.diff(numbers)) + 1
    if len(changes) * 2 < len(numbers):
        starts = np.r_[0, changes]
        found, inverse = _told_apart(numbers[starts])
        return found, np.repeat(inverse, np.diff(np.r_[starts, len(numbers)]))
    return _told_apart(numbers)


def _told_apart(numbers: Numbers) -> tuple[Numbers, Index]:
    """The same without sorting: rows are put into a wide table, and those of one number meet in one cell."""
    rows = np.arange(len(numbers), dtype=np.int32)
    cell = (numbers.astype(np.uint64) * _SCATTER) >> np.uint64(64 - _CELLS)
    table = np.empty(1 << _CELLS, dtype=np.int32)
    table[cell] = rows
    met = table[cell]
    alone = met == rows
    place = np.cumsum(alone, dtype=np.int32) - 1
    found, index = numbers[alone], place[met]
    astray = np.flatnonzero(found[index] != numbers)  # numbers whose cell another number has: very few
    if len(astray):
        others, inverse = np.unique(numbers[astray], return_inverse=True)
        index[astray] = inverse + len(found)
        found = np.concatenate((found, others))
    return found, index


def _first_of(index: Index, count: int) -> Numbers:
    """A row for each distinct value."""
    first = np.empty(count, dtype=np.int64)
    first[index] = np.arange(len(index))
    return first


def _upns(cells: Bytes | None) -> tuple[tuple[PupilKey, ...], Index] | None:
    """UPNs, each as one number while they are told apart. A key is made without a call in Python."""
    if cells is None:
        return None
    digits = cells[:, 1:12] - np.uint8(ord("0"))
    letter, last = _LETTER_VALUE[cells[:, 0]], _PLACE_VALUE[cells[:, 12]]
    if (digits > 9).any() or (letter < 0).any() or (last < 0).any():
        return None
    body, check = (digits.astype(np.int64) @ _POWERS_AND_PLACES).T
    check = check + last * 13
    if (check % 23 != letter).any():
        return None
    found, index = _distinct((letter * 10**11 + body) * 128 + cells[:, 12])
    rows = cells[_first_of(index, len(found))]
    names = rows.view("S13").ravel().astype("U13").tolist()
    keys = map(tuple.__new__, repeat(PupilKey), zip(repeat(KeyKind.UPN), names, strict=False))
    return cast(tuple[PupilKey, ...], tuple(keys)), index


def _number(cells: Bytes) -> Numbers | None:
    """Columns of digits as numbers."""
    if (cells - np.uint8(ord("0")) > 9).any():
        return None
    number = np.zeros(len(cells), dtype=np.int64)
    for place in range(cells.shape[1]):
        number = number * 10 + cells[:, place]
    return number - ord("0") * int("1" * cells.shape[1])


def _urns(cells: Bytes | None) -> tuple[tuple[str, ...], Index] | None:
    number = None if cells is None else _number(cells)
    if number is None:
        return None
    found, index = _distinct(number)
    return tuple(f"{urn:06}" for urn in found.tolist()), index


def _sessions(days: Bytes | None, halves: Bytes | None) -> tuple[tuple[Session, ...], Index] | None:
    if days is None or halves is None:
        return None
    half = halves.view(np.uint16).ravel()
    number = _number(np.ascontiguousarray(days[:, (0, 1, 2, 3, 5, 6, 8, 9)]))
    dashed = (days[:, (4, 7)] == ord("-")).all()
    if number is None or not dashed or not ((half == _AM) | (half == _PM)).all():
        return None
    found, index = _distinct(number * 2 + (half == _PM))
    try:
        sessions = [(date(n // 20000, n // 200 % 100, n // 2 % 100), n % 2) for n in found.tolist()]
    except ValueError:
        return None
    if any(day in values.NO_DATES for day, _ in sessions):
        return None
    return tuple(Session(day, Half.PM if afternoon else Half.AM) for day, afternoon in sessions), index


def _codes(table: _Table, column: int) -> tuple[tuple[str, ...], Index] | None:
    """Entries as typed; a register's entries are at most two characters, longer ones go the careful way."""
    lengths = table.lengths(column)
    if (lengths > 2).any() or (lengths < 0).any():
        return None
    starts = table.starts[:, column]
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
