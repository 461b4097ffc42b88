"""What a hold of the DSL stops, and what nothing stops: an act for a child's safety, but by its name."""

from datetime import date

import pytest

from casework.domain import events as e
from casework.rules import safeguarding
from casework.rules.safeguarding import SAFETY_ACTS
from tests.situations import head_of, situation

SCOPES = ("letters", "enforcement", "visits", "all_contact")


def held(scope: str, parent_id: str = "") -> e.HoldPlaced:
    return e.HoldPlaced(
        **head_of("2026-10-01"),
        hold_id="H1",
        scope=scope,
        review_on=date(2026, 10, 9),
        parent_id=parent_id,
    )


@pytest.mark.parametrize("act", SAFETY_ACTS)
@pytest.mark.parametrize("scope", SCOPES)
def test_no_hold_stops_an_act_for_a_childs_safety(act: str, scope: str) -> None:
    assert safeguarding.no_hold(situation("2026-10-02", "", held(scope)), (act,)).holds


@pytest.mark.parametrize("act", SAFETY_ACTS)
def test_a_hold_stops_it_only_by_its_name(act: str) -> None:
    now = situation("2026-10-02", "", held(act))

    assert not safeguarding.no_hold(now, (act,)).holds
    assert all(safeguarding.no_hold(now, (other,)).holds for other in SAFETY_ACTS if other != act)


@pytest.mark.parametrize(
    ("act", "stopped_by"),
    [
        pytest.param("letters", {"letters", "all_contact"}, id="a letter"),
        pytest.param("enforcement", {"enforcement"}, id="enforcement"),
        pytest.param("visits", {"visits", "all_contact"}, id="a visit about attendance"),
        pytest.param("contact", {"all_contact"}, id="any contact about attendance"),
    ],
)
def test_what_each_scope_stops(act: str, stopped_by: set[str]) -> None:
    found = {
        scope
        for scope in SCOPES
        if not safeguarding.no_hold(situation("2026-10-02", "", held(scope)), (act,)).holds
    }

    assert found == stopped_by


@pytest.mark.parametrize(
    ("on", "overdue"),
    [
        pytest.param("2026-10-08", False, id="the day before its review"),
        pytest.param("2026-10-09", False, id="on its day"),
        pytest.param("2026-10-12", True, id="after it: it stays on"),
    ],
)
def test_a_hold_stays_on_past_its_review_and_never_says_why(on: str, overdue: bool) -> None:
    found = safeguarding.letters(situation(on, "", held("letters")))

    assert not found.holds
    assert ("past its review date; it stays on" in found.says) is overdue
    assert found.says.startswith("Held by the DSL (letters), review 9 October 2026")
    assert found.answerable_by == "dsl"


@pytest.mark.parametrize(
    ("parent_id", "holds"),
    [
        pytest.param("", False, id="a hold on everybody"),
        pytest.param("A", False, id="a hold on this parent"),
        pytest.param("B", True, id="a hold on the other parent"),
    ],
)
def test_a_hold_may_be_about_one_parent(parent_id: str, holds: bool) -> None:
    assert (
        safeguarding.enforcement(situation("2026-10-02", "", held("enforcement", parent_id))).holds is holds
    )
