"""Each clock runs from its own day: a period's first, a session's, the day a notice is received."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.domain import events as e
from casework.rules import deadlines
from casework.rules.proceedings import deemed_served
from casework.stages import STEPS
from casework.stages.clocks import started_by, started_by_service
from tests.situations import BANK_HOLIDAYS, CALENDAR, head_of, nti, situation

KEPT: dict[str, Any] = {"parent_id": "A", "reasons": "Right for the family."}
FIRST = e.PenaltyNoticeIssued(
    **head_of("2026-10-01"),
    **KEPT,
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
PUBLIC = replace(FIRST, offence="public_place")


def dues(issued: e.PenaltyNoticeIssued, posted: str) -> dict[str, str]:
    s = situation("2026-11-23")
    received = deemed_served(s, date.fromisoformat(posted), "first_class_post")
    assert received is not None
    return {
        rule.partition(".")[2]: deadlines.due(
            s.policy, rule, day, CALENDAR, BANK_HOLIDAYS, on=s.on
        ).isoformat()
        for rule, day in started_by_service(s, issued, received)
    }


@pytest.mark.parametrize(
    ("posted", "reduced", "full", "proceedings"),
    [
        pytest.param("2026-10-01", "2026-10-25", "2026-11-01", "2026-11-02", id="12.14"),
        pytest.param("2026-12-24", "2027-01-19", "2027-01-26", "2027-01-27", id="12.15 over Christmas"),
    ],
)
def test_time_to_pay_runs_from_receipt(posted: str, reduced: str, full: str, proceedings: str) -> None:
    assert dues(FIRST, posted) == {
        "penalty_notice_reduced": reduced,
        "penalty_notice_full": full,
        "proceedings_barred": proceedings,
        "prosecute_or_withdraw": full,
    }


def test_a_second_notice_has_no_reduced_sum_to_wait_for() -> None:
    assert "penalty_notice_reduced" not in dues(SECOND, "2026-10-01")


def test_a_public_place_notice_has_clocks_of_its_own() -> None:
    assert set(dues(PUBLIC, "2026-10-01")) == {"public_place_reduced", "public_place_full"}


def test_a_notice_starts_no_clock_before_it_is_received() -> None:
    assert started_by(FIRST) == ()


def test_an_improvement_period_runs_from_its_first_day() -> None:
    later = nti("2026-10-02", "2026-11-20", period_from=date(2026, 10, 5))

    assert started_by(later) == (("clocks.improvement_period", date(2026, 10, 5)),)


def test_the_limit_runs_from_the_earliest_session_put_to_court() -> None:
    referred = e.ProsecutionReferred(
        **head_of("2026-11-06"), **KEPT, evidence=("2026-09-14 AM", "2026-09-18 PM"), offence="s444_1"
    )

    assert started_by(referred) == (("clocks.prosecution_limit", date(2026, 9, 14)),)


def test_every_clock_a_stage_names_is_in_the_policy() -> None:
    policy = situation("2026-11-23").policy

    for stage in STEPS.values():
        for rule in stage.clocks:
            assert policy.value(rule, date(2026, 11, 23)).says
