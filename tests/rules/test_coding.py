"""The weekly coding list: what is asked about a mark, and the mark just beside it that is left alone."""

from collections.abc import Sequence
from datetime import date

import pytest

from casework.domain import Half, Session
from casework.policy.load import load
from casework.rules.coding import CodedSession, Plan, questions
from tests.law_calendar import law_calendar

CALENDAR, ENGLAND = law_calendar(), load("national")
WEEK = (date(2026, 11, 16), date(2026, 11, 20))


def marked(code: str, first: str, last: str = "", comment: str = "") -> list[CodedSession]:
    """A code on every session from a day to a day."""
    days = CALENDAR.sessions_between(date.fromisoformat(first), date.fromisoformat(last or first))
    return [CodedSession(session, code, comment) for session in days]


@pytest.mark.parametrize(
    ("marks", "plans", "asked"),
    [
        pytest.param(marked("C2", "2026-11-16"), [], ["plan"], id="C2 without a plan"),
        pytest.param(
            marked("C2", "2026-11-16"),
            [Plan(date(2026, 11, 2), date(2026, 11, 16))],
            [],
            id="C2 on the plan's last day",
        ),
        pytest.param(
            marked("C2", "2026-11-17"),
            [Plan(date(2026, 11, 2), date(2026, 11, 16))],
            ["plan"],
            id="C2 the day after the plan's end",
        ),
        pytest.param(marked("C2", "2026-11-13"), [], [], id="C2 of an earlier week"),
        pytest.param(marked("B", "2026-11-16"), [], ["place"], id="B with nothing written beside it"),
        pytest.param(marked("B", "2026-11-16", comment="College, Ms Rook"), [], [], id="B with its place"),
        pytest.param(marked("E", "2026-11-12", "2026-11-18"), [], [], id="E for five school days"),
        pytest.param(marked("E", "2026-11-11", "2026-11-18"), [], ["excluded"], id="E on the sixth"),
        pytest.param(
            marked("E", "2026-10-20", "2026-10-23") + marked("E", "2026-11-02", "2026-11-03"),
            [],
            [],
            id="E on the sixth, in another week",
        ),
        pytest.param(
            marked("E", "2026-11-09", "2026-11-11") + marked("E", "2026-11-13", "2026-11-18"),
            [],
            [],
            id="a day between two exclusions begins anew",
        ),
        pytest.param(marked("X", "2026-11-05", "2026-11-18"), [], [], id="X for ten school days"),
        pytest.param(marked("X", "2026-11-04", "2026-11-18"), [], ["long"], id="X for eleven"),
        pytest.param(marked("Y2", "2026-11-04", "2026-11-18"), [], ["long"], id="Y for eleven"),
        pytest.param(marked("I", "2026-09-07", "2026-11-18"), [], [], id="illness is not asked about here"),
    ],
)
def test_what_is_asked(marks: Sequence[CodedSession], plans: Sequence[Plan], asked: list[str]) -> None:
    found = questions({"A": marks}, {"A": plans}, CALENDAR, ENGLAND, WEEK)

    assert [question.asks.value for question in found] == asked


def test_a_half_term_does_not_break_an_exclusion() -> None:
    before = marked("E", "2026-10-22", "2026-10-23")
    after = marked("E", "2026-11-02", "2026-11-06")

    (found,) = questions(
        {"A": [*before, *after]}, {}, CALENDAR, ENGLAND, (date(2026, 11, 2), date(2026, 11, 6))
    )

    assert found.days == 7
    assert found.sessions[0] == Session(date(2026, 11, 5), Half.AM)
    assert "day 6" in found.says
