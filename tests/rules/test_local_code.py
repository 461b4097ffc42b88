"""Whose code applies, who issues under it, and by when a request comes: each at its edge."""

import pytest

from casework.domain import Event
from casework.domain import events as e
from casework.rules import local_code
from tests.situations import MANCHESTER, NORFOLK, head_of, situation

NOBODYS = "908"
"""An authority whose code is not held here."""


@pytest.mark.parametrize(
    ("la_code", "answer"),
    [
        pytest.param(NORFOLK, "holds", id="Norfolk's code is held"),
        pytest.param(NOBODYS, "for_a_person", id="one that is not held is read by a person"),
    ],
)
def test_whose_code_applies(la_code: str, answer: str) -> None:
    assert local_code.known(situation("2026-10-01", la_code=la_code)).answer.value == answer


@pytest.mark.parametrize(
    ("la_code", "answer"),
    [
        pytest.param(NORFOLK, "holds", id="the school issues"),
        pytest.param(MANCHESTER, "for_a_person", id="the authority issues"),
        pytest.param(NOBODYS, "holds", id="nothing is known: the code itself is asked about"),
    ],
)
def test_who_issues_a_notice_to_improve(la_code: str, answer: str) -> None:
    found = local_code.school_issues_notice_to_improve(situation("2026-10-01", la_code=la_code))

    assert found.answer.value == answer


def told(on: str, parent_id: str = "A", of: str = "penalty_notice_referral") -> e.ParentTold:
    return e.ParentTold(**head_of(on), parent_id=parent_id, of=of)


@pytest.mark.parametrize(
    ("events", "on", "answer"),
    [
        pytest.param((), "2026-10-05", "for_a_person", id="nobody was told"),
        pytest.param((told("2026-10-05"),), "2026-10-05", "holds", id="told that day"),
        pytest.param((told("2026-10-05"),), "2026-11-02", "holds", id="the fifteenth school day"),
        pytest.param((told("2026-10-05"),), "2026-11-03", "fails", id="the sixteenth"),
        pytest.param((told("2026-10-05", "B"),), "2026-10-06", "for_a_person", id="not this parent"),
        pytest.param((told("2026-10-06"),), "2026-10-05", "for_a_person", id="told only later"),
        pytest.param(
            (told("2026-10-05", of="early_penalty_notice"),),
            "2026-10-06",
            "holds",
            id="of an early notice",
        ),
        pytest.param(
            (told("2026-10-05", of="public_place_duty"),),
            "2026-10-06",
            "for_a_person",
            id="of something else",
        ),
        pytest.param(
            (told("2026-09-07"), told("2026-10-05")),
            "2026-11-02",
            "holds",
            id="the last time counts",
        ),
    ],
)
def test_a_request_comes_within_the_codes_days(events: tuple[Event, ...], on: str, answer: str) -> None:
    assert local_code.request_in_time(situation(on, "", *events)).answer.value == answer


def test_a_code_without_a_time_asks_for_none() -> None:
    assert local_code.request_in_time(situation("2026-10-05", la_code=MANCHESTER)).holds
