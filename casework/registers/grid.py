"""A spreadsheet as rows of cells, whether it came as CSV or as XLSX.

Formulas are never evaluated and error values are never marks: both come out as `Unreadable`. A workbook is
opened only if what it unpacks to is of a size a register can have.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

import openpyxl
from openpyxl.utils import get_column_letter

from casework.registers.notes import Unclear
from casework.registers.text import clean, decode, rows, separator

MOST_UNPACKED = 400 * 1024 * 1024
MOST_COLUMNS = 2000
ZIP = b"PK\x03\x04"


class Unreadable(str):
    """A cell that holds a formula or an error value, as it shows itself."""

    __slots__ = ()


Cell = str | date


@dataclass(frozen=True)
class Grid:
    """One sheet: its name (empty in a CSV) and its rows, each without empty cells at its end."""

    name: str
    rows: list[list[Cell]]

    def place(self, column: int) -> str:
        """How a person finds a column: `F`, or `7A!F` in a named sheet."""
        letter = get_column_letter(column + 1)
        return f"{self.name}!{letter}" if self.name else letter


def grids(data: bytes, delimiter: str = "") -> Iterator[Grid]:
    """The sheets of a workbook, or the one of a CSV file.

    Raises:
        Unclear: It is damaged, protected, or unpacks to more than a register can be.
    """
    if data.startswith(ZIP):
        yield from _workbook(data)
        return
    text = decode(data)
    if text.startswith("sep=") and len(text.split("\n", 1)[0].strip()) == 5:
        delimiter = delimiter or text[4]
        text = "\n" + text.split("\n", 1)[1] if "\n" in text else ""
    table = rows(text, delimiter or separator(text))
    yield Grid("", [_trimmed([clean(cell) for cell in row]) for row in table])


def is_workbook(data: bytes) -> bool:
    """Whether a zip archive holds a workbook."""
    try:
        return "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def _workbook(data: bytes) -> Iterator[Grid]:
    try:
        unpacked = sum(member.file_size for member in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unclear("The workbook is cut short or damaged.", "Save it again as .xlsx.") from None
    if unpacked > MOST_UNPACKED:
        raise Unclear(
            f"The workbook unpacks to {unpacked // 2**20:,} MB, more than any register.",
            "Export one school year at a time.",
        )
    # openpyxl raises whatever its XML, zip and number readers raise; a damaged workbook must not stop us.
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        try:
            several = len(book.worksheets) > 1
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                cells = sheet.iter_rows(max_col=MOST_COLUMNS)
                yield Grid(
                    sheet.title if several else "", [_trimmed([_cell(cell) for cell in row]) for row in cells]
                )
        finally:
            book.close()
    except Unclear:
        raise
    except Exception as error:
        raise Unclear(
            f"The workbook is damaged ({type(error).__name__}).", "Open it, and save it again as .xlsx."
        ) from None


def _cell(cell: object) -> Cell:
    value = getattr(cell, "value", None)
    kind = getattr(cell, "data_type", "n")
    if value is None:
        return ""
    if kind in ("f", "e"):
        return Unreadable(clean(str(value)))
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        return Unreadable(value.isoformat())
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return clean(str(value))


def _trimmed(cells: list[Cell]) -> list[Cell]:
    while cells and cells[-1] == "":
        cells.pop()
    return cells
