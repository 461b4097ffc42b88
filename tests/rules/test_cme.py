"""Missing children: which report it is, the enquiries still open, and who has been told of it."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import Event, Professional
from casework.domain import events as e
from casework.rules import cme
from casework.rules.situation import Situation
from casework.stages import STEPS
from tests.situations import UPN, facts, head_of, situation


def on_day(on: str, left: str = "", *events: Event, **pupil: object) -> Situation:
    """A pupil on the roll, or one whose last day on it was given."""
    now = situation(on, "", *events, pupil=pupil)
    until = date.fromisoformat(left) if left else None
    return replace(now, facts=facts("", now.on, until=until))


@pytest.mark.parametrize(
    ("on", "left", "report", "says"),
    [
        pytest.param("2026-10-05", "", "missing_from_school", "On the roll", id="12.46 on the roll"),
        pytest.param("2026-10-05", "2026-10-05", "missing_from_school", "On the roll", id="on the last day"),
        pytest.param("2026-10-06", "2026-10-05", "children_missing_education", "Not on", id="after it"),
    ],
)
def test_which_report_it_is_follows_the_roll(on: str, left: str, report: str, says: str) -> None:
    now = on_day(on, left)

    assert cme.report_of(now) == report
    assert cme.on_roll_or_missing(now).says.startswith(says)


def test_the_report_tells_all_that_is_to_be_known() -> None:
    """A missing child report waits for no gate, so that what it says of each is all the more to be there."""
    found = {finding.rule for finding in STEPS["cme_report"].findings(situation("2026-10-05"))}

    assert found >= {"cme.report", "cme.enquiries", "cme.professionals", "safeguarding.hold"}


def asked(enquiry: str, answer: str = "nothing", on: str = "2026-10-05") -> e.EnquiryMade:
    return e.EnquiryMade(**head_of(on), enquiry=enquiry, answer=answer)


EVERY = ("all_numbers", "staff_and_records", "friends_and_family", "agencies", "letter", "home_visit")


@pytest.mark.parametrize(
    ("events", "still_open"),
    [
        pytest.param((), 6, id="none made"),
        pytest.param((asked("home_visit"),), 5, id="one answered"),
        pytest.param((asked("home_visit", " "),), 6, id="asked and not answered"),
        pytest.param((asked("home_visit", on="2026-10-06"),), 6, id="answered only later"),
        pytest.param((asked("a_dream"),), 6, id="one that is not on the list"),
        pytest.param(tuple(map(asked, EVERY)), 0, id="all of them"),
    ],
)
def test_the_enquiries_still_open(events: tuple[Event, ...], still_open: int) -> None:
    found = cme.enquiries_made(on_day("2026-10-05", "", *events))

    assert len(cme.enquiries_open(on_day("2026-10-05", "", *events))) == still_open
    assert found.holds is (still_open == 0)
    assert found.missing.count(";") == max(0, still_open - 1)


def told(role: str) -> e.ProfessionalTold:
    return e.ProfessionalTold(**head_of("2026-10-05"), professional_role=role, why="Absent without reason.")


@pytest.mark.parametrize(
    ("pupil", "involved", "events", "missing"),
    [
        pytest.param({}, "", (), "", id="nobody is involved"),
        pytest.param({"social_worker": True}, "", (), "tell the social worker today", id="a social worker"),
        pytest.param({"social_worker": True}, "", (told("social_worker"),), "", id="told"),
        pytest.param(
            {"social_worker": True},
            "",
            (told("youth_justice"),),
            "tell the social worker today",
            id="another was told",
        ),
        pytest.param({"youth_justice": True}, "", (), "tell the youth justice today", id="youth justice"),
        pytest.param({}, "social_worker", (), "tell the social worker today", id="named as a professional"),
        pytest.param({}, "school_nurse", (), "", id="one who need not hear of it"),
    ],
)
def test_who_must_hear_of_it_today(
    pupil: dict[str, object], involved: str, events: tuple[Event, ...], missing: str
) -> None:
    now = on_day("2026-10-05", "", *events, **pupil)
    people = (Professional(UPN, involved),) if involved else ()

    found = cme.professionals_told(replace(now, professionals=people))

    assert found.missing == missing
    assert found.holds is (missing == "")
