"""Files read, matched with what is on file, and stored. On a real PostgreSQL."""

import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from casework import registers as readers
from casework.domain.errors import FileRefused
from casework.domain.identifiers import check_letter
from casework.domain.notices import NoticeStatus
from casework.domain.people import ENGINE, Officer, Role
from casework.registers.reading import KeyKind, PupilKey
from casework.storage import imports, marks, people, registers, schools
from casework.storage.database import Database
from casework.storage.imports import Importer, Stored
from tests.registers.book import BOOK

NOW = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
ONE, TWO, THREE = "T000000000001", "P000000000002", "L000000000003"

FOLDER = {
    "schools.csv": """
        urn,name,la_code,dfe_number,phase,policy,trust,setting,timezone
        100001,Alder School,352,3524001,secondary,national,,academy,Europe/London
    """,
    "terms.csv": """
        urn,academic_year,term,half,starts_on,ends_on
        100001,2026/27,autumn,1,2026-09-02,2026-10-23
        100001,2026/27,autumn,2,2026-11-02,2026-12-18
    """,
    "sessions.csv": """
        urn,date,session,open,half_term
        100001,2026-09-07,AM,true,0
        100001,2026-09-07,PM,true,
        100001,2026-09-08,AM,true,0
        100001,2026-09-08,PM,false,0
    """,
    "pupils.csv": f"""
        upn,urn,surname,forename,dob,year_group,class,on_roll_from,on_roll_to,fsm,mis_id
        {ONE},100001,Birch,Ada,2014-05-01,7,7A,2025-09-01,,true,11
        {TWO},100001,Cedar,Ben,2014-06-02,7,7A,2025-09-01,2026-09-07,,12
    """,
    "contacts.csv": f"""
        upn,contact_id,forename,surname,relationship,parental_responsibility,priority,address_1,town,postcode
        {ONE},c1,Cara,Birch,mother,true,1,1 Elm Way,Oldtown,ZZ1 1ZZ
        {ONE},c2,Dan,Birch,father,,2,,,
    """,
    "marks.csv": f"""
        upn,urn,date,session,code,minutes_late,comment
        {ONE},100001,2026-09-07,AM,/,,
        {ONE},100001,2026-09-07,PM,L,12,bus
        {ONE},100001,2026-09-08,AM,M,,
        {TWO},100001,2026-09-07,AM,I,,
        {TWO},100001,2026-09-07,PM,,,
    """,
    "amendments.csv": f"""
        upn,urn,date,session,original_code,amended_code,reason,amended_at,amended_by,position
        {ONE},100001,2026-09-08,AM,N,M,appointment card,2026-09-09T10:00:00,A Clerk,office
    """,
    "notices.csv": f"""
        upn,contact_id,kind,la_code,issued_on,period_from,period_to,status,paid_on,withdrawal_ground
        {ONE},c1,pn,352,2026-05-01,2026-04-01,2026-04-20,unpaid,,
    """,
    "history.csv": f"""
        upn,date,kind,contact_id,by,outcome,detail,review_on
        {ONE},2026-06-01,meeting,c1,Head of year,agreed,,2026-09-20
    """,
    "professionals.csv": f"""
        upn,role,name,organisation,phone,email,from,to,last_checked
        {ONE},social_worker,Eve Fern,Oldtown Council,,,2026-01-01,,2026-09-01
    """,
}


def written(table: str) -> bytes:
    return "\n".join(line.strip() for line in table.strip().splitlines()).encode()


def upns(files: Mapping[str, str]) -> dict[str, bytes]:
    """The files with real check letters in the place of the invented ones."""
    found = {}
    for name, table in files.items():
        data = table
        for short in (ONE, TWO, THREE, "X000000000009"):
            data = data.replace(short, real(short))
        found[name] = written(data)
    return found


def real(short: str) -> str:
    return check_letter(short[1:]) + short[1:]


UPN1, UPN2 = real(ONE), real(TWO)


def take(tx: Connection, files: Mapping[str, str], hours: float = 0, **options: object) -> Stored:
    reading = readers.read(list(upns(files).items()), codes=BOOK, today=date(2026, 10, 1))
    importer = Importer("A Clerk", "attendance officer", NOW + timedelta(hours=hours))
    return imports.store(tx, reading, importer, **options)


@pytest.fixture
def tx(database: Database) -> Connection:
    with database.transaction(ENGINE) as connection:
        yield connection


def register(tx: Connection, upn: str = UPN1) -> dict[str, str]:
    found = registers.pupil_marks(tx, upn)
    return {str(mark.session): mark.code for marks in found.values() for mark in marks}


def test_a_whole_folder(tx: Connection) -> None:
    stored = take(tx, FOLDER)

    assert stored.added == {
        "schools": 1,
        "terms": 2,
        "sessions": 4,
        "pupils": 2,
        "enrolments": 2,
        "contacts": 2,
        "professionals": 1,
        "notices": 1,
    }
    assert (stored.marks.new, stored.marks.blank, stored.amendments.history) == (4, 1, 1)
    assert register(tx) == {"2026-09-07 AM": "/", "2026-09-07 PM": "L", "2026-09-08 AM": "M"}
    assert [row.kind for row in stored.history] == ["meeting"]
    pupil = people.pupil(tx, UPN1)
    assert (pupil.name, pupil.fsm, pupil.looked_after, pupil.class_name) == ("Ada Birch", True, None, "7A")
    assert [(p.name, p.parental_responsibility) for p in people.parents(tx, UPN1)] == [
        ("Cara Birch", True),
        ("Dan Birch", None),
    ]
    assert [p.name for p in people.professionals(tx, UPN1)] == ["Eve Fern"]
    assert [n.status for n in people.notices(tx, [UPN1])] == [NoticeStatus.UNPAID]
    assert len(schools.calendar(tx, "100001").sessions) == 3
    (line,) = registers.amended_marks(tx, UPN1)
    assert line.amended_at == datetime(2026, 9, 9, 9, 0, tzinfo=UTC)  # ten o'clock, British Summer Time
    assert stored.warnings == ()
    (run,) = imports.imports(tx)
    assert run.result["marks"]["new"] == 4


def test_the_same_folder_again_changes_nothing(tx: Connection) -> None:
    assert not take(tx, FOLDER).nothing_new

    again = take(tx, FOLDER, 1)

    assert again.nothing_new
    assert (again.marks.unchanged, again.amendments.unchanged) == (4, 1)
    assert [line.used for line in again.files] == [line.read for line in again.files]


def with_row(name: str, row: str) -> dict[str, str]:
    return {**FOLDER, name: FOLDER[name].rstrip() + "\n" + row}


@pytest.mark.parametrize(
    ("files", "column", "says"),
    [
        pytest.param(
            with_row("marks.csv", "X000000000009,100001,2026-09-07,AM,/,,"),
            "upn",
            "No pupil",
            id="unknown pupil",
        ),
        pytest.param(
            with_row("marks.csv", f"{ONE},100009,2026-09-07,AM,/,,"),
            "urn",
            "School 100009",
            id="unknown school",
        ),
        pytest.param(
            with_row("contacts.csv", "X000000000009,c1,Ann,Oak,mother,,,,,"),
            "upn",
            "No pupil",
            id="contact of nobody",
        ),
        pytest.param(
            with_row("terms.csv", "100001,2026/27,spring,1,2026-12-18,2027-02-10"),
            "starts_on",
            "overlaps",
            id="overlapping half terms",
        ),
        pytest.param(
            with_row("sessions.csv", "100001,2026-10-28,AM,true,"), "half_term", "no term", id="no half term"
        ),
        pytest.param(
            with_row("amendments.csv", "X000000000009,100001,2026-09-07,AM,N,M,,2026-09-09T10:00:00,,"),
            "upn",
            "No pupil",
            id="amendment of nobody's mark",
        ),
    ],
)
def test_a_row_that_cannot_be_matched_refuses_everything(
    database: Database, files: dict[str, str], column: str, says: str
) -> None:
    with pytest.raises(FileRefused) as refused, database.transaction(ENGINE) as tx:
        take(tx, files)

    (problem,) = refused.value.problems
    assert (problem.column, says in problem.says, bool(problem.remedy)) == (column, True, True)
    with database.transaction(ENGINE) as tx:
        assert tx.execute(text("select count(*) from school")).scalar_one() == 0


def test_every_problem_is_named_at_once_and_the_rest_can_be_stored(tx: Connection) -> None:
    files = with_row(
        "marks.csv", "X000000000009,100001,2026-09-07,AM,/,,\nX000000000009,100001,2026-09-07,PM,/,,"
    )
    files["contacts.csv"] += "X000000000009,c1,Ann,Oak,mother,,,,,\n"
    files["marks.csv"] += f"\n{ONE},100001,2026-09-08,PM,Q9,,"

    attempt = tx.begin_nested()
    with pytest.raises(FileRefused) as refused:
        take(tx, files)
    attempt.rollback()
    assert sorted((p.file, p.row) for p in refused.value.problems) == [
        ("contacts.csv", 4),
        ("marks.csv", 7),
        ("marks.csv", 9),
    ]

    stored = take(tx, files, skip_refused=True)
    counts = {line.file: (line.read, line.used, line.refused) for line in stored.files}
    assert counts["marks.csv"] == (8, 5, 3)
    assert counts["contacts.csv"] == (3, 2, 1)
    assert stored.marks.new == 4
    kept = imports.import_problems(tx, stored.import_id)
    assert [refused for refused, _ in kept].count(True) == 3


def test_another_date_of_birth_is_refused_and_another_name_is_a_warning(tx: Connection) -> None:
    take(tx, FOLDER)

    with pytest.raises(FileRefused) as refused:
        take(tx, {"pupils.csv": FOLDER["pupils.csv"].replace("2014-05-01", "2013-05-01")})
    assert "born on 2014-05-01" in refused.value.problems[0].says

    stored = take(tx, {"pupils.csv": FOLDER["pupils.csv"].replace("Birch", "Beech")}, 1)
    assert [(w.column, w.value) for w in stored.warnings] == [("surname", "Beech")]
    assert (people.pupil(tx, UPN1).surname, stored.changed["pupils"]) == ("Beech", 1)


def test_marks_off_roll_and_on_closed_sessions_are_kept_and_warned_of(tx: Connection) -> None:
    more = f"{TWO},100001,2026-09-08,AM,O,,\n{ONE},100001,2026-09-08,PM,/,,\n{ONE},100001,2026-09-12,AM,/,,"
    stored = take(tx, with_row("marks.csv", more))

    says = sorted(warning.says for warning in stored.warnings)
    assert [line.split(",")[0] for line in says] == [
        "1 mark for 2026-09-08 PM",
        "1 mark for 2026-09-12 AM",
        "1 mark of this pupil outside the time on the roll.",
    ]
    assert register(tx, UPN2)["2026-09-08 AM"] == "O"


def test_marks_between_two_times_on_the_roll_are_warned_of_and_no_others(tx: Connection) -> None:
    take(tx, FOLDER)
    times = f"{ONE},100001,2025-09-01,2026-09-06\n{ONE},100001,2026-09-08,"
    take(tx, {"pupils.csv": f"upn,urn,on_roll_from,on_roll_to\n{times}"}, 1)

    stored = take(tx, {"marks.csv": FOLDER["marks.csv"]}, 2)

    assert [(w.value, w.says.split(" of this")[0]) for w in stored.warnings] == [(UPN1, "2 marks")]


def test_marks_by_upn_are_matched_through_the_slots_and_nobodys_roll_is_read(
    tx: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def many(count: int, day: str) -> dict[str, str]:
        rows = [f"{real(f'X{n:012}')},100001,{day},AM,/" for n in range(100, 100 + count)]
        return {"marks.csv": "\n".join(["upn,urn,date,session,code", *rows])}

    pupils = [f"{real(f'X{n:012}')},100001,2025-09-01" for n in range(100, 1600)]
    take(tx, FOLDER)
    take(tx, {"pupils.csv": "\n".join(["upn,urn,on_roll_from", *pupils])})
    assert take(tx, many(1490, "2026-09-07"), 1).marks.new == 1490
    monkeypatch.setattr(marks.Roll, "pupils", property(lambda _: pytest.fail("the roll was read")))

    stored = take(tx, many(1500, "2026-09-08"), 2)

    assert (stored.marks.new, stored.warnings) == (1500, ())
    wrong = text("""
        select count(*) from roll_year, unnest(pupil_ids, string_to_array(upns, ',')) as slot (id, named)
        join pupil on pupil_id = id where upn <> named
    """)
    assert tx.execute(wrong).scalar_one() == 0
    assert len(registers.pupil_marks(tx, real(f"X{1599:012}"))["100001"]) == 1
    stranger = f"upn,urn,date,session,code\n{real('X000000001700')},100001,2026-09-08,AM,/"
    with pytest.raises(FileRefused, match="1 problem"):
        take(tx, {"marks.csv": stranger}, 3)


def test_a_pupil_of_two_schools_is_matched_at_each(tx: Connection) -> None:
    second = {name: FOLDER[name].replace("100001", "100002") for name in FOLDER if name != "notices.csv"}
    take(tx, FOLDER)
    take(tx, second, 1)

    both = FOLDER["marks.csv"] + second["marks.csv"].split("comment", 1)[1]
    stored = take(tx, {"marks.csv": both}, 2)

    assert (stored.marks.unchanged, stored.marks.new, stored.warnings) == (8, 0, ())


def test_an_unknown_field_erases_nothing(tx: Connection) -> None:
    take(tx, FOLDER)

    few = {
        "schools.csv": "urn,name\n100001,Alder Academy",
        "pupils.csv": f"upn,urn,surname,on_roll_from\n{ONE},100001,Birch,2025-09-01",
        "contacts.csv": f"upn,contact_id,phone\n{ONE},c1,01632 960001",
    }
    stored = take(tx, few, 1)

    assert {kind: n for kind, n in stored.changed.items() if n} == {"schools": 1, "contacts": 1}
    school = schools.school(tx, "100001")
    assert (school.name, school.setting, school.la_code) == ("Alder Academy", "academy", "352")
    assert people.pupil(tx, UPN1).forename == "Ada"
    assert people.parents(tx, UPN1)[0].address_complete


def test_a_readmission_needs_the_first_times_last_day(tx: Connection) -> None:
    take(tx, FOLDER)
    again = f"upn,urn,on_roll_from,on_roll_to\n{{}}{ONE},100001,2026-11-02,"

    with pytest.raises(FileRefused, match="1 problem"):
        take(tx, {"pupils.csv": again.format("")})
    take(tx, {"pupils.csv": again.format(f"{ONE},100001,2025-09-01,2026-10-01\n")}, 1)

    assert [(e.on_roll_from, e.on_roll_to) for e in people.enrolments(tx, UPN1)] == [
        (date(2025, 9, 1), date(2026, 10, 1)),
        (date(2026, 11, 2), None),
    ]


def test_marks_by_the_mis_number(tx: Connection) -> None:
    take(tx, FOLDER)
    reading = readers.read([("marks.csv", upns(FOLDER)["marks.csv"])], codes=BOOK, today=date(2026, 10, 1))
    number_of = {UPN1: "11", UPN2: "99"}
    by_mis = replace(
        reading.marks,
        pupils=tuple(PupilKey(KeyKind.MIS_ID, number_of[key.value]) for key in reading.marks.pupils),
        urns=("",) * len(reading.marks.urns),
    )
    importer = Importer("A Clerk", "", NOW)

    attempt = tx.begin_nested()
    with pytest.raises(FileRefused) as refused:
        imports.store(tx, replace(reading, marks=by_mis), importer, school_urn="100001")
    attempt.rollback()
    (problem,) = refused.value.problems
    assert "MIS number 99" in problem.says

    stored = imports.store(
        tx, replace(reading, marks=by_mis), importer, school_urn="100001", skip_refused=True
    )
    assert stored.marks.unchanged == 3


def test_a_notice_that_says_something_new_is_a_further_version(tx: Connection) -> None:
    take(tx, FOLDER)
    paid = FOLDER["notices.csv"].replace("unpaid,,", "paid,2026-05-20,")

    assert take(tx, {"notices.csv": paid}, 1).added["notices"] == 1
    assert take(tx, {"notices.csv": paid}, 2).nothing_new

    assert [n.status for n in people.notices(tx)] == [NoticeStatus.PAID]
    assert tx.execute(text("select count(*) from notice")).scalar_one() == 2


@pytest.mark.parametrize(
    ("known", "said", "stays"),
    [
        pytest.param("paid,2026-05-20,", "unpaid,,", NoticeStatus.PAID, id="paid is never unpaid again"),
        pytest.param("withdrawn,,ought_not", "unpaid,,", NoticeStatus.WITHDRAWN, id="nor is withdrawn"),
        pytest.param("withdrawn,,ought_not", "paid,2026-05-20,", NoticeStatus.WITHDRAWN, id="nor paid"),
        pytest.param("unpaid,,", "withdrawn,,ought_not", NoticeStatus.WITHDRAWN, id="the later one first"),
    ],
)
def test_an_older_file_takes_no_notice_back(
    tx: Connection, known: str, said: str, stays: NoticeStatus
) -> None:
    take(tx, {**FOLDER, "notices.csv": FOLDER["notices.csv"].replace("unpaid,,", known)})

    stored = take(tx, {"notices.csv": FOLDER["notices.csv"].replace("unpaid,,", said)}, 1)

    assert [n.status for n in people.notices(tx)] == [stays]
    told = [warning.says for warning in stored.warnings if warning.column == "status"]
    assert bool(told) is (known != "unpaid,,"), "what is left out of a file is told"


def test_an_officer_imports_for_their_school_alone(database: Database) -> None:
    with database.transaction(ENGINE) as tx:
        take(tx, {"schools.csv": FOLDER["schools.csv"] + "100002,Beech School,352,,,,,,\n"})
    clerk = Officer("clerk", "A Clerk", frozenset({Role.ATTENDANCE_OFFICER}), frozenset({"100001"}))

    with database.transaction(clerk) as tx:
        assert take(tx, FOLDER).marks.new == 4

    elsewhere = {name: table.replace("100001", "100002") for name, table in FOLDER.items()}
    with pytest.raises(FileRefused) as refused, database.transaction(clerk) as tx:
        take(tx, elsewhere)
    assert any("not one of yours" in problem.says for problem in refused.value.problems)


def test_a_pupil_who_comes_from_a_school_the_officer_does_not_see(database: Database) -> None:
    with database.transaction(ENGINE) as tx:
        take(tx, FOLDER)
        take(tx, {"schools.csv": "urn,name,la_code\n100002,Beech School,352"})
    clerk = Officer("clerk", "A Clerk", frozenset({Role.ATTENDANCE_OFFICER}), frozenset({"100002"}))

    with database.transaction(clerk) as tx:
        take(tx, {"pupils.csv": f"upn,urn,surname,forename,on_roll_from\n{ONE},100002,Birch,Ada,2026-10-01"})
        assert people.pupil(tx, UPN1).dob == date(2014, 5, 1)
        assert [e.urn for e in people.enrolments(tx, UPN1)] == ["100002"]


LATER = {
    **FOLDER,
    "marks.csv": FOLDER["marks.csv"].replace("2026-09-08,AM,M", "2026-09-08,AM,N").replace("AM,I,,", "AM,,,"),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(st.randoms(use_true_random=False))
def test_a_folder_in_parts_and_out_of_order_gives_the_same_register(
    tx: Connection, shuffle: random.Random
) -> None:
    ground = ("schools.csv", "terms.csv", "sessions.csv", "pupils.csv")
    parts = [(FOLDER, "marks.csv"), (LATER, "marks.csv"), (FOLDER, "amendments.csv")]
    order = [*parts, shuffle.choice(parts)]
    shuffle.shuffle(order)

    attempt = tx.begin_nested()
    for hours, name in enumerate(ground):
        take(tx, {name: FOLDER[name]}, hours)
    for hours, (folder, name) in enumerate(order, 10):
        take(tx, {name: folder[name]}, hours)
    ends = (register(tx), register(tx, UPN2))
    attempt.rollback()

    assert ends == (
        {"2026-09-07 AM": "/", "2026-09-07 PM": "L", "2026-09-08 AM": "M"},
        {"2026-09-07 AM": "I"},
    )


def test_imports_in_parallel_give_the_same_register(database: Database) -> None:
    def run(number: int) -> bool:
        with database.transaction(ENGINE) as tx:
            return take(tx, FOLDER if number % 2 else LATER, number).nothing_new

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(run, range(8)))

    assert outcomes.count(False) <= 2
    with database.transaction(ENGINE) as tx:
        assert register(tx) == {"2026-09-07 AM": "/", "2026-09-07 PM": "L", "2026-09-08 AM": "M"}
        assert register(tx, UPN2) == {"2026-09-07 AM": "I"}
        filed = text("select count(*), count(distinct (session_date, half)) from register_sheet")
        assert tuple(tx.execute(filed).one()) == (3, 3)
