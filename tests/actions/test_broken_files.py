"""A broken file of each format, by the command line: every problem at once, exit 1, nothing stored."""

import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text

from casework.actions.installation import Installation
from casework.cli import main, options
from casework.domain import ENGINE
from tests.actions.world import QUIET, ROBIN, TOMAS, URN, WREN
from tests.registers.book import upn

STRANGER = upn(77)
BAD_LETTER = ("B" if ROBIN[0] == "A" else "A") + ROBIN[1:]
Files = dict[str, bytes]
Problems = list[tuple[str, int, str, str]]
"""Of each problem: the file, the row, the column, and words that its sentence must hold."""


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def casework(inst: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def run(*words: str) -> Said:
        monkeypatch.setattr(options, "open_installation", lambda _: inst)
        monkeypatch.setattr(sys, "argv", ["casework", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        found = capsys.readouterr()
        return Said(int(ended.value.code or 0), found.out, found.err)

    return run


def kept(inst: Installation) -> dict[str, str]:
    """A fingerprint of every table that the application reads."""
    with inst.act(ENGINE) as tx:
        tables = tx.execute(
            text("""
                select relname::text from pg_class where relkind = 'r'
                    and relnamespace = 'public'::regnamespace and has_table_privilege(oid, 'select')
            """)
        ).scalars()
        return {
            name: tx.execute(
                text(f"select md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) from {name} t")
            ).scalar_one()
            for name in sorted(tables)
        }


def lines(*rows: str) -> bytes:
    return "\n".join((*rows, "")).encode()


def native() -> tuple[Files, Problems]:
    return {
        "pupils.csv": lines(
            "upn,urn,surname,forename,dob,year_group,on_roll_from",
            f"{BAD_LETTER},{URN},Moss,Ada,2014-05-14,7,2025-09-01",
            f"{ROBIN},{URN},Fennimore,Robin,2011-01-01,8,2025-09-01",
            f"{STRANGER},999999,Heath,Bo,2014-05-14,7,2025-09-01",
        ),
        "contacts.csv": lines("upn,contact_id,surname,priority", f"{ROBIN},c1,Fennimore,first"),
        "marks.csv": lines(
            "upn,urn,date,session,code",
            f"{TOMAS},{URN},2026-11-17,AM,ZZ",
            f"{BAD_LETTER},{URN},2026-11-17,AM,Q9",
            f"{TOMAS},{URN},2026-11-31,AM,/",
            f"{upn(78)},{URN},2026-11-17,AM,O",
            f"{upn(78)},{URN},2026-11-17,PM,O",
            f"{TOMAS},{URN},2026-11-18,PM,I",
        ),
    }, [
        ("pupils.csv", 2, "upn", "check letter should be"),
        ("pupils.csv", 3, "dob", "belongs to a pupil born on 2013-05-14"),
        ("pupils.csv", 4, "urn", "School 999999 is not on file"),
        ("contacts.csv", 2, "priority", "not a whole number"),
        ("marks.csv", 2, "code", "ZZ is not a register code"),
        ("marks.csv", 3, "upn", "check letter should be"),
        ("marks.csv", 3, "code", "Q9 is not a register code"),
        ("marks.csv", 4, "date", "not a date"),
        ("marks.csv", 5, "upn", "(2 marks of it)"),
    ]


def long() -> tuple[Files, Problems]:
    return {
        "export.csv": lines(
            "Attendance export",
            "UPN;Date;Session;Mark",
            f"{TOMAS};17/11/2026;AM;ZZ",
            f"{TOMAS};17/13/2026;PM;O",
            f"{BAD_LETTER};17/11/2026;AM;O",
            f"{STRANGER};17/11/2026;AM;O",
            f"{QUIET};17/11/2026;AM;O",
        )
    }, [
        ("export.csv", 3, "D", "ZZ is not a register code"),
        ("export.csv", 4, "B", '"17/13/2026": There is no such day'),
        ("export.csv", 5, "A", f'"{BAD_LETTER}": The check letter should be'),
        ("export.csv", 6, "upn", f"No pupil with UPN {STRANGER}"),
    ]


def rows_of_a_grid() -> list[list[object]]:
    return [
        ["Register of the year"],
        ["UPN", "Name", "16/11/2026 AM", "16/11/2026 PM", "17/11/2026 AM"],
        [TOMAS, "Quayle, Tomas", "/", "ZZ", "O"],
        [BAD_LETTER, "Moss, Ada", "/", "O", "O"],
        [STRANGER, "Heath, Bo", "O", "O", "O"],
        [WREN, "Fennimore, Wren", "O", "O", "Q9"],
    ]


def problems_of_a_grid(file: str) -> Problems:
    return [
        (file, 3, "D (16/11/2026 PM)", "ZZ is not a register code"),
        (file, 4, "A", "check letter should be"),
        (file, 5, "on_roll_from", "on no roll here"),
        (file, 6, "E (17/11/2026 AM)", "Q9 is not a register code"),
    ]


def wide() -> tuple[Files, Problems]:
    table = [",".join(f'"{cell}"' for cell in row) for row in rows_of_a_grid()]
    return {"wide.csv": lines(*table)}, problems_of_a_grid("wide.csv")


def workbook() -> tuple[Files, Problems]:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows_of_a_grid():
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return {"register.xlsx": out.getvalue()}, problems_of_a_grid("register.xlsx")


def weekly() -> tuple[Files, Problems]:
    return {
        "weeks.csv": lines(
            "UPN,Week commencing,Marks",
            f"{TOMAS},16/11/2026,/\\ /\\ 9\\ OO /\\",
            f"{QUIET},16/11/2026,OOOOOOOOOOO",
            f"{BAD_LETTER},16/11/2026,OOOOOOOOOO",
            f"{STRANGER},16/11/2026,OOOOOOOOOO",
        )
    }, [
        ("weeks.csv", 2, "C", "9 is not a register code"),
        ("weeks.csv", 3, "C", "ten marks, and 11 were found"),
        ("weeks.csv", 4, "A", "check letter should be"),
        ("weeks.csv", 5, "upn", f"No pupil with UPN {STRANGER} is on file at this school (10 marks of it)"),
    ]


def sims() -> tuple[Files, Problems]:
    def mark(person: str, day: str, half: str, code: str) -> str:
        return (
            f"<SessionAttendanceExtended><PersonID>{person}</PersonID><AttendanceDate>{day}T09:00:00"
            f"</AttendanceDate><SessionName>{half}</SessionName><AttendanceMark>{code}</AttendanceMark>"
            "</SessionAttendanceExtended>"
        )

    return {
        "attendance.xml": (
            "<SessionAttendancesExtended>"
            + mark("6420", "2026-11-17", "AM", "ZZ")
            + mark("6420", "2026-11-37", "AM", "O")
            + mark("", "2026-11-17", "AM", "O")
            + mark("6420", "2026-11-17", "XM", "O")
            + mark("6421", "2026-11-17", "AM", "O")
            + "</SessionAttendancesExtended>"
        ).encode()
    }, [
        ("attendance.xml", 1, "AttendanceMark", "ZZ is not a register code"),
        ("attendance.xml", 2, "AttendanceDate", '"2026-11-37T09:00:00": This is not a date'),
        ("attendance.xml", 3, "PersonID", "does not say which pupil"),
        ("attendance.xml", 4, "SessionName", '"XM": This is not a session'),
        ("attendance.xml", 5, "mis_id", "No pupil with MIS number 6421"),
    ]


def wonde() -> tuple[Files, Problems]:
    def mark(number: int, day: str, half: str, code: str, student: str) -> dict[str, object]:
        return {
            "id": f"M{number}", "date": {"date": f"{day} 00:00:00.000000"}, "session": half, "comment": None,
            "minutes_late": 0, "student": {"data": {"id": student, "mis_id": ""}},
            "attendance_code": {"data": {"id": "K1", "code": code}},
        }  # fmt: skip

    student = {
        "id": "A1", "mis_id": "1", "surname": "Moss", "forename": "Ada",
        "date_of_birth": {"date": "2015-10-29 00:00:00.000000"},
        "education_details": {"data": {"upn": BAD_LETTER, "admission_date": "2020-09-01"}},
    }  # fmt: skip
    page = {
        "data": [
            mark(1, "2026-11-17", "AM", "ZZ", "A1"),
            mark(2, "2026-11-37", "AM", "O", "A1"),
            mark(3, "2026-11-17", "XM", "O", "A1"),
            mark(4, "2026-11-17", "AM", "O", "A9"),
        ],
        "meta": {"pagination": {"next": None, "more": False}},
    }
    people = {"data": [student], "meta": {"pagination": {"next": None, "more": False}}}
    return {"marks.json": json.dumps(page).encode(), "students.json": json.dumps(people).encode()}, [
        ("marks.json", 1, "attendance_code", "ZZ is not a register code"),
        ("marks.json", 2, "date", "This is not a date"),
        ("marks.json", 3, "session", "This is not a session"),
        ("marks.json", 4, "student", "No pupil with Wonde id A9"),
        ("students.json", 1, "upn", "check letter should be"),
    ]


def ctf() -> tuple[Files, Problems]:
    def pupil(number: str, dob: str, rest: str = "") -> str:
        return (
            f"<Pupil><UPN>{number}</UPN><Surname>Moss</Surname><Forename>Ada</Forename><DOB>{dob}</DOB>"
            f"{rest}</Pupil>"
        )

    return {
        "3529999_CTF_3529999_001.xml": (
            "<CTfile><Header><CTFversion>25.0</CTFversion><DateTime>2026-09-18T16:30:00</DateTime>"
            "<SourceSchool><LEA>352</LEA><Estab>9999</Estab></SourceSchool></Header><CTFpupilData>"
            + pupil(BAD_LETTER, "2015-10-29")
            + pupil(QUIET, "2015-10-39")
            + pupil("", "2015-10-29")
            + pupil(ROBIN, "2011-01-01")
            + pupil(STRANGER, "2015-10-29")
            + "</CTFpupilData></CTfile>"
        ).encode()
    }, [
        ("3529999_CTF_3529999_001.xml", 1, "UPN", "check letter should be"),
        ("3529999_CTF_3529999_001.xml", 2, "DOB", "This is not a date"),
        ("3529999_CTF_3529999_001.xml", 3, "UPN", "has no UPN"),
        ("3529999_CTF_3529999_001.xml", 4, "dob", "belongs to a pupil born on 2013-05-14"),
        ("3529999_CTF_3529999_001.xml", 5, "on_roll_from", "on no roll here"),
    ]


FORMATS: Sequence[Callable[[], tuple[Files, Problems]]] = (
    native, long, wide, workbook, weekly, sims, wonde, ctf,
)  # fmt: skip


@pytest.mark.parametrize("broken", [pytest.param(make, id=make.__name__) for make in FORMATS])
def test_a_broken_file_names_every_problem_and_stores_nothing(inst, casework, tmp_path: Path, broken) -> None:
    files, expected = broken()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    before = kept(inst)

    said = casework("import", str(tmp_path), "--school", URN)
    as_data = casework("import", str(tmp_path), "--school", URN, "--json")

    told = said.err.splitlines()
    listed = json.loads(as_data.err)["problems"]
    assert (said.code, as_data.code, said.out, as_data.out) == (1, 1, "", "")
    assert sorted((p["file"], p["row"], p["column"]) for p in listed) == sorted(p[:3] for p in expected)
    assert len(told) == len(expected) + 1
    assert f"{len(expected)} problems found; nothing was stored." in told[-1]
    for file, row, column, words in expected:
        line = next(line for line in told if line.startswith(f"{file}, row {row}, {column}"))
        assert words in line
        assert line.rstrip().endswith("."), "there is no remedy"
    assert all(problem["remedy"] for problem in listed)
    assert kept(inst) == before


def test_a_ctf_without_its_school_is_told_so_once(inst, casework, tmp_path: Path) -> None:
    pupils = "".join(
        f"<Pupil><UPN>{upn(number)}</UPN><Surname>Moss</Surname><Forename>Ada</Forename><DOB>2015-10-29</DOB>"
        "<Contacts><Contact><Order>1</Order><Surname>Moss</Surname><Forename>Bea</Forename></Contact></Contacts>"
        "</Pupil>"
        for number in range(100, 140)
    )
    file = tmp_path / "roll.xml"
    file.write_text(
        "<CTfile><Header><CTFversion>25.0</CTFversion><DateTime>2026-09-18T16:30:00</DateTime>"
        "<SourceSchool><LEA>352</LEA><Estab>9999</Estab></SourceSchool></Header>"
        f"<CTFpupilData>{pupils}</CTFpupilData></CTfile>"
    )

    said = casework("import", str(file))

    assert said.code == 1
    assert said.err.splitlines() == [
        "roll.xml, row 1, urn: No school is named (40 rows). "
        "Give schools.csv with it or import that first, or name the school with --school.",
        "1 problem found; nothing was stored. Correct the file, or import the rest with --skip-refused.",
    ]


def test_a_dry_run_says_what_would_be_new_and_stores_nothing(inst, casework, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_bytes(
        lines(
            "upn,date,kind,contact_id,by,outcome,detail",
            f"{TOMAS},2026-09-25,concern_letter,c1,Pat Moss,sent,First letter",
            f"{TOMAS},2026-10-09,call,c1,Pat Moss,spoken,A good talk",
        )
    )
    before = kept(inst)

    dry = casework("import", str(file), "--dry-run")
    assert kept(inst) == before
    done = casework("import", str(file))
    again = casework("import", str(file), "--dry-run")

    assert (dry.code, done.code, again.code) == (0, 0, 0)
    assert "Work already under way: 2 entries are new." in dry.out
    assert "Cases that would be added to: C-2026-100001-0001" in dry.out
    assert "This was a dry run: nothing was stored." in dry.out
    assert "Nothing" not in done.out
    assert "Cases added to: C-2026-100001-0001" in done.out
    assert "Nothing would be new: all of it has been imported before." in again.out
