"""What the sweep remembers, what is set quiet, and the triage list of a new school."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from casework.domain.errors import NotFound
from casework.domain.people import ENGINE
from casework.storage import triggers
from casework.storage.database import Database
from casework.storage.triggers import Raised, Snooze, SweepState, Triage
from tests.storage.cases_written import ANNA, BILAL, CERYS, ELSEWHERE, MONDAY, NORTH, PASTORAL, SOUTH, opened

DAY = timedelta(days=1)
THRESHOLD = Raised(ANNA, "threshold", "2026-10-05", MONDAY, "10 sessions", ("2026-10-05 AM",))
SEVERE = Raised(BILAL, "severe_absence", "autumn", MONDAY, "attended 40 of 100", ())


def test_a_sweep_leaves_its_masks_for_the_next(db: Database):
    with db.transaction(ENGINE) as tx:
        assert triggers.sweep_state(tx, NORTH) is None
        for state in (SweepState("v1", MONDAY, b"\x00\x01"), SweepState("v2", MONDAY + DAY, b"\x02")):
            triggers.save_sweep_state(tx, NORTH, state)
            assert triggers.sweep_state(tx, NORTH) == state
        assert triggers.sweep_state(tx, SOUTH) is None
    with db.transaction(ELSEWHERE) as tx:
        assert triggers.sweep_state(tx, NORTH) is None


def test_a_trigger_is_told_once_in_its_period(db: Database):
    next_period = replace(THRESHOLD, period="2026-11-02", raised_on=MONDAY + 28 * DAY)
    with db.transaction(ENGINE) as tx:
        assert triggers.raise_triggers(tx, NORTH, [SEVERE, THRESHOLD]) == (SEVERE, THRESHOLD)
        assert triggers.raise_triggers(tx, NORTH, [THRESHOLD]) == ()
        assert triggers.raise_triggers(tx, SOUTH, [THRESHOLD]) == (THRESHOLD,)
        assert triggers.raise_triggers(tx, NORTH, [next_period, THRESHOLD]) == (next_period,)
        assert triggers.raise_triggers(tx, NORTH, []) == ()
        assert triggers.standing(tx, NORTH) == (THRESHOLD, next_period, SEVERE)


def test_a_trigger_that_clears_and_comes_back_stands_again_untold(db: Database):
    with db.transaction(ENGINE) as tx:
        triggers.raise_triggers(tx, NORTH, [THRESHOLD, SEVERE])
        assert triggers.clear_triggers(tx, NORTH, [(ANNA, "threshold"), (CERYS, "threshold")], MONDAY) == 1
        assert triggers.clear_triggers(tx, NORTH, [], MONDAY) == 0
        assert triggers.standing(tx, NORTH) == (SEVERE,)
        assert triggers.raise_triggers(tx, NORTH, [THRESHOLD]) == ()
        assert triggers.standing(tx, NORTH) == (THRESHOLD, SEVERE)


@pytest.mark.parametrize(
    ("on", "quiet"),
    [
        pytest.param(MONDAY - DAY, False, id="before it was asked"),
        pytest.param(MONDAY, True, id="the day it was asked"),
        pytest.param(MONDAY + 6 * DAY, True, id="the last day"),
        pytest.param(MONDAY + 7 * DAY, False, id="heard again on the day"),
    ],
)
def test_a_snooze_expires(db: Database, on: date, quiet: bool):
    asked = Snooze(ANNA, "threshold", MONDAY, MONDAY + 7 * DAY, "in hospital", "o-1")
    with db.transaction(PASTORAL) as tx:
        triggers.snooze(tx, NORTH, asked)
        assert triggers.snoozed(tx, NORTH, on) == ({(ANNA, "threshold"): asked} if quiet else {})
        assert triggers.snoozed(tx, SOUTH, on) == {}


def test_the_last_wish_counts(db: Database):
    longer = Snooze(ANNA, "threshold", MONDAY, MONDAY + 7 * DAY, "in hospital", "o-1")
    shorter = replace(longer, until=MONDAY + 2 * DAY, reason="home again")
    with db.transaction(PASTORAL) as tx:
        triggers.snooze(tx, NORTH, longer)
        triggers.snooze(tx, NORTH, shorter)
        assert triggers.snoozed(tx, NORTH, MONDAY) == {(ANNA, "threshold"): shorter}
        assert triggers.snoozed(tx, NORTH, MONDAY + 2 * DAY) == {}


def test_a_snooze_needs_a_pupil_and_a_reason(db: Database):
    asked = Snooze("Z999999999999", "threshold", MONDAY, MONDAY + DAY, "why", "o-1")
    with db.transaction(PASTORAL) as tx:
        with pytest.raises(NotFound):
            triggers.snooze(tx, NORTH, asked)
        with pytest.raises(DBAPIError, match="reason"):
            triggers.snooze(tx, NORTH, replace(asked, upn=ANNA, reason=""))


WAITING = (
    Triage(BILAL, 0, ("severe_absence", "threshold"), "attended 40 of 100", MONDAY),
    Triage(ANNA, 1, ("threshold",), "10 sessions", MONDAY),
)


def test_triage_shows_the_most_pressing_first_and_each_pupil_once(db: Database):
    with db.transaction(ENGINE) as tx:
        assert triggers.put_on_triage(tx, NORTH, WAITING[::-1]) == 2
        assert triggers.put_on_triage(tx, NORTH, WAITING) == 0
    with db.transaction(PASTORAL) as tx:
        assert triggers.triage_list(tx, NORTH) == WAITING
    with db.transaction(ELSEWHERE) as tx:
        assert triggers.triage_list(tx, NORTH) == ()


def test_each_pupil_of_the_list_is_settled_by_a_person(db: Database):
    ref = opened(db, BILAL).ref
    accepted = replace(WAITING[0], state="accepted", by="o-1", settled_on=MONDAY, case_ref=ref)
    aside = replace(
        WAITING[1], state="set_aside", by="o-1", settled_on=MONDAY, reason="holiday", until=MONDAY + DAY
    )
    with db.transaction(ENGINE) as tx:
        triggers.put_on_triage(tx, NORTH, WAITING)

    with db.transaction(PASTORAL) as tx:
        triggers.settle_triage(tx, NORTH, accepted)
        triggers.settle_triage(tx, NORTH, aside)
        assert triggers.triage_list(tx, NORTH) == ()
        assert triggers.triage_list(tx, NORTH, state="") == (accepted, aside)
        assert triggers.triage_list(tx, NORTH, "set_aside") == (aside,)
        with pytest.raises(triggers.TriageSettled, match="already accepted"):
            triggers.settle_triage(tx, NORTH, accepted)
        with pytest.raises(NotFound):
            triggers.settle_triage(tx, NORTH, replace(aside, upn=CERYS))
        again = replace(aside, state="merged", case_ref=ref)
        triggers.settle_triage(tx, NORTH, again)
        assert triggers.triage_list(tx, NORTH, "merged") == (again,)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            {"state": "set_aside", "by": "o-1", "settled_on": MONDAY}, id="set aside without a reason"
        ),
        pytest.param({"state": "accepted", "by": "o-1", "settled_on": MONDAY}, id="accepted without a case"),
        pytest.param({"state": "set_aside", "settled_on": MONDAY, "reason": "x"}, id="by nobody"),
    ],
)
def test_an_answer_with_something_missing_is_refused(db: Database, answer: dict):
    with db.transaction(ENGINE) as tx:
        triggers.put_on_triage(tx, NORTH, WAITING)

    with pytest.raises(DBAPIError, match="check constraint"), db.transaction(PASTORAL) as tx:
        triggers.settle_triage(tx, NORTH, replace(WAITING[1], **answer))
