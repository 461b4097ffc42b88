"""SIMS partner XML of the summer 2024 shape: marks by PersonID, and the school's own list of codes."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from casework.demo.remarks import Remarks
from casework.demo.trust import SchoolRegister
from casework.demo.writers.spans import Span

LOCAL = {"B": "A"}
"""Statutory codes that this school's staff type as something else."""
DESCRIPTIONS = {
    "/": "Present (AM)", "\\": "Present (PM)", "B": "Off-site education", "C": "Other authorised",
    "C1": "Regulated performance", "C2": "Part-time timetable", "D": "Dual registration", "E": "Suspended",
    "G": "Holiday not agreed", "I": "Illness", "J1": "Interview", "K": "Arranged by the LA", "L": "Late",
    "M": "Medical or dental", "N": "No reason yet", "O": "Unauthorised", "P": "Sporting activity",
    "R": "Religious observance", "S": "Study leave", "T": "Parent travelling", "U": "Late after close",
    "V": "Visit", "W": "Work experience", "X": "Not required", "Y4": "Site closed", "#": "Closed",
}  # fmt: skip
_HEAD = '<?xml version="1.0" encoding="iso-8859-1" standalone="yes"?>\n'


def codes() -> bytes:
    """The list of display codes with the statutory code that each is returned as."""
    lines = [_HEAD, "<AttendanceCodes_V2_load>\n <AttenanceCodes>\n"]
    for number, (statutory, description) in enumerate(DESCRIPTIONS.items(), 1):
        lines.append(
            f"  <AttendanceCode><AttendanceCodeID>{number}</AttendanceCodeID>"
            f"<SIMS_Display_Code>{escape(LOCAL.get(statutory, statutory))}</SIMS_Display_Code>"
            f"<Description>{escape(description)}</Description>"
            f"<Statutory_Return_Code>{escape(statutory)}</Statutory_Return_Code>"
            "<Is_Active>1</Is_Active><Is_Restricted>0</Is_Restricted></AttendanceCode>\n"
        )
    lines.append(" </AttenanceCodes>\n</AttendanceCodes_V2_load>\n")
    return "".join(lines).encode("iso-8859-1")


def marks(school: SchoolRegister, remarks: Remarks, span: Span) -> bytes:
    """Every mark of a span of days, pupil by pupil; a session without a mark has no record."""
    return "".join(_records(school, remarks, span)).encode("iso-8859-1", errors="xmlcharrefreplace")


def _records(school: SchoolRegister, remarks: Remarks, span: Span) -> Iterator[str]:
    yield f"{_HEAD}<SessionAttendancesExtended>\n"
    for row, stay in enumerate(school.stays):
        start = (
            f" <SessionAttendanceExtended><PersonID>{stay.mis_id}</PersonID><BaseGroupID>0</BaseGroupID>"
            "<AttendanceDate>"
        )
        for session, code in school.codes(row, span.first, span.last):
            if code:
                minutes, comment = remarks.of(row, session, code)
                minute = "<Minute/>" if minutes is None else f"<Minute>{minutes}</Minute>"
                said = f"<Comments>{escape(comment)}</Comments>" if comment else "<Comments/>"
                yield (
                    f"{start}{session.date}T{'09' if session.half.value == 'AM' else '13'}:00:00"
                    f"</AttendanceDate><SessionName>{session.half.value}</SessionName>"
                    f"<AttendanceMark>{LOCAL.get(code, code)}</AttendanceMark>{minute}{said}"
                    "<AttendanceMarkSubCode/><StatutoryComment/></SessionAttendanceExtended>\n"
                )
    yield "</SessionAttendancesExtended>\n"
