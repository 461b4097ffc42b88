"""Wonde's JSON as records: pages out of their envelopes, included objects out of their wrapping."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.registers import values
from casework.registers.notes import Notes, Unclear
from casework.registers.text import clean, decode

Record = Mapping[str, Any]


def records_of(data: bytes, notes: Notes) -> tuple[list[Record | None], bool]:
    """A page's records, in order, and whether further pages follow; what is no record stands as None."""
    try:
        found = json.loads(decode(data))
    except json.JSONDecodeError as error:
        says = f"The page is cut short or damaged at line {error.lineno}, column {error.colno}."
        notes.problem(0, "", "", says, "Save the page again.")
        return [], False
    except (RecursionError, ValueError):
        notes.problem(0, "", "", "The page cannot be read as JSON.", "Save the page again.")
        return [], False
    except Unclear as fault:
        notes.refuse(0, "", "", fault)
        return [], False
    if isinstance(found, Mapping) and "error" in found:
        told = clean(str(found.get("error_description") or found["error"]))
        notes.problem(0, "error", told, "Wonde answered with an error, not with a page.", "Ask it again.")
        return [], False
    page = found.get("data", found) if isinstance(found, Mapping) else found
    page = [page] if isinstance(page, Mapping) else page
    if not isinstance(page, list):
        notes.problem(0, "", "", "The page holds no list of records.", "Save the whole answer of Wonde.")
        return [], False
    for row, record in enumerate(page, 1):
        if not isinstance(record, Mapping):
            notes.problem(row, "", record, "This is not a record.", "Save the whole answer of Wonde.")
    records = [record if isinstance(record, Mapping) else None for record in page]
    return records, isinstance(found, Mapping) and _is_followed(found)


def _is_followed(page: Record) -> bool:
    pagination = inner(inner(page, "meta") or {}, "pagination")
    return isinstance(pagination, Mapping) and bool(pagination.get("next") or pagination.get("more"))


def inner(record: Any, name: str) -> Any:
    """An included object or list, out of the wrapping that Wonde puts around it; None if not there."""
    found = record.get(name) if isinstance(record, Mapping) else None
    return found.get("data", found) if isinstance(found, Mapping) else found


def said(record: Any, name: str) -> str:
    """A value as text; empty for null, for what is not there and for anything that is no plain value."""
    found = record.get(name) if isinstance(record, Mapping) else None
    return clean(str(found)) if isinstance(found, (str, int, float)) and not isinstance(found, bool) else ""


def truth(record: Any, name: str) -> bool | None:
    """True or false where the record says so in whatever way; None otherwise."""
    found = record.get(name) if isinstance(record, Mapping) else None
    if isinstance(found, bool):
        return found
    try:
        return values.boolean(said(record, name))
    except Unclear:
        return None


def day(record: Any, name: str) -> date | None:
    """A day, whether it came as text or as one of Wonde's date objects.

    Raises:
        Unclear: There is something that is no date.
    """
    found = record.get(name) if isinstance(record, Mapping) else None
    if isinstance(found, Mapping):
        found = found.get("date")
    text = clean(str(found)) if found else ""
    return values.iso_date(text) if text else None


def kind_of(record: Record) -> str:
    """`mark`, `code`, `student`, `contact` or `deletion`; empty for a record that is none of them."""
    keys = record.keys()
    if "session" in keys and "date" in keys:
        return "mark"
    if "deleted_at" in keys or ("type" in keys and keys <= {"id", "type", "restored_at", "created_at"}):
        return "deletion"
    if keys & {"surname", "forename"}:
        is_contact = keys & {"students", "relationship"} and "education_details" not in keys
        return "contact" if is_contact else "student"
    return "code" if "code" in keys else ""
