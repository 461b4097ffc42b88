"""Spreadsheets of marks or of a roll, CSV or XLSX, in the shapes that schools' systems export.

`long` has a row for each pupil and day (AM and PM) or session; `wide` a row for each pupil and two columns,
or one with two marks, for each day; `weekly` a row for each pupil and week with a string of ten marks or ten
columns; `roll` a row for each pupil and no marks. Pupils are known by UPN, else by the MIS's person number,
never by name. A blank or `-` is no mark: it says nothing, and never that a pupil was absent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from casework.domain.register import Half, Session
from casework.registers import values
from casework.registers.codes import Lookup
from casework.registers.days import Order, academic_year_in, of_day, written
from casework.registers.grid import Cell, Grid, Unreadable, grids
from casework.registers.headings import Layout, Shape, Slot, layout
from casework.registers.mapping import ColumnMapping
from casework.registers.marks import MarkBuilder
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import KeyKind, MarkBatch, PupilKey, PupilRow, Row
from casework.registers.strings import pair_of, week_of

HOW_TO_MAP = (
    "Name its columns in a mapping file: a line [columns], then lines such as "
    'upn = "Pupil UPN", date = "Register date", am = "Morning", pm = "Afternoon", and give it with --mapping.'
)
_FOOTER = re.compile(
    r"((grand |sub-?)?totals?|printed|page \d+|report|generated|produced|end of|key|count|average)\b",
    re.IGNORECASE,
)
_DAYS = ("date", "week")
_SIDE_FIELDS = ("dob", "sex", "year_group", "on_roll_from", "on_roll_to", "uln")
_TEXT_FIELDS = ("surname", "forename", "known_as", "class_name")


@dataclass
class _Sheet:
    """One sheet being read."""

    grid: Grid
    layout: Layout
    order: Order
    lookup: Lookup
    notes: Notes
    builder: MarkBuilder
    urn: str
    pupils: dict[tuple[str, str, date | None], tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def cell(self, cells: list[Cell], name: str) -> Cell:
        column = self.layout.columns.get(name)
        return cells[column] if column is not None and column < len(cells) else ""

    def place(self, name: str) -> str:
        return self.grid.place(self.layout.columns[name])

    def refuse(self, row: int, column: str, value: object, fault: Unclear) -> None:
        self.notes.refuse(row, column, value, fault)


def read(
    data: bytes,
    lookup: Lookup,
    notes: Notes,
    *,
    mapping: ColumnMapping | None = None,
    urn: str = "",
    academic_year: int | None = None,
    shape: str = "",
) -> tuple[list[Row], MarkBatch, str]:
    """A spreadsheet's pupils, its marks, and the shapes it had; problems go to `notes`.

    Args:
        shape: Insist on `long`, `wide`, `weekly` or `roll`; empty takes what the headings say.
    """
    mapping = mapping or ColumnMapping()
    builder = MarkBuilder(notes.file)
    made: list[Row] = []
    shapes: dict[str, None] = {}
    empty: list[str] = []
    for grid in grids(data, mapping.separator):
        found = layout(grid, mapping.columns)
        if found is None or found.shape is None:
            if any(grid.rows):
                empty.append(grid.name)
            continue
        if shape and found.shape != shape:
            notes.problem(
                found.first_row + 1,
                "",
                found.shape,
                f"The headings are those of a {found.shape} sheet, not {shape}.",
                "Leave the format to be found, or name its columns in a mapping file.",
            )
            continue
        shapes[found.shape] = None
        try:
            sheet = _opened(grid, found, mapping, lookup, notes, builder, urn, academic_year)
        except Unclear as fault:
            notes.refuse(found.first_row + 1, "", "", fault)
            continue
        _rows(sheet)
        made += _pupil_rows(sheet)
    if not shapes and notes.spotless:
        notes.problem(0, "", "", "No headings that are known here were found.", HOW_TO_MAP)
    elif shapes:
        for name in empty:
            notes.warn(0, name, name, "The sheet has no headings that are known here, and was left out.")
    return made, builder.batch(), " + ".join(shapes)


def _opened(
    grid: Grid,
    found: Layout,
    mapping: ColumnMapping,
    lookup: Lookup,
    notes: Notes,
    builder: MarkBuilder,
    urn: str,
    academic_year: int | None,
) -> _Sheet:
    """The sheet with its order of dates settled from every date in it."""
    year = mapping.academic_year or academic_year_in(found.titles) or academic_year
    days = [slot.day for slot in found.slots if slot.day]
    for name in (*_DAYS, "dob", "on_roll_from", "on_roll_to"):
        column = found.columns.get(name)
        if column is not None:
            seen = {cells[column] for cells in grid.rows[found.first_row :] if column < len(cells)}
            days += [day for text in seen if isinstance(text, str) and (day := written(text))]
    sheet = _Sheet(grid, found, Order.of(days, year, mapping.date_order), lookup, notes, builder, urn)
    _check_headings(sheet)
    return sheet


def _check_headings(sheet: _Sheet) -> None:
    """What the headings lack, and what is left out."""
    found, row = sheet.layout, sheet.layout.first_row + 1
    if not found.columns.keys() & {"upn", "mis_id"}:
        raise Unclear(
            "No column says which pupil by UPN or MIS person number, and names alone are not enough.",
            "Add the UPN as a column in the MIS and export again, or name the column in a mapping file.",
        )
    if found.shape is Shape.LONG and "code" in found.columns and "session" not in found.columns:
        raise Unclear("No column says which session a mark is of.", "Add a column with AM or PM.")
    if found.shape is Shape.ROLL and "percentage" in found.columns:
        sheet.notes.warn(
            row,
            sheet.place("percentage"),
            "",
            "The file holds percentages and no marks: a summary only, and nothing can be counted from it.",
            "Export the marks themselves.",
        )
    for column, label in found.unknown:
        sheet.notes.warn(row, sheet.grid.place(column), label, "The column is not known and was left out.")


def _rows(sheet: _Sheet) -> None:
    """Every row below the headings that is about a pupil."""
    found = sheet.layout
    begins = found.first_row + found.rows
    heading_rows = sheet.grid.rows[found.first_row : begins]
    titles = set(found.titles)
    read_row = {
        Shape.LONG: _long_row,
        Shape.WIDE: _wide_row,
        Shape.WEEKLY: _weekly_row,
        Shape.ROLL: _roll_row,
    }[found.shape or Shape.ROLL]
    slot_days = _slot_days(sheet) if found.shape is Shape.WIDE else []
    for row, cells in enumerate(
        sheet.grid.rows[found.first_row + found.rows :], found.first_row + found.rows + 1
    ):
        if not cells or cells in heading_rows or _is_furniture(sheet, cells, titles):
            continue
        sheet.notes.read += 1
        key = _key(sheet, cells, row)
        if key is None:
            continue
        _note_pupil(sheet, cells, row, key)
        if read_row(sheet, cells, row, key, slot_days):
            sheet.notes.used += 1


def _is_furniture(sheet: _Sheet, cells: list[Cell], titles: set[str]) -> bool:
    """Whether a row is a footer, a repeated title or a heading between rows, and not about a pupil."""
    filled = [str(cell) for cell in cells if cell != ""]
    if sheet.cell(cells, "upn"):
        alone = len(filled) == 1 or bool(_FOOTER.match(filled[0]))
        return alone and not _like_a_upn(str(sheet.cell(cells, "upn")))
    if sheet.cell(cells, "mis_id"):
        return bool(_FOOTER.match(filled[0]))
    if len(filled) == 1 or any(_FOOTER.match(text) for text in filled[:2]):
        return True
    return all(text in titles for text in filled)


def _like_a_upn(text: str) -> bool:
    """Whether a text has a UPN's length and begins like one, right or wrong."""
    return len(text) == 13 and text[:1].isalpha() and text[1:12].isdigit()


def _key(sheet: _Sheet, cells: list[Cell], row: int) -> PupilKey | None:
    upn, mis_id = sheet.cell(cells, "upn"), sheet.cell(cells, "mis_id")
    if isinstance(upn, str) and upn and not isinstance(upn, Unreadable):
        try:
            return PupilKey(KeyKind.UPN, values.upn(upn))
        except Unclear as fault:
            sheet.refuse(row, sheet.place("upn"), upn, fault)
            return None
    if isinstance(mis_id, str) and mis_id and not isinstance(mis_id, Unreadable) and upn == "":
        return PupilKey(KeyKind.MIS_ID, mis_id)
    name = "upn" if "upn" in sheet.layout.columns else "mis_id"
    sheet.notes.problem(
        row, sheet.place(name), upn or mis_id, "The row does not say which pupil.", "Fill in the UPN as text."
    )
    return None


def _day(sheet: _Sheet, cell: Cell, row: int, name: str) -> date | None:
    """A row's own day, or None with the fault noted."""
    try:
        if isinstance(cell, date):
            return cell
        found = None if isinstance(cell, Unreadable) else written(cell)
        if found is None:
            raise Unclear("This is not a date.", "Write dates as YYYY-MM-DD or DD/MM/YYYY.")
        day = sheet.order.day(found)
        if day is None:
            raise Unclear("The date stands for none.", "Write the day of the session.")
    except Unclear as fault:
        sheet.refuse(row, sheet.place(name), cell, fault)
        return None
    return day


def _mark(
    sheet: _Sheet,
    key: PupilKey,
    urn: str,
    session: Session,
    cell: Cell,
    row: int,
    place: str,
    minutes_late: int | None = None,
    comment: str = "",
) -> bool:
    """Add one mark; false with the fault noted if its cell holds none. A blank adds nothing."""
    try:
        if isinstance(cell, (Unreadable, date)):
            raise Unclear(
                "A spreadsheet has put something else in the mark's place.",
                "Export again with the mark columns formatted as text.",
            )
        code = sheet.lookup.code(cell, session.date)
    except Unclear as fault:
        sheet.refuse(row, place, cell, fault)
        return False
    if code:
        sheet.builder.add(key, urn, session, code, row, minutes_late=minutes_late, comment=comment, raw=cell)
    return True


def _urn(sheet: _Sheet, cells: list[Cell], row: int) -> str | None:
    cell = sheet.cell(cells, "urn")
    if cell == "":
        return sheet.urn
    try:
        return values.urn(str(cell))
    except Unclear as fault:
        sheet.refuse(row, sheet.place("urn"), cell, fault)
        return None


_SlotDays = list[tuple[Slot, date | None, str]]


def _long_row(sheet: _Sheet, cells: list[Cell], row: int, key: PupilKey, _: _SlotDays) -> bool:
    day = _day(sheet, sheet.cell(cells, "date"), row, "date")
    urn = _urn(sheet, cells, row)
    minutes, good = _minutes(sheet, cells, row)
    comment = str(sheet.cell(cells, "comment"))
    if day is None or urn is None:
        return False
    _warn_of_weekend(sheet, day, row, sheet.place("date"))
    if "code" not in sheet.layout.columns:
        taken = [
            _mark(
                sheet, key, urn, Session(day, half), sheet.cell(cells, name), row, sheet.place(name),
                minutes if _says_late(sheet, sheet.cell(cells, name), day) else None, comment,
            )
            for name, half in (("am", Half.AM), ("pm", Half.PM))
            if name in sheet.layout.columns
        ]  # fmt: skip
        return all(taken) and good
    try:
        half = values.half(str(sheet.cell(cells, "session")).split(" ")[-1])
    except Unclear as fault:
        sheet.refuse(row, sheet.place("session"), sheet.cell(cells, "session"), fault)
        return False
    session, cell = Session(day, half), sheet.cell(cells, "code")
    return _mark(sheet, key, urn, session, cell, row, sheet.place("code"), minutes, comment) and good


def _says_late(sheet: _Sheet, cell: Cell, day: date) -> bool:
    """Whether a mark says that the pupil was seen, and is not the plain stroke of one who was on time."""
    entry = str(cell).upper()
    in_force = entry in sheet.lookup.in_force(day)
    return in_force and entry not in ("/", "\\") and entry in sheet.lookup.book.present(day)


def _minutes(sheet: _Sheet, cells: list[Cell], row: int) -> tuple[int | None, bool]:
    cell = str(sheet.cell(cells, "minutes_late"))
    if cell in ("", "0"):
        return None, True
    try:
        return values.whole(0, 600)(cell), True
    except Unclear as fault:
        sheet.refuse(row, sheet.place("minutes_late"), cell, fault)
        return None, False


def _slot_days(sheet: _Sheet) -> _SlotDays:
    """Each mark column's day. A column whose heading is no day is refused once, not in every row."""
    days: _SlotDays = []
    heading = sheet.layout.first_row + 1
    for slot in sheet.layout.slots:
        place = (
            f"{sheet.grid.place(slot.column)} ({slot.label})" if slot.label else sheet.grid.place(slot.column)
        )
        try:
            if slot.day is None:
                raise Unclear("The column's heading has no date.", "Write the date above its marks.")
            wanted = slot.weekday if slot.day.weekday is None else slot.day.weekday
            found = replace(slot.day, weekday=wanted, half=None)
            day = sheet.order.day(found)
        except Unclear as fault:
            sheet.refuse(heading, place, slot.label, fault)
            day = None
        if day is not None:
            _warn_of_weekend(sheet, day, heading, place)
        days.append((slot, day, place))
    return days


def _warn_of_weekend(sheet: _Sheet, day: date, row: int, place: str) -> None:
    if day.weekday() >= 5:
        sheet.notes.warn(
            row, place, day, f"{day:%d %B %Y} is a {day:%A}.", "Check the order of day and month."
        )


def _wide_row(sheet: _Sheet, cells: list[Cell], row: int, key: PupilKey, days: _SlotDays) -> bool:
    urn = _urn(sheet, cells, row)
    if urn is None:
        return False
    good = True
    for slot, day, place in days:
        cell = cells[slot.column] if slot.column < len(cells) else ""
        if cell == "":
            continue
        if day is None:
            good = False
            continue
        for half, mark in _halves(sheet, slot, cell, day, row, place):
            good = _mark(sheet, key, urn, Session(day, half), mark, row, place) and good
    return good


def _halves(
    sheet: _Sheet, slot: Slot, cell: Cell, day: date, row: int, place: str
) -> Iterator[tuple[Half, Cell]]:
    """A cell's marks with the halves they are of: one, or two where a day has one column."""
    if slot.half is not None or isinstance(cell, (Unreadable, date)):
        yield slot.half or Half.AM, cell
        return
    try:
        yield from zip(Half, pair_of(cell, sheet.lookup.in_force(day)), strict=True)
    except Unclear as fault:
        sheet.refuse(row, place, cell, fault)


def _weekly_row(sheet: _Sheet, cells: list[Cell], row: int, key: PupilKey, days: _SlotDays) -> bool:
    monday = _day(sheet, sheet.cell(cells, "week"), row, "week")
    urn = _urn(sheet, cells, row)
    if monday is None or urn is None:
        return False
    if monday.weekday() != 0:
        sheet.notes.problem(
            row,
            sheet.place("week"),
            monday,
            f"{monday:%d %B %Y} is a {monday:%A}.",
            "A week begins on a Monday.",
        )
        return False
    if "marks" in sheet.layout.columns:
        return _week_in_one(sheet, cells, row, key, urn, monday)
    good = True
    for slot in sheet.layout.slots:
        cell = cells[slot.column] if slot.column < len(cells) else ""
        if cell == "" or slot.weekday is None:
            continue
        day, place = monday + timedelta(days=slot.weekday), sheet.grid.place(slot.column)
        for half, mark in _halves(sheet, slot, cell, day, row, place):
            good = _mark(sheet, key, urn, Session(day, half), mark, row, place) and good
    return good


def _week_in_one(sheet: _Sheet, cells: list[Cell], row: int, key: PupilKey, urn: str, monday: date) -> bool:
    """A week's ten marks from one cell."""
    place, text = sheet.place("marks"), sheet.cell(cells, "marks")
    if text == "":
        return True
    try:
        if isinstance(text, (Unreadable, date)):
            raise Unclear("This is not a week of marks.", "Export the marks as text.")
        marks = week_of(text, sheet.lookup.in_force(monday))
    except Unclear as fault:
        sheet.refuse(row, place, text, fault)
        return False
    sessions = (Session(monday + timedelta(days=day), half) for day in range(5) for half in Half)
    taken = [
        _mark(sheet, key, urn, session, mark, row, place)
        for session, mark in zip(sessions, marks, strict=True)
    ]
    return all(taken)


def _roll_row(sheet: _Sheet, cells: list[Cell], row: int, key: PupilKey, _: _SlotDays) -> bool:
    return _urn(sheet, cells, row) is not None


def _note_pupil(sheet: _Sheet, cells: list[Cell], row: int, key: PupilKey) -> None:
    """What the row says of the pupil besides the marks. A field that cannot be read is left unknown."""
    found: dict[str, Any] = {}
    for name in _TEXT_FIELDS:
        if (cell := sheet.cell(cells, name)) and not isinstance(cell, (Unreadable, date)):
            found[name] = cell
    whole = sheet.cell(cells, "name")
    if isinstance(whole, str) and "," in whole and "surname" not in found:
        found["surname"], found["forename"] = (part.strip() for part in whole.split(",", 1))
    for name in _SIDE_FIELDS:
        cell = sheet.cell(cells, name)
        if cell == "":
            continue
        try:
            value = _side_value(sheet, name, cell)
        except Unclear as fault:
            sheet.notes.warn(row, sheet.place(name), cell, f"{fault.says} It was left out.", fault.remedy)
            continue
        if value is not None:
            found[name] = value
    mis_id = sheet.cell(cells, "mis_id")
    if found and isinstance(mis_id, str):
        upn = key.value if key.kind is KeyKind.UPN else ""
        _keep_pupil(sheet, (upn, mis_id, found.get("on_roll_from")), found, row)


def _side_value(sheet: _Sheet, name: str, cell: Cell) -> Any:
    if name in ("dob", "on_roll_from", "on_roll_to"):
        day = of_day(cell) if isinstance(cell, date) else written(cell)
        if day is None or isinstance(cell, Unreadable):
            raise Unclear("This is not a date.", "Write dates as YYYY-MM-DD or DD/MM/YYYY.")
        return sheet.order.day(day)
    readers = {"sex": values.sex, "year_group": values.year_group, "uln": values.uln}
    return readers[name](str(cell))


def _keep_pupil(sheet: _Sheet, key: tuple[str, str, date | None], found: dict[str, Any], row: int) -> None:
    first_row, first = sheet.pupils.setdefault(key, (row, found))
    if first.get("dob") != found.get("dob"):
        sheet.notes.problem(
            row,
            sheet.place("dob"),
            found.get("dob", ""),
            f"Row {first_row} gives the same pupil another date of birth.",
            "Find out which of the two is right, and whether they are one pupil.",
        )
    elif first != found:
        says = f"Row {first_row} says otherwise of the same pupil; it was believed."
        sheet.notes.warn(row, "", "", says, "Check the pupil's name, class and year in the MIS.")


def _pupil_rows(sheet: _Sheet) -> list[Row]:
    return [
        PupilRow(file=sheet.notes.file, row=row, upn=upn, urn=sheet.urn, mis_id=mis_id, **found)
        for (upn, mis_id, _), (row, found) in sheet.pupils.items()
    ]
