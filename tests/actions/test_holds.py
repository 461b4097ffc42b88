"""A hold of the DSL on a real database: it stays on until lifted, the head is told once, nothing leaks."""

from datetime import date, timedelta

import pytest

from casework.actions import cases, safeguarding, support
from casework.domain import Case, NotAllowed
from casework.domain import events as e
from casework.domain.errors import StepRefused
from casework.domain.words import describe, said
from casework.storage.database import Database
from tests.journeys.world import DSL, HEAD, NORTH, PASTORAL, Child, World
from tests.registers.book import upn

CHILD = Child(upn(91), NORTH, "Marnie", "Ashby", on_roll_from="2025-09-01")
PLACED, REVIEW = date(2026, 10, 12), date(2026, 10, 16)
WHY = "A disclosure about one parent."


@pytest.fixture
def world(database: Database) -> World:
    world = World.of(database, PLACED)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-12", "2026-10-05..2026-10-12 O")
    return world


def held(world: World, scope: str = "enforcement") -> Case:
    case = world.open_case(CHILD, PASTORAL, "Six days away.")
    return safeguarding.hold(world.inst, world.by(DSL), case.ref, scope=scope, review_on=REVIEW, words=WHY)


def tasks(world: World, case: Case) -> list[tuple[str, str]]:
    return [(t.for_role, t.title) for t in cases.load(world.inst, HEAD, case.ref).open_tasks if t.for_role]


def test_unreviewed_it_stays_on_and_the_head_is_told_once(world: World) -> None:
    case = held(world)
    seen = {}
    for day in (REVIEW - timedelta(days=1), REVIEW, REVIEW + timedelta(days=3), REVIEW + timedelta(days=3)):
        world.day = day
        safeguarding.watch(world.inst, day)
        seen[day] = [role for role, _ in tasks(world, case)]

    assert seen[REVIEW - timedelta(days=1)] == []
    assert seen[REVIEW] == ["dsl"]
    assert sorted(seen[REVIEW + timedelta(days=3)]) == ["dsl", "headteacher"]
    assert cases.load(world.inst, HEAD, case.ref).holds, "its date alone lifts nothing"
    safeguarding.lift(world.inst, world.by(DSL), case.ref, case.holds[0].hold_id)
    assert not cases.load(world.inst, HEAD, case.ref).holds


def test_enforcement_waits_while_safety_goes_on(world: World) -> None:
    case = held(world)

    with pytest.raises(StepRefused, match="the DSL or a deputy lifts the hold"):
        world.decide(HEAD, case.ref, "notice_to_improve", "A", period_from="2026-10-19")
    reported = world.decide(PASTORAL, case.ref, "cme_report", reasons="Not seen, no answer.")
    support.contact(
        world.inst, world.by(PASTORAL), case.ref, method="call", outcome="no_answer", parent_id="A"
    )

    assert reported.of(e.CmeReported)[-1].report == "missing_from_school"


def test_nobody_but_the_dsl_reads_why_and_each_reading_is_kept(world: World) -> None:
    case = held(world)

    with pytest.raises(NotAllowed):
        safeguarding.notes(world.inst, HEAD, case.ref)
    for item in cases.load(world.inst, HEAD, case.ref).recorded:
        assert WHY not in f"{describe(item.event)} {said(item.event)} {item.event}"
    notes = safeguarding.notes(world.inst, DSL, case.ref)
    assert [note.text for note in notes] == [WHY]
    assert [reading.read_by for reading in safeguarding.readings(world.inst, DSL, case.ref)] == ["dsl"]


def test_only_the_dsl_places_or_lifts_one(world: World) -> None:
    case = held(world)

    with pytest.raises(NotAllowed):
        safeguarding.lift(world.inst, world.by(HEAD), case.ref, case.holds[0].hold_id)
    with pytest.raises(NotAllowed):
        safeguarding.hold(
            world.inst, world.by(PASTORAL), case.ref, scope="letters", review_on=REVIEW, words="No."
        )
