"""What settles a notice: the very sum due on the day, in the time to pay, the day of receipt being day 1."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import events as e
from casework.rules import payment
from tests.situations import head_of, situation

RECEIVED = date(2026, 10, 5)
FIRST = e.PenaltyNoticeIssued(
    **head_of("2026-10-01"),
    parent_id="A",
    reasons="The offence is made out.",
    notice_id="PN1",
    la_code="926",
    issued_on=date(2026, 10, 1),
    period_from=date(2026, 9, 14),
    period_to=date(2026, 9, 18),
    tier=1,
    amount_pence=16000,
    reduced_pence=8000,
)
SECOND = replace(FIRST, tier=2, reduced_pence=None)
PUBLIC = replace(FIRST, offence="public_place", amount_pence=12000, reduced_pence=6000)


@pytest.mark.parametrize(
    ("issued", "paid_on", "due"),
    [
        pytest.param(FIRST, "2026-10-05", 8000, id="on the day of receipt"),
        pytest.param(FIRST, "2026-10-25", 8000, id="12.14 on the last day of the reduced sum"),
        pytest.param(FIRST, "2026-10-26", 16000, id="12.14 the day after it"),
        pytest.param(FIRST, "2026-11-01", 16000, id="12.14 on the last day to pay"),
        pytest.param(FIRST, "2026-11-02", None, id="12.14 the day after it"),
        pytest.param(SECOND, "2026-10-14", 16000, id="12.16 a second notice is flat on day 10"),
        pytest.param(SECOND, "2026-11-01", 16000, id="a second notice on its last day"),
        pytest.param(PUBLIC, "2026-10-25", 6000, id="a public-place notice on day 21"),
        pytest.param(PUBLIC, "2026-10-29", 12000, id="12.38 a public-place notice on day 25"),
        pytest.param(PUBLIC, "2026-11-02", None, id="a public-place notice on day 29"),
    ],
)
def test_what_is_due(issued: e.PenaltyNoticeIssued, paid_on: str, due: int | None) -> None:
    assert payment.sum_due(situation(paid_on), issued, RECEIVED, date.fromisoformat(paid_on)) == due


@pytest.mark.parametrize(
    ("issued", "paid_on", "pence", "why"),
    [
        pytest.param(FIRST, "2026-10-25", 8000, "", id="the reduced sum in its time"),
        pytest.param(FIRST, "2026-10-26", 16000, "", id="the full sum after it"),
        pytest.param(
            FIRST,
            "2026-10-26",
            8000,
            "£80.00 is less than the £160.00 due on 26 October 2026 for notice PN1: "
            "a part of the sum settles nothing.",
            id="the reduced sum a day late",
        ),
        pytest.param(
            SECOND,
            "2026-10-14",
            8000,
            "£80.00 is less than the £160.00 due on 14 October 2026 for notice PN1: "
            "a part of the sum settles nothing.",
            id="12.16 £80 is not accepted for a second notice",
        ),
        pytest.param(
            FIRST,
            "2026-10-25",
            8001,
            "£80.01 is more than the £80.00 due on 25 October 2026 for notice PN1.",
            id="a penny too much",
        ),
        pytest.param(
            FIRST,
            "2026-10-25",
            7999,
            "£79.99 is less than the £80.00 due on 25 October 2026 for notice PN1: "
            "a part of the sum settles nothing.",
            id="a penny too little",
        ),
        pytest.param(
            FIRST,
            "2026-11-02",
            16000,
            "The time to pay notice PN1 ended on 1 November 2026: a payment settles it no more.",
            id="after the time to pay",
        ),
    ],
)
def test_what_settles_a_notice(issued: e.PenaltyNoticeIssued, paid_on: str, pence: int, why: str) -> None:
    day = date.fromisoformat(paid_on)

    assert payment.why_not_settled(situation(paid_on), issued, RECEIVED, day, pence) == why


def test_the_last_days() -> None:
    now = situation("2026-10-26")

    assert payment.last_days(now, FIRST, RECEIVED) == (date(2026, 10, 25), date(2026, 11, 1))
    assert payment.last_days(now, SECOND, RECEIVED) == (None, date(2026, 11, 1))
