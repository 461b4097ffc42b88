"""The days a penalty notice states hold an offence, whichever sessions the gates looked at."""

from datetime import date
from typing import Any

import pytest

from casework.domain import Event
from casework.domain import events as e
from casework.rules import public_place
from casework.stages.penalty_notice import ISSUE, PUBLIC_PLACE
from casework.stages.penalty_notice import STAGE as REQUEST
from casework.stages.stage import DetailsMissing, Stage
from tests.situations import (
    EWO,
    HEAD,
    SUPPORTED,
    a_notice,
    decision,
    head_of,
    nti,
    situation,
    verdict,
)

OWN = (
    *SUPPORTED,
    e.SupportNotAppropriate(**head_of("2026-09-01"), parent_id="A", reasons="Repeated holidays."),
    e.EnquiryMade(**head_of("2026-09-01"), enquiry="earlier_notices", parent_id="A", answer="none"),
)
"""What lets the authority act of its own motion, whatever the days."""
ASKED = (*SUPPORTED, nti("2026-09-21", "2026-10-30"), verdict("2026-11-02"))
HOLIDAYS = "2026-04-13..2026-04-14 G; 2026-09-07..2026-09-08 G; 2026-11-02..2026-11-03 G"


def taken(
    step: Stage, absences: str, first: str, last: str, *events: Event, on: str = "2026-11-05", **more: Any
) -> e.PenaltyNoticeIssued | e.PenaltyNoticeRequested:
    s = situation(on, absences, *events, **more)
    who = EWO if step.by_la else HEAD
    made = step.record(
        s, decision(step, s, who, details={"period_from": first, "period_to": last, "tier": ""})
    )
    assert isinstance(made, e.PenaltyNoticeIssued | e.PenaltyNoticeRequested)
    return made


@pytest.mark.parametrize(
    ("absences", "first", "last", "fault"),
    [
        pytest.param(HOLIDAYS, "2026-09-07", "2026-11-03", "", id="two holidays in one span"),
        pytest.param(HOLIDAYS, "2026-09-08", "2026-09-08", "", id="a single day of one"),
        pytest.param(
            HOLIDAYS, "2026-09-09", "2026-11-01", "no unauthorised session", id="days of attendance"
        ),
        pytest.param(
            HOLIDAYS, "2026-04-13", "2026-04-14", "older than six months", id="a holiday of long ago"
        ),
        pytest.param(HOLIDAYS, "2026-04-13", "2026-09-07", "", id="one in time is enough for a notice"),
        pytest.param(
            HOLIDAYS + "; 2026-10-05 AM ?", "2026-09-07", "2026-11-03", "no mark", id="a blank between"
        ),
        pytest.param(
            HOLIDAYS + "; 2026-10-05 AM ?", "2026-11-02", "2026-11-03", "", id="a blank before its days"
        ),
        pytest.param(HOLIDAYS, "2026-11-03", "2026-11-02", "in order", id="the wrong way round"),
        pytest.param(HOLIDAYS, "2026-11-02", "2026-11-06", "in order", id="into days to come"),
    ],
)
def test_a_notice_of_the_authoritys_own_motion(absences: str, first: str, last: str, fault: str) -> None:
    if not fault:
        assert str(taken(ISSUE, absences, first, last, *OWN).period_to) == last
        return
    with pytest.raises(DetailsMissing, match=fault):
        taken(ISSUE, absences, first, last, *OWN)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param("", "", id="neither day"),
        pytest.param("2026-11-02", "", id="the first alone"),
        pytest.param("", "2026-11-03", id="the last alone"),
    ],
)
def test_with_nothing_relied_on_both_days_are_given(first: str, last: str) -> None:
    with pytest.raises(DetailsMissing, match="give the first and last day"):
        taken(ISSUE, "", first, last, *OWN)


def test_sessions_of_an_earlier_notice_make_no_second() -> None:
    earlier = a_notice("2026-09-20", period=("2026-09-07", "2026-09-08"))

    with pytest.raises(DetailsMissing, match="no unauthorised session that counts for this parent"):
        taken(ISSUE, HOLIDAYS, "2026-09-07", "2026-09-08", *OWN, notices=[earlier])


def test_sessions_under_age_make_no_notice() -> None:
    with pytest.raises(DetailsMissing, match="no unauthorised session"):
        taken(ISSUE, HOLIDAYS, "2026-09-07", "2026-09-08", *OWN, pupil={"dob": date(2021, 9, 1)})


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        pytest.param("2026-09-14", "2026-09-18", "", id="exactly the sessions relied on"),
        pytest.param("2026-09-01", "2026-10-01", "", id="a wider span"),
        pytest.param("2026-09-15", "2026-09-18", "2 of the sessions relied on lie outside", id="a day short"),
        pytest.param("2026-09-21", "2026-10-30", "no unauthorised session", id="other days altogether"),
    ],
)
def test_a_request_is_for_the_days_it_relies_on(first: str, last: str, fault: str) -> None:
    absences = "2026-09-14..2026-09-18 O"
    if not fault:
        assert str(taken(REQUEST, absences, first, last, *ASKED).period_from) == first
        return
    with pytest.raises(DetailsMissing, match=fault):
        taken(REQUEST, absences, first, last, *ASKED)


def test_a_request_that_names_no_days_is_for_all_it_relies_on() -> None:
    absences = "2026-09-14 PM O; 2026-09-15..2026-09-18 O; 2026-09-21 AM O"

    made = taken(REQUEST, absences, "", "", *ASKED)

    assert (str(made.period_from), str(made.period_to)) == ("2026-09-14", "2026-09-21")


@pytest.mark.parametrize(("found_on", "fits"), [("2026-11-11", True), ("2026-11-12", False)])
def test_a_public_place_notice_is_not_for_a_day_to_come(found_on: str, fits: bool) -> None:
    told = e.ParentTold(**head_of("2026-11-09"), parent_id="A", of=public_place.TOLD)
    s = situation("2026-11-11", "2026-11-09..2026-11-11 E", told)
    given = {"excluded_on": "2026-11-09", "excluded_before_afternoon": "yes", "days": "7"}
    chosen = decision(PUBLIC_PLACE, s, EWO, details=given | {"found_on": found_on})

    if fits:
        assert PUBLIC_PLACE.record(s, chosen)
        return
    with pytest.raises(DetailsMissing, match="a day to come"):
        PUBLIC_PLACE.record(s, chosen)
