"""Finding the headings of a spreadsheet: which column is what, whatever stands above and around them.

The headings may be one row or several (dates above AM and PM, weekdays above dates), merged cells leave
blanks that take the date to their left, and title rows above them may be the only place that says the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from casework.domain.register import Half
from casework.registers.days import Written, half_of, of_day, weekday_of, written
from casework.registers.grid import Cell, Grid, Unreadable
from casework.registers.text import plain

_KNOWN_HEADINGS = {
    "upn": "upn, unique pupil number, pupil upn, student upn, current upn",
    "mis_id": "mis id, person id, student id, pupil id, sims id, arbor student id, wonde mis id",
    "urn": "urn, school urn, establishment urn",
    "date": "date, attendance date, mark date, session date, register date, day date",
    "session": "session, session name, am pm, am or pm, half day, sess",
    "code": "code, mark, attendance mark, attendance code, register mark, register code, statutory code",
    "am": "am, am mark, am code, morning, morning mark, am registration, roll call am, am roll call",
    "pm": "pm, pm mark, pm code, afternoon, afternoon mark, pm registration, roll call pm, pm roll call",
    "minutes_late": "minutes late, mins late, minute, minutes, mins, late minutes, lateness",
    "comment": "comment, comments, note, notes, reason, attendance note",
    "week": "week beginning, week commencing, week starting, wb, wc, w b, w c, w beg, w comm",
    "marks": "marks, attendance, attendance marks, register marks, weekly marks, week marks, mark string",
    "name": "name, pupil, pupil name, student, student name, full name, pupils, students, legal name",
    "surname": "surname, last name, legal surname, family name, legal last name",
    "forename": "forename, first name, legal forename, given name, legal first name",
    "known_as": "preferred name, preferred forename, preferred first name, known as, chosen name",
    "dob": "dob, date of birth, birth date, d o b",
    "sex": "sex, gender, legal sex",
    "year_group": "year, year group, nc year, yr, national curriculum year, year group name",
    "class_name": "class, reg, reg group, registration group, form, tutor group, reg form, registration form",
    "on_roll_from": "admission date, entry date, date of admission, date of entry, on roll from, start date",
    "on_roll_to": "leaving date, date of leaving, leave date, on roll to, end date",
    "uln": "uln, unique learner number",
    "percentage": "attendance percentage, percentage attendance, percent attendance, attendance percent",
}
_HEADING_OF = {
    plain(heading): name for name, headings in _KNOWN_HEADINGS.items() for heading in headings.split(",")
}
FIELDS = tuple(name for name in _KNOWN_HEADINGS if name != "percentage")
"""What a column may hold, by the names a mapping file uses."""

_DEEPEST_TITLE = 60
_HEADING_ROWS = 4


class Shape(StrEnum):
    """How a sheet lays its marks out."""

    LONG = "long"
    WIDE = "wide"
    WEEKLY = "weekly"
    ROLL = "roll"


@dataclass(slots=True)
class Slot:
    """A column of marks: the day and half it is for, as far as its headings say. No half: both marks."""

    column: int
    day: Written | None = None
    weekday: int | None = None
    half: Half | None = None
    label: str = ""


@dataclass
class Layout:
    """Where a sheet's headings stand, and what its columns are."""

    first_row: int
    rows: int
    titles: tuple[str, ...]
    columns: dict[str, int] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)

    @property
    def shape(self) -> Shape | None:
        """The shape that the headings say; None if they say none."""
        has = self.columns.keys()
        if "week" in has and ("marks" in has or len(self.slots) >= 5):
            return Shape.WEEKLY
        if "date" in has and has & {"code", "am", "pm"}:
            return Shape.LONG
        if any(slot.day for slot in self.slots):
            return Shape.WIDE
        if has & {"upn", "mis_id"} and len(has) > 1:
            return Shape.ROLL
        return None


def layout(grid: Grid, columns: Mapping[str, str]) -> Layout | None:
    """The headings of a sheet; None if none are found.

    Args:
        grid: The sheet.
        columns: A mapping's plain headings with the field each one is; they come before the known ones.
    """
    known = {**_HEADING_OF, **columns}
    for mapped in columns.values():
        for heading in [h for h, name in known.items() if name == mapped and h not in columns]:
            del known[heading]
    for start in range(min(len(grid.rows), _DEEPEST_TITLE)):
        if _begins(grid.rows[start], known):
            found = _read(grid, start, known)
            if found.shape is not None:
                return found
    return None


def _begins(cells: list[Cell], known: Mapping[str, str]) -> bool:
    filled = [cell for cell in cells if cell != ""]
    told = sum(_is_heading(cell, known) for cell in filled)
    return told >= 2 and told * 2 >= min(len(filled), 8)


def _is_heading(cell: Cell, known: Mapping[str, str]) -> bool:
    if isinstance(cell, date):
        return True
    if isinstance(cell, Unreadable):
        return False
    return (
        _field_of(cell, known) is not None
        or written(cell) is not None
        or half_of(cell) is not None
        or weekday_of(cell) is not None
    )


def _field_of(cell: str, known: Mapping[str, str]) -> str | None:
    return "percentage" if "%" in cell else known.get(plain(cell))


def _read(grid: Grid, start: int, known: Mapping[str, str]) -> Layout:
    """The heading rows from `start`: further rows belong to them while all their cells are headings."""
    block = [grid.rows[start]]
    for cells in grid.rows[start + 1 : start + _HEADING_ROWS]:
        filled = [cell for cell in cells if cell != ""]
        if not filled or not all(_is_heading(cell, known) for cell in filled):
            break
        block.append(cells)
    titles = tuple(
        cell.isoformat() if isinstance(cell, date) else cell
        for cells in grid.rows[:start]
        for cell in cells
        if cell != ""
    )
    made = Layout(start, len(block), titles)
    _columns(made, block, known)
    return made


def _columns(made: Layout, block: list[list[Cell]], known: Mapping[str, str]) -> None:
    width = max(len(cells) for cells in block)
    single = _has_date_column(block, known)
    carried: dict[int, Cell] = {}
    for column in range(width):
        stack = [cells[column] if column < len(cells) else "" for cells in block]
        name = _name_of(stack, known, single)
        if name is not None:
            carried.clear()
            if name not in made.columns:
                made.columns[name] = column
            continue
        slot = _slot(column, stack, carried)
        if slot is not None:
            made.slots.append(slot)
            continue
        carried.clear()
        label = " ".join(str(cell) for cell in stack if cell != "")
        if label:
            made.unknown.append((column, label))
    _pair_up(made.slots)


def _has_date_column(block: list[list[Cell]], known: Mapping[str, str]) -> bool:
    """Whether rows carry their own date, so that AM and PM are the marks of that date."""
    names = {_field_of(cell, known) for cells in block for cell in cells if isinstance(cell, str)}
    return "date" in names


def _name_of(stack: list[Cell], known: Mapping[str, str], single: bool) -> str | None:
    """The field that a column's headings name; AM and PM are fields only beside a date column."""
    for cell in stack:
        if isinstance(cell, date) or cell == "" or isinstance(cell, Unreadable):
            continue
        name = _field_of(cell, known)
        if name in ("am", "pm") and not single:
            continue
        if name is not None:
            return name
    return None


def _slot(column: int, stack: list[Cell], carried: dict[int, Cell]) -> Slot | None:
    """A column of marks, if its headings say a day; blanks take the day to their left."""
    slot = Slot(column)
    own = False
    for row, cell in enumerate(stack):
        half = half_of(cell) if isinstance(cell, str) else None
        if half is not None:
            slot.half, own = half, True
            continue
        if cell == "":
            cell = carried.get(row, "")
        elif isinstance(cell, date) or written(cell) is not None or weekday_of(cell) is not None:
            carried[row], own = cell, True
        else:
            return None
        _say(slot, cell)
    if slot.day is None and slot.weekday is None:
        return None
    if not own and not carried:
        return None
    slot.label = " ".join(str(cell) for cell in stack if cell != "")
    return slot


def _say(slot: Slot, cell: Cell) -> None:
    if cell == "":
        return
    found = of_day(cell) if isinstance(cell, date) else written(cell)
    if found is not None:
        slot.day = found
        slot.half = slot.half or found.half
        return
    weekday = weekday_of(str(cell))
    if weekday is not None:
        slot.weekday = weekday[0]
        slot.half = slot.half or weekday[1]


def _pair_up(slots: list[Slot]) -> None:
    """Where no half is written, two columns of one day are its AM and PM; one column holds both marks."""
    if any(slot.half for slot in slots):
        return
    day_of: dict[object, list[Slot]] = {}
    for slot in slots:
        day_of.setdefault(slot.day or slot.weekday, []).append(slot)
    if all(len(pair) == 2 for pair in day_of.values()):
        for pair in day_of.values():
            pair[0].half, pair[1].half = Half.AM, Half.PM
