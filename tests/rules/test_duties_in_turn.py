"""When a duty's turn has come: after what was owed before it, long enough ago, and once in its period."""

from datetime import date

import pytest

from casework.policy.load import load
from casework.rules.duties import Occasion, owed
from tests.law_calendar import law_calendar

MUSIC_STUFF, ST_CHADS = load("music-stuff", "352"), load("st-chads", "332")
CALENDAR = law_calendar()
FRIDAY = date(2026, 10, 2)
HALF_TERM, TERM = date(2026, 10, 23), date(2026, 12, 18)


@pytest.mark.parametrize(
    ("before", "is_asked"),
    [
        pytest.param({}, False, id="no action plan yet"),
        pytest.param({"review_action_plan": [date(2026, 9, 18)]}, True, id="two weeks to the day"),
        pytest.param({"review_action_plan": [date(2026, 9, 19)]}, False, id="a day short of two weeks"),
        pytest.param(
            {"review_action_plan": [date(2026, 9, 18)], "panel_invitation": [date(2026, 9, 25)]},
            False,
            id="once in a case",
        ),
    ],
)
def test_the_panel_follows_two_weeks_of_the_plan(before, is_asked):
    end_of_week = Occasion("week", FRIDAY, ("red_alert",))

    asked = [duty.name for duty in owed(MUSIC_STUFF, end_of_week, CALENDAR, (), before)]

    assert ("panel_invitation" in asked) is is_asked


@pytest.mark.parametrize(
    ("on", "before", "level"),
    [
        pytest.param(HALF_TERM, {}, "level_1", id="first half term below 90"),
        pytest.param(TERM, {"level_1": [HALF_TERM]}, "level_2", id="still below in the next"),
        pytest.param(HALF_TERM, {"level_1": [date(2026, 10, 5)]}, None, id="not in the same half term"),
        pytest.param(TERM, {"level_1": [HALF_TERM], "level_2": [TERM]}, None, id="once in a half term"),
    ],
)
def test_the_next_level_waits_for_the_next_half_term(on, before, level):
    asked = [
        duty.name for duty in owed(ST_CHADS, Occasion("half_term", on, ("below_90",)), CALENDAR, (), before)
    ]

    assert [name for name in asked if name.startswith("level")] == ([level] if level else [])
