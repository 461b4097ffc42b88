"""The door: what format each file is, and everything that the files say together.

A file's format is told from its content, never from its name's ending: `native`, `sheet` (CSV or XLSX in the
shapes `long`, `wide`, `weekly` and `roll`), `sims`, `wonde` or `ctf`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from casework.registers import ctf, native, sheet, sims, wonde
from casework.registers.codes import Lookup
from casework.registers.grid import ZIP, is_workbook
from casework.registers.mapping import ColumnMapping
from casework.registers.marks import joined, without_conflicts
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import (
    AmendmentRow,
    CodeBook,
    ContactRow,
    DisplayCodeRow,
    HistoryRow,
    MarkBatch,
    NoticeRow,
    ProfessionalRow,
    PupilRow,
    Reading,
    Row,
    SchoolRow,
    SessionRow,
    TermRow,
    TotalsRow,
    no_marks,
)
from casework.registers.text import decode, rows
from casework.registers.xml import root_of

FORMATS = ("native", "sheet", "long", "wide", "weekly", "roll", "sims", "wonde", "ctf")
"""What may be insisted on; the four shapes of a sheet are found by themselves otherwise."""

_R = TypeVar("_R", bound=Row)
_LOOKED_AT = 65536
_NOTHING = b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"
_XLSX = "Open it, and save it as .xlsx without a password."
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "This is an old or a protected Excel file.", _XLSX),
    (b"%PDF", "This is a PDF, whose marks cannot be told apart.", "Export the register as CSV or XLSX."),
    (b"{\\rtf", "This is a document for reading.", "Export the register as CSV or XLSX."),
    (b"\x1f\x8b", "The file is packed.", "Unpack it first."),
)


@dataclass
class _File:
    """One file on its way through."""

    name: str
    data: bytes
    notes: Notes
    format: str
    rows: list[Row] = field(default_factory=list)
    marks: MarkBatch = field(default_factory=no_marks)
    done: bool = False


def detect(name: str, data: bytes) -> str:
    """The format of a file: `native`, `sheet`, `sims`, `wonde` or `ctf`.

    Raises:
        Unclear: It is none of them; the error says what it looks like and what to do.
    """
    if not (data[:64].strip(_NOTHING) or data.strip(_NOTHING)):
        raise Unclear("The file is empty.", "Export it again.")
    for start, says, remedy in _OTHERS:
        if data.startswith(start):
            raise Unclear(says, remedy)
    if data.startswith(ZIP):
        if is_workbook(data):
            return "sheet"
        raise Unclear("This is no workbook, or a damaged one.", "Save it again as .xlsx, or unpack it first.")
    text = decode(data[:_LOOKED_AT] if b"\x00" not in data[:4096] else data).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return _xml_format(data, text)
    if text.startswith(("{", "[")):
        return "wonde"
    return "native" if native.recognise(name, _header(data)) else "sheet"


def _xml_format(data: bytes, text: str) -> str:
    root = root_of(data)
    if root in ("ctfile", "atfile"):
        return "ctf"
    if root in sims.ATTENDANCE_ROOTS | sims.CODE_ROOTS:
        return "sims"
    if root == "html" or text[:15].lower().startswith(("<html", "<!doctype html")):
        raise Unclear("This is a web page, whatever its name ends with.", "Open it, and save it as .xlsx.")
    if root:
        raise Unclear(f"XML of the kind {root[:40]} is not read here.", "Export a CTF or SIMS attendances.")
    raise Unclear(
        "The XML is damaged at its beginning, or declares a document type.", "Export it again from the MIS."
    )


def _header(data: bytes) -> list[str]:
    """The first row, as far as it can be seen without reading the whole file."""
    head = data[:_LOOKED_AT]
    try:
        text = decode(head if b"\x00" not in head else data)
        return [cell.strip() for cell in next(rows(text, ","), [])]
    except Unclear:
        return []


def read(
    sources: Sequence[tuple[str, bytes]],
    *,
    codes: CodeBook,
    format: str | None = None,
    mapping: ColumnMapping | None = None,
    school_urn: str = "",
    dfe_number: str = "",
    academic_year: int | None = None,
    today: date | None = None,
) -> Reading:
    """Everything that some files say, and every problem in them.

    Args:
        sources: Each file's name and bytes. Pages of one feed and lists of codes may come together.
        codes: Which codes are in force on a day.
        format: One of `FORMATS`, to insist; None tells it from each file's content.
        mapping: How to read a spreadsheet whose headings are not known here.
        school_urn: The school the files are of, where they do not say; empty leaves it open.
        dfe_number: That school's LA and establishment number, to know its own entries in a CTF by.
        academic_year: The year the academic year began, for dates written without a year.
        today: Marks that say a pupil was seen after this day are refused; None leaves that unasked.

    Returns:
        The rows that can be used, beside the problems that refuse the others.
    """
    if format is not None and format not in FORMATS:
        raise ValueError(f"{format} is not one of {', '.join(FORMATS)}")
    if not sources:
        nothing = Notes("")
        nothing.problem(0, "", "", "There is no file to read.", "Give at least one file.")
        return Reading(problems=nothing.problems)
    opened = [_opened(name, data, format) for name, data in sources]
    for file in opened:
        if file.format == "sims" and root_of(file.data) in sims.CODE_ROOTS:
            file.rows += sims.display_codes(file.data, file.notes)
            file.done = True
    own = {
        row.display: row.statutory for file in opened for row in file.rows if isinstance(row, DisplayCodeRow)
    }
    lookup = Lookup(codes, own, today)
    pages = [file for file in opened if file.format == "wonde" and not file.done]
    for file, (some, marks) in zip(
        pages, wonde.read([(file.data, file.notes) for file in pages], lookup, school_urn), strict=True
    ):
        file.rows, file.marks, file.done = some, marks, True
    for file in opened:
        if not file.done:
            _read_one(file, lookup, mapping, school_urn, dfe_number, academic_year)
        file.marks = without_conflicts(file.marks, file.notes)
    return _together(opened)


def _opened(name: str, data: bytes, format: str | None) -> _File:
    file = _File(name, data, Notes(name), format or "")
    try:
        found = detect(name, data)
        if format is None:
            file.format = found
    except Unclear as fault:
        file.notes.refuse(0, "", "", fault)
        file.done = True
    return file


def _read_one(
    file: _File,
    lookup: Lookup,
    mapping: ColumnMapping | None,
    urn: str,
    dfe_number: str,
    academic_year: int | None,
) -> None:
    """Read one file that stands by itself."""
    try:
        if file.format == "native":
            kind = native.recognise(file.name, _header(file.data))
            if kind is None:
                known = ", ".join(native.FILES)
                raise Unclear("This is not a file of the native folder.", f"Its files are {known}.")
            file.rows, file.marks = native.read(kind, file.data, lookup, file.notes)
        elif file.format == "sims":
            file.marks = sims.read(file.data, lookup, file.notes, urn)
        elif file.format == "ctf":
            file.rows, file.marks = ctf.read(file.data, lookup, file.notes, urn, dfe_number)
        else:
            insisted = "" if file.format == "sheet" else file.format
            file.rows, file.marks, shapes = sheet.read(
                file.data, lookup, file.notes, mapping=mapping, urn=urn, academic_year=academic_year,
                shape=insisted,
            )  # fmt: skip
            file.format = shapes or file.format
    except Unclear as fault:
        file.notes.refuse(0, "", "", fault)


def _together(files: Sequence[_File]) -> Reading:
    def of(kind: type[_R]) -> tuple[_R, ...]:
        return tuple(row for file in files for row in file.rows if isinstance(row, kind))

    return Reading(
        files=tuple(file.name for file in files),
        format=" + ".join(dict.fromkeys(file.format for file in files if file.format)),
        schools=of(SchoolRow),
        terms=of(TermRow),
        sessions=of(SessionRow),
        pupils=of(PupilRow),
        contacts=of(ContactRow),
        marks=joined([file.marks for file in files]),
        amendments=of(AmendmentRow),
        notices=of(NoticeRow),
        history=of(HistoryRow),
        professionals=of(ProfessionalRow),
        totals=of(TotalsRow),
        display_codes=of(DisplayCodeRow),
        problems=tuple(problem for file in files for problem in file.notes.problems),
        warnings=tuple(warning for file in files for warning in file.notes.warnings),
        counts=tuple(file.notes.count(file.format) for file in files),
    )
