"""A CSV of weekly strings: semicolons, cp1252, a title above and a footer below, ten marks a week."""

from datetime import timedelta

from casework.demo.trust import SchoolRegister
from casework.demo.writers.spans import Span
from casework.domain.calendar import monday_of

HALVES = ("AM", "PM")
_HEADER = "UPN;Pupil name;Reg group;Week beginning;Marks"


def weekly(school: SchoolRegister, span: Span) -> bytes:
    """One span of days, a row for each pupil and week; `-` where no mark was taken, `#` where closed."""
    every_day = (span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1))
    closed = set(every_day) - set(school.days.dates)
    lines = [f"{school.school.school.name};;;;", f"Attendance by week, {span.name};;;;", "", _HEADER]
    for row, stay in enumerate(school.stays):
        pupil = stay.pupil
        marks = {(s.date, s.half.value): code for s, code in school.codes(row, span.first, span.last)}
        for monday in dict.fromkeys(monday_of(day) for day, _ in marks):
            week = [monday + timedelta(days=n) for n in range(5)]
            ten = [
                marks.get((day, half)) or ("#" if day in closed else "-") for day in week for half in HALVES
            ]
            name = f"{pupil.surname}, {pupil.forename}"
            lines.append(f"{pupil.upn};{name};{pupil.class_name};{monday:%d/%m/%Y};{' '.join(ten)}")
    lines += ["", f"Printed on {span.last:%d/%m/%Y} 16:10;;;;"]
    return ("\r\n".join(lines) + "\r\n").encode("cp1252", errors="replace")
