"""A common transfer file (CTF 25) of a roll: pupils, contacts, and the year's session totals."""

from collections.abc import Iterable
from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from casework.demo.people import Enrolment
from casework.demo.trust import SchoolRegister
from casework.domain import Parent

RELATIONSHIPS = {
    "Mother": "PAM",
    "Father": "PAF",
    "Step-father": "STF",
    "Grandparent": "REL",
    "Foster carer": "FOM",
}
_ATTENDED = frozenset("/\\LBKPVW")
_UNAUTHORISED = frozenset("GNOU")
_NOT_POSSIBLE = frozenset({"D", "X", "Q", "Z", "#", "", *(f"Y{n}" for n in range(1, 8))})


def file_name(school: SchoolRegister) -> str:
    """Sent from the school to itself, as a roll export is."""
    number = school.school.school.dfe_number
    return f"{number}_CTF_{number}_001.xml"


def ctf(school: SchoolRegister, until: date) -> bytes:
    """Everyone on the roll on a day."""
    root = Element("CTfile")
    _header(root, school, until)
    pupils = SubElement(root, "CTFpupilData")
    for row, stay in enumerate(school.stays):
        if stay.last is None and stay.first <= until:
            _pupil(pupils, school, stay, row)
    indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


def _text(parent: Element, name: str, value: object) -> None:
    if value not in (None, ""):
        SubElement(parent, name).text = str(value)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _header(root: Element, school: SchoolRegister, until: date) -> None:
    header, place = SubElement(root, "Header"), school.school.school
    _text(header, "DocumentName", "Common Transfer File")
    _text(header, "CTFversion", "25.0")
    _text(header, "DateTime", f"{until}T16:30:00")
    _text(header, "DocumentQualifier", "full")
    _text(header, "SupplierID", "Invented MIS")
    source = SubElement(header, "SourceSchool")
    _text(source, "LEA", place.dfe_number[:3])
    _text(source, "Estab", place.dfe_number[3:])
    _text(source, "SchoolName", place.name)
    _text(source, "AcademicYear", 2026)
    target = SubElement(header, "DestSchool")
    _text(target, "LEA", place.dfe_number[:3])
    _text(target, "Estab", place.dfe_number[3:])


def _pupil(parent: Element, school: SchoolRegister, stay: Enrolment, row: int) -> None:
    pupil, at = stay.pupil, SubElement(parent, "Pupil")
    _text(at, "UPN", pupil.upn)
    _text(at, "Surname", pupil.surname)
    _text(at, "Forename", pupil.forename)
    _text(at, "DOB", pupil.dob)
    _text(at, "Sex", pupil.sex)
    basic = SubElement(at, "BasicDetails")
    _text(basic, "PreferredForename", pupil.known_as)
    _text(basic, "NCyearActual", pupil.year_group)
    if pupil.eal_language:
        language = SubElement(SubElement(basic, "Languages"), "Type")
        _text(language, "LanguageType", "H")
        _text(language, "Language", pupil.eal_language)
    _text(basic, "EnrolStatus", "M" if stay.dual else "C")
    if pupil.looked_after is not None:
        _text(SubElement(at, "LookedAfter"), "InCare", _flag(pupil.looked_after))
    if pupil.fsm:
        instance = SubElement(SubElement(at, "FSMhistory"), "FSMinstance")
        _text(instance, "FSMstartDate", "2025-09-01")
        _text(instance, "UKcountry", "ENG")
    if pupil.sen in ("K", "E"):
        sen = SubElement(SubElement(at, "SENhistory"), "SEN")
        _text(sen, "StartDate", "2025-09-01")
        _text(sen, "SENprovision", pupil.sen)
    home = next((c for c in stay.person.contacts if c.lives_with_pupil), None)
    if home:
        _address(at, home)
    _contacts(at, stay.person.contacts)
    _attendance(SubElement(at, "Attendance"), school, row)
    history = SubElement(SubElement(at, "SchoolHistory"), "School")
    _text(history, "LEA", school.school.school.dfe_number[:3])
    _text(history, "Estab", school.school.school.dfe_number[3:])
    _text(history, "SchoolName", school.school.school.name)
    _text(history, "EntryDate", stay.first)


def _address(parent: Element, contact: Parent) -> None:
    address = SubElement(parent, "Address")
    lines = SubElement(address, "AddressLines")
    _text(lines, "AddressLine1", contact.address_1)
    _text(lines, "AddressLine4", contact.town)
    _text(address, "PostCode", contact.postcode)


def _contacts(parent: Element, contacts: Iterable[Parent]) -> None:
    group = SubElement(parent, "Contacts")
    for contact in contacts:
        at = SubElement(group, "Contact")
        _text(at, "Order", contact.priority)
        _text(at, "Title", contact.title)
        _text(at, "Surname", contact.surname)
        _text(at, "Forename", contact.forename)
        _text(at, "Relationship", RELATIONSHIPS.get(contact.relationship, "OTH"))
        if contact.parental_responsibility is not None:
            _text(at, "Responsibility", _flag(contact.parental_responsibility))
        if contact.lives_with_pupil:
            _text(SubElement(at, "Address"), "AddressAsPupil", "true")
        else:
            _address(at, contact)
        if contact.phone:
            phone = SubElement(SubElement(at, "Phones"), "Phone")
            _text(phone, "TelephoneType", "M")
            _text(phone, "PhoneNo", contact.phone)
        _text(at, "Email", contact.email)


def _attendance(parent: Element, school: SchoolRegister, row: int) -> None:
    """Each academic year's totals; attended, authorised and unauthorised add up to possible."""
    marks = school.codes(row)
    for year in (2025, 2026):
        mine = [
            code for session, code in marks if (session.date.year, session.date.month >= 9) in
            ((year, True), (year + 1, False)) and code not in _NOT_POSSIBLE
        ]  # fmt: skip
        if not mine:
            continue
        attended = sum(code in _ATTENDED for code in mine)
        unauthorised = sum(code in _UNAUTHORISED for code in mine)
        at = SubElement(parent, "YearData")
        _text(at, "Year", year)
        _text(at, "LEA", school.school.school.dfe_number[:3])
        _text(at, "Estab", school.school.school.dfe_number[3:])
        _text(at, "SchoolName", school.school.school.name)
        _text(at, "SessionsPossible", len(mine))
        _text(at, "SessionsAuthorised", len(mine) - attended - unauthorised)
        _text(at, "SessionsAttended", attended)
        _text(at, "SessionsUnauthorised", unauthorised)
