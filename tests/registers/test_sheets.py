"""Spreadsheets as schools' systems export them: three shapes, and each trap by its name."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import pairwise

import openpyxl
import pytest

from casework.domain import FileRefused
from casework.registers import Reading, column_mapping, read
from tests.registers.book import BOOK, upn

ADA, BO, CY = upn(1), upn(2), upn(3)
MON, TUE, NINE = date(2026, 9, 7), date(2026, 9, 8), time(9)
MON_AM, MON_PM, TUE_AM, TUE_PM = "2026-09-07 AM", "2026-09-07 PM", "2026-09-08 AM", "2026-09-08 PM"


def sheet(text: str | bytes, name: str = "export.csv", **options: object) -> Reading:
    data = text if isinstance(text, bytes) else text.encode()
    return read([(name, data)], codes=BOOK, **options)  # type: ignore[arg-type]


def workbook(rows: Sequence[Sequence[object]], *, merge: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for cells in merge:
        page.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def marks(reading: Reading) -> dict[tuple[str, str], str]:
    return {(mark.pupil.value, str(mark.session)): mark.code for mark in reading.marks}


def places(reading: Reading) -> list[tuple[int, str]]:
    return [(problem.row, problem.column.split(" ")[0]) for problem in reading.problems]


LONG = {(ADA, MON_AM): "/", (ADA, MON_PM): "\\"}
WIDE = LONG | {(ADA, TUE_AM): "C1", (ADA, TUE_PM): "I"}


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param(f"UPN,Date,AM,PM\n{ADA},07/09/2026,/,\\\n", "long", id="A: a row a day"),
        pytest.param(
            f"UPN,Date,Session,Mark\n{ADA},2026-09-07,AM,/\n{ADA},2026-09-07,PM,\\\n", "long",
            id="A: a row a session",
        ),
        pytest.param(
            f"UPN,07/09/2026 AM,07/09/2026 PM\n{ADA},/,\\\n", "wide", id="B: dates with halves in one row"
        ),
        pytest.param(f"UPN,07/09/2026,07/09/2026\n{ADA},/,\\\n", "wide", id="B: each date twice"),
        pytest.param(f"UPN,Mon 7 Sep 2026\n{ADA},/\\\n", "wide", id="B: one cell with two marks"),
        pytest.param(
            f"UPN,Week beginning,Marks\n{ADA},07/09/2026,/\\--------\n", "weekly", id="C: a string of marks"
        ),
        pytest.param(
            f"UPN,Week commencing,Mon AM,Mon PM,Tue AM,Tue PM,Wed AM\n{ADA},07/09/2026,/,\\,,,\n", "weekly",
            id="C: columns by weekday",
        ),
        pytest.param(
            f"UPN,W/B,Mon,,Tue,,Wed,\n,,AM,PM,AM,PM,AM,PM\n{ADA},07/09/2026,/,\\,,,,\n", "weekly",
            id="C: weekdays above halves",
        ),
    ],
)  # fmt: skip
def test_shapes(text, shape):
    reading = sheet(text)

    assert (reading.problems, reading.format, marks(reading)) == ((), shape, LONG)


_BODY = f"UPN,Date,AM,PM,Comment\n{ADA},07/09/2026,/,\\,café\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + _BODY.encode(), id="UTF-8 byte order mark"),
        pytest.param(_BODY.encode("cp1252"), id="cp1252"),
        pytest.param(_BODY.encode("utf-16"), id="UTF-16 from Unicode text"),
        pytest.param(_BODY.encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param(_BODY.replace(",", ";").encode(), id="semicolons"),
        pytest.param(_BODY.replace(",", "\t").encode(), id="tabs"),
        pytest.param(b"sep=;\r\n" + _BODY.replace(",", ";").encode(), id="a line that names the separator"),
        pytest.param(
            b"Low School\nPrinted on,01/10/2026\n\n" + _BODY.encode() + b"Total pupils,1\nPage 1\n",
            id="title rows above and footers below",
        ),
        pytest.param(
            _BODY.encode() + b"Low School\n" + _BODY[:23].encode() + b"\n", id="page headers repeated"
        ),
        pytest.param(f"UPN,Date,AM,PM\n{ADA.lower()}, 07/09/2026 ,/ ,\\\n".encode(), id="small letters"),
        pytest.param(f"UPN,Date,AM,PM\n{ADA},07/09/2026,\u00a0\uff0f,\uff3c\n".encode(), id="full width"),
        pytest.param(f"UPN,Date,AM,PM\n{ADA},7 Sep 2026,/,\\\n".encode(), id="7 Sep 2026"),
        pytest.param(f"UPN,Date,AM,PM\n{ADA},7-Sep-26,/,\\\n".encode(), id="7-Sep-26"),
        pytest.param(f"UPN,Date,AM,PM\n{ADA},07/09/26,/,\\\n".encode(), id="a year of two digits"),
        pytest.param(f"UPN,Date,AM,PM\n{ADA},46272,/,\\\n".encode(), id="a serial number for a day"),
        pytest.param(f"UPN,Date,AM,PM\n{ADA},2026-09-07T09:00:00,/,\\\n".encode(), id="a day with a time"),
    ],
)  # fmt: skip
def test_traps_that_are_read_all_the_same(data):
    reading = sheet(data)

    assert (reading.problems, marks(reading)) == ((), LONG)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        pytest.param("-", None, id="a dash is no mark"),
        pytest.param("", None, id="a blank is no mark"),
        pytest.param("|", "/", id="a vertical bar for a slash"),
        pytest.param("\\", "\\", id="either slash in the morning stays as it is"),
        pytest.param("i", "I", id="small letters"),
        pytest.param("I_F", "I", id="a subcode takes its parent"),
        pytest.param("X01", "X", id="an old coronavirus subcode"),
        pytest.param("#", "#", id="a planned closure"),
    ],
)
def test_marks_in_cells(cell, code):
    reading = sheet(f"UPN,Date,AM,PM\n{ADA},07/09/2026,{cell},\n")

    assert (reading.problems, marks(reading).get((ADA, MON_AM))) == ((), code)


def test_a_display_code_is_kept_beside_the_code():
    reading = sheet(f"UPN,Date,AM,PM\n{ADA},07/09/2026,I_F,O\n")

    assert [(mark.code, mark.raw) for mark in reading.marks] == [("I", "I_F"), ("O", "")]


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("0", id="a dash turned into 0"),
        pytest.param("####", id="a column too narrow"),
        pytest.param("#REF!", id="an error value"),
        pytest.param("Q9", id="no register code"),
        pytest.param("H", id="a code that has ceased"),
        pytest.param("Y", id="the old Y on a new day"),
        pytest.param("J", id="the old J on a new day"),
        pytest.param("@", id="a SIMS code that is no statutory one"),
    ],
)
def test_cells_that_are_no_mark_are_refused_not_guessed(cell):
    reading = sheet(f"UPN,Date,AM,PM\n{ADA},07/09/2026,{cell},/\n")

    assert places(reading) == [(2, "C")]
    assert marks(reading) == {(ADA, MON_PM): "/"}


def test_a_ceased_code_names_those_near_it():
    assert "Y1, Y2" in sheet(f"UPN,Date,AM,PM\n{ADA},07/09/2026,Y,/\n").problems[0].says


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param(["07/09/2026", "25/09/2026"], ["2026-09-07", "2026-09-25"], id="day first"),
        pytest.param(["9/7/26", "9/25/26"], ["2026-09-07", "2026-09-25"], id="month first by the 25th"),
        pytest.param(["9/7/26", "9/8/26"], ["2026-09-07", "2026-09-08"], id="month first, by the weekends"),
        pytest.param(["07/09/2026", "08/09/2026"], ["2026-09-07", "2026-09-08"], id="day first if both fit"),
    ],
)  # fmt: skip
def test_one_file_has_one_order_of_day_and_month(dates, expected):
    rows = "".join(f"{ADA},{day},/,\\\n" for day in dates)

    reading = sheet("UPN,Date,AM,PM\n" + rows)

    assert reading.problems == ()
    assert sorted({session[:10] for _, session in marks(reading)}) == expected


def test_a_file_of_two_orders_is_refused():
    reading = sheet(f"UPN,Date,AM,PM\n{ADA},25/09/2026,/,\\\n{ADA},9/28/2026,/,\\\n")

    assert "day first and some the month" in reading.problems[0].says
    assert not len(reading.marks)


def test_a_weekend_is_warned_of():
    reading = sheet(f"UPN,Date,AM,PM\n{ADA},2026-09-05,/,\\\n")

    assert (reading.problems, [w.row for w in reading.warnings]) == ((), [2])


@pytest.mark.parametrize(
    ("title", "year", "says"),
    [
        pytest.param("Attendance 2026/27", None, "", id="the title says the academic year"),
        pytest.param("Attendance September 2026", None, "", id="the title says a month"),
        pytest.param("From 01/09/2026 to 18/09/2026", None, "", id="the title says a period"),
        pytest.param("Attendance", 2026, "", id="the caller says it"),
        pytest.param("Attendance", None, "no year", id="nobody says it"),
        pytest.param("Attendance 2025/26", None, "is a Sunday", id="the weekday contradicts it"),
    ],
)
def test_days_written_without_a_year(title, year, says):
    text = f"{title}\nUPN,Mon 07/09,,Tue 08/09,\n,AM,PM,AM,PM\n{ADA},/,\\,C1,I\n"

    reading = sheet(text, academic_year=year)

    if says:
        assert says in reading.problems[0].says
        assert not len(reading.marks)
    else:
        assert (reading.problems, marks(reading)) == ((), WIDE)


@pytest.mark.parametrize(
    ("rows", "merge"),
    [
        pytest.param(
            [["UPN", "Name", date(2026, 9, 7), None, date(2026, 9, 8), None],
             [None, None, "AM", "PM", "AM", "PM"],
             [ADA, "Moss, Ada", "/", "\\", "C1", "I"]],
            ["C1:D1", "E1:F1"], id="merged dates over AM and PM",
        ),
        pytest.param(
            [[None, None, "Mon", None, "Tue", None], [None, None, "07/09/2026", None, "08/09/2026", None],
             ["UPN", "Name", "AM", "PM", "AM", "PM"], [ADA, "Moss, Ada", "/", "\\", "C1", "I"]],
            [], id="three header rows with the names in the last",
        ),
        pytest.param(
            [["Low School"], [], ["UPN", *(datetime.combine(day, NINE) for day in (MON, MON, TUE, TUE))],
             [ADA, "/", "\\", "C1", "I"]],
            [], id="dates with times, each twice",
        ),
        pytest.param(
            [["UPN", 46272, None, 46273, None], [None, "am", "pm", "am", "pm"], [ADA, "/", "\\", "c1", "i"]],
            [], id="serial numbers in the headings",
        ),
    ],
)  # fmt: skip
def test_wide_workbooks(rows, merge):
    reading = sheet(workbook(rows, merge=merge), "export.xlsx")

    assert (reading.problems, reading.format, marks(reading)) == ((), "wide", WIDE)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("=1+1", id="a formula is never evaluated"),
        pytest.param(MON, id="a slash turned into a date"),
        pytest.param(0, id="a dash turned into nought"),
        pytest.param(True, id="a truth value"),
    ],
)
def test_cells_that_excel_has_mangled(value):
    rows = [["UPN", "Date", "AM", "PM"], [ADA, date(2026, 9, 7), value, "/"]]

    reading = sheet(workbook(rows), "export.xlsx")

    assert places(reading) == [(2, "C")]
    assert marks(reading) == {(ADA, MON_PM): "/"}


def test_each_sheet_of_a_workbook_is_read_and_named():
    book = openpyxl.Workbook()
    for title, pupil in (("7A", ADA), ("7B", BO), ("Notes", None)):
        page = book.create_sheet(title)
        if pupil is None:
            page.append(["Remember to print"])
            continue
        page.append(["UPN", "Date", "AM", "PM"])
        page.append([pupil, "07/09/2026", "/", "Q9"])
    out = io.BytesIO()
    book.save(out)

    reading = sheet(out.getvalue(), "export.xlsx")

    assert marks(reading) == {(ADA, MON_AM): "/", (BO, MON_AM): "/"}
    assert [column for _, column in places(reading)] == ["7A!D", "7B!D"]
    assert [warning.column for warning in reading.warnings] == ["Notes"]


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        pytest.param(r"/\/\L\/\II", "/ \\ / \\ L \\ / \\ I I", id="ten characters"),
        pytest.param(r"/\ /\ L\ /\ II", "/ \\ / \\ L \\ / \\ I I", id="five pairs"),
        pytest.param(r"/ \ C1 C1 / \ / \ Y1 Y1", "/ \\ C1 C1 / \\ / \\ Y1 Y1", id="separated by spaces"),
        pytest.param(r'"/,\,C1,C1,/,\,/,\,I,I"', "/ \\ C1 C1 / \\ / \\ I I", id="commas"),
        pytest.param(r"/\/\C1C1/\/\II", None, id="two characters, not separated"),
        pytest.param(r"/\/\C2/\/\I", None, id="ten characters that hide a two-character code"),
        pytest.param(r"/\/\/\/\I", None, id="nine marks"),
        pytest.param(r"/\ C1 /\ /\ II", None, id="a day that may be one code or two"),
    ],
)
def test_weeks_in_one_string(week, expected):
    reading = sheet(f"UPN,Week beginning,Marks\n{ADA},07/09/2026,{week}\n")

    if expected is None:
        assert places(reading) == [(2, "C")]
        assert not len(reading.marks)
    else:
        assert reading.problems == ()
        assert " ".join(mark.code for mark in reading.marks) == expected
        assert all(a.session < b.session for a, b in pairwise(reading.marks))


def test_a_week_begins_on_a_monday():
    assert places(sheet(f"UPN,Week beginning,Marks\n{ADA},08/09/2026,/\\/\\/\\/\\/\\\n")) == [(2, "B")]


def test_two_marks_in_one_cell_need_two_marks():
    assert places(sheet(f"UPN,07/09/2026,08/09/2026\n{ADA},/,C1\n")) == [(2, "B"), (2, "C")]
    reading = sheet(f"UPN,07/09/2026,08/09/2026\n{ADA},/C1,C2C2\n")
    assert [mark.code for mark in reading.marks] == ["/", "C1", "C2", "C2"]


def test_a_broken_sheet_lists_every_problem():
    text = (
        "UPN,Date,AM,PM,Minutes late\n"
        f"{ADA},07/09/2026,Q9,0,\n"
        f"X{ADA[1:]},07/09/2026,/,\\,\n"
        ",07/09/2026,/,\\,\n"
        f"{BO},32/09/2026,/,\\,\n"
        f"{BO},soon,/,\\,\n"
        f"{CY},07/09/2026,L,\\,lots\n"
    )

    reading = sheet(text)

    assert places(reading) == [(2, "C"), (2, "D"), (3, "A"), (4, "A"), (5, "B"), (6, "B"), (7, "E")]
    assert (reading.counts[0].read, reading.counts[0].used) == (6, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("Name,Date,AM,PM\nAda Moss,07/09/2026,/,\\\n", "names alone", id="names only"),
        pytest.param("Foo,Bar\n1,2\n", "No headings", id="headings that nobody knows"),
        pytest.param(f"UPN,Date,Mark\n{ADA},07/09/2026,/\n", "which session", id="no session"),
    ],
)
def test_sheets_that_cannot_be_read(text, says):
    reading = sheet(text)

    assert [says in problem.says for problem in reading.problems] == [True]


def test_percentages_are_a_summary_only():
    reading = sheet(f"UPN,Surname,Forename,% Attendance\n{ADA},Moss,Ada,92.1\n")

    assert (reading.problems, reading.format, len(reading.marks)) == ((), "roll", 0)
    assert "percentages" in reading.warnings[0].says
    assert (reading.pupils[0].surname, reading.pupils[0].upn) == ("Moss", ADA)


def test_a_rounded_learner_number_is_lost_and_the_row_is_not():
    reading = sheet(f"UPN,Surname,ULN\n{ADA},Moss,9.28E+09\n{BO},Fen,9276308686\n")

    assert ([pupil.uln for pupil in reading.pupils], reading.problems) == (["", "9276308686"], ())
    assert "rounded" in reading.warnings[0].says


def test_one_pupil_with_two_birthdays_is_a_problem():
    text = f"UPN,Surname,DOB\n{ADA},Moss,01/02/2015\n{ADA},Moss,02/02/2015\n"

    assert places(sheet(text)) == [(3, "C")]


def test_the_same_pupil_twice_with_other_marks_is_a_problem():
    reading = sheet(f"UPN,07/09/2026 AM\n{ADA},/\n{ADA},I\n")

    assert "another mark" in reading.problems[0].says
    assert not len(reading.marks)


def test_pupils_may_be_named_by_their_number_in_the_mis():
    reading = sheet("Person ID,Date,AM,PM\n6420,07/09/2026,/,\\\n")

    assert [(mark.pupil.kind, mark.pupil.value) for mark in reading.marks][:1] == [("mis_id", "6420")]


MAPPING = b"""
[columns]
upn = "Learner ref"
date = "Taken on"
am = "First"
pm = "Second"

[file]
date_order = "mdy"
"""


def test_a_mapping_reads_a_new_export():
    mapping = column_mapping("school.toml", MAPPING)

    reading = sheet(f"Learner ref,Taken on,First,Second\n{ADA},9/7/2026,/,\\\n", mapping=mapping)

    assert (reading.problems, marks(reading)) == ((), LONG)


BAD_MAPPING = b'[columns]\nshoe = "Size"\nupn = 3\n[file]\ndate_order = "ymd"\n[odd]\n'


def test_a_broken_mapping_lists_every_problem():
    with pytest.raises(FileRefused) as refused:
        column_mapping("school.toml", BAD_MAPPING)

    assert {problem.column for problem in refused.value.problems} == {"shoe", "upn", "date_order", "odd"}


def test_an_unknown_export_says_how_to_write_a_mapping():
    assert "[columns]" in sheet("Foo,Bar\n1,2\n").problems[0].remedy


def test_a_mapping_that_is_no_toml_is_refused():
    with pytest.raises(FileRefused, match="1 problem"):
        column_mapping("map.toml", b"upn: Pupil UPN")


def test_a_sheet_may_name_its_schools():
    reading = sheet(f"UPN,URN,Date,AM\n{ADA},100001,07/09/2026,/\n{BO},10001,07/09/2026,/\n")

    assert ([m.urn for m in reading.marks], places(reading)) == (["100001"], [(3, "B")])


def test_the_school_given_with_the_file_is_taken_where_it_names_none():
    reading = sheet(f"UPN,Surname,Date,AM\n{ADA},Moss,07/09/2026,/\n", school_urn="100002")

    assert ([m.urn for m in reading.marks], [p.urn for p in reading.pupils]) == (["100002"], ["100002"])


@pytest.mark.parametrize(
    ("cell", "late"),
    [pytest.param("L", 9, id="late"), pytest.param("I", None, id="not late")],
)
def test_minutes_late_go_with_the_late_mark(cell, late):
    reading = sheet(f"UPN,Date,AM,PM,Minutes late\n{ADA},07/09/2026,{cell},/,9\n")

    assert [mark.minutes_late for mark in reading.marks] == [late, None]
