"""The door: what format each file is, and everything that the files say together.

A file's format is told from its content, never from its name's ending: `native`, `sheet` (CSV or XLSX in the
shapes `long`, `wide`, `weekly` and `roll`), `sims`, `wonde` or `ctf`.
"""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from casework.registers import native
from casework.registers.codes import Lookup
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

FORMATS = ("native", "sheet", "long", "wide", "weekly", "roll", "sims", "wonde", "ctf")
"""What may be insisted on; the four shapes of a sheet are found by themselves otherwise."""

_R = TypeVar("_R", bound=Row)
_EXPORT = "Export the register as CSV, XLSX, XML or JSON."


def detect(name: str, data: bytes) -> str:
    """The format of a file: `native`, `sheet`, `sims`, `wonde` or `ctf`.

    Raises:
        Unclear: It is none of them; the error says what it looks like and what to do.
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unclear("The file is empty.", "Export it again.")
    text = decode(data).lstrip()
    header = next(rows(text[:65536], ","), [])
    if native.recognise(name, header):
        return "native"
    raise Unclear("This is no register that is known here.", _EXPORT)


def read(
    sources: Sequence[tuple[str, bytes]],
    *,
    codes: CodeBook,
    format: str | None = None,
    school_urn: str = "",
    academic_year: int | None = None,
    today: date | None = None,
) -> Reading:
    """Everything that some files say, and every problem in them.

    Args:
        sources: Each file's name and bytes. Pages of one feed and lists of codes may come together.
        codes: Which codes are in force on a day.
        format: One of `FORMATS`, to insist; None tells it from each file's content.
        school_urn: The school the files are of, where they do not say; empty leaves it open.
        academic_year: The year the academic year began, for dates written without a year.
        today: Marks that say a pupil was seen after this day are refused; None leaves that unasked.

    Returns:
        The rows that can be used, beside the problems that refuse the others.
    """
    if not sources:
        nothing = Notes("")
        nothing.problem(0, "", "", "There is no file to read.", "Give at least one file.")
        return Reading(problems=nothing.problems)
    lookup = Lookup(codes, {}, today)
    made: list[Row] = []
    batches: list[MarkBatch] = []
    all_notes: list[tuple[Notes, str]] = []
    for name, data in sources:
        notes = Notes(name)
        try:
            found = format or detect(name, data)
            some, marks = _one(found, name, data, lookup, notes)
        except Unclear as fault:
            notes.refuse(0, "", "", fault)
            found, some, marks = format or "", [], no_marks()
        batches.append(without_conflicts(marks, notes))
        made += some
        all_notes.append((notes, found))
    return _together(made, batches, all_notes)


def _one(found: str, name: str, data: bytes, lookup: Lookup, notes: Notes) -> tuple[list[Row], MarkBatch]:
    header = next(rows(decode(data)[:65536], ","), [])
    file = native.recognise(name, header)
    if file is None:
        known = ", ".join(native.FILES)
        raise Unclear("This is not a file of the native folder.", f"Name it as one of {known}.")
    return native.read(file, data, lookup, notes)


def _together(made: list[Row], batches: list[MarkBatch], all_notes: list[tuple[Notes, str]]) -> Reading:
    def of(kind: type[_R]) -> tuple[_R, ...]:
        return tuple(row for row in made if isinstance(row, kind))

    return Reading(
        files=tuple(notes.file for notes, _ in all_notes),
        format=" + ".join(dict.fromkeys(found for _, found in all_notes if found)),
        schools=of(SchoolRow),
        terms=of(TermRow),
        sessions=of(SessionRow),
        pupils=of(PupilRow),
        contacts=of(ContactRow),
        marks=joined(batches),
        amendments=of(AmendmentRow),
        notices=of(NoticeRow),
        history=of(HistoryRow),
        professionals=of(ProfessionalRow),
        totals=of(TotalsRow),
        display_codes=of(DisplayCodeRow),
        problems=tuple(problem for notes, _ in all_notes for problem in notes.problems),
        warnings=tuple(warning for notes, _ in all_notes for warning in notes.warnings),
        counts=tuple(notes.count(found) for notes, found in all_notes),
    )
