"""The Common Transfer File: roll, contacts, totals, and marks only where they agree."""

from datetime import date

import pytest

from casework.registers import Reading, read
from tests.registers.book import BOOK, upn

ADA, BO = upn(1), upn(2)
FSM = "<FSMinstance><FSMstartDate>"


def ctf(*pupils: str, version: str = "25.0", dest: str = "3529999", **options: str) -> Reading:
    data = (
        f"<CTfile><Header><DocumentName>Common Transfer File</DocumentName><CTFversion>{version}</CTFversion>"
        "<DateTime>2026-09-18T16:30:00</DateTime>"
        "<SourceSchool><LEA>352</LEA><Estab>9999</Estab><AcademicYear>2026</AcademicYear></SourceSchool>"
        f"<DestSchool><LEA>{dest[:3]}</LEA><Estab>{dest[3:]}</Estab></DestSchool></Header>"
        f"<CTFpupilData>{''.join(pupils)}</CTFpupilData></CTfile>"
    )
    return read([("3529999_CTF_3529999_001.xml", data.encode())], codes=BOOK, **options)  # type: ignore[arg-type]


def pupil(rest: str = "", number: str = ADA) -> str:
    return (
        f"<Pupil><UPN>{number}</UPN><Surname>Moss</Surname><Forename>Ada</Forename><DOB>2015-10-29</DOB>"
        f"{rest}</Pupil>"
    )


def test_a_pupil_in_full():
    reading = ctf(
        pupil(
            "<Sex>F</Sex><UniqueLearnerNumber>9276308686</UniqueLearnerNumber>"
            "<BasicDetails><PreferredForename>Addie</PreferredForename><NCyearActual>6</NCyearActual>"
            "<EnrolStatus>C</EnrolStatus></BasicDetails>"
            "<LookedAfter><InCare>true</InCare><CareAuthority>352</CareAuthority></LookedAfter>"
            "<FSMhistory><FSMinstance><FSMstartDate>2024-01-01</FSMstartDate></FSMinstance></FSMhistory>"
            "<SENhistory><SEN><StartDate>2024-01-01</StartDate><SENprovision>K</SENprovision></SEN>"
            "<SEN><StartDate>2025-01-01</StartDate><SENprovision>E</SENprovision></SEN></SENhistory>"
            "<SchoolHistory><School><LEA>352</LEA><Estab>9999</Estab><EntryDate>2020-09-01</EntryDate></School>"
            "<School><LEA>352</LEA><Estab>1111</Estab><EntryDate>2019-09-01</EntryDate></School></SchoolHistory>"
        )
    )

    assert (reading.problems, reading.warnings, reading.format) == ((), (), "ctf")
    found = reading.pupils[0]
    assert (found.upn, found.known_as, found.sex, found.year_group) == (ADA, "Addie", "F", "6")
    assert (found.looked_after, found.fsm, found.sen, found.uln) == (True, True, "E", "9276308686")
    assert (found.dob, found.on_roll_from) == (date(2015, 10, 29), date(2020, 9, 1))


def test_what_is_not_said_is_unknown():
    found = ctf(pupil()).pupils[0]

    assert (found.looked_after, found.fsm, found.sen, found.sex, found.on_roll_from) == (
        None,
        None,
        "",
        "",
        None,
    )


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param("<FSMreviewDate>2026-01-01</FSMreviewDate>", False, id="no entitlement"),
        pytest.param(
            f"{FSM}2024-01-01</FSMstartDate><FSMendDate>2025-01-01</FSMendDate></FSMinstance>",
            False, id="ended",
        ),
        pytest.param(f"{FSM}2026-10-01</FSMstartDate></FSMinstance>", False, id="to come"),
        pytest.param(f"{FSM}2026-09-18</FSMstartDate></FSMinstance>", True, id="from today"),
    ],
)  # fmt: skip
def test_free_school_meals_are_a_history(history, expected):
    assert ctf(pupil(f"<FSMhistory>{history}</FSMhistory>")).pupils[0].fsm is expected


@pytest.mark.parametrize(
    ("version", "tag", "warned"),
    [
        pytest.param("25.0", "Sex", False, id="CTF 25 with Sex"),
        pytest.param("24.0", "Gender", False, id="CTF 24 with Gender"),
        pytest.param("19.0", "gender", True, id="an older version, small letters"),
    ],
)
def test_versions(version, tag, warned):
    reading = ctf(pupil(f"<{tag}>M</{tag}>"), version=version)

    assert (reading.pupils[0].sex, bool(reading.warnings), reading.problems) == ("M", warned, ())


def contact(rest: str = "") -> str:
    return (
        "<Contacts><Contact><Order>1</Order><Title>Ms</Title><Surname>Moss</Surname><Forename>Jo</Forename>"
        f"<Relationship>PAM</Relationship>{rest}</Contact></Contacts>"
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("<Responsibility>true</Responsibility>", True, id="true"),
        pytest.param("<Responsibility>1</Responsibility>", True, id="1"),
        pytest.param("<Responsibility>false</Responsibility>", False, id="false"),
        pytest.param("<Responsibility/>", None, id="empty"),
        pytest.param("", None, id="not there"),
        pytest.param("<Responsibility>maybe</Responsibility>", None, id="no answer"),
    ],
)
def test_parental_responsibility_is_never_guessed(said, expected):
    found = ctf(pupil(contact(said))).contacts[0]

    assert (found.parental_responsibility, found.relationship, found.relationship_raw) == (
        expected,
        "mother",
        "PAM",
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param(
            "<BS7666Address><SAON>Flat 2</SAON><PAON>14</PAON><Street>Low Road</Street>"
            "<Locality>Fen End</Locality><PostTown>Ashby</PostTown></BS7666Address>"
            "<PostCode>zz1 1zz</PostCode>",
            ("Flat 2, 14 Low Road", "Fen End", "Ashby", "ZZ1 1ZZ"), id="premises",
        ),
        pytest.param(
            "<AddressLines><AddressLine1>14 Low Road</AddressLine1><AddressLine2>Fen End</AddressLine2>"
            "<AddressLine3>Ashby</AddressLine3></AddressLines><PostCode>ZZ1 1ZZ</PostCode>",
            ("14 Low Road", "Fen End", "Ashby", "ZZ1 1ZZ"), id="lines",
        ),
    ],
)  # fmt: skip
def test_both_shapes_of_address(address, expected):
    with_pupil = contact("<Address><AddressAsPupil>true</AddressAsPupil></Address>")
    own = contact(f"<Address>{address}</Address>")

    for text, lives in ((f"<Address>{address}</Address>" + with_pupil, True), (own, None)):
        found = ctf(pupil(text)).contacts[0]
        assert (found.address_1, found.address_2, found.town, found.postcode) == expected
        assert found.lives_with_pupil is lives


def test_a_contact_keeps_its_id_from_file_to_file():
    first, second = (
        ctf(pupil(contact())),
        ctf(pupil(contact("<Order>2</Order><Email>jo@example.org</Email>"))),
    )

    assert first.contacts[0].contact_id == second.contacts[0].contact_id


def test_an_unknown_relationship_is_kept_and_said():
    reading = ctf(pupil(contact().replace("PAM", "ZZZ")))

    assert [(c.relationship, c.relationship_raw) for c in reading.contacts] == [
        ("unknown relationship", "ZZZ")
    ]
    assert (reading.problems, [w.column for w in reading.warnings]) == ((), ["Relationship"])


def year(possible: int, attended: int, authorised: int, unauthorised: int, marks: str = "") -> str:
    sessions = (
        "<AttendSessions><AttendanceStartDate>2026-09-07</AttendanceStartDate>"
        f"<AttendanceMarks>{marks}</AttendanceMarks></AttendSessions>"
        if marks
        else ""
    )
    return (
        "<Attendance><YearData><Year>2026</Year><LEA>352</LEA><Estab>9999</Estab>"
        f"<SessionsPossible>{possible}</SessionsPossible><SessionsAuthorised>{authorised}</SessionsAuthorised>"
        f"<SessionsAttended>{attended}</SessionsAttended><SessionsUnauthorised>{unauthorised}"
        f"</SessionsUnauthorised>{sessions}</YearData></Attendance>"
    )


def test_totals_that_add_up_are_kept():
    found = ctf(pupil(year(96, 90, 4, 2))).totals[0]

    assert (found.possible, found.attended, found.authorised, found.unauthorised) == (96, 90, 4, 2)
    assert (found.academic_year, found.dfe_number, found.upn) == (2026, "3529999", ADA)


def test_totals_that_do_not_add_up_are_a_problem():
    reading = ctf(pupil(year(96, 90, 4, 3)))

    assert ([p.column for p in reading.problems], reading.totals) == (["SessionsPossible"], ())


WEEK = r"/\/\L\/\II"


@pytest.mark.parametrize(
    ("counts", "marks", "taken"),
    [
        pytest.param((10, 8, 2, 0), WEEK, 10, id="one week"),
        pytest.param((20, 16, 4, 0), WEEK * 2, 20, id="two weeks of ten"),
        pytest.param((30, 24, 6, 0), (WEEK + "----") * 3, 30, id="weeks of fourteen with blank weekends"),
        pytest.param((10, 8, 2, 0), r"/,\,/,\,L,\,/,\,C1,C1", 10, id="separated, two characters"),
        pytest.param((10, 9, 1, 0), WEEK, 0, id="the counts are others"),
        pytest.param((10, 8, 2, 0), r"/\/\Q9/\II", 0, id="no code"),
    ],
)
def test_marks_are_believed_only_if_they_agree(counts, marks, taken):
    reading = ctf(pupil(year(*counts, marks)))

    assert (len(reading.marks), len(reading.totals), reading.problems) == (taken, 1, ())
    assert bool(reading.warnings) is (taken == 0)
    assert all(mark.session.date.weekday() < 5 for mark in reading.marks)


def test_another_schools_marks_are_left_out():
    reading = ctf(pupil(year(10, 8, 2, 0, WEEK)), dest="3528888")

    assert (len(reading.marks), len(reading.totals), len(reading.warnings)) == (0, 1, 1)


def test_a_dfe_number_may_be_written_with_its_stroke():
    reading = ctf(pupil(year(10, 8, 2, 0, WEEK)), dest="3528888", dfe_number="352/9999")

    assert len(reading.marks) == 10


def test_a_broken_file_lists_every_problem():
    reading = ctf(
        pupil(number=""),
        pupil(number="X" + ADA[1:]),
        pupil().replace("2015-10-29", "29/10/2015"),
        pupil(number=BO),
        pupil(number=BO),
        pupil(year(9, 1, 1, 1), number=upn(3)),
    )

    assert [(p.row, p.column) for p in reading.problems] == [
        (1, "UPN"), (2, "UPN"), (3, "DOB"), (5, "UPN"), (6, "SessionsPossible"),
    ]  # fmt: skip
    assert [p.upn for p in reading.pupils] == [BO, upn(3)]


@pytest.mark.parametrize(
    ("said", "column"),
    [
        pytest.param("<SENhistory><SEN><SENprovision>S</SENprovision></SEN></SENhistory>", "SENprovision",
                     id="a provision no longer valid"),
        pytest.param("<LookedAfter><InCare>perhaps</InCare></LookedAfter>", "looked_after", id="no answer"),
        pytest.param("<UniqueLearnerNumber>9.28E+09</UniqueLearnerNumber>", "uln", id="a rounded number"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_stays_unknown_and_is_said(said, column):
    reading = ctf(pupil(said))

    found = reading.pupils[0]
    assert (found.sen, found.looked_after, found.uln) == ("", None, "")
    assert ([w.column for w in reading.warnings], reading.problems) == ([column], ())


@pytest.mark.parametrize(
    ("change", "column"),
    [
        pytest.param(("<Year>2026</Year>", "<Year>now</Year>"), "Year", id="no year"),
        pytest.param((">96<", ">many<"), "SessionsPossible", id="no number"),
    ],
)
def test_totals_that_are_no_numbers_are_a_problem(change, column):
    reading = ctf(pupil(year(96, 90, 4, 2).replace(*change)))

    assert ([p.column for p in reading.problems], reading.totals) == ([column], ())
