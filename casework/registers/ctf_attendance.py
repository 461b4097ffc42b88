"""Attendance in a CTF: totals that must add up, and a string of marks that is believed only if it agrees.

How the string pads weekends and writes two-character codes is nowhere settled. It is read with ten and with
fourteen marks a week; only a reading whose counts equal the year's totals, and which alone fits, is taken.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from casework.domain.register import Half, Session
from casework.registers import values
from casework.registers.codes import Lookup
from casework.registers.notes import Notes, Unclear
from casework.registers.reading import TotalsRow
from casework.registers.text import clean
from casework.registers.xml import children, text_at

Marks = list[tuple[Session, str]]

_COUNTS = {
    "possible": "SessionsPossible",
    "attended": "SessionsAttended",
    "authorised": "SessionsAuthorised",
    "unauthorised": "SessionsUnauthorised",
}


def year_data(
    pupil: Element, upn: str, row: int, own: str, lookup: Lookup, notes: Notes
) -> Iterator[tuple[TotalsRow, Marks]]:
    """Each year's totals, with its marks where they are this school's own and can be believed.

    Args:
        own: The school's LA and establishment number.
    """
    for year in children(pupil, "Attendance", "YearData"):
        totals = _totals(year, upn, row, notes)
        if totals is None:
            continue
        text = "".join(text_at(part, "AttendanceMarks") + " " for part in children(year, "AttendSessions"))
        if not text.strip():
            yield totals, []
        elif not own or totals.dfe_number != own:
            notes.warn(row, "AttendanceMarks", "", "The marks are another school's; its totals were kept.")
            yield totals, []
        else:
            yield totals, _marks(year, totals, row, lookup, notes)


def _totals(year: Element, upn: str, row: int, notes: Notes) -> TotalsRow | None:
    written = text_at(year, "Year")
    if not re.fullmatch(r"20\d\d", written, re.ASCII):
        notes.problem(row, "Year", written, "This is not a year.", "Make the CTF again.")
        return None
    counts: dict[str, int] = {}
    for name, tag in _COUNTS.items():
        value = text_at(year, tag)
        if not value:
            continue
        try:
            counts[name] = values.whole(0, 1000)(value)
        except Unclear as fault:
            notes.refuse(row, tag, value, fault)
            return None
    parts = [counts.get(name) for name in ("attended", "authorised", "unauthorised")]
    known = [part for part in parts if part is not None]
    if len(known) == 3 and "possible" in counts and sum(known) != counts["possible"]:
        notes.problem(
            row,
            "SessionsPossible",
            counts["possible"],
            f"Attended, authorised and unauthorised sessions of {written} add up to {sum(known)}.",
            "Correct the year's totals in the MIS, and make the CTF again.",
        )
        return None
    return TotalsRow(
        file=notes.file,
        row=row,
        upn=upn,
        academic_year=int(written),
        dfe_number=text_at(year, "LEA") + text_at(year, "Estab"),
        school_name=clean(text_at(year, "SchoolName")),
        **counts,
    )


def _marks(year: Element, totals: TotalsRow, row: int, lookup: Lookup, notes: Notes) -> Marks:
    """The year's marks in the one reading that agrees with its totals; none with a warning otherwise."""
    readings: list[Marks] = []
    for days_a_week in (5, 7):
        marks: Marks = []
        for part in children(year, "AttendSessions"):
            placed = _placed(part, days_a_week, lookup)
            if placed is None:
                break
            marks += placed
        else:
            if _agrees(marks, totals, lookup) and marks not in readings:
                readings.append(marks)
    if len(readings) == 2 and _pads_weekends(year):
        del readings[0]
    if len(readings) == 1:
        return [(session, code) for session, code in readings[0] if code]
    why = "do not agree with the year's totals" if not readings else "can be read in two ways"
    says = f"The marks {why}, and were left out; the totals were kept."
    notes.warn(row, "AttendanceMarks", "", says, "Import the marks from the register itself.")
    return []


def _tokens(text: str) -> list[str]:
    """The marks of a string: by its separators, or character by character with a digit joined on."""
    if re.search(r"[,;]", text):
        return [part.strip() for part in re.split(r"[,;]", text.rstrip(",; "))]
    if " " in text.strip() and all(len(part) <= 2 for part in text.split()):
        return text.split()
    return re.findall(r"[CJY]\d|.", text)


def _placed(part: Element, days_a_week: int, lookup: Lookup) -> Marks | None:
    """Marks on their sessions; None if one is no code, or falls on a weekend and is not blank."""
    try:
        day: date | None = values.iso_date(text_at(part, "AttendanceStartDate"))
    except Unclear:
        return None
    marks: Marks = []
    tokens = _tokens(clean(text_at(part, "AttendanceMarks")))
    for place, token in enumerate(tokens):
        if day is None or (days_a_week == 5 and day.weekday() >= 5):
            return None
        try:
            code = lookup.code(token, day)
        except Unclear:
            return None
        if day.weekday() >= 5 and lookup.book.counted_as(code, day):
            return None
        if day.weekday() < 5:
            marks.append((Session(day, tuple(Half)[place % 2]), code))
        if place % 2:
            day += timedelta(days=3 if days_a_week == 5 and day.weekday() == 4 else 1)
    return marks


def _agrees(marks: Marks, totals: TotalsRow, lookup: Lookup) -> bool:
    counted = Counter(lookup.book.counted_as(code, session.date) for session, code in marks if code)
    del counted[""]
    expected = {
        "attended": totals.attended or 0,
        "authorised": totals.authorised or 0,
        "unauthorised": totals.unauthorised or 0,
    }
    return totals.possible == sum(counted.values()) and all(
        counted[name] == count for name, count in expected.items()
    )


def _pads_weekends(year: Element) -> bool:
    """Whether the strings are long enough, two weekends or more, for blank weekends to be no accident."""
    return any(
        len(_tokens(clean(text_at(part, "AttendanceMarks")))) >= 24
        for part in children(year, "AttendSessions")
    )
