"""The Common Transfer File, versions 24 and 25: roll, contacts, school history and a year's totals.

Names of elements are taken without regard to case, and `Sex` and `Gender` alike. `Responsibility` is parental
responsibility: true, false, or not said, and then it stays unknown. Marks are taken from a file only where
they are this school's own and their counts agree with its totals.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2s
from typing import Any
from xml.etree.ElementTree import Element

from casework.registers import values
from casework.registers.codes import Lookup
from casework.registers.ctf_attendance import year_data
from casework.registers.marks import MarkBuilder
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import ContactRow, KeyKind, MarkBatch, PupilKey, PupilRow, Row
from casework.registers.text import clean
from casework.registers.xml import child, children, name_of, records, text_at

VERSIONS = ("24", "25")
_RELATIONSHIPS = {
    "PAM": "mother", "PAF": "father", "STM": "step-mother", "STF": "step-father", "FOM": "foster mother",
    "FOF": "foster father", "CARR": "carer", "GPM": "grandmother", "GPF": "grandfather",
    "SWR": "social worker", "REL": "relative", "OTHR": "relative", "OTH": "other contact",
}  # fmt: skip
_UNPLACED = frozenset({"", "XXXXXXX", "MMMMMMM"})


@dataclass
class _Header:
    """Who sent the file, when, and which school's history and marks in it are this school's own."""

    version: str = ""
    made_on: date | None = None
    own: str = ""


def read(
    data: bytes, lookup: Lookup, notes: Notes, urn: str = "", dfe_number: str = ""
) -> tuple[list[Row], MarkBatch]:
    """A file's pupils, contacts, totals and marks; rows count its pupils from 1.

    Args:
        dfe_number: The school's LA and establishment number, to know its own entries by; empty takes the
            destination's, or where none is named the sender's.
    """
    builder = MarkBuilder(notes.file)
    made: list[Row] = []
    own = "".join(char for char in dfe_number if char.isdigit())
    header = _Header(own=own)
    seen: dict[str, int] = {}
    try:
        for element in records(data, "Header", "Pupil"):
            if name_of(element) == "header":
                header = _header(element, own, notes)
                continue
            notes.read += 1
            _pupil(element, notes.read, header, lookup, notes, builder, made, seen, urn)
    except Unclear as fault:
        notes.refuse(0, "", "", fault)
    if not notes.read and notes.spotless:
        notes.problem(0, "", "", "The file holds no pupils.", "Make the CTF again with its pupils chosen.")
    return made, builder.batch()


def _header(element: Element, dfe_number: str, notes: Notes) -> _Header:
    version = text_at(element, "CTFversion")
    if version.split(".")[0] not in VERSIONS:
        notes.warn(
            0, "CTFversion", version, "This version of the CTF is not one that is known here.",
            "Check that nothing is missing from what was read.",
        )  # fmt: skip
    source, dest = (
        text_at(element, school, "LEA") + text_at(element, school, "Estab")
        for school in ("SourceSchool", "DestSchool")
    )
    try:
        made_on = values.iso_date(text_at(element, "DateTime"))
    except Unclear:
        made_on = None
    own = dfe_number or (source if dest.upper() in _UNPLACED else dest)
    return _Header(version, made_on, own)


def _pupil(
    element: Element,
    row: int,
    header: _Header,
    lookup: Lookup,
    notes: Notes,
    builder: MarkBuilder,
    made: list[Row],
    seen: dict[str, int],
    urn: str,
) -> None:
    """Add one pupil's rows, or note why they cannot be."""
    given = clean(text_at(element, "UPN"))
    try:
        if not given:
            raise Unclear("The pupil has no UPN.", "Give the pupil a UPN in the MIS, and make the CTF again.")
        upn = values.upn(given)
    except Unclear as fault:
        notes.refuse(row, "UPN", given, fault)
        return
    if seen.setdefault(upn, row) != row:
        says = f"Pupil {seen[upn]} of the file has the same UPN."
        notes.problem(row, "UPN", upn, says, "Leave one of the two.")
        return
    fields = _fields(element, row, header, notes)
    if fields is None:
        return
    made.append(PupilRow(file=notes.file, row=row, upn=upn, urn=urn, **fields))
    made += _contacts(element, upn, row, notes)
    for totals, marks in year_data(element, upn, row, header.own, lookup, notes):
        made.append(totals)
        for session, code in marks:
            builder.add(PupilKey(KeyKind.UPN, upn), urn, session, code, row)
    notes.used += 1


def _fields(element: Element, row: int, header: _Header, notes: Notes) -> dict[str, Any] | None:
    """What the file says of the pupil; None if the date of birth, which identity rests on, is no date."""
    basic = child(element, "BasicDetails")
    try:
        dob = _day(text_at(element, "DOB"))
    except Unclear as fault:
        notes.refuse(row, "DOB", text_at(element, "DOB"), fault)
        return None
    sex = text_at(element, "Sex") or text_at(element, "Gender")
    found: dict[str, Any] = {
        "surname": clean(text_at(element, "Surname")),
        "forename": clean(text_at(element, "Forename")),
        "known_as": clean(text_at(basic, "PreferredForename")),
        "former_upn": text_at(basic, "FormerUPN").upper(),
        "enrolment": text_at(basic, "EnrolStatus").upper(),
        "dob": dob,
        "fsm": _free_school_meals(element, header.made_on),
        "sen": _special_needs(element, row, notes),
    }
    for name, value, reader in (
        ("sex", sex, values.sex),
        ("year_group", text_at(basic, "NCyearActual"), values.year_group),
        ("uln", text_at(element, "UniqueLearnerNumber"), values.uln),
        ("looked_after", text_at(element, "LookedAfter", "InCare"), values.boolean),
    ):
        try:
            found[name] = reader(value) if value else (None if name == "looked_after" else "")
        except Unclear as fault:
            notes.warn(row, name, value, f"{fault.says} It was left out.", fault.remedy)
    found |= _roll(element, row, header, notes)
    return found


def _day(written: str) -> date | None:
    return values.iso_date(written) if written else None


def _roll(element: Element, row: int, header: _Header, notes: Notes) -> dict[str, date | None]:
    """The pupil's days on this school's roll, from the school history; empty if it does not say."""
    own = [
        school
        for school in children(element, "SchoolHistory", "School")
        if header.own and text_at(school, "LEA") + text_at(school, "Estab") == header.own
    ]
    if not own:
        return {}
    latest = max(own, key=lambda school: text_at(school, "EntryDate"))
    try:
        return {
            "on_roll_from": _day(text_at(latest, "EntryDate")),
            "on_roll_to": _day(text_at(latest, "LeavingDate")),
        }
    except Unclear as fault:
        notes.warn(row, "SchoolHistory", "", f"{fault.says} The days on roll were left out.", fault.remedy)
        return {}


def _free_school_meals(element: Element, on: date | None) -> bool | None:
    """Whether an entitlement had begun and not ended when the file was made; unknown without a history."""
    history = child(element, "FSMhistory")
    if history is None:
        return None
    day = on.isoformat() if on else "9999"
    return any(
        text_at(instance, "FSMstartDate")[:10] <= day and not text_at(instance, "FSMendDate")
        for instance in children(history, "FSMinstance")
    )


def _special_needs(element: Element, row: int, notes: Notes) -> str:
    """The latest provision in the history: N, K or E; older letters are no longer valid."""
    history = children(element, "SENhistory", "SEN")
    if not history:
        return ""
    latest = max(history, key=lambda sen: text_at(sen, "StartDate"))
    provision = text_at(latest, "SENprovision").upper()
    if provision and provision not in ("N", "K", "E"):
        notes.warn(row, "SENprovision", provision, "The provision is no longer valid, and was left out.")
        return ""
    return provision


def _contacts(element: Element, upn: str, row: int, notes: Notes) -> list[Row]:
    made: list[Row] = []
    taken: set[str] = set()
    home = _address(child(element, "Address"))
    for contact in children(element, "Contacts", "Contact"):
        names = [clean(text_at(contact, name)) for name in ("Surname", "Forename", "Title")]
        raw = text_at(contact, "Relationship").upper()
        contact_id = _contact_id(*names[:2])
        if contact_id in taken:
            contact_id = _contact_id(*names, raw, text_at(contact, "Order"))
        taken.add(contact_id)
        where = child(contact, "Address")
        with_pupil = _said(text_at(where, "AddressAsPupil"), "AddressAsPupil", row, notes)
        order = text_at(contact, "Order")
        made.append(
            ContactRow(
                file=notes.file,
                row=row,
                upn=upn,
                contact_id=contact_id,
                title=names[2],
                surname=names[0],
                forename=names[1],
                relationship=_relationship(raw, row, notes),
                relationship_raw=raw,
                parental_responsibility=_said(
                    text_at(contact, "Responsibility"), "Responsibility", row, notes
                ),
                lives_with_pupil=True if with_pupil else None,
                priority=int(order) if order.isascii() and order.isdigit() and len(order) < 4 else None,
                phone=_phone(contact),
                email=text_at(contact, "Email"),
                **(home if with_pupil else _address(where)),
            )
        )
    return made


def _contact_id(*parts: str) -> str:
    """A contact of a CTF has no number: the same person in the next file must get the same one."""
    return "ctf-" + blake2s("|".join(parts).lower().encode(), digest_size=6).hexdigest()


def _said(written: str, name: str, row: int, notes: Notes) -> bool | None:
    if not written:
        return None
    try:
        return values.boolean(written)
    except Unclear as fault:
        notes.warn(row, name, written, f"{fault.says} It stays unknown.", fault.remedy)
        return None


def _relationship(raw: str, row: int, notes: Notes) -> str:
    if not raw:
        return ""
    if raw not in _RELATIONSHIPS:
        notes.warn(
            row, "Relationship", raw, "The relationship's code is not known here; it was kept as it is."
        )
        return "unknown relationship"
    return _RELATIONSHIPS[raw]


def _phone(contact: Element) -> str:
    numbers = [text_at(phone, "PhoneNo") for phone in children(contact, "Phones", "Phone")]
    return next((number for number in numbers if number), "")


def _address(element: Element | None) -> dict[str, Any]:
    """An address in either of its two shapes."""
    if element is None:
        return {}
    premises = child(element, "BS7666Address")
    lines = [
        line for n in range(1, 6) if (line := clean(text_at(element, "AddressLines", f"AddressLine{n}")))
    ]
    postcode = text_at(element, "PostCode").upper() or text_at(element, "Zip").upper()
    if premises is None:
        town = lines.pop() if len(lines) > 1 else ""
        first, rest = (lines[0], ", ".join(lines[1:])) if lines else ("", "")
        return {"address_1": first, "address_2": rest, "town": town, "postcode": postcode}
    flat, house, street, locality, town, post_town = (
        clean(text_at(premises, name)) for name in ("SAON", "PAON", "Street", "Locality", "Town", "PostTown")
    )
    joint = " " if house[:1].isdigit() else ", "
    front = joint.join(part for part in (house, street) if part)
    return {
        "address_1": ", ".join(part for part in (flat, front) if part),
        "address_2": locality,
        "town": post_town or town,
        "postcode": postcode,
    }
