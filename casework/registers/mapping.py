"""A column mapping: how to read an export whose headings are not known here.

It is a small TOML file. Under `[columns]` stands, for each thing the export holds, the heading of its
column; `[file]` is only needed where the file does not say it itself.

    [columns]
    upn = "Pupil UPN"
    date = "Register date"
    am = "Morning"
    pm = "Afternoon"

    [file]
    date_order = "dmy"          # or "mdy"
    separator = ";"             # or ",", or "tab"
    academic_year = "2026/27"   # for dates written without a year

The columns that may be named are those of `headings.FIELDS`: who (`upn` or `mis_id`, and what a roll says
of a pupil), when (`date` and `session`, or `week`) and the mark (`code`, or `am` and `pm`, or `marks`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.domain.errors import FileRefused
from casework.registers import values
from casework.registers.headings import FIELDS
from casework.registers.notes import Notes, Unclear
from casework.registers.text import plain


@dataclass(frozen=True)
class ColumnMapping:
    """Plain headings with the field each one is, and what else the mapping says of the file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: str = ""
    separator: str = ""
    academic_year: int | None = None


def column_mapping(name: str, data: bytes) -> ColumnMapping:
    """Read a mapping file.

    Raises:
        FileRefused: It is not TOML, or names columns that nothing here reads; every problem at once.
    """
    notes = Notes(name)
    try:
        found = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        notes.problem(0, "", "", f"The mapping is not TOML: {error}.", "Correct that line.")
        raise FileRefused(notes.problems) from None
    columns = _columns(found.get("columns"), notes)
    file = found.get("file", {})
    made = ColumnMapping(
        columns,
        _setting(file, "date_order", ("dmy", "mdy"), notes),
        _setting(file, "separator", (",", ";", "tab"), notes).replace("tab", "\t"),
        _year(file, notes),
    )
    for extra in set(found) - {"columns", "file"}:
        notes.problem(0, extra, extra, "The section is not known.", "Use [columns] and [file].")
    if not notes.spotless:
        raise FileRefused(notes.problems)
    return made


def _columns(found: Any, notes: Notes) -> dict[str, str]:
    if not isinstance(found, dict) or not found:
        notes.problem(0, "columns", "", "There is no [columns].", 'Add lines such as upn = "Pupil UPN".')
        return {}
    columns: dict[str, str] = {}
    for name, heading in found.items():
        if name not in FIELDS:
            notes.problem(0, name, heading, "This is nothing a register holds.", f"Use {', '.join(FIELDS)}.")
        elif not isinstance(heading, str) or not plain(heading):
            notes.problem(0, name, heading, "The heading is not text.", "Write it in quotes.")
        else:
            columns[plain(heading)] = name
    return columns


def _setting(file: Any, name: str, choices: tuple[str, ...], notes: Notes) -> str:
    value = file.get(name, "") if isinstance(file, dict) else ""
    if value and value not in choices:
        notes.problem(0, name, value, "The setting is not known.", f"Use one of {' '.join(choices)}")
        return ""
    return str(value)


def _year(file: Any, notes: Notes) -> int | None:
    value = file.get("academic_year") if isinstance(file, dict) else None
    if value is None:
        return None
    try:
        return values.academic_year(str(value))
    except Unclear as fault:
        notes.refuse(0, "academic_year", value, fault)
        return None
