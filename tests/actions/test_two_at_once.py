"""Two people on one case at the same time: each step's gates are asked again under the lock of the case."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from casework.actions import cases as acts
from casework.actions import decide
from casework.domain import ENGINE, Case, CaseworkError, Event, Notice, NoticeKind, NoticeStatus
from casework.domain import events as e
from casework.domain.errors import CaseChanged, StepRefused
from casework.storage import cases, people
from casework.storage.database import Database
from tests.journeys.world import EWO, HEAD, NORTH, PASTORAL, Child, World
from tests.registers.book import upn

CHILD = Child(upn(81), NORTH, "Orrin", "Blake", on_roll_from="2025-09-01")
ON = date(2026, 10, 16)


@pytest.fixture
def world(database: Database) -> World:
    """A pupil a week on holiday, the head's decision that support is not appropriate recorded."""
    world = World.of(database, ON)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-16", "2026-10-05..2026-10-09 G")
    return world


def holiday(world: World) -> Case:
    ref = world.open_case(CHILD, PASTORAL, "A week's holiday.").ref
    return decide.support_not_appropriate(
        world.inst, world.by(HEAD), ref, reasons="A holiday.", parent_id="A"
    )


def waits_for_a_lock(world: World) -> bool:
    """Whether some connection waits for a row that another holds."""
    with world.inst.act(HEAD) as tx:
        waiting = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        return bool(tx.execute(waiting).scalar_one())


def while_another_writes(
    world: World, ref: str, writes: Event, tries: Callable[[], Case]
) -> Case | Exception:
    """Try something while a second connection holds the case; what it comes to once that has written."""
    with ThreadPoolExecutor(1) as other:
        with world.inst.act(EWO if writes.by == "ewo" else PASTORAL) as tx:
            cases.lock(tx, ref)
            found = other.submit(tries)
            until = time.monotonic() + 60
            while not waits_for_a_lock(world):
                assert not found.done(), "it did not wait for the case"
                assert time.monotonic() < until
            cases.append(tx, ref, (writes,), None, world.inst.now())
        try:
            return found.result(timeout=120)
        except CaseworkError as refused:
            return refused


def head_of(ref: str, by: str = "pastoral", **more: Any) -> dict[str, Any]:
    return {"case_ref": ref, "on": ON, "by": by, "role": "pastoral_lead", **more}


@pytest.mark.parametrize(
    ("writes", "gate"),
    [
        pytest.param(
            lambda ref: e.StopNoted(**head_of(ref), stop_id="X9", condition="bereavement"),
            "stop.none",
            id="a bereavement is noted",
        ),
        pytest.param(
            lambda ref: e.HoldPlaced(**head_of(ref), hold_id="H9", scope="enforcement", review_on=ON),
            "safeguarding.hold",
            id="a hold is placed",
        ),
        pytest.param(
            lambda ref: e.MarkChanged(**head_of(ref), session="2026-10-05 AM", was="G", now="I"),
            "register.changes_reviewed",
            id="a mark relied on changes",
        ),
    ],
)
def test_what_somebody_else_wrote_meanwhile_stops_the_step(
    world: World, writes: Callable[[str], Event], gate: str
) -> None:
    ref = holiday(world).ref

    found = while_another_writes(
        world, ref, writes(ref), lambda: world.decide(HEAD, ref, "penalty_notice", "A")
    )

    assert isinstance(found, StepRefused)
    assert [f.rule for f in found.findings] == [gate]  # type: ignore[attr-defined]
    assert not acts.load(world.inst, HEAD, ref).of(e.PenaltyNoticeRequested)


def test_what_changes_nothing_for_the_step_lets_it_go(world: World) -> None:
    ref = holiday(world).ref
    note = e.NoteAdded(**head_of(ref), text="They are back.")

    found = while_another_writes(world, ref, note, lambda: world.decide(HEAD, ref, "penalty_notice", "A"))

    assert isinstance(found, Case)
    assert found.of(e.PenaltyNoticeRequested)


def test_two_who_decide_the_same_step_at_once_record_it_once(world: World) -> None:
    ref = holiday(world).ref
    start = threading.Barrier(2)

    def go() -> str:
        start.wait()
        try:
            world.decide(HEAD, ref, "penalty_notice", "A")
        except (StepRefused, CaseChanged) as refused:
            return str(refused)
        return "recorded"

    with ThreadPoolExecutor(2) as both:
        said = sorted(future.result(timeout=120) for future in (both.submit(go), both.submit(go)))

    assert said[1] == "recorded"
    assert "the authority's decision on that request" in said[0]
    assert len(acts.load(world.inst, HEAD, ref).of(e.PenaltyNoticeRequested)) == 1


def test_a_notice_issued_from_another_school_meanwhile_is_counted(world: World) -> None:
    """Each school's case has a lock of its own; the notices of a parent for a pupil share one."""
    ref = holiday(world).ref
    earlier = [
        Notice(CHILD.upn, "A", NoticeKind.PENALTY_NOTICE, "356", day, day, day, NoticeStatus.UNPAID)
        for day in (date(2026, 3, 2), date(2026, 5, 5))
    ]

    with ThreadPoolExecutor(1) as other:
        with world.inst.act(ENGINE) as tx:
            cases.lock_pupil(tx, ref)
            found = other.submit(lambda: world.decide(HEAD, ref, "penalty_notice", "A"))
            until = time.monotonic() + 60
            while not waits_for_a_lock(world):
                assert not found.done(), "it did not wait for the pupil"
                assert time.monotonic() < until
            people.save_notices(tx, earlier, at=world.inst.now())
        with pytest.raises(StepRefused) as refused:
            found.result(timeout=120)

    assert "penalty_notice.limit" in [f.rule for f in refused.value.findings]  # type: ignore[attr-defined]
