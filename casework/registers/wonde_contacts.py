"""The contacts that a Wonde student carries. Parental responsibility that is not said stays unknown."""

from collections.abc import Mapping
from typing import Any

from casework.registers.notes import Notes
from casework.registers.reading import ContactRow, PupilRow
from casework.registers.wonde_json import Record, inner, said, truth


def contact_rows(student: Record, pupil: PupilRow, notes: Notes) -> list[ContactRow]:
    """A student's contacts, each once."""
    found = inner(student, "contacts")
    if not isinstance(found, list):
        return []
    made: dict[str, ContactRow] = {}
    for contact in found:
        contact_id = said(contact, "id") or said(contact, "mis_id")
        if not contact_id:
            notes.problem(
                pupil.row, "contacts", "", "A contact has no id.", "Ask for the page with include=contacts."
            )
            continue
        made[contact_id] = _contact(contact, contact_id, pupil, notes)
    return list(made.values())


def _contact(contact: Record, contact_id: str, pupil: PupilRow, notes: Notes) -> ContactRow:
    link = inner(contact, "relationship")
    raw = said(link, "relationship") or said(contact, "relationship")
    details = inner(contact, "contact_details")
    priority = said(link, "priority") or said(contact, "priority")
    return ContactRow(
        file=notes.file,
        row=pupil.row,
        upn=pupil.upn,
        mis_id="" if pupil.upn else pupil.mis_id,
        contact_id=contact_id,
        title=said(contact, "title"),
        forename=said(contact, "forename"),
        surname=said(contact, "surname"),
        relationship=raw.lower(),
        relationship_raw=raw,
        parental_responsibility=_either(link, contact, "parental_responsibility"),
        lives_with_pupil=_either(link, contact, "lives_with_pupil"),
        priority=int(priority) if priority.isascii() and priority.isdigit() and len(priority) < 4 else None,
        phone=_best(inner(details, "phones"), ("mobile", "primary", "phone", "home", "work")),
        email=_best(inner(details, "emails"), ("primary", "email", "home", "work")),
        **_address(inner(inner(details, "addresses"), "home")),
    )


def _either(link: Any, contact: Record, name: str) -> bool | None:
    found = truth(link, name)
    return truth(contact, name) if found is None else found


def _best(found: Any, names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := said(found, name))), "")


def _address(home: Any) -> dict[str, Any]:
    if not isinstance(home, Mapping):
        return {}
    number, house, street = (said(home, name) for name in ("house_number", "house_name", "street"))
    front = " ".join(part for part in (number, street) if part)
    return {
        "address_1": house or front,
        "address_2": front if house else "",
        "town": said(home, "town"),
        "postcode": said(home, "postcode").upper(),
    }
