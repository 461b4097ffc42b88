"""Every clock of the law on a case: started, shown, fired once on its day; paused only where it may be."""

from datetime import date, timedelta

import pytest

from casework.actions import cases, clocks, referrals, safeguarding, timing
from casework.actions.clocks import ClockRunsOn
from casework.actions.recording import Unclear
from casework.domain import Case, NotFound
from casework.domain import events as e
from casework.policy import Value
from casework.policy.load import load
from casework.rules import deadlines
from casework.rules.deadlines import SHOWN_ONLY, NotTimed
from casework.storage.database import Database
from tests.journeys.world import DSL, EWO, HEAD, NORFOLK, NORTH, PASTORAL, Child, World, command
from tests.registers.book import upn
from tests.situations import BANK_HOLIDAYS, CALENDAR

CHILD = Child(upn(41), NORTH, "Ned", "Corrigan", on_roll_from="2025-09-01")
STARTED = date(2026, 10, 22)
"""Two school days before a half term, so that every way of counting ends on a day of its own."""
AGREED = date(2026, 12, 1)
POLICY = load("national", NORFOLK)
TIMED: dict[str, Value] = {
    value.key: value for value in POLICY.under("clocks", STARTED).values() if value.kind not in SHOWN_ONLY
}
"""Every clock of the policy that can be counted from a day."""


@pytest.fixture
def world(database: Database) -> World:
    """A pupil with four days of unauthorised absence behind them, below the threshold."""
    world = World.of(database, STARTED)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-22", "2026-09-14..2026-09-17 O")
    return world


def opened(world: World) -> Case:
    return world.open_case(CHILD, PASTORAL, "Away a good deal since September.")


def agreed(rule: str) -> date | None:
    """The day agreed, for a rule that leaves its length to an agreement."""
    return AGREED if TIMED[rule].kind == "agreed" else None


def started(world: World, case: Case, rule: str) -> str:
    """The id of a clock started today."""
    case = clocks.start(
        world.inst, world.by(PASTORAL), case.ref, rule=rule, started_on=world.day, agreed_on=agreed(rule)
    )
    return case.of(e.ClockStarted)[-1].clock_id


def test_every_timed_row_starts_is_shown_with_its_day_and_fires_once_on_it(world: World) -> None:
    case = opened(world)
    wanted = {
        rule: deadlines.due(POLICY, rule, STARTED, CALENDAR, BANK_HOLIDAYS, agreed_on=agreed(rule))
        for rule in TIMED
    }
    assert len(wanted) >= 30
    by_rule = {rule: started(world, case, rule) for rule in wanted}

    shown = {c.rule: c for c in clocks.shown(world.inst, HEAD, case.ref, world.day).clocks}

    assert {rule: c.last_day for rule, c in shown.items()} == wanted
    assert all(c.number and c.source and c.state == "running" for c in shown.values())
    fires = {rule: deadlines.fires_on(POLICY, rule, day) for rule, day in wanted.items()}
    within = {rule: day for rule, day in fires.items() if day <= date(2027, 4, 30)}
    for day in sorted(set(within.values())):
        for when in (day - timedelta(days=1), day, day):
            world.day = when
            timing.fire(world.inst, when)
        fired = {f.clock_id for f in cases.load(world.inst, HEAD, case.ref).of(e.ClockFired)}
        assert fired == {by_rule[rule] for rule, on in within.items() if on <= day}
    last = cases.load(world.inst, HEAD, case.ref)
    assert len(last.of(e.ClockFired)) == len(within)
    assert len({task.effect_key for task in last.of(e.TaskAdded)}) == len(last.of(e.TaskAdded))


def test_a_clock_fires_on_its_day_and_not_the_day_before(world: World) -> None:
    case = opened(world)
    started(world, case, "clocks.resolve_n")

    for day, count in ((date(2026, 11, 5), 0), (date(2026, 11, 6), 1), (date(2026, 11, 9), 1)):
        world.day = day
        timing.fire(world.inst, day)
        assert len(cases.load(world.inst, HEAD, case.ref).of(e.ClockFired)) == count


def test_what_only_the_la_can_do_is_asked_of_its_officers(world: World) -> None:
    case = opened(world)
    started(world, case, "clocks.prosecute_or_withdraw")
    started(world, case, "clocks.social_care_response")
    world.day = date(2026, 10, 26)
    timing.fire(world.inst, world.day)

    tasks = cases.load(world.inst, HEAD, case.ref).of(e.TaskAdded)

    assert {(task.for_role, task.for_officer) for task in tasks} == {("ewo", ""), ("", "pastoral")}


@pytest.mark.parametrize("rule", [key for key, value in TIMED.items() if not value.may_pause])
def test_no_pause_moves_a_clock_that_the_law_lets_nobody_pause(rule: str) -> None:
    began = deadlines.Pause(STARTED, None)

    without = deadlines.due(POLICY, rule, STARTED, CALENDAR, BANK_HOLIDAYS, agreed_on=agreed(rule))

    assert without == deadlines.due(
        POLICY, rule, STARTED, CALENDAR, BANK_HOLIDAYS, pauses=(began,), on=AGREED, agreed_on=agreed(rule)
    )


def test_a_pause_is_refused_by_name_and_a_hold_or_a_paused_case_stops_no_clock(world: World) -> None:
    case = opened(world)
    limit = started(world, case, "clocks.prosecution_limit")
    until = date(2026, 11, 13)
    safeguarding.hold(
        world.inst, world.by(DSL), case.ref, scope="enforcement", review_on=until, words="Sealed."
    )
    cases.pause(world.inst, world.by(PASTORAL), case.ref, date(2026, 11, 20), "A death in the family.")

    with pytest.raises(ClockRunsOn, match=r"K15\) runs on.*Nothing pauses it.*Magistrates"):
        clocks.pause(world.inst, world.by(HEAD), case.ref, clock_id=limit, reason="The family asks.")
    shown = clocks.shown(world.inst, HEAD, case.ref, world.day)

    assert [(c.state, c.last_day) for c in shown.clocks] == [("running", date(2027, 4, 22))]
    assert shown.holds == (("enforcement", until),)
    assert shown.paused_until == date(2026, 11, 20)


def test_a_clock_that_may_be_paused_stands_still_and_goes_on(world: World) -> None:
    case = opened(world)
    period = started(world, case, "clocks.improvement_period")
    ends = clocks.shown(world.inst, HEAD, case.ref, world.day).clocks[0].last_day
    world.day = date(2026, 11, 2)
    clocks.pause(world.inst, world.by(HEAD), case.ref, clock_id=period, reason="In hospital.")
    timing.fire(world.inst, date(2027, 3, 1))
    assert not cases.load(world.inst, HEAD, case.ref).of(e.ClockFired)
    world.day = date(2026, 11, 9)
    clocks.resume(world.inst, world.by(HEAD), case.ref, clock_id=period)

    later = clocks.shown(world.inst, HEAD, case.ref, world.day).clocks[0].last_day

    assert ends is not None
    assert later == CALENDAR.add_school_days(ends, 5)
    clocks.stop(world.inst, world.by(HEAD), case.ref, clock_id=period, outcome="improved")
    assert clocks.shown(world.inst, HEAD, case.ref, world.day).clocks[0].state == "stopped"
    with pytest.raises(NotFound, match="running clock"):
        clocks.pause(world.inst, world.by(HEAD), case.ref, clock_id=period, reason="Again.")


def test_a_changed_calendar_moves_school_days_and_leaves_the_almanacs_alone(world: World) -> None:
    case = opened(world)
    started(world, case, "clocks.resolve_n")
    started(world, case, "clocks.new_pupil_return")
    closed = [f"{NORTH},2026-11-03,{half},false,1" for half in ("AM", "PM")]

    world.bring_in(("sessions.csv", ["urn,date,session,open,half_term", *closed]))
    shown = {c.rule: c.last_day for c in clocks.shown(world.inst, HEAD, case.ref, world.day).clocks}

    assert shown["clocks.resolve_n"] == date(2026, 11, 6)
    assert shown["clocks.new_pupil_return"] == date(2026, 10, 27)


def test_the_countdown_is_always_there_and_shown_to_pastoral_staff_from_the_threshold_on(
    world: World,
) -> None:
    case = opened(world)

    assert clocks.shown(world.inst, PASTORAL, case.ref, world.day).countdowns == ()
    early = clocks.shown(world.inst, HEAD, case.ref, world.day).countdowns
    assert [c.parent_id for c in early] == ["A", "B"]
    assert (early[0].earliest, early[0].earliest_limit) == (date(2026, 9, 14), date(2027, 3, 14))
    assert early[0].notice_by < early[0].refer_by < early[0].earliest_limit
    with pytest.raises(NotFound):
        world.about(EWO, case.ref)
    referrals.list_for_la(
        world.inst, world.by(HEAD), case.ref, listed_for="advice", meeting_on=None, why="A holiday."
    )
    assert clocks.countdowns(world.about(EWO, case.ref))
    world.day = date(2026, 11, 6)
    world.register(CHILD, "2026-11-02", "2026-11-06", "2026-11-02 O")
    shown = clocks.shown(world.inst, PASTORAL, case.ref, world.day).countdowns
    assert [c.sessions for c in shown] == [10, 10]


@pytest.mark.parametrize(
    ("rule", "started_on", "error", "says"),
    [
        pytest.param("K99", STARTED, NotFound, "No clock is known under K99", id="no such row"),
        pytest.param("K01", STARTED, NotTimed, "a rule that is shown", id="a register rule"),
        pytest.param("K36", date(2026, 10, 23), Unclear, "a day to come", id="from tomorrow"),
        pytest.param("K42", STARTED, NotTimed, "the one agreed", id="agreed, and no day given"),
    ],
)
def test_a_clock_that_cannot_be_started_is_refused_and_nothing_recorded(
    world: World, rule: str, started_on: date, error: type[Exception], says: str
) -> None:
    case = opened(world)

    with pytest.raises(error, match=says):
        clocks.start(world.inst, world.by(PASTORAL), case.ref, rule=rule, started_on=started_on)

    assert not cases.load(world.inst, HEAD, case.ref).of(e.ClockStarted)


def test_the_command_line_shows_the_clocks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = opened(world)
    code, said = command(
        world, monkeypatch, "case", "clock", "start", case.ref, "K36", "--from", "2026-10-22", "--as", "dsl"
    )
    assert (code, "social" in said) == (0, True)

    code, said = command(world, monkeypatch, "case", "clocks", case.ref, "--as", "head")

    assert code == 0
    assert "K36" in said
    assert "can still be charged, the earliest until 14 March 2027" in said
