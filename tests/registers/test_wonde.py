"""Wonde's saved pages: pupils, contacts, marks, codes, updates and deletions."""

import json
from datetime import date
from typing import Any

import pytest

from casework.registers import Reading, read
from tests.registers.book import BOOK, upn

ADA = upn(1)
STUDENT: dict[str, Any] = {
    "id": "A1", "upi": "u1", "mis_id": "6420", "surname": "Moss", "forename": "Addie",
    "legal_surname": "Moss", "legal_forename": "Ada", "gender": "FEMALE",
    "date_of_birth": {"date": "2015-10-29 00:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
    "education_details": {"data": {"upn": ADA, "current_nc_year": "6", "admission_date": "2020-09-01",
                                   "leaving_date": None, "learner_number": "9276308686"}},
    "registration_group": {"data": {"name": "6B"}},
}  # fmt: skip
MARK: dict[str, Any] = {
    "id": "M1", "date": {"date": "2026-09-07 00:00:00.000000"}, "session": "AM", "comment": None,
    "minutes_late": 0, "student": {"data": {"id": "A1", "mis_id": "6420"}},
    "attendance_code": {"data": {"id": "K1", "code": "I"}},
}  # fmt: skip


def wonde(*pages: object) -> Reading:
    sources = [(f"{n}.json", json.dumps(page).encode()) for n, page in enumerate(pages)]
    return read(sources, codes=BOOK)


def page(*records: object, **meta: object) -> dict[str, object]:
    return {"data": list(records), "meta": {"pagination": {"next": None, "more": False, **meta}}}


def marks(reading: Reading) -> list[tuple[str, str, str, str]]:
    return [(m.pupil.kind, m.pupil.value, str(m.session), m.code) for m in reading.marks]


def test_a_student_with_education_details():
    reading = wonde(page(STUDENT))

    assert (reading.problems, reading.warnings, reading.format) == ((), (), "wonde")
    pupil = reading.pupils[0]
    assert (pupil.upn, pupil.mis_id, pupil.wonde_id, pupil.uln) == (ADA, "6420", "A1", "9276308686")
    assert (pupil.forename, pupil.known_as, pupil.sex, pupil.year_group) == ("Ada", "Addie", "F", "6")
    assert (pupil.dob, pupil.on_roll_from, pupil.on_roll_to) == (date(2015, 10, 29), date(2020, 9, 1), None)
    assert (pupil.class_name, pupil.fsm) == ("6B", None)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        pytest.param([page(MARK)], ("mis_id", "6420"), id="the mark alone: the MIS number"),
        pytest.param([page(STUDENT), page(MARK)], ("upn", ADA), id="with the students page: the UPN"),
        pytest.param([page(MARK), page(STUDENT)], ("upn", ADA), id="in any order"),
        pytest.param([page(MARK | {"student": "A9"})], ("wonde_id", "A9"), id="an id that is not yet learnt"),
    ],
)
def test_whose_mark_it_is(pages, expected):
    reading = wonde(*pages)

    assert (reading.problems, marks(reading)) == ((), [(*expected, "2026-09-07 AM", "I")])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"date": "2026-09-07"}, "I", id="a day as text"),
        pytest.param({"attendance_code": {"data": {"code": "\\"}}}, "\\", id="the backslash"),
        pytest.param({"attendance_code": None}, "", id="no mark"),
        pytest.param({"attendance_code": {"code": "C1"}}, "C1", id="an include without its wrapping"),
    ],
)
def test_marks_in_their_ways(said, expected):
    assert [m.code for m in wonde(page(MARK | said)).marks] == [expected]


def test_a_codes_id_needs_the_page_of_codes():
    by_id = MARK | {"attendance_code": "K7"}

    assert [p.column for p in wonde(page(by_id)).problems] == ["attendance_code"]
    reading = wonde(page(by_id), page({"id": "K7", "code": "O", "description": "Other"}))
    assert (reading.problems, [m.code for m in reading.marks]) == ((), ["O"])


def test_an_updated_page_replaces_and_a_deletion_takes_out():
    later = MARK | {"attendance_code": {"data": {"code": "O"}}}
    gone = {"id": "M1", "type": "attendance", "deleted_at": {"date": "2026-09-08 10:00:00"}}

    assert [m.code for m in wonde(page(MARK), page(later)).marks] == ["O"]
    assert [m.code for m in wonde(page(MARK, later)).marks] == ["O"]
    assert list(wonde(page(MARK), page(gone)).marks) == []
    assert "deleted" in wonde(page(gone)).warnings[0].says


def contact(**relationship: object) -> dict[str, object]:
    return {
        "id": "C1", "title": "Ms", "forename": "Jo", "surname": "Moss",
        "relationship": {"data": {"relationship": "Mother", **relationship}},
        "contact_details": {"data": {
            "phones": {"phone": "0161 496 0000", "mobile": "07700 900000"},
            "addresses": {"home": {"house_number": "4", "street": "Low Road", "town": "Ashby",
                                   "postcode": "zz1 1zz"}},
        }},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({"parental_responsibility": True}, True, id="said yes"),
        pytest.param({"parental_responsibility": False}, False, id="said no"),
        pytest.param({"parental_responsibility": None}, None, id="said nothing"),
        pytest.param({}, None, id="not there at all"),
    ],
)
def test_parental_responsibility_is_never_guessed(said, expected):
    reading = wonde(page(STUDENT | {"contacts": {"data": [contact(**said)]}}))

    found = reading.contacts[0]
    assert (reading.problems, found.parental_responsibility) == ((), expected)
    assert (found.upn, found.contact_id, found.relationship, found.phone) == (
        ADA,
        "C1",
        "mother",
        "07700 900000",
    )
    assert (found.address_1, found.town, found.postcode) == ("4 Low Road", "Ashby", "ZZ1 1ZZ")


def test_a_student_without_education_details_has_no_upn():
    reading = wonde(page({k: v for k, v in STUDENT.items() if k != "education_details"}))

    assert ([p.upn for p in reading.pupils], reading.problems) == ([""], ())
    assert "education_details" in reading.warnings[0].remedy


def test_further_pages_are_asked_for():
    first, second = page(MARK, next="page 2", more=True), page(MARK | {"id": "M2", "session": "PM"})

    assert "Further pages" in wonde(first).warnings[0].says
    assert wonde(first, second).warnings == ()


def test_a_broken_page_lists_every_problem():
    reading = wonde(
        page(
            STUDENT | {"education_details": {"data": {"upn": "A123", "leaving_date": "soon"}}},
            MARK | {"student": None, "session": "noon"},
            MARK | {"date": None},
            MARK | {"attendance_code": {"data": {"code": "Q9"}}},
            "junk",
            MARK,
        )
    )

    assert [(p.row, p.column) for p in reading.problems] == [
        (1, "upn"), (1, "leaving_date"), (2, "student"), (2, "session"), (3, "date"), (4, "attendance_code"),
        (5, ""),
    ]  # fmt: skip
    assert [m.row for m in reading.marks] == [6]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param('{"data": [{"id": ', "cut short", id="cut short"),
        pytest.param('{"error": "invalid_include", "error_description": "No"}', "error", id="an error"),
        pytest.param('{"data": 3}', "no list", id="no list"),
        pytest.param("[" * 100_000, "cannot be read", id="nested without end"),
    ],
)
def test_pages_that_are_none(text, says):
    reading = read([("page.json", text.encode())], codes=BOOK)

    assert [says in problem.says for problem in reading.problems] == [True]


def test_a_page_of_contacts_needs_the_pupils_they_are_of():
    of_ada = contact(parental_responsibility=True) | {"students": {"data": [{"id": "A1"}]}}

    assert [p.column for p in wonde(page(of_ada)).problems] == ["students"]
    reading = wonde(page(STUDENT), page(of_ada))
    assert (reading.problems, [(c.upn, c.parental_responsibility) for c in reading.contacts]) == (
        (),
        [(ADA, True)],
    )


def test_the_same_student_twice_is_taken_once_and_said():
    reading = wonde(page(STUDENT, STUDENT | {"id": "A2"}))

    assert ([p.wonde_id for p in reading.pupils], reading.problems) == (["A2"], ())
    assert "same pupil" in reading.warnings[0].says
