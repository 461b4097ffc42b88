"""SIMS partner XML: session attendances, old and of 2024, and the school's own lists of codes.

Marks name pupils by `PersonID`, so a roll that links it to UPNs must come with them or before them. What
staff type is a display code; the school's own list says what it is returned as. SIMS 7 keeps a code and a
subcode apart, SIMS 8 writes the subcode alone.
"""

from collections.abc import Iterable
from datetime import date
from xml.etree.ElementTree import Element

from casework.domain.register import Half, Session
from casework.registers import values
from casework.registers.codes import NO_MARK, Lookup
from casework.registers.marks import MarkBuilder
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import DisplayCodeRow, KeyKind, MarkBatch, PupilKey
from casework.registers.text import clean
from casework.registers.xml import name_of, records, text_at

ATTENDANCE_ROOTS = frozenset({"sessionattendances", "sessionattendancesextended"})
CODE_ROOTS = frozenset({"attendancecodes", "attendancecodes_v2_load", "attenancecodes"})

_ATTENDANCE = ("SessionAttendance", "SessionAttendanceExtended")
_NOT_A_MARK = "no mark"


def display_codes(data: bytes, notes: Notes) -> list[DisplayCodeRow]:
    """The lines of a school's list of codes. A code that the list returns as nothing is no mark."""
    made: list[DisplayCodeRow] = []
    try:
        for row, element in enumerate(records(data, "AttendanceCode"), 1):
            notes.read += 1
            found = _display_code(element, row, notes)
            if found is not None:
                notes.used += 1
                made.append(found)
    except Unclear as fault:
        notes.refuse(0, "", "", fault)
    if not notes.read and notes.spotless:
        notes.problem(0, "", "", "The list holds no codes.", "Export the attendance codes again.")
    return made


def _display_code(element: Element, row: int, notes: Notes) -> DisplayCodeRow | None:
    display = clean(text_at(element, "SIMS_Display_Code") or text_at(element, "Code")).upper()
    if not display:
        notes.problem(row, "Code", "", "The line has no code.", "Export the attendance codes again.")
        return None
    statutory = clean(text_at(element, "Statutory_Return_Code")).upper()
    meaning = text_at(element, "StatisticalMappingDescription").lower()
    if not statutory and meaning != _NOT_A_MARK:
        statutory = display
    active = text_at(element, "Is_Active").lower()
    return DisplayCodeRow(
        file=notes.file,
        row=row,
        display=display,
        statutory="" if statutory in NO_MARK else statutory,
        description=clean(text_at(element, "Description")),
        active=active in ("1", "true", "t", "y", "yes") if active else None,
    )


def read(data: bytes, lookup: Lookup, notes: Notes, urn: str = "") -> MarkBatch:
    """The marks of a session attendance file; rows count its records from 1."""
    builder = MarkBuilder(notes.file)
    pupils: dict[str, PupilKey] = {}
    days: dict[str, date] = {}
    try:
        for row, element in enumerate(records(data, *_ATTENDANCE), 1):
            notes.read += 1
            found = {name_of(part): (part.text or "").strip() for part in element}
            if _attendance(found, row, lookup, notes, builder, urn, pupils, days):
                notes.used += 1
    except Unclear as fault:
        notes.refuse(0, "", "", fault)
    if not notes.read and notes.spotless:
        notes.warn(0, "", "", "The file holds no attendances.", "Check the dates it was exported for.")
    return builder.batch()


def _attendance(
    found: dict[str, str],
    row: int,
    lookup: Lookup,
    notes: Notes,
    builder: MarkBuilder,
    urn: str,
    pupils: dict[str, PupilKey],
    days: dict[str, date],
) -> bool:
    """Add one record's mark; false, with every fault noted, if it cannot be."""
    person = found.get("personid", "")
    if not person:
        notes.problem(row, "PersonID", "", "The record does not say which pupil.", "Export it again.")
    written = found.get("attendancedate", "")
    day = days.get(written) or _day(written, row, notes)
    if day is not None:
        days[written] = day
    half = _half(found.get("sessionname", ""), row, notes)
    if day is None:
        return False
    entry = clean(found.get("attendancemark", ""))
    subcode = clean(found.get("attendancemarksubcode", ""))
    try:
        code = lookup.code(entry, day)
    except Unclear as fault:
        notes.refuse(row, "AttendanceMark", entry, fault)
        return False
    minutes, good = _minutes(found.get("minslate") or found.get("minute") or "", row, notes)
    if not person or half is None or not good:
        return False
    builder.add(
        pupils.setdefault(person, PupilKey(KeyKind.MIS_ID, person)),
        urn,
        Session(day, half),
        code,
        row,
        minutes_late=minutes,
        comment=_comment(found.get("statutorycomment"), found.get("comments")),
        raw=subcode or entry,
    )
    return True


def _day(written: str, row: int, notes: Notes) -> date | None:
    try:
        day = values.iso_date(written) if written else None
    except Unclear as fault:
        notes.refuse(row, "AttendanceDate", written, fault)
        return None
    if day is None:
        notes.problem(row, "AttendanceDate", written, "The record has no date.", "Export it again.")
    return day


def _half(written: str, row: int, notes: Notes) -> Half | None:
    try:
        return values.half(written)
    except Unclear as fault:
        notes.refuse(row, "SessionName", written, fault)
        return None


def _minutes(written: str, row: int, notes: Notes) -> tuple[int | None, bool]:
    if written in ("", "0"):
        return None, True
    try:
        return values.whole(0, 600)(written), True
    except Unclear as fault:
        notes.refuse(row, "MinsLate", written, fault)
        return None, False


def _comment(*parts: str | None) -> str:
    kept: Iterable[str] = dict.fromkeys(clean(part) for part in parts if part and part.strip())
    return "; ".join(kept)
