"""The native CSV folder: ten files, each a table of columns.

UTF-8, comma, a header row, columns in any order. A missing column that is no key is unknown; an unknown
column is warned of; a file with only its header is valid. Marks take the quick way of `native_marks` when
the file is clean.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from casework.domain.notices import GROUNDS
from casework.domain.register import Session
from casework.registers import native_marks, values
from casework.registers.codes import Lookup
from casework.registers.marks import MarkBuilder
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import (
    AmendmentRow,
    ContactRow,
    HistoryRow,
    KeyKind,
    MarkBatch,
    NoticeRow,
    ProfessionalRow,
    PupilKey,
    PupilRow,
    Row,
    SchoolRow,
    SessionRow,
    TermRow,
    no_marks,
)
from casework.registers.text import clean, decode, rows

Read = Callable[[str], Any]
Found = dict[str, Any]


@dataclass(frozen=True)
class NativeFile:
    """One of the ten files: its columns with their readers, its key, and the row it becomes.

    `required` are the columns that every row must fill; `renamed` maps a column to another attribute.
    """

    name: str
    makes: type[Row] | None
    columns: Mapping[str, Read]
    key: tuple[str, ...]
    required: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)


_WHO: Mapping[str, Read] = {"upn": values.upn, "urn": values.urn}
_WHEN: Mapping[str, Read] = {"date": values.iso_date, "session": values.half}
_YES_OR_NO = [
    "fsm",
    "looked_after",
    "social_worker",
    "youth_justice",
    "young_carer",
    "traveller",
    "part_time_timetable",
]
_CONTACT_TEXT = "title forename surname relationship address_1 address_2 town postcode phone email language"
_KINDS_OF_WORK = (
    "concern_letter", "call", "visit", "meeting", "support_offer", "contract", "review", "referral", "note"
)  # fmt: skip
_PROFESSIONALS = (
    "social_worker", "out_of_hours", "virtual_school", "youth_justice", "ehcp_caseworker", "early_help",
    "school_nurse", "other",
)  # fmt: skip


def _texts(names: str) -> dict[str, Read]:
    return dict.fromkeys(names.split(), values.text)


FILES: Mapping[str, NativeFile] = {
    file.name: file
    for file in (
        NativeFile(
            "schools.csv",
            SchoolRow,
            {
                "urn": values.urn,
                "la_code": values.la_code,
                "setting": values.one_of("maintained", "academy", "independent", "ap", "special"),
                "timezone": values.timezone,
                **_texts("name dfe_number phase policy trust"),
            },
            key=("urn",),
            required=("urn",),
        ),
        NativeFile(
            "terms.csv",
            TermRow,
            {
                "urn": values.urn,
                "academic_year": values.academic_year,
                "term": values.one_of("autumn", "spring", "summer"),
                "half": values.whole(1, 2),
                "starts_on": values.iso_date,
                "ends_on": values.iso_date,
            },
            key=("urn", "academic_year", "term", "half"),
            required=("urn", "term", "half"),
        ),
        NativeFile(
            "sessions.csv",
            SessionRow,
            {"urn": values.urn, **_WHEN, "open": values.boolean, "half_term": values.whole(0, 5)},
            key=("urn", "session"),
            required=("urn", "date", "session"),
        ),
        NativeFile(
            "pupils.csv",
            PupilRow,
            {
                **_WHO,
                **_texts("surname forename known_as class eal_language mis_id"),
                "dob": values.iso_date,
                "sex": values.sex,
                "year_group": values.year_group,
                "on_roll_from": values.iso_date,
                "on_roll_to": values.iso_date,
                "sen": values.one_of("N", "K", "E"),
                **dict.fromkeys(_YES_OR_NO, values.boolean),
            },
            key=("urn", "upn", "on_roll_from"),
            required=("upn", "urn", "on_roll_from"),
            renamed={"class": "class_name"},
        ),
        NativeFile(
            "contacts.csv",
            ContactRow,
            {
                "upn": values.upn,
                "contact_id": values.text,
                **_texts(_CONTACT_TEXT),
                **dict.fromkeys(
                    ("parental_responsibility", "lives_with_pupil", "contact_allowed"), values.boolean
                ),
                "priority": values.whole(0, 999),
            },
            key=("upn", "contact_id"),
            required=("upn", "contact_id"),
        ),
        NativeFile(
            "marks.csv",
            None,
            {
                **_WHO,
                **_WHEN,
                "code": values.text,
                "minutes_late": values.whole(0, 600),
                "comment": values.text,
            },
            key=("upn", "urn", "date", "session"),
            required=("upn", "urn", "date", "session"),
        ),
        NativeFile(
            "amendments.csv",
            AmendmentRow,
            {
                **_WHO,
                **_WHEN,
                "amended_at": values.moment,
                **_texts("original_code amended_code reason amended_by position"),
            },
            key=("upn", "urn", "session", "amended_at"),
            required=("upn", "urn", "date", "session", "amended_at"),
        ),
        NativeFile(
            "notices.csv",
            NoticeRow,
            {
                "upn": values.upn,
                "contact_id": values.text,
                "kind": values.one_of("nti", "pn", "prosecution"),
                "la_code": values.la_code,
                **dict.fromkeys(("issued_on", "period_from", "period_to", "paid_on"), values.iso_date),
                "status": values.one_of("unpaid", "paid", "withdrawn", "convicted", "acquitted"),
                "withdrawal_ground": values.one_of(*GROUNDS),
            },
            key=("upn", "contact_id", "kind", "issued_on"),
            required=("upn", "contact_id", "kind", "issued_on"),
        ),
        NativeFile(
            "history.csv",
            HistoryRow,
            {
                "upn": values.upn,
                "date": values.iso_date,
                "kind": values.one_of(*_KINDS_OF_WORK),
                "review_on": values.iso_date,
                **_texts("contact_id by outcome detail"),
            },
            key=("upn", "on", "kind", "contact_id"),
            required=("upn", "date", "kind"),
            renamed={"date": "on"},
        ),
        NativeFile(
            "professionals.csv",
            ProfessionalRow,
            {
                "upn": values.upn,
                "role": values.one_of(*_PROFESSIONALS),
                **_texts("name organisation phone email"),
                **dict.fromkeys(("from", "to", "last_checked"), values.iso_date),
            },
            key=("upn", "role"),
            required=("upn", "role"),
            renamed={"from": "held_from", "to": "held_to"},
        ),
    )
}

_PERIODS = (
    ("starts_on", "ends_on"),
    ("on_roll_from", "on_roll_to"),
    ("period_from", "period_to"),
    ("held_from", "held_to"),
)


def recognise(name: str, header: Iterable[str]) -> NativeFile | None:
    """The native file that a name and a header row say this is, if any."""
    labels = {label.strip() for label in header}
    named = FILES.get(name.replace("\\", "/").rsplit("/", 1)[-1].lower())
    if named and labels & set(named.columns):
        return named
    fitting = [
        file
        for file in FILES.values()
        if set(file.key) - {"on"} <= labels and set(file.required) <= labels <= set(file.columns)
    ]
    if "code" not in labels:
        fitting = [file for file in fitting if file.makes is not None]
    return max(fitting, key=lambda file: len(file.required), default=None)


def read(file: NativeFile, data: bytes, lookup: Lookup, notes: Notes) -> tuple[list[Row], MarkBatch]:
    """One native file's rows, or its marks; problems go to `notes`."""
    if file.makes is None:
        quick = native_marks.read(data, lookup, notes)
        if quick is not None:
            return [], quick
    try:
        table = rows(decode(data), ",")
        header = [clean(label) for label in next(table, [])]
        if not _usable(file, header, notes):
            return [], no_marks()
        if file.makes is None:
            return [], _marks(file, header, table, lookup, notes)
        return _rows(file, file.makes, header, table, notes), no_marks()
    except Unclear as fault:
        notes.refuse(0, "", "", fault)
        return [], no_marks()


def _usable(file: NativeFile, header: list[str], notes: Notes) -> bool:
    """Whether the header holds every key column once; unknown columns are warned of."""
    needed = (*file.required, *(("code",) if file.makes is None else ()))
    for name in needed:
        if name not in header:
            notes.problem(1, name, "", f"{file.name} has no column {name}.", "Add the column.")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            notes.problem(1, name, name, "The column is there twice.", "Leave one of the two.")
        elif name not in file.columns:
            known = ", ".join(file.columns)
            notes.warn(1, name, name, "The column is not known and was left out.", f"Known: {known}.")
    return notes.spotless


def _found(
    file: NativeFile, header: list[str], cells: list[str], row: int, notes: Notes
) -> tuple[Found, bool]:
    """A row's known values by attribute, and whether all of it could be read."""
    found: Found = {}
    good = True
    if len(cells) > len(header):
        extra = cells[len(header)]
        notes.problem(row, "", extra, "The row has more cells than the header.", "Quote values with commas.")
        good = False
    for name, cell in zip(header, cells, strict=False):
        read_value = file.columns.get(name)
        value = clean(cell)
        if read_value is None or not value:
            continue
        try:
            known = read_value(value)
        except Unclear as fault:
            notes.refuse(row, name, value, fault)
            good = False
            found[name] = None
            continue
        if known is not None:
            found[name] = known
    for name in file.required:
        if name not in found:
            notes.problem(row, name, "", f"{name} is empty.", "Fill it in, or take the row out.")
            good = False
    return found, good


def _rows(
    file: NativeFile, makes: type[Row], header: list[str], table: Iterable[list[str]], notes: Notes
) -> list[Row]:
    """Rows of any file but marks. The same key twice must say the same."""
    made: list[Row] = []
    seen: dict[tuple[Any, ...], tuple[int, Found]] = {}
    for row, cells in enumerate(table, 2):
        if not any(cells):
            continue
        notes.read += 1
        found, good = _found(file, header, cells, row, notes)
        if not good:
            continue
        if "session" in file.columns:
            found["session"] = Session(found.pop("date"), found["session"])
        found = {file.renamed.get(name, name): value for name, value in found.items()}
        if not _in_order(found, row, notes):
            continue
        key = tuple(found.get(name, "") for name in file.key)
        first_row, first = seen.setdefault(key, (row, found))
        if first != found:
            says = f"Row {first_row} has the same {', '.join(file.key)} and says otherwise."
            notes.problem(row, file.key[0], found.get(file.key[0], ""), says, "Leave one of the two rows.")
            continue
        notes.used += 1
        if first_row == row:
            made.append(makes(file=notes.file, row=row, **found))
    if makes is PupilRow:
        _overlaps(made, notes)
    return made


def _in_order(found: Found, row: int, notes: Notes) -> bool:
    for first, last in _PERIODS:
        if found.get(first) and found.get(last) and found[last] < found[first]:
            notes.problem(row, last, found[last], f"It lies before {first}.", "Correct one of the two days.")
            return False
    return True


def _overlaps(made: list[Row], notes: Notes) -> None:
    """A pupil is on one school's roll once at a time; a re-admission begins after the leaving day."""
    spans: dict[tuple[str, str], list[PupilRow]] = {}
    for pupil in made:
        assert isinstance(pupil, PupilRow)
        spans.setdefault((pupil.upn, pupil.urn), []).append(pupil)
    for times in spans.values():
        times.sort(key=lambda pupil: pupil.on_roll_from or date.min)
        for earlier, later in pairwise(times):
            if later.on_roll_from and (earlier.on_roll_to or date.max) >= later.on_roll_from:
                notes.problem(
                    later.row,
                    "on_roll_from",
                    later.on_roll_from,
                    f"The pupil is already on this roll by row {earlier.row}.",
                    "Give the earlier row its last day, or take one row out.",
                )
                notes.used -= 1
                made.remove(later)


def _marks(
    file: NativeFile, header: list[str], table: Iterable[list[str]], lookup: Lookup, notes: Notes
) -> MarkBatch:
    """Marks by the careful way."""
    builder = MarkBuilder(notes.file)
    upns: dict[str, PupilKey] = {}
    for row, cells in enumerate(table, 2):
        if not any(cells):
            continue
        notes.read += 1
        found, good = _found(file, header, cells, row, notes)
        day, entry = found.get("date"), found.get("code", "")
        if day is None:
            continue
        try:
            code = lookup.code(entry, day)
        except Unclear as fault:
            notes.refuse(row, "code", entry, fault)
            continue
        if not good:
            continue
        notes.used += 1
        upn = found["upn"]
        builder.add(
            upns.setdefault(upn, PupilKey(KeyKind.UPN, upn)),
            found["urn"],
            Session(day, found["session"]),
            code,
            row,
            minutes_late=found.get("minutes_late"),
            comment=found.get("comment", ""),
            raw=entry,
        )
    return builder.batch()
