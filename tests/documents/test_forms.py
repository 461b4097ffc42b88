"""The fields of forms to the authority, of the register extract and of the chronology."""

from dataclasses import replace
from datetime import date

import pytest

from casework.documents import Letters, fields, forms, missing
from casework.documents.errors import DoesNotReconcile
from casework.domain import Session
from tests.documents import samples, word
from tests.documents.test_letters import FOLDER

LETTERS = Letters(FOLDER)
FORMS = samples.la_forms()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_from_a_whole_case_lacks_nothing(name: str):
    assert missing(name, FORMS[name]) == ()


@pytest.mark.parametrize("name", ["penalty_notice_request", "prosecution_referral", "cme_report"])
def test_a_form_names_every_parent(name: str):
    said = word.text(LETTERS.render(name, FORMS[name]).content)
    assert "Ms Amira Okafor" in said
    assert "Mr Daniel Brandt" in said


def test_what_nobody_recorded_is_said_to_be_not_recorded():
    row = forms.parent_row(
        replace(samples.OTHER, parental_responsibility=None, phone="", address_1="", town="", postcode="")
    )
    assert (row["responsibility"], row["phone"], row["address"]) == ("Not recorded",) * 3
    assert [forms.yes_no(known) for known in (True, False, None)] == ["Yes", "No", "Not recorded"]


def test_the_childs_home_is_that_of_the_parent_they_live_with():
    assert samples.CHILD.home == samples.PARENT.address
    assert replace(samples.CHILD, parents=(samples.OTHER,)).home == ()


@pytest.mark.parametrize(
    ("marks", "week"),
    [
        pytest.param({"2026-10-05 AM": "/", "2026-10-05 PM": "O"}, {"monday": "/ O"}, id="a whole day"),
        pytest.param({"2026-10-06 PM": "C1"}, {"tuesday": "- C1"}, id="an afternoon"),
        pytest.param({"2026-10-09 AM": ""}, {"friday": "- -"}, id="no mark taken"),
    ],
)
def test_the_register_week_by_week(marks: dict[str, str], week: dict[str, str]):
    (shown,) = _extract(marks)["weeks"]  # type: ignore[misc]
    blank = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "- -")
    assert shown == {"week": date(2026, 10, 5), **blank, **week}


def test_the_key_holds_the_codes_used_and_no_others():
    key = _extract({"2026-10-05 AM": "O", "2026-10-05 PM": "O"})["key"]
    assert key == [
        {"code": "O", "meaning": "Absent, and no other code fits", "counted_as": "Unauthorised absence"}
    ]


def test_a_session_that_the_page_has_no_place_for_is_not_left_out():
    with pytest.raises(DoesNotReconcile, match="2026-10-10 AM is not on a weekday"):
        _extract({"2026-10-10 AM": "/"})


def test_a_chronology_is_in_order():
    days = [entry["date"] for entry in FORMS["chronology"]["entries"]]  # type: ignore[attr-defined]
    assert days == sorted(days)


def _extract(marks: dict[str, str]) -> fields.Fields:
    taken = {Session.parse(session): code for session, code in marks.items()}
    return forms.register_extract(
        samples.SCHOOL, samples.LETTERHEAD, samples.PUPIL, "R", samples.ATTENDANCE, taken,
        {**samples.MEANINGS, "C1": ("Leave", "Authorised absence")},
        samples.datetime(2026, 11, 23, tzinfo=samples.LONDON), "Mr Ellery", "Headteacher",
    )  # fmt: skip
