"""SIMS partner XML: attendances old and of 2024, and the school's own lists of codes."""

import pytest

from casework.registers import Reading, read
from tests.registers.book import BOOK

OLD = """<?xml version="1.0" encoding="iso-8859-1" standalone="yes"?>
<SessionAttendances>
  <SessionAttendance>
    <PersonID>6420</PersonID><BaseGroupID>0</BaseGroupID>
    <AttendanceDate>2026-09-07T09:00:00</AttendanceDate><SessionName>AM</SessionName>
    <AttendanceMark>L</AttendanceMark><Comments>café run</Comments><MinsLate>12</MinsLate>
  </SessionAttendance>
  <SessionAttendance>
    <PersonID>6420</PersonID><BaseGroupID>0</BaseGroupID>
    <AttendanceDate>2026-09-07T13:00:00</AttendanceDate><SessionName>PM</SessionName>
    <AttendanceMark>\\</AttendanceMark><Comments/><MinsLate/>
  </SessionAttendance>
</SessionAttendances>""".encode("iso-8859-1")


def attendance(**said: str) -> str:
    fields = {
        "PersonID": "6420",
        "AttendanceDate": "2026-09-07T09:00:00",
        "SessionName": "AM",
        "AttendanceMark": "I",
        **said,
    }
    return (
        "<SessionAttendanceExtended>"
        + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        + "</SessionAttendanceExtended>"
    )


def extended(*records: str) -> bytes:
    return f"<SessionAttendancesExtended>{''.join(records)}</SessionAttendancesExtended>".encode()


def code_list(*lines: dict[str, str]) -> bytes:
    codes = "".join(
        "<AttendanceCode>" + "".join(f"<{k}>{v}</{k}>" for k, v in line.items()) + "</AttendanceCode>"
        for line in lines
    )
    listed = f"<AttenanceCodes>{codes}</AttenanceCodes>"  # The tag is misspelt in SIMS itself.
    return f"<AttendanceCodes_V2_load>{listed}</AttendanceCodes_V2_load>".encode()


def sims(*files: bytes) -> Reading:
    return read([(f"{n}.xml", data) for n, data in enumerate(files)], codes=BOOK)


def test_the_old_layout_in_its_own_encoding():
    reading = sims(OLD)

    assert (reading.problems, reading.format) == ((), "sims")
    assert [
        (m.pupil.kind, m.pupil.value, str(m.session), m.code, m.minutes_late, m.comment)
        for m in reading.marks
    ] == [
        ("mis_id", "6420", "2026-09-07 AM", "L", 12, "café run"),
        ("mis_id", "6420", "2026-09-07 PM", "\\", None, ""),
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"AttendanceMark": "C2"}, ("C2", "", None), id="a code of two characters"),
        pytest.param({"AttendanceMark": "-"}, ("", "-", None), id="a dash is no mark recorded"),
        pytest.param({"AttendanceMark": "X", "AttendanceMarkSubCode": "X01"}, ("X", "X01", None),
                     id="SIMS 7: a subcode apart"),
        pytest.param({"AttendanceMark": "X01"}, ("X", "X01", None), id="SIMS 8: a subcode alone"),
        pytest.param({"AttendanceMark": "I_F"}, ("I", "I_F", None), id="a subcode with its parent"),
        pytest.param({"AttendanceMark": "L", "Minute": "9"}, ("L", "", 9), id="minutes late"),
        pytest.param({"AttendanceMark": "7", "AttendanceDate": "2021-01-11T09:00:00"}, ("I", "7", None),
                     id="a digit of the pandemic on its day"),
    ],
)  # fmt: skip
def test_the_layout_of_2024(said, expected):
    reading = sims(extended(attendance(**said)))

    assert reading.problems == ()
    assert [(m.code, m.raw, m.minutes_late) for m in reading.marks] == [expected]


def test_the_schools_own_list_says_what_a_display_code_means():
    codes = code_list(
        {"SIMS_Display_Code": "7", "Statutory_Return_Code": "Y6", "Is_Active": "T"},
        {"SIMS_Display_Code": "-", "StatisticalMappingDescription": "No mark"},
    )
    marks = extended(attendance(AttendanceMark="7"), attendance(AttendanceMark="-", SessionName="PM"))

    for order in ((codes, marks), (marks, codes)):
        reading = sims(*order)

        assert reading.problems == ()
        assert [(m.code, m.raw) for m in reading.marks] == [("Y6", "7"), ("", "-")]
        assert [(c.display, c.statutory, c.active) for c in reading.display_codes] == [
            ("7", "Y6", True),
            ("-", "", None),
        ]


def test_the_older_list_of_codes_is_read():
    reading = sims(
        b"<AttendanceCodes><AttendanceCode><AttendanceCodeID>1</AttendanceCodeID><Code>O</Code>"
        b"<Description>Other</Description></AttendanceCode></AttendanceCodes>"
    )

    assert [(c.display, c.statutory, c.description) for c in reading.display_codes] == [("O", "O", "Other")]


def test_a_digit_without_a_list_is_refused_today():
    assert [p.column for p in sims(extended(attendance(AttendanceMark="7"))).problems] == ["AttendanceMark"]


def test_a_broken_file_lists_every_problem():
    reading = sims(
        extended(
            attendance(PersonID="", AttendanceMark="Q9"),
            attendance(AttendanceDate="soon", SessionName="noon"),
            attendance(AttendanceMark="H"),
            attendance(AttendanceMark="L", Minute="many", SessionName="PM"),
            attendance(),
        )
    )

    assert [(p.row, p.column) for p in reading.problems] == [
        (1, "PersonID"), (1, "AttendanceMark"), (2, "AttendanceDate"), (2, "SessionName"),
        (3, "AttendanceMark"), (4, "MinsLate"),
    ]  # fmt: skip
    assert [m.row for m in reading.marks] == [5]
    assert (reading.counts[0].read, reading.counts[0].used) == (5, 1)


def test_a_file_cut_short_keeps_what_came_before():
    reading = sims(OLD[: OLD.index(b"<PersonID>", 200)])

    assert "cut short" in reading.problems[0].says
    assert len(reading.marks) == 1
