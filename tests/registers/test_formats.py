"""The door: formats told from content, files that are none, and anything at all thrown at it."""

import io
import json
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.registers import detect, read
from casework.registers.notes import Unclear
from tests.registers.book import BOOK, upn

ADA = upn(1)
CTF = b"<CTfile><Header><CTFversion>25.0</CTFversion></Header><CTFpupilData/></CTfile>"
NATIVE = f"upn,urn,date,session,code\n{ADA},100001,2026-09-07,AM,/\n".encode()
LONG = f"UPN,Date,AM,PM\n{ADA},07/09/2026,/,\\\n".encode()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["UPN", "Date", "AM", "PM"])
    page.append([ADA, "07/09/2026", "/", "\\"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(NATIVE, "native", id="native"),
        pytest.param(b"\xef\xbb\xbf" + NATIVE, "native", id="native with a byte order mark"),
        pytest.param(LONG, "sheet", id="CSV"),
        pytest.param(workbook(), "sheet", id="XLSX"),
        pytest.param(CTF, "ctf", id="CTF"),
        pytest.param(CTF.decode().encode("utf-16"), "ctf", id="CTF in UTF-16"),
        pytest.param(b"<SessionAttendances/>", "sims", id="SIMS attendances"),
        pytest.param(b"<AttendanceCodes_V2_load/>", "sims", id="SIMS codes"),
        pytest.param(b'  {"data": []}', "wonde", id="Wonde"),
    ],
)
def test_formats_are_told_from_content(data, expected):
    assert detect("anything.xls", data) == expected


BOMB = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><CTfile><Pupil><UPN>&b;</UPN></Pupil></CTfile>'
OUTSIDE = (
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><CTfile><Pupil><UPN>&a;</UPN></Pupil></CTfile>'
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \r\n\n", "empty", id="blank lines"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old or a protected Excel", id="old Excel"),
        pytest.param(b"%PDF-1.7 ...", "PDF", id="PDF"),
        pytest.param(b"{\\rtf1 ...", "document", id="RTF"),
        pytest.param(bytes(range(256)) * 20, "not a text file", id="binary junk"),
        pytest.param(b"<html><table></table></html>", "web page", id="a web page called .xls"),
        pytest.param(b"<Census/>", "not read here", id="other XML"),
        pytest.param(BOMB, "document type", id="billion laughs"),
        pytest.param(OUTSIDE, "document type", id="an entity from outside"),
        pytest.param(packed(a=b"1"), "no workbook", id="a zip that is no workbook"),
        pytest.param(workbook()[:900], "no workbook", id="a workbook cut short"),
        pytest.param(packed(xl__workbook_xml=b"<x/>"), "no workbook", id="a zip with other names"),
    ],
)
def test_files_that_are_no_register(data, says):
    with pytest.raises(Unclear, match=says):
        detect("register.csv", data)

    reading = read([("register.csv", data)], codes=BOOK)
    assert [(p.row, says in p.says, bool(p.remedy)) for p in reading.problems] == [(0, True, True)]


def test_a_workbook_that_unpacks_without_end_is_refused():
    out = io.BytesIO(workbook())
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/big.xml", "w") as member,
    ):
        for _ in range(420):
            member.write(b" " * 2**20)

    reading = read([("marks.xlsx", out.getvalue())], codes=BOOK)

    assert "unpacks to" in reading.problems[0].says


def test_a_damaged_workbook_is_refused():
    members = {name.replace("/", "__"): b"<broken" for name in ("xl/workbook.xml", "[Content_Types].xml")}

    reading = read([("marks.xlsx", packed(**members))], codes=BOOK)

    assert "damaged" in reading.problems[0].says


def test_nothing_to_read_is_a_problem():
    assert [p.says for p in read([], codes=BOOK).problems] == ["There is no file to read."]


@pytest.mark.parametrize(
    ("data", "insisted", "says"),
    [
        pytest.param(LONG, "native", "not a file of the native folder", id="a sheet is not native"),
        pytest.param(LONG, "wide", "those of a long sheet", id="a long sheet is not wide"),
        pytest.param(LONG, "ctf", "damaged", id="a sheet is no CTF"),
        pytest.param(LONG, "wonde", "damaged", id="a sheet is no JSON"),
    ],
)
def test_insisting_on_a_format(data, insisted, says):
    assert says in read([("x.csv", data)], codes=BOOK, format=insisted).problems[0].says


def test_a_format_that_is_none_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="xml"):
        read([("x.csv", LONG)], codes=BOOK, format="xml")


def test_several_files_are_one_reading():
    pupils = f"upn,urn,on_roll_from,mis_id\n{ADA},100001,2026-09-01,6420\n".encode()
    sims = (
        b"<SessionAttendances><SessionAttendance><PersonID>6420</PersonID>"
        b"<AttendanceDate>2026-09-08T09:00:00</AttendanceDate><SessionName>AM</SessionName>"
        b"<AttendanceMark>O</AttendanceMark></SessionAttendance></SessionAttendances>"
    )

    reading = read([("pupils.csv", pupils), ("marks.csv", NATIVE), ("sims.xml", sims)], codes=BOOK)

    assert (reading.problems, reading.format) == ((), "native + sims")
    assert [(m.pupil.value, m.code, m.file, m.row) for m in reading.marks] == [
        (ADA, "/", "marks.csv", 2),
        ("6420", "O", "sims.xml", 1),
    ]


def test_good_rows_stand_beside_the_problems():
    reading = read([("a.csv", LONG + b"X,07/09/2026,/,/\n"), ("b.bin", b"%PDF")], codes=BOOK)

    assert (len(reading.marks), len(reading.problems), reading.refused) == (2, 2, True)


_STARTS = st.sampled_from(
    [b"", NATIVE, LONG, CTF[:-9], b"<SessionAttendances><SessionAttendance>",
     b'{"data":[{"id":"A","session":"AM","date":', b"upn,urn,date,session,code\n",
     b"UPN,Week beginning,Marks\n", b"UPN,Mon 07/09,,\n,AM,PM\n", workbook()[:3000],
     b"PK\x03\x04", b"\xff\xfe", b'[{"surname":']
)  # fmt: skip


@given(_STARTS, st.binary(max_size=300), st.sampled_from(["marks.csv", "pupils.csv", "x.xlsx", "x.json"]))
def test_nothing_thrown_at_it_is_more_than_a_problem(start, rest, name):
    reading = read([(name, start + rest)], codes=BOOK)

    assert reading.problems or reading.counts[0].refused == 0


@given(
    st.text(max_size=300),
    st.sampled_from(["UPN,Date,AM,PM\n", "UPN,07/09/2026,\n", "upn,urn,on_roll_from\n", ""]),
)
def test_no_text_is_more_than_a_problem(text, head):
    reading = read([("x.csv", (head + text).encode("utf-8", "surrogatepass"))], codes=BOOK)

    assert reading.problems or reading.counts[0].refused == 0


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["data", "id", "surname", "education_details", "upn", "contacts", "relationship",
                         "session", "date", "student", "attendance_code", "code", "deleted_at",
                         "minutes_late", "students"]),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@given(_JSON)
def test_no_json_is_more_than_a_problem(found):
    reading = read([("x.json", json.dumps({"data": [found]}).encode())], codes=BOOK)

    assert reading.problems or reading.counts[0].refused == 0
