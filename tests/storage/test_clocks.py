"""Clocks fire once, whoever asks and however often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from casework.domain import events as e
from casework.domain.people import ENGINE
from casework.storage import clocks
from casework.storage.database import Database
from tests.storage.cases_written import (
    ANNA,
    BILAL,
    ELSEWHERE,
    MONDAY,
    NORTH,
    PASTORAL,
    SOUTH,
    added,
    opened,
)

DAY = timedelta(days=1)
PLACE = {"on": MONDAY, "by": "o-1"}


def started(database: Database, ref: str, clock_id: str, due_on: date | None = None) -> None:
    start = e.ClockStarted(
        case_ref=ref, **PLACE, clock_id=clock_id, rule="K10", started_on=MONDAY, parent_id="P1"
    )
    added(database, ref, start)
    with database.transaction(ENGINE) as tx:
        clocks.set_due(tx, ref, clock_id, due_on)


def state(database: Database, ref: str) -> list[tuple[str, str, date | None, date | None]]:
    with database.transaction(ENGINE) as tx:
        return [(c.clock_id, c.state, c.due_on, c.paused_on) for c in clocks.clocks_of(tx, ref)]


def test_a_clock_follows_its_events(db: Database):
    ref = opened(db).ref
    due_on = MONDAY + 28 * DAY

    started(db, ref, "k")
    assert state(db, ref) == [("k", "running", None, None)]
    with db.transaction(ENGINE) as tx:
        assert clocks.set_due(tx, ref, "k", due_on)
    added(db, ref, e.ClockPaused(case_ref=ref, **PLACE, clock_id="k", reason="court"))
    assert state(db, ref) == [("k", "paused", due_on, MONDAY)]
    with db.transaction(ENGINE) as tx:
        assert not clocks.set_due(tx, ref, "k", due_on + DAY)
    added(db, ref, e.ClockResumed(case_ref=ref, **PLACE, clock_id="k"))
    assert state(db, ref) == [("k", "running", None, None)]
    added(db, ref, e.ClockStopped(case_ref=ref, **PLACE, clock_id="k", outcome="paid"))
    assert state(db, ref) == [("k", "stopped", None, None)]
    started(db, ref, "k", due_on)
    assert state(db, ref) == [("k", "running", due_on, None)]
    fired = e.ClockFired(case_ref=ref, **PLACE, clock_id="k", due_on=due_on, firing_key="x")
    added(db, ref, fired)
    assert state(db, ref) == [("k", "fired", due_on, None)]


@pytest.mark.parametrize(
    ("due_on", "found"),
    [
        pytest.param(MONDAY - DAY, True, id="overdue"),
        pytest.param(MONDAY, True, id="due on the day"),
        pytest.param(MONDAY + DAY, False, id="due the day after"),
        pytest.param(None, False, id="no date worked out"),
    ],
)
def test_what_is_due(db: Database, due_on: date | None, found: bool):
    ref = opened(db).ref
    started(db, ref, "k", due_on)

    with db.transaction(ENGINE) as tx:
        assert [clock.clock_id for clock in clocks.due(tx, MONDAY)] == ["k"] * found
        assert [firing.clock_id for firing in clocks.claim_due(tx, MONDAY)] == ["k"] * found


def test_a_claim_is_given_once_and_names_its_run(db: Database):
    ref = opened(db).ref
    started(db, ref, "late", MONDAY - 2 * DAY)
    started(db, ref, "today", MONDAY)

    with db.transaction(ENGINE) as tx:
        first, second = clocks.claim_due(tx, MONDAY, flow_run="reviews-1")
    assert first == clocks.Firing(
        f"{ref}/late/2026-10-03", ref, "late", "K10", "P1", MONDAY, MONDAY - 2 * DAY
    )
    assert second.clock_id == "today"
    with db.transaction(ENGINE) as tx:
        assert clocks.claim_due(tx, MONDAY) == ()
        assert set(tx.execute(text("select flow_run from clock_firing")).scalars()) == {"reviews-1"}


def test_a_claim_that_was_not_committed_is_due_again(db: Database):
    ref = opened(db).ref
    started(db, ref, "k", MONDAY)

    with db.transaction(ENGINE) as tx:
        assert clocks.claim_due(tx, MONDAY)
        tx.rollback()

    with db.transaction(ENGINE) as tx:
        assert clocks.claim_due(tx, MONDAY)


def test_a_firing_recorded_before_is_never_given_again(db: Database):
    ref = opened(db).ref
    started(db, ref, "k", MONDAY)
    with db.transaction(ENGINE) as tx:
        clocks.claim_due(tx, MONDAY)

    started(db, ref, "k", MONDAY)
    with db.transaction(ENGINE) as tx:
        assert clocks.claim_due(tx, MONDAY) == ()
    started(db, ref, "k", MONDAY + DAY)
    with db.transaction(ENGINE) as tx:
        assert len(clocks.claim_due(tx, MONDAY + DAY)) == 1


def test_two_workers_share_two_thousand_clocks_without_a_duplicate(db: Database):
    refs = [opened(db, ANNA, NORTH).ref, opened(db, BILAL, SOUTH).ref]
    with db.transaction(ENGINE) as tx:
        tx.execute(
            text("""
                insert into clock (case_ref, clock_id, school_id, rule, started_on, due_on)
                select case_ref, 'k' || n, school_id, 'K10', date '2026-09-01', date '2026-09-01' + n % 30
                from case_file, generate_series(1, 1000) n
            """)
        )

    def work(_: int) -> list[str]:
        mine: list[str] = []
        while True:
            with db.transaction(ENGINE) as tx:
                claimed = clocks.claim_due(tx, MONDAY, 37)
            if not claimed:
                return mine
            mine += [firing.firing_key for firing in claimed]

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(work, range(2))

    assert len(one) + len(two) == 2000
    assert len({*one, *two}) == 2000
    assert {key.split("/")[0] for key in one + two} == set(refs)


def test_another_worker_passes_over_what_is_held(db: Database):
    ref = opened(db).ref
    for clock_id in ("a", "b", "c"):
        started(db, ref, clock_id, MONDAY)

    with db.transaction(ENGINE) as mine, db.transaction(ENGINE) as other:
        assert [clock.clock_id for clock in clocks.due(mine, MONDAY, 2)] == ["a", "b"]
        assert [firing.clock_id for firing in clocks.claim_due(other, MONDAY)] == ["c"]


def test_an_effect_happens_once(db: Database):
    ref = opened(db).ref

    def attempt(run: int) -> bool:
        with db.transaction(ENGINE) as tx:
            return clocks.claim(tx, "letter/1", "letter", ref, f"run {run}")

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    with db.transaction(ENGINE) as tx:
        assert clocks.claim(tx, "digest/1", "message", None, "")
        assert clocks.claimed(tx, ["letter/1", "letter/2", "digest/1"]) == {"letter/1", "digest/1"}


def test_dates_of_a_school_move_together(db: Database):
    north, south = opened(db, ANNA, NORTH).ref, opened(db, ANNA, SOUTH).ref
    for ref in (north, south):
        started(db, ref, "k", MONDAY)
        started(db, ref, "done", MONDAY)
        added(db, ref, e.ClockStopped(case_ref=ref, **PLACE, clock_id="done", outcome="paid"))

    with db.transaction(ENGINE) as tx:
        moving = clocks.clocks_at(tx, NORTH)
        assert [(clock.case_ref, clock.clock_id) for clock in moving] == [(north, "k")]
        assert clocks.set_dues(tx, [(north, "k", MONDAY + DAY), (north, "done", MONDAY + DAY)]) == 1
        assert clocks.set_dues(tx, []) == 0
    assert state(db, north)[1] == ("k", "running", MONDAY + DAY, None)
    assert state(db, south)[1] == ("k", "running", MONDAY, None)


def test_clocks_and_effects_are_shown_by_school(db: Database):
    ref = opened(db).ref
    started(db, ref, "k", MONDAY)
    with db.transaction(ENGINE) as tx:
        clocks.claim(tx, "letter/1", "letter", ref, "")

    with db.transaction(PASTORAL) as tx:
        assert clocks.clocks_of(tx, ref)
        assert clocks.claimed(tx, ["letter/1"])
    with db.transaction(ELSEWHERE) as tx:
        assert not clocks.clocks_of(tx, ref)
        assert not clocks.claim_due(tx, MONDAY)
        assert not clocks.claimed(tx, ["letter/1"])
