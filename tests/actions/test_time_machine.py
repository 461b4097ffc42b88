"""A case as it stood and was known on a past day: its events, its register, its calendar, its ledger."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from casework.actions import decide, reasons, support
from casework.domain import Case, NotFound
from casework.policy import Timeline
from casework.stages.why import why
from casework.storage.database import Database
from tests.journeys.world import HEAD, NORFOLK, NORTH, PASTORAL, Child, World, command
from tests.registers.book import upn
from tests.situations import situation

CHILD = Child(upn(61), NORTH, "Lottie", "Muller", on_roll_from="2024-09-01")
THEN, LATER, NOW = date(2026, 10, 2), date(2026, 10, 9), date(2026, 10, 20)


@pytest.fixture
def world(database: Database) -> World:
    """A register that came in on two days, and was corrected on a third."""
    world = World.of(database, THEN)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-02", "2026-09-14..2026-09-18 O")
    return world


def opened(world: World) -> Case:
    case = world.open_case(CHILD, PASTORAL, "Away for a week.")
    support.barrier(world.inst, world.by(PASTORAL), case.ref, "transport")
    world.day = LATER
    world.register(CHILD, "2026-10-05", "2026-10-09", "2026-10-05 O")
    support.barrier(world.inst, world.by(PASTORAL), case.ref, "sleep")
    world.day = NOW
    world.register(
        CHILD, "2026-09-14", "2026-09-14", "2026-09-14 I", by="A Clerk", reason="The GP's note came"
    )
    return case


def counted(world: World, case: Case, on: date, known_at: datetime | None = None) -> int:
    return len(reasons.explained(world.inst, HEAD, case.ref, on, known_at).counts)


def barriers(world: World, case: Case, on: date, known_at: datetime | None = None) -> int:
    return len(decide.situation(world.inst, HEAD, case.ref, on, known_at).case.recorded)


def test_the_register_is_read_as_it_was_known_at_the_end_of_the_day(world: World) -> None:
    case = opened(world)

    assert counted(world, case, THEN) == 10, "the correction came later"
    assert counted(world, case, LATER) == 12
    assert counted(world, case, NOW) == 10, "two are ill now, two came in since"


def test_a_time_given_leaves_out_what_was_recorded_after_it(world: World) -> None:
    case = opened(world)

    assert counted(world, case, LATER, datetime(2026, 10, 9, 6, tzinfo=UTC)) == 10
    assert counted(world, case, NOW, datetime(2026, 10, 19, tzinfo=UTC)) == 12
    before = barriers(world, case, LATER, datetime(2026, 10, 9, 6, tzinfo=UTC))
    assert barriers(world, case, LATER) == before + 1
    assert barriers(world, case, THEN) == before


def test_a_register_that_came_in_only_later_is_shown_as_it_is(database: Database) -> None:
    world = World.of(database, NOW)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-20", "2026-09-14..2026-09-18 O")
    world.day = THEN
    case = world.open_case(CHILD, PASTORAL, "Opened with a day of before the first import.")
    world.day = NOW

    assert counted(world, case, THEN) == 10


def test_before_it_was_opened_there_is_no_case(world: World) -> None:
    case = opened(world)

    with pytest.raises(NotFound, match="it was opened on 02 October 2026"):
        reasons.explained(world.inst, HEAD, case.ref, date(2026, 10, 1))


def test_a_closure_told_of_later_does_not_change_the_weeks_of_before(world: World) -> None:
    case = opened(world)
    world.bring_in(
        (
            "sessions.csv",
            [
                "urn,date,session,open,half_term",
                *(
                    f"{NORTH},2026-09-{day},{half},false,0"
                    for day in (14, 15, 16, 17, 18)
                    for half in ("AM", "PM")
                ),
            ],
        )
    )

    assert counted(world, case, NOW) == 2
    assert counted(world, case, THEN) == 10
    then = reasons.explained(world.inst, HEAD, case.ref, THEN).school_weeks
    assert date(2026, 9, 14) in then


def test_a_notice_paid_later_was_unpaid_then(world: World) -> None:
    case = opened(world)
    world.bring_in(
        (
            "notices.csv",
            [
                "upn,contact_id,kind,la_code,issued_on,period_from,period_to,status,paid_on",
                f"{CHILD.upn},A,pn,{NORFOLK},2026-03-02,2026-01-12,2026-01-16,paid,2026-10-19",
            ],
        )
    )
    world.day = date(2026, 10, 21)

    def standing(on: date, known_at: datetime | None = None) -> list[str]:
        ledger = decide.situation(world.inst, HEAD, case.ref, on, known_at).notices
        return [n.status.value if n.status else "" for n in ledger]

    assert standing(date(2026, 10, 21)) == ["paid"]
    assert standing(date(2026, 10, 18), datetime(2026, 10, 21, tzinfo=UTC)) == ["unpaid"]
    assert standing(LATER) == [], "nobody here knew of it"


@pytest.mark.parametrize(
    ("on", "answer"),
    [
        pytest.param("2026-10-09", "holds", id="the last day of the old rule"),
        pytest.param("2026-10-12", "fails", id="the first day of the new one"),
    ],
)
def test_the_rules_are_those_of_the_day(on: str, answer: str) -> None:
    asked = situation(on, "2026-09-14..2026-09-18 O")
    key = "penalty_notice.threshold"
    old = asked.policy.value(key, asked.on)
    stricter = replace(old, since=date(2026, 10, 10), fields={**old.fields, "sessions": 11})
    changed = Timeline((old.since, stricter.since), (old, stricter))
    policy = replace(asked.policy, timelines={**asked.policy.timelines, key: changed})

    assert why(replace(asked, policy=policy)).threshold.answer == answer


def test_the_command_line_asks_for_a_past_day_and_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = opened(world)
    day = ("--on", "2026-10-09", "--as", "head")
    time = ("--known-at", "2026-10-09T06:00+00:00")

    code, then = command(world, monkeypatch, "why", case.ref, *day)
    _, earlier = command(world, monkeypatch, "why", case.ref, *time, *day)
    _, shown = command(world, monkeypatch, "case", "show", case.ref, *time, *day)
    wrong, says = command(world, monkeypatch, "why", case.ref, "--known-at", "noon", *day)

    assert code == 0
    assert "12 unauthorised sessions" in then
    assert "10 unauthorised sessions" in earlier
    assert "sleep" not in shown
    assert "transport" in shown
    assert (wrong, "noon is not a time" in says) == (2, True)
