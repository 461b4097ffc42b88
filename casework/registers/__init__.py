"""A school's files -> rows and marks, or every problem in them. Pure: bytes in, a Reading out."""

from casework.registers.formats import FORMATS, detect, read
from casework.registers.mapping import ColumnMapping, column_mapping
from casework.registers.notes import Unclear
from casework.registers.reading import CodeBook, MarkBatch, Reading

__all__ = [
    "FORMATS",
    "CodeBook",
    "ColumnMapping",
    "MarkBatch",
    "Reading",
    "Unclear",
    "column_mapping",
    "detect",
    "read",
]
